//! What can be wrong with a key.

#[cfg(feature = "prove")]
use std::path::PathBuf;

use crate::encoding::EncodingError;

/// A key that cannot be had, or must not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// With such a key anybody can forge, or an input is not bound. See [`crate::VerifyingKey`].
    #[error("degenerate verifying key: {0}")]
    Degenerate(&'static str),
    /// An element that is no point of its group.
    #[error("verifying key, {element}: {source}")]
    Element {
        /// `alpha`, `beta`, `gamma`, `delta` or `IC`.
        element: &'static str,
        /// What is wrong with it.
        source: EncodingError,
    },
    /// A circuit's or an input's name that is not 1 to 64 letters, digits, `-` and `_`.
    #[error("not a name of a circuit or of an input: {0:?}")]
    Name(String),
    /// The number of names and of `IC` elements less one differ.
    #[error("the verifying key has {actual} public inputs, expected {expected}")]
    Inputs {
        /// Inputs by name.
        expected: usize,
        /// `IC` elements less one.
        actual: usize,
    },
    /// The key of another circuit.
    #[error("expected a key of circuit {expected} ({expected_hash}), got one of {actual} ({actual_hash})")]
    WrongCircuit {
        /// Circuit asked for.
        expected: String,
        /// Its hash, in hexadecimal.
        expected_hash: String,
        /// The key's circuit.
        actual: String,
        /// Its hash, in hexadecimal.
        actual_hash: String,
    },
    /// The key of a circuit version in which a soundness error was found.
    #[error(
        "the key is for version {version} of circuit {circuit}, which does not enforce its clause {clause}: anybody can forge \
         proofs under it; use keys of the current version"
    )]
    Broken {
        /// Name of the circuit.
        circuit: &'static str,
        /// The broken version.
        version: u32,
        /// The clause that is not enforced.
        clause: &'static str,
    },
    /// A development key outside a development chain.
    #[error(
        "the key of circuit {circuit} is a development key, which anybody can forge with: refused on chain {chain_id}"
    )]
    Development {
        /// Circuit of the key.
        circuit: String,
        /// Chain that it was to be used on.
        chain_id: u64,
    },
    /// The setup failed: the circuit is too large for the field's domain.
    #[cfg(feature = "prove")]
    #[error("cannot make a key of circuit {circuit}: {reason}")]
    Setup {
        /// Circuit of the key.
        circuit: &'static str,
        /// The engine's words.
        reason: String,
    },
    /// A key file that is not what it should be.
    #[cfg(feature = "prove")]
    #[error("key file {}: {problem}; {}", path.display(), if *cached { "delete it, and it will be made again" } else { "get it again from where the ceremony published it" })]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Box<crate::key_file::FileError>,
        /// Whether it is a cached development key, not a ceremony's.
        cached: bool,
    },
    /// A key from elsewhere that is no key of the circuit.
    #[cfg(feature = "prove")]
    #[error("no key of circuit {circuit}: {problem}")]
    Import {
        /// The circuit.
        circuit: &'static str,
        /// What is wrong with it.
        problem: Box<crate::key_file::FileError>,
    },
    /// A manifest that is none.
    #[cfg(feature = "prove")]
    #[error("{} is no manifest of keys: {reason}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A key of another version of the circuit than this program's.
    #[cfg(feature = "prove")]
    #[error(
        "the manifest in {} has a key for version {actual} of circuit {circuit}, this program has version {expected}",
        folder.display()
    )]
    OtherVersion {
        /// Name of the circuit.
        circuit: &'static str,
        /// The folder of the keys.
        folder: PathBuf,
        /// The program's version.
        expected: u32,
        /// The manifest's version.
        actual: u32,
    },
    /// A key that the manifest does not name.
    #[cfg(feature = "prove")]
    #[error("the manifest in {} does not fit circuit {circuit}: {reason}", folder.display())]
    NotListed {
        /// The circuit.
        circuit: &'static str,
        /// The folder of the keys.
        folder: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// A key file, or its folder, cannot be read or written.
    #[cfg(feature = "prove")]
    #[error("key file {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}
