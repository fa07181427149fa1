//! The common part of ballot and claim packages: JSON files with a format name, a version and a maximum size.

use psephos_state::{hex, record::RecordError, sheet::record::SheetRecordError};
use serde::de::DeserializeOwned;

/// A package format: its name, its version and the maximum size of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The value of the field `format`.
    pub name: &'static str,
    /// The value of the field `version`, which this program reads and writes.
    pub version: u32,
    /// The maximum size of a file, in bytes.
    pub max_bytes: usize,
}

/// The reason why a package is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// It is longer than any package of its format.
    #[error("a {} file has at most {} bytes, but this one has {actual}", format.name, format.max_bytes)]
    TooLarge {
        /// The expected format.
        format: Format,
        /// The size, in bytes.
        actual: usize,
    },
    /// It is not the JSON of a package of this format.
    #[error("not a {} file, or an incomplete one: {reason}", format.name)]
    Syntax {
        /// The expected format.
        format: Format,
        /// The parser's message.
        reason: String,
    },
    /// It has another format or version.
    #[error("this is {format} version {version}; this program reads {} version {}", expected.name, expected.version)]
    Version {
        /// The file's format, of which at most 32 characters are repeated.
        format: String,
        /// The file's version.
        version: u32,
        /// The expected format.
        expected: Format,
    },
    /// A field does not have the form that the format prescribes.
    #[error("`{field}` is not {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// The prescribed form.
        expected: &'static str,
    },
    /// A field is not the canonical encoding of a ballot of the circuit's size.
    #[error("`{field}`: {source}")]
    Record {
        /// The field.
        field: &'static str,
        /// The reason.
        source: RecordError,
    },
    /// A field is not the canonical encoding of a sheet of its number of cells.
    #[error("`{field}`: {source}")]
    Sheet {
        /// The field.
        field: &'static str,
        /// The reason.
        source: SheetRecordError,
    },
}

/// A package as its JSON says which format it has.
pub(crate) trait VersionedPackage: DeserializeOwned {
    /// The format that this program reads.
    const FORMAT: Format;

    /// Returns the format and version that the file states.
    fn stated_format(&self) -> (&str, u32);
}

/// Parses a package strictly: size, JSON, unknown fields, format and version.
///
/// # Errors
/// Returns `TooLarge`, `Syntax` or `Version`.
pub(crate) fn parse_package<P: VersionedPackage>(json: &[u8]) -> Result<P, PackageError> {
    let format = P::FORMAT;
    if json.len() > format.max_bytes {
        return Err(PackageError::TooLarge { format, actual: json.len() });
    }
    let package: P =
        serde_json::from_slice(json).map_err(|error| PackageError::Syntax { format, reason: error.to_string() })?;
    let (name, version) = package.stated_format();
    if (name, version) != (format.name, format.version) {
        let stated = name.chars().take(32).collect();
        return Err(PackageError::Version { format: stated, version, expected: format });
    }
    Ok(package)
}

/// Returns the JSON of a package file, with a final line break.
pub(crate) fn write_package(package: &impl serde::Serialize) -> String {
    // Packages consist of strings and numbers, which always have a JSON form.
    serde_json::to_string_pretty(package).unwrap_or_default() + "\n"
}

/// Decodes a field of `0x` and hexadecimal digits.
///
/// # Errors
/// Returns `Field`.
pub(crate) fn decode_hex(text: &str, field: &'static str) -> Result<Vec<u8>, PackageError> {
    let error = PackageError::Field { field, expected: "0x and hexadecimal digits" };
    text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok()).ok_or(error)
}
