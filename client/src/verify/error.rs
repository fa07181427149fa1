//! Reasons why a poll cannot be verified at all. What does not hold is a failed check in the report instead.

use psephos_chain::ChainError;
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::{committee::RecipientsError, reward::PolicyError};
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::StateError;
use psephos_submission::{SubmissionError, reward::RewardError};

use crate::conversions::convert_through;

/// A failure to verify a poll.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The chain cannot be read, or it has no such poll.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A circuit's key cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// A deployed verifier is not that of our key, or it cannot be compared.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// The registered transport keys are not those of a committee.
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
    /// A chamber's reward policy is invalid, or the terms of a claim cannot be derived.
    #[error(transparent)]
    Terms(#[from] RewardError),
}

convert_through!(VerifyError { KeyError => Keys, NoCircuit => Keys, PolicyError => Terms, StateError => Chain });
