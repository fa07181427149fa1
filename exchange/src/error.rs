//! What can go wrong with keys, packages and proofs. No variant holds a secret.

use std::path::PathBuf;

use psephos_chain::{Address, B256, ChainError, artifact::ArtifactError};
use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_prover::{KeyError, KeyRingError, ProveError};
use psephos_state::StateError;

/// A failure of keys, packages or proofs.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A deployment for other keys than those at hand.
    #[error(
        "the deployment is for {}, the keys in {} are {}",
        expected.as_deref().map_or("development keys".into(), |hash| format!("the keys of manifest {:.16}..", hash)),
        folder.display(),
        actual.as_deref().map_or("development keys".into(), |hash| format!("those of manifest {:.16}..", hash))
    )]
    OtherKeys {
        /// Hash of the deployment's manifest; none: development keys.
        expected: Option<String>,
        /// Hash of the manifest at hand.
        actual: Option<String>,
        /// The folder of the keys.
        folder: PathBuf,
    },
    /// A verifier on the chain that is not our key's.
    #[error(
        "the verifier of {circuit} at {address} is another contract than that of our key: its code's hash is {actual}, {} was expected",
        expected.map_or("one that the manifest does not state".into(), |hash| hash.to_string())
    )]
    OtherVerifier {
        /// The circuit.
        circuit: Name,
        /// The verifier.
        address: Address,
        /// What its code should hash to.
        expected: Option<B256>,
        /// What it hashes to.
        actual: B256,
    },
    /// A verifier that cannot be deployed.
    #[error("there is no verifier of {circuit}: {reason}")]
    NoVerifier {
        /// The circuit.
        circuit: Name,
        /// Why not.
        reason: String,
    },
    /// A circuit's key.
    #[error("a circuit's key: {0}")]
    Key(#[from] KeyError),
    /// There is no proof.
    #[error("no proof was made: {0}")]
    Prove(#[from] ProveError),
    /// No circuit has this size.
    #[error("there is no circuit of size {0}: circuits are of size 3 and 8")]
    NoCircuit(usize),
}

impl From<ArtifactError> for ExchangeError {
    fn from(error: ArtifactError) -> Self {
        Self::Chain(error.into())
    }
}

impl From<StateError> for ExchangeError {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

impl From<KeyRingError> for ExchangeError {
    fn from(error: KeyRingError) -> Self {
        match error {
            KeyRingError::Key(error) => Self::Key(error),
            KeyRingError::Prove(error) => Self::Prove(error),
            KeyRingError::NoCircuit(missing) => missing.into(),
            KeyRingError::OtherStatement { .. } => Self::Prove(ProveError::Engine(error.to_string())),
        }
    }
}

impl From<NoCircuit> for ExchangeError {
    fn from(missing: NoCircuit) -> Self {
        Self::NoCircuit(missing.size.unwrap_or_default())
    }
}
