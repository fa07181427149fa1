//! The moments between which a crash could lose or double something. Tests stop a relayer at each of them.

use std::sync::Arc;

/// A moment in a relayer's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A ballot's proof holds; nothing is written.
    Verified,
    /// It is written down; nobody was told.
    Accepted,
    /// A transaction is signed; nothing is written.
    Signed,
    /// It is written down; nothing was sent.
    Written,
    /// It was sent.
    Sent,
    /// It was seen in a block; nothing of that is written.
    Seen,
    /// It is written that it is in a block; what became of its ballots is not.
    Mined,
    /// It is written which ballots are on the chain.
    Settled,
    /// A dearer version is signed; nothing is written.
    Raised,
}

impl Step {
    /// All of them.
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

/// Says at each step whether to stop there, as if the power had gone.
pub type Probe = Arc<dyn Fn(Step) -> bool + Send + Sync>;

/// Why a piece of work ended.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// A probe said so.
    #[error("stopped at {0:?}")]
    Stopped(Step),
    /// The chain.
    #[error(transparent)]
    Chain(#[from] psephos_chain::ChainError),
    /// The file.
    #[error(transparent)]
    Store(#[from] super::StoreError),
    /// Keys, or what they are asked about.
    #[error(transparent)]
    Exchange(#[from] psephos_exchange::ExchangeError),
    /// A thread was lost.
    #[error("a worker stopped without an answer")]
    Worker,
}
