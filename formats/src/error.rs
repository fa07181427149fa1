//! The errors of binary files.

use std::io;

use crate::EncodingError;

/// An invalid binary file.
#[derive(Debug, thiserror::Error)]
pub enum FileFormatError {
    /// A file of another kind.
    #[error("not a .{expected} file, or damaged")]
    WrongKind {
        /// The kind that was expected.
        expected: &'static str,
    },
    /// A version of the format that is not supported.
    #[error("format version {actual} is not supported, the newest supported one is {expected}")]
    Version {
        /// The newest supported version.
        expected: u32,
        /// The file's version.
        actual: u32,
    },
    /// The file ends too early, or continues after its last section.
    #[error("truncated or damaged: the table of sections does not fit the file's {length} bytes")]
    InvalidTable {
        /// Length of the file in bytes.
        length: u64,
    },
    /// A required section is missing.
    #[error("section {0} is missing")]
    MissingSection(u32),
    /// A section occurs more than once.
    #[error("section {0} occurs more than once")]
    RepeatedSection(u32),
    /// A section's length does not match its content.
    #[error("section {section} has {actual} bytes, expected {expected}")]
    SectionLength {
        /// Number of the section.
        section: u32,
        /// Length of its content in bytes.
        expected: u64,
        /// Its actual length in bytes.
        actual: u64,
    },
    /// The file is for another field or curve than BN254.
    #[error("made for another field or curve than BN254")]
    WrongCurve,
    /// The key is for another proof system than Groth16.
    #[error("a key for proof system number {0}, not for Groth16")]
    ProofSystem(u32),
    /// A number or a point is invalid.
    #[error("{what} number {index} (from 0): {source}")]
    Element {
        /// The list that holds it.
        what: &'static str,
        /// Its index in the list.
        index: usize,
        /// Why it is invalid.
        source: EncodingError,
    },
    /// Parts of the file contradict each other.
    #[error("{0}")]
    Inconsistent(String),
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl FileFormatError {
    /// Builds an [`FileFormatError::Inconsistent`].
    pub(crate) fn inconsistent(what: impl Into<String>) -> FileFormatError {
        FileFormatError::Inconsistent(what.into())
    }
}
