//! A proof request as JSON, parsed strictly: `{"chain_id": 1, "statement": {"ballot": {"instance": .., "witness":
//! ..}}}`.

use psephos_protocol::identifiers::ChainId;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Statement, statement::StatementFormat};

/// The maximum size of a request, in bytes: a dealing to sixteen trustees has about 14,000, and a full note batch, the
/// largest request, 18,000.
pub const MAX_REQUEST_BYTES: usize = 32 * 1024;

/// The reason why a request is rejected. It never repeats a submitted value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is longer than any request.
    #[error("a proof request has at most {MAX_REQUEST_BYTES} bytes, but this one has {0}")]
    TooLarge(usize),
    /// It is not the JSON of a request.
    #[error("not a proof request: {what} at line {line}, column {column}")]
    Syntax {
        /// The mistake.
        what: &'static str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A value that no witness of its kind has.
    #[error("invalid witness: {0}")]
    Witness(String),
}

/// A statement to be proved for a chain. Without `Debug`.
pub struct ProofRequest {
    /// The id of the chain on which the proof will be used: development keys work on local chains only.
    pub chain_id: ChainId,
    /// The statement to prove.
    pub statement: Statement,
}

/// A request as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestFormat {
    chain_id: ChainId,
    statement: StatementFormat,
}

impl ProofRequest {
    /// Parses a request. Every field element is canonical, every point is in the prime-order subgroup, and nothing
    /// follows the request.
    ///
    /// # Errors
    /// Returns [`RequestError`].
    pub fn parse(json: &[u8]) -> Result<Self, RequestError> {
        if json.len() > MAX_REQUEST_BYTES {
            return Err(RequestError::TooLarge(json.len()));
        }
        let request: RequestFormat = serde_json::from_slice(json).map_err(|error| describe_syntax_error(&error))?;
        Ok(Self { chain_id: request.chain_id, statement: request.statement.decode()? })
    }

    /// Returns the request's JSON, in a buffer that is erased on drop.
    ///
    /// # Errors
    /// Returns [`RequestError::TooLarge`], which happens for no statement of a circuit.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, RequestError> {
        let request = RequestFormat { chain_id: self.chain_id, statement: StatementFormat::encode(&self.statement) };
        // The buffer does not grow, so no copy of it is left behind in memory.
        let mut json = Zeroizing::new(vec![0; MAX_REQUEST_BYTES]);
        let mut rest = json.as_mut_slice();
        let written = serde_json::to_writer(&mut rest, &request);
        let length = MAX_REQUEST_BYTES - rest.len();
        written.map_err(|_| RequestError::TooLarge(MAX_REQUEST_BYTES + 1))?;
        json.truncate(length);
        Ok(json)
    }
}

/// Returns the position and the kind of a mistake. serde's own message can repeat what was submitted, which may be a
/// secret in the wrong field.
fn describe_syntax_error(error: &serde_json::Error) -> RequestError {
    let what = match error.classify() {
        serde_json::error::Category::Data => "an unknown, missing or repeated field, or a value that is not canonical",
        serde_json::error::Category::Eof => "the end is missing",
        _ => "not JSON, or nested too deeply,",
    };
    RequestError::Syntax { what, line: error.line(), column: error.column() }
}
