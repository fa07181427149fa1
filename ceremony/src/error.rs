//! Why a step of a ceremony is refused.

use std::path::PathBuf;

use psephos_circuits::catalogue::Name;
use psephos_formats::Iden3Error;
use psephos_prover::KeyError;

/// Why a step of a ceremony is refused.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyError {
    /// A file that is not what it should be.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Iden3Error,
    },
    /// A file, without a name to it.
    #[error(transparent)]
    Format(#[from] Iden3Error),
    /// A file or folder that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Powers for smaller circuits.
    #[error("powers of tau up to 2^{power} are too few: the circuit needs 2^{needed}")]
    TooSmall {
        /// What the file has.
        power: u32,
        /// What the circuit needs.
        needed: u32,
    },
    /// Powers without Lagrange polynomials.
    #[error(
        "the powers of tau are not prepared for phase 2: take the prepared file, or run `snarkjs powersoftau prepare phase2`"
    )]
    NotPrepared,
    /// Powers that are no powers.
    #[error("the powers of tau are wrong: {0}")]
    Powers(&'static str),
    /// A key that was not made from this circuit and these powers.
    #[error("not the key of this circuit and these powers of tau: {0}")]
    NotTheKey(&'static str),
    /// A contribution that does not follow from what is before it. Counted from 1.
    #[error("contribution {number}{}: {problem}", name.as_deref().map(|n| format!(" ({n:?})")).unwrap_or_default())]
    Contribution {
        /// Which one, from 1.
        number: usize,
        /// Its contributor's name.
        name: Option<String>,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// One of several circuits.
    #[error("{circuit}: {problem}")]
    Circuit {
        /// Which.
        circuit: Name,
        /// What is wrong with it.
        problem: Box<CeremonyError>,
    },
    /// A name that cannot be written into a transcript.
    #[error("a contributor's name has 1 to 64 characters, none of them a control character")]
    Name,
    /// A beacon that cannot be used.
    #[error("a beacon has 1 to 255 bytes and 2^10 to 2^28 iterations")]
    Beacon,
    /// What a folder holds does not go together.
    #[error("{0}")]
    Folder(String),
    /// A key that cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}
