//! Sheet packages: a sheet on its way to a relayer, as a JSON file without any secret.
//!
//! The relayer learns nothing from it that the chain will not show to everyone.

use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, SheetId},
};
use psephos_state::{
    Address, Deployment, hex,
    sheet::record::{ReplacedSheet, SheetRecord, SheetRecordError},
};
use serde::{Deserialize, Serialize};

use crate::package::{Format, PackageError, VersionedPackage, decode_hex, parse_package, write_package};

/// The maximum size of a sheet package, in bytes: a replacement of 40 cells has about 13,500.
pub const MAX_BYTES: usize = 24 * 1024;

/// The format of sheet packages that this program reads and writes.
pub const FORMAT: Format = Format { name: "psephos-sheet", version: 1, max_bytes: MAX_BYTES };

/// A sheet that anyone can send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetPackage {
    /// `psephos-sheet`.
    pub format: String,
    /// The version of the format, 1.
    pub version: u32,
    /// The number of cells: 16 or 40.
    pub cells: usize,
    /// The id of the chain that it is for.
    pub chain_id: ChainId,
    /// The contract of sheet polls that it is for.
    pub sheets: Address,
    /// The sheet poll.
    pub sheet: SheetId,
    /// The fingerprint of the sheet poll that the voter was shown. The proof holds for no other; this says so by name.
    pub fingerprint: PollFingerprint,
    /// The chamber.
    pub chamber: ChamberId,
    /// The sheet record, `0x..`.
    pub record: String,
    /// The note commitment, previous fingerprint and ciphertexts of the sheet that it replaces, `0x..`; absent for a
    /// first sheet.
    pub replaces: Option<String>,
}

/// The decoded sheet of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetContents {
    /// The sheet.
    pub record: SheetRecord,
    /// The sheet that it replaces.
    pub old: Option<ReplacedSheet>,
}

impl SheetContents {
    /// Returns the fingerprint that the nullifier's slot must hold for this sheet to apply: zeros for a first one.
    pub fn previous(&self) -> [u8; 32] {
        self.old.as_ref().map_or([0; 32], ReplacedSheet::fingerprint)
    }

    /// Returns the fingerprint that the slot holds once this sheet counts.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.record.posted.fingerprint(self.previous())
    }

    /// Returns the bytes for the contract: a record or a replacement.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.record.to_bytes();
        bytes.extend(self.old.iter().flat_map(ReplacedSheet::to_bytes));
        bytes
    }
}

impl SheetPackage {
    /// Creates the package of a sheet in one chamber of the sheet poll of this number and fingerprint.
    pub fn new(
        deployment: &Deployment,
        (sheet, fingerprint): (SheetId, PollFingerprint),
        chamber: ChamberId,
        contents: &SheetContents,
    ) -> Self {
        Self {
            format: FORMAT.name.into(),
            version: FORMAT.version,
            cells: contents.record.posted.ciphertext.size(),
            chain_id: deployment.chain_id,
            sheets: deployment.sheets.sheets,
            sheet,
            fingerprint,
            chamber,
            record: hex::encode_prefixed(contents.record.to_bytes()),
            replaces: contents.old.as_ref().map(|old| hex::encode_prefixed(old.to_bytes())),
        }
    }

    /// Parses a package strictly, except for the records, which [`SheetPackage::contents`] decodes.
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

    /// Decodes the sheet. Every element is canonical and every point is in the prime-order subgroup.
    ///
    /// # Errors
    /// Returns `Field` or `Sheet` of [`PackageError`].
    pub fn contents(&self) -> Result<SheetContents, PackageError> {
        let refuse = |field| move |source: SheetRecordError| PackageError::Sheet { field, source };
        let record = SheetRecord::from_bytes(&decode_hex(&self.record, "record")?, self.cells);
        let record = record.map_err(refuse("record"))?;
        let old = match &self.replaces {
            None => None,
            Some(text) => {
                let bytes = decode_hex(text, "replaces")?;
                Some(ReplacedSheet::from_bytes(&bytes, self.cells).map_err(refuse("replaces"))?)
            }
        };
        Ok(SheetContents { record, old })
    }
}

impl VersionedPackage for SheetPackage {
    const FORMAT: Format = FORMAT;

    fn stated_format(&self) -> (&str, u32) {
        (&self.format, self.version)
    }
}
