//! A request as JSON, strictly: `{"chain_id": 1, "statement": {"ballot": {"instance": .., "witness": ..}}}`.

use psephos_protocol::{
    committee::KeyVector,
    note::NoteBatch,
    statement::{ballot, claim, committee_keys, dealing, decryption, notes},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Statement,
    witness::{BallotWitness, ClaimWitness, DealingWitness, DecryptionWitness, NotesWitness},
};

/// No request is larger than this, in bytes: a dealing to sixteen trustees, the largest, has about 14,000 and a full list of notes 18,000.
pub const MAX_REQUEST_BYTES: usize = 32 * 1024;

/// Why a request, or an answer, is refused. It does not repeat what was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Too long to be one.
    #[error("a request has at most {MAX_REQUEST_BYTES} bytes, not {0}")]
    TooLarge(usize),
    /// Not the JSON of a request: where, and what was expected.
    #[error("not a request for a proof: {what} at line {line}, column {column}")]
    Syntax {
        /// What is wrong.
        what: &'static str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A part of the witness that is no witness of its kind.
    #[error("the witness: {0}")]
    Witness(String),
    /// A proof that is not one.
    #[error("the proof: {0}")]
    Proof(String),
}

/// A statement to be proved for a chain. Without `Debug`.
pub struct ProofRequest {
    /// The chain where the proof will be used: development keys are good on local ones only.
    pub chain_id: u64,
    /// What is to be proved.
    pub statement: Statement,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<T> {
    chain_id: u64,
    statement: T,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Statements {
    Ballot(Pair<ballot::Instance, BallotWitness>),
    Claim(Pair<claim::Instance, ClaimWitness>),
    Decryption(Pair<decryption::Instance, DecryptionWitness>),
    Dealing(Pair<dealing::Instance, DealingWitness>),
    Notes(Pair<notes::Instance, NotesWitness>),
    CommitteeKeys(Pair<committee_keys::Instance, KeyVector>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair<I, W> {
    instance: I,
    witness: W,
}

impl ProofRequest {
    /// Reads a request. Every element is canonical, every point of the subgroup, nothing is left over.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse(json: &[u8]) -> Result<Self, RequestError> {
        if json.len() > MAX_REQUEST_BYTES {
            return Err(RequestError::TooLarge(json.len()));
        }
        let wire: Wire<Statements> = serde_json::from_slice(json).map_err(|error| syntax(&error))?;
        let statement = match wire.statement {
            Statements::Ballot(pair) => Statement::Ballot(pair.instance, pair.witness.open()?),
            Statements::Claim(pair) => Statement::Claim(pair.instance, pair.witness.open()?),
            Statements::Decryption(pair) => Statement::Decryption(pair.instance, pair.witness.open()?),
            Statements::Dealing(pair) => Statement::Dealing(pair.instance, pair.witness.open()?),
            Statements::Notes(pair) => Statement::Notes(pair.instance, pair.witness.open()?),
            Statements::CommitteeKeys(pair) => Statement::CommitteeKeys(pair.instance, pair.witness),
        };
        Ok(Self { chain_id: wire.chain_id, statement })
    }

    /// The request's JSON, in a buffer that is wiped.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`], which no statement of a circuit is.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, RequestError> {
        let statement = match &self.statement {
            Statement::Ballot(instance, witness) => {
                Statements::Ballot(Pair { instance: *instance, witness: BallotWitness::of(witness) })
            }
            Statement::Claim(instance, witness) => {
                Statements::Claim(Pair { instance: *instance, witness: ClaimWitness::of(witness) })
            }
            Statement::Decryption(instance, witness) => {
                Statements::Decryption(Pair { instance: *instance, witness: DecryptionWitness::of(witness) })
            }
            Statement::Dealing(instance, witness) => {
                Statements::Dealing(Pair { instance: *instance, witness: DealingWitness::of(witness) })
            }
            Statement::Notes(instance, list) => {
                Statements::Notes(Pair { instance: *instance, witness: NotesWitness::of(list) })
            }
            Statement::CommitteeKeys(instance, keys) => {
                Statements::CommitteeKeys(Pair { instance: *instance, witness: keys.clone() })
            }
        };
        // It does not grow: no copy of it is left behind.
        let mut json = Zeroizing::new(vec![0; MAX_REQUEST_BYTES]);
        let mut rest = json.as_mut_slice();
        let written = serde_json::to_writer(&mut rest, &Wire { chain_id: self.chain_id, statement });
        let length = MAX_REQUEST_BYTES - rest.len();
        written.map_err(|_| RequestError::TooLarge(MAX_REQUEST_BYTES + 1))?;
        json.truncate(length);
        Ok(json)
    }
}

/// serde's own message can repeat what was given, which may be a secret in the wrong place: only the place and the sort of mistake are told.
fn syntax(error: &serde_json::Error) -> RequestError {
    let what = match error.classify() {
        serde_json::error::Category::Data => "an unknown, missing or repeated field, or a value that is not canonical",
        serde_json::error::Category::Eof => "the end is missing",
        _ => "no JSON, or nested too deep,",
    };
    RequestError::Syntax { what, line: error.line(), column: error.column() }
}

impl NotesWitness {
    fn of(list: &NoteBatch) -> Self {
        Self(list.notes().to_vec())
    }

    fn open(self) -> Result<NoteBatch, RequestError> {
        NoteBatch::new(self.0).map_err(|error| RequestError::Witness(error.to_string()))
    }
}
