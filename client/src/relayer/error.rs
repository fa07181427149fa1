//! Errors that stop a whole run of a relayer. The outcome of one package is in its report instead.

use psephos_chain::ChainError;
use psephos_submission::{SubmissionError, contexts::ContextError};

/// A failure of a relayer's run.
#[derive(Debug, thiserror::Error)]
pub enum RelayerError {
    /// The chain cannot be read or sent to.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The nodes do not agree about a chamber that ballots are for.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// A circuit's key cannot be used, or a deployed verifier is not that of our key.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
}
