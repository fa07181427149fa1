//! The errors of binary files.

use std::io;

use crate::EncodingError;

/// A binary file that is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum Iden3Error {
    /// Another kind of file.
    #[error("not a .{expected} file")]
    NotThisKind {
        /// The kind that was expected.
        expected: &'static str,
    },
    /// Written by a version that is not known here.
    #[error("version {actual} of its format, at most {expected} is known")]
    Version {
        /// The newest that is read.
        expected: u32,
        /// The file's.
        actual: u32,
    },
    /// It ends too early, or goes on where it should end.
    #[error("cut short or damaged: its table of sections does not fit its {length} bytes")]
    Table {
        /// Bytes of the file.
        length: u64,
    },
    /// A section that must be there.
    #[error("section {0} is missing")]
    Missing(u32),
    /// A section that is there twice.
    #[error("section {0} stands in it more than once")]
    Repeated(u32),
    /// A section of another length than what it holds.
    #[error("section {section} has {actual} bytes, expected {expected}")]
    Length {
        /// Number of the section.
        section: u32,
        /// Bytes of what it should hold.
        expected: u64,
        /// Its bytes.
        actual: u64,
    },
    /// Over another field or curve.
    #[error("made for another field or curve, not for BN254")]
    Curve,
    /// A proof system other than Groth16.
    #[error("a key of another proof system (number {0}), not of Groth16")]
    ProofSystem(u32),
    /// A number or a point.
    #[error("{what} number {index}: {source}")]
    Element {
        /// Where.
        what: &'static str,
        /// Its place there.
        index: usize,
        /// What is wrong with it.
        source: EncodingError,
    },
    /// Anything that contradicts something else in the file.
    #[error("{0}")]
    Inconsistent(String),
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Iden3Error {
    /// A contradiction.
    pub(crate) fn inconsistent(what: impl Into<String>) -> Iden3Error {
        Iden3Error::Inconsistent(what.into())
    }
}
