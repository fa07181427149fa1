//! Failures of the checks before a submission. No variant holds a secret.

use std::path::PathBuf;

use psephos_chain::{Address, B256, ChainError, artifact::ArtifactError};
use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::StateError;

/// A failure of the checks before a submission, as opposed to their result.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// The chain cannot be read, or its events are inconsistent.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A key cannot be loaded or used, or there is no proof.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The deployment was made for other keys than those at hand.
    #[error(
        "the deployment was made for {}, but {} holds {}: choose the deployment's keys with --key-folder",
        describe_keys(expected.as_deref()),
        folder.display(),
        describe_keys(actual.as_deref())
    )]
    OtherKeys {
        /// The hash of the deployment's manifest; `None` for development keys.
        expected: Option<String>,
        /// The hash of the manifest at hand; `None` for development keys.
        actual: Option<String>,
        /// The folder of the keys at hand.
        folder: PathBuf,
    },
    /// The contract at a verifier's address is not the verifier of our key.
    #[error(
        "the contract at {address} is not the verifier of our {circuit} key: its code hash is {actual}, {}",
        expected.map_or("and the manifest of our keys states none".into(), |hash| format!("expected {hash}"))
    )]
    OtherVerifier {
        /// The circuit.
        circuit: Name,
        /// The verifier's address.
        address: Address,
        /// The expected code hash; `None` if the manifest does not state it.
        expected: Option<B256>,
        /// The hash of the code at the address.
        actual: B256,
    },
    /// There is no verifier contract to deploy.
    #[error("the verifier of {circuit} cannot be deployed: {reason}")]
    NoVerifier {
        /// The circuit.
        circuit: Name,
        /// The reason.
        reason: String,
    },
    /// The deployment does not name the verifier of a circuit.
    #[error("the deployment names no verifier of {circuit}: use the deployment file that `psephos deploy` wrote")]
    NotDeployed {
        /// The circuit.
        circuit: Name,
    },
}

fn describe_keys(manifest: Option<&str>) -> String {
    manifest.map_or("development keys".into(), |hash| format!("the keys of manifest {hash:.16}.."))
}

impl From<ArtifactError> for SubmissionError {
    fn from(error: ArtifactError) -> Self {
        Self::Chain(error.into())
    }
}

impl From<StateError> for SubmissionError {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

impl From<KeyError> for SubmissionError {
    fn from(error: KeyError) -> Self {
        Self::Keys(error.into())
    }
}

impl From<NoCircuit> for SubmissionError {
    fn from(error: NoCircuit) -> Self {
        Self::Keys(error.into())
    }
}
