//! Errors of ceremonies.

use std::path::PathBuf;

use psephos_circuits::catalogue::Name;
use psephos_formats::FileFormatError;
use psephos_prover::{KeyError, SolidityError};

/// The reason why a step of a ceremony fails.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyError {
    /// An invalid file.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why it is invalid.
        problem: FileFormatError,
    },
    /// An invalid file whose path is unknown.
    #[error(transparent)]
    Format(#[from] FileFormatError),
    /// A file or folder that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The powers of tau are for smaller circuits.
    #[error("the powers of tau go up to 2^{power}, which is too few: the circuit needs 2^{needed}")]
    TooSmall {
        /// The file's power.
        power: u32,
        /// The power that the circuit needs.
        needed: u32,
    },
    /// The powers of tau have no Lagrange polynomials.
    #[error(
        "the powers of tau are not prepared for phase 2: use the prepared file, or run `snarkjs powersoftau prepare \
         phase2`"
    )]
    NotPrepared,
    /// The powers of tau are inconsistent or degenerate.
    #[error("invalid powers of tau: {0}")]
    InvalidPowers(&'static str),
    /// The key was not made from this circuit and these powers.
    #[error("not the key of this circuit and these powers of tau: {0}")]
    NotTheKey(&'static str),
    /// A contribution is invalid.
    #[error("contribution {number}{}: {problem}", name.as_deref().map(|n| format!(" ({n:?})")).unwrap_or_default())]
    Contribution {
        /// Its number, from 1.
        number: usize,
        /// Its contributor's name.
        name: Option<String>,
        /// Why it is invalid.
        problem: &'static str,
    },
    /// An error with one of several circuits.
    #[error("{circuit}: {problem}")]
    Circuit {
        /// The circuit.
        circuit: Name,
        /// Why it is invalid.
        problem: Box<CeremonyError>,
    },
    /// The contributor's name cannot be written into a transcript.
    #[error("a contributor's name must have 1 to 64 characters, none of them a control character")]
    InvalidName,
    /// The beacon cannot be used.
    #[error("a beacon must have 1 to 255 bytes and 2^10 to 2^28 iterations")]
    InvalidBeacon,
    /// The contents of a ceremony's folder are inconsistent.
    #[error("{0}")]
    Folder(String),
    /// A circuit's verifier contract cannot be written.
    #[error("{circuit}: {source}")]
    Verifier {
        /// The circuit.
        circuit: Name,
        /// Why it cannot be written.
        source: SolidityError,
    },
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}
