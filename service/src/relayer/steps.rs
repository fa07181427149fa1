//! Crash points: the moments between which a crash could lose or duplicate something. Tests stop a relayer at each of
//! them.

use std::sync::Arc;

/// A crash point in a relayer's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A ballot's proof is verified; nothing is stored.
    Verified,
    /// The ballot is stored; no receipt was returned.
    Accepted,
    /// A transaction is signed; nothing is stored.
    Signed,
    /// The transaction is stored; it was not sent.
    Written,
    /// The transaction was sent.
    Sent,
    /// The transaction was seen in a block; that is not stored.
    Seen,
    /// It is stored that the transaction is in a block; the status of its ballots is not.
    Mined,
    /// The status of the ballots is stored.
    Settled,
    /// A replacement with a higher fee is signed; it is not stored.
    Raised,
}

impl Step {
    /// All crash points.
    pub const ALL: [Self; 9] = [
        Self::Verified,
        Self::Accepted,
        Self::Signed,
        Self::Written,
        Self::Sent,
        Self::Seen,
        Self::Mined,
        Self::Settled,
        Self::Raised,
    ];
}

/// Decides at each crash point whether to stop there, as if the power had failed.
pub type Probe = Arc<dyn Fn(Step) -> bool + Send + Sync>;

/// An error that stops a task of the relayer.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// A probe stopped the relayer.
    #[error("stopped at crash point {0:?}")]
    Stopped(Step),
    /// The chain.
    #[error(transparent)]
    Chain(#[from] psephos_chain::ChainError),
    /// The relayer's file.
    #[error(transparent)]
    Store(#[from] super::StoreError),
    /// The circuits' keys, or the data they are checked against.
    #[error(transparent)]
    Submission(#[from] psephos_submission::SubmissionError),
    /// A blocking thread was lost, or the relayer is running already.
    #[error("a blocking task was lost, or the relayer is running already")]
    Worker,
}
