//! Errors of keys.

#[cfg(feature = "prove")]
use std::path::PathBuf;

use psephos_protocol::{circuit_version::CircuitVersion, identifiers::ChainId};

use crate::encoding::EncodingError;

/// A key that cannot be loaded, or must not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// With such a key anyone can forge proofs, or an input is not bound. See [`crate::VerifyingKey`].
    #[error("degenerate verifying key: {0}")]
    Degenerate(&'static str),
    /// An element that is not a point of its group.
    #[error("verifying key, {element}: {source}")]
    Element {
        /// `alpha`, `beta`, `gamma`, `delta` or `IC`.
        element: &'static str,
        /// Why it is invalid.
        source: EncodingError,
    },
    /// A name of a circuit or an input that is not 1 to 64 letters, digits, `-` and `_`.
    #[error("{0:?} is not a name of a circuit or an input: expected 1 to 64 letters, digits, - and _")]
    InvalidName(String),
    /// The number of input names is not the number of Number of `IC` elements less one.
    #[error("the verifying key has {actual} public inputs, expected {expected}")]
    InputCount {
        /// Number of input names.
        expected: usize,
        /// Number of `IC` elements less one.
        actual: usize,
    },
    /// A key of another circuit.
    #[error("expected a key of circuit {expected} (hash {expected_hash}), got one of {actual} (hash {actual_hash})")]
    WrongCircuit {
        /// The expected circuit.
        expected: String,
        /// Hash of its matrices, in hexadecimal.
        expected_hash: String,
        /// The key's circuit.
        actual: String,
        /// Hash of its matrices, in hexadecimal.
        actual_hash: String,
    },
    /// The key of a circuit version in which a soundness error was found.
    #[error(
        "the key is for version {version} of circuit {circuit}, which does not enforce the clause {clause}, so that \
         anyone can forge proofs under it; use keys of the current version"
    )]
    Broken {
        /// Name of the circuit.
        circuit: &'static str,
        /// The broken version.
        version: CircuitVersion,
        /// The clause that is not enforced.
        clause: &'static str,
    },
    /// A development key outside a development chain.
    #[error(
        "the key of circuit {circuit} is a development key, under which anyone can forge proofs: rejected on chain \
         {chain_id}; choose the keys of a ceremony with --key-folder"
    )]
    Development {
        /// The key's circuit.
        circuit: String,
        /// The chain on which it was to be used.
        chain_id: ChainId,
    },
    /// The setup failed: the circuit is too large for the field's domain.
    #[cfg(feature = "prove")]
    #[error("cannot generate a key of circuit {circuit}: {reason}")]
    Setup {
        /// The key's circuit.
        circuit: &'static str,
        /// The engine's error.
        reason: String,
    },
    /// An invalid key file.
    #[cfg(feature = "prove")]
    #[error("key file {}: {problem}; {}", path.display(), if *cached { "delete it, and it will be generated again" } else { "download it again from where the ceremony published it" })]
    File {
        /// The file.
        path: PathBuf,
        /// Why it is invalid.
        problem: Box<crate::key_file::KeyFileError>,
        /// Whether it is a cached development key rather than a ceremony's key.
        cached: bool,
    },
    /// An imported key that is not a key of the circuit.
    #[cfg(feature = "prove")]
    #[error("not a key of circuit {circuit}: {problem}")]
    Import {
        /// The circuit.
        circuit: &'static str,
        /// Why it is invalid.
        problem: Box<crate::key_file::KeyFileError>,
    },
    /// An invalid manifest.
    #[cfg(feature = "prove")]
    #[error("{} is not a valid manifest of keys: {reason}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why it is invalid.
        reason: String,
    },
    /// A key of another version of the circuit than this program's.
    #[cfg(feature = "prove")]
    #[error(
        "the manifest in {} has a key for version {actual} of circuit {circuit}, this program has version {expected}: \
         use keys for version {expected}, or a release of psephos with version {actual}",
        folder.display()
    )]
    OtherVersion {
        /// Name of the circuit.
        circuit: &'static str,
        /// The folder of the keys.
        folder: PathBuf,
        /// The program's version.
        expected: CircuitVersion,
        /// The manifest's version.
        actual: CircuitVersion,
    },
    /// A key that the manifest does not list.
    #[cfg(feature = "prove")]
    #[error("the manifest in {} does not match circuit {circuit}: {reason}", folder.display())]
    NotListed {
        /// The circuit.
        circuit: &'static str,
        /// The folder of the keys.
        folder: PathBuf,
        /// The reason.
        reason: &'static str,
    },
    /// A key file or its folder cannot be read or written.
    #[cfg(feature = "prove")]
    #[error("key file {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
}
