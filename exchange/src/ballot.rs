//! A ballot on its way to a relayer: a small JSON file without any secret.
//!
//! Version 1. The relayer learns nothing from it that the chain will not show everybody.

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{
    Address, Deployment, hex,
    record::{BallotRecord, RecordError, ReplacedBallot},
};
use serde::{Deserialize, Serialize};

/// The format of package files that this version reads and writes.
pub const VERSION: u32 = 1;
/// No package is larger than this, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// One ballot, ready to be sent by anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// `psephos-ballot`.
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The circuit's size: 3 or 8.
    pub circuit: usize,
    /// The chain it is for.
    pub chain_id: u64,
    /// The polls contract it is for.
    pub polls: Address,
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The ballot record (specification, section 9), `0x..`.
    pub record: String,
    /// The note and ciphertext that it replaces, `0x..`; absent for a first ballot.
    pub replaces: Option<String>,
}

const FORMAT: &str = "psephos-ballot";

/// Why a package is refused.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Too long to be one.
    #[error("a ballot package has at most {MAX_BYTES} bytes, not {0}")]
    TooLarge(usize),
    /// Not the JSON of a package.
    #[error("not a ballot package, or only a part of one: {0}")]
    Syntax(String),
    /// Another format or version.
    #[error("this is {format} version {version}; this program reads {FORMAT} version {VERSION}")]
    Version {
        /// The format given.
        format: String,
        /// The version given.
        version: u32,
    },
    /// Not hexadecimal.
    #[error("`{field}` is not 0x and hexadecimal digits")]
    Hex {
        /// The field.
        field: &'static str,
    },
    /// Not a record of the circuit's size.
    #[error("`{field}`: {source}")]
    Record {
        /// The field.
        field: &'static str,
        /// Why.
        source: RecordError,
    },
}

/// What a package holds, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The ballot.
    pub record: BallotRecord,
    /// The ballot that it replaces.
    pub old: Option<ReplacedBallot>,
}

impl Contents {
    /// The fingerprint that the nullifier's slot must hold for this ballot.
    pub fn previous(&self) -> [u8; 32] {
        self.old.as_ref().map_or([0; 32], ReplacedBallot::fingerprint)
    }

    /// The bytes for the contract: a record or a replacement.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.record.to_bytes();
        bytes.extend(self.old.iter().flat_map(ReplacedBallot::to_bytes));
        bytes
    }
}

impl Package {
    /// A package for one chamber of one poll.
    pub fn new(deployment: &Deployment, poll: PollId, chamber: ChamberId, contents: &Contents) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            circuit: contents.record.posted.ciphertext.size(),
            chain_id: deployment.chain_id,
            polls: deployment.polls,
            poll,
            chamber,
            record: hex::encode_prefixed(contents.record.to_bytes()),
            replaces: contents.old.as_ref().map(|old| hex::encode_prefixed(old.to_bytes())),
        }
    }

    /// Reads a package, strictly.
    ///
    /// # Errors
    /// [`PackageError`], but for the records, which [`Package::contents`] decodes.
    pub fn parse(json: &[u8]) -> Result<Self, PackageError> {
        if json.len() > MAX_BYTES {
            return Err(PackageError::TooLarge(json.len()));
        }
        let package: Self = serde_json::from_slice(json).map_err(|error| PackageError::Syntax(error.to_string()))?;
        if package.format != FORMAT || package.version != VERSION {
            let format = package.format.chars().take(32).collect();
            return Err(PackageError::Version { format, version: package.version });
        }
        Ok(package)
    }

    /// The text of a package file.
    pub fn to_json(&self) -> String {
        // Strings and numbers only: it cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Decodes the ballot.
    ///
    /// # Errors
    /// `Hex`, `Record`.
    pub fn contents(&self) -> Result<Contents, PackageError> {
        let record = bytes(&self.record, "record")?;
        let record = BallotRecord::from_bytes(&record, self.circuit)
            .map_err(|source| PackageError::Record { field: "record", source })?;
        let old = match &self.replaces {
            None => None,
            Some(text) => Some(
                ReplacedBallot::from_bytes(&bytes(text, "replaces")?, self.circuit)
                    .map_err(|source| PackageError::Record { field: "replaces", source })?,
            ),
        };
        Ok(Contents { record, old })
    }
}

fn bytes(text: &str, field: &'static str) -> Result<Vec<u8>, PackageError> {
    let digits = text.strip_prefix("0x").ok_or(PackageError::Hex { field })?;
    hex::decode(digits).map_err(|_| PackageError::Hex { field })
}

#[cfg(test)]
mod tests;
