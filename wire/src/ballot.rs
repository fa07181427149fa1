//! Ballot packages: a ballot on its way to a relayer, as a small JSON file without any secret.
//!
//! The relayer learns nothing from it that the chain will not show to everyone.

use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{
    Address, Deployment, hex,
    record::{BallotRecord, ReplacedBallot},
};
use serde::{Deserialize, Serialize};

use crate::package::{Format, PackageError, VersionedPackage, decode_hex, parse_package, write_package};

/// The maximum size of a ballot package, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// The format of ballot packages that this program reads and writes.
pub const FORMAT: Format = Format { name: "psephos-ballot", version: 2, max_bytes: MAX_BYTES };

/// A ballot that anyone can send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// `psephos-ballot`.
    pub format: String,
    /// The version of the format, 2.
    pub version: u32,
    /// The circuit's size: 3 or 8 options.
    pub circuit: usize,
    /// The id of the chain that it is for.
    pub chain_id: ChainId,
    /// The polls contract that it is for.
    pub polls: Address,
    /// The poll.
    pub poll: PollId,
    /// The fingerprint of the poll that the voter was shown. The proof holds for no other poll; this says so by name.
    pub fingerprint: PollFingerprint,
    /// The chamber.
    pub chamber: ChamberId,
    /// The ballot record (specification, section 9), `0x..`.
    pub record: String,
    /// The note commitment, previous fingerprint and ciphertext of the ballot that it replaces, `0x..`; absent for a
    /// first ballot.
    pub replaces: Option<String>,
}

/// The decoded ballot of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The ballot.
    pub record: BallotRecord,
    /// The ballot that it replaces.
    pub old: Option<ReplacedBallot>,
}

impl Contents {
    /// The fingerprint that the nullifier's ballot slot must hold for this ballot to apply: zero for a first ballot.
    pub fn previous(&self) -> [u8; 32] {
        self.old.as_ref().map_or([0; 32], ReplacedBallot::fingerprint)
    }

    /// Returns the fingerprint that the slot holds once this ballot counts.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.record.posted.fingerprint(self.previous())
    }

    /// Returns the bytes for the contract: a record or a replacement.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.record.to_bytes();
        bytes.extend(self.old.iter().flat_map(ReplacedBallot::to_bytes));
        bytes
    }
}

impl Package {
    /// Creates the package of a ballot in one chamber of the poll of this number and fingerprint.
    pub fn new(
        deployment: &Deployment,
        (poll, fingerprint): (PollId, PollFingerprint),
        chamber: ChamberId,
        contents: &Contents,
    ) -> Self {
        Self {
            format: FORMAT.name.into(),
            version: FORMAT.version,
            circuit: contents.record.posted.ciphertext.size(),
            chain_id: deployment.chain_id,
            polls: deployment.polls,
            poll,
            fingerprint,
            chamber,
            record: hex::encode_prefixed(contents.record.to_bytes()),
            replaces: contents.old.as_ref().map(|old| hex::encode_prefixed(old.to_bytes())),
        }
    }

    /// Parses a package strictly, except for the records, which [`Package::contents`] decodes.
    ///
    /// # Errors
    /// Returns `TooLarge`, `Syntax` or `Version` of [`PackageError`].
    pub fn parse(json: &[u8]) -> Result<Self, PackageError> {
        parse_package(json)
    }

    /// Returns the JSON of a package file.
    pub fn to_json(&self) -> String {
        write_package(self)
    }

    /// Decodes the ballot. Every element is canonical and every point is in the prime-order subgroup.
    ///
    /// # Errors
    /// Returns `Field` or `Record` of [`PackageError`].
    pub fn contents(&self) -> Result<Contents, PackageError> {
        let record = decode_hex(&self.record, "record")?;
        let record = BallotRecord::from_bytes(&record, self.circuit)
            .map_err(|source| PackageError::Record { field: "record", source })?;
        let old = match &self.replaces {
            None => None,
            Some(text) => Some(
                ReplacedBallot::from_bytes(&decode_hex(text, "replaces")?, self.circuit)
                    .map_err(|source| PackageError::Record { field: "replaces", source })?,
            ),
        };
        Ok(Contents { record, old })
    }
}

impl VersionedPackage for Package {
    const FORMAT: Format = FORMAT;

    fn stated_format(&self) -> (&str, u32) {
        (&self.format, self.version)
    }
}

#[cfg(test)]
mod tests;
