//! Crash points: the moments between which a crash could lose or duplicate something. Tests stop a relayer at each of
//! them.

use std::sync::Arc;

/// A crash point in a relayer's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrashPoint {
    /// A ballot's proof is verified; nothing is stored.
    ProofVerified,
    /// The ballot is stored; no receipt was returned.
    AcceptanceStored,
    /// Masks are proved; nothing is stored.
    MasksProved,
    /// A transaction is signed; nothing is stored.
    TransactionSigned,
    /// The transaction is stored; it was not sent.
    TransactionStored,
    /// The transaction was sent.
    TransactionSent,
    /// The transaction was seen in a block; that is not stored.
    InclusionSeen,
    /// It is stored that the transaction is in a block; the status of its ballots is not.
    InclusionStored,
    /// The status of the ballots is stored.
    StatusesStored,
    /// A replacement with a higher fee is signed; it is not stored.
    ReplacementSigned,
}

impl CrashPoint {
    /// All crash points on the way of a ballot.
    pub const ALL: [Self; 9] = [
        Self::ProofVerified,
        Self::AcceptanceStored,
        Self::TransactionSigned,
        Self::TransactionStored,
        Self::TransactionSent,
        Self::InclusionSeen,
        Self::InclusionStored,
        Self::StatusesStored,
        Self::ReplacementSigned,
    ];

    /// The crash points on the way of a mask.
    pub const MASKING: [Self; 7] = [
        Self::MasksProved,
        Self::TransactionSigned,
        Self::TransactionStored,
        Self::TransactionSent,
        Self::InclusionSeen,
        Self::InclusionStored,
        Self::StatusesStored,
    ];
}

/// Decides at each crash point whether to stop there, as if the power had failed.
pub type CrashProbe = Arc<dyn Fn(CrashPoint) -> bool + Send + Sync>;

/// An error that stops a task of the relayer.
#[derive(Debug, thiserror::Error)]
pub enum RelayerError {
    /// A probe stopped the relayer.
    #[error("stopped at crash point {0:?}")]
    StoppedAt(CrashPoint),
    /// The chain.
    #[error(transparent)]
    Chain(#[from] psephos_chain::ChainError),
    /// The relayer's file.
    #[error(transparent)]
    Store(#[from] super::StoreError),
    /// The circuits' keys, or the data they are checked against.
    #[error(transparent)]
    Submission(#[from] psephos_submission::SubmissionError),
    /// A mask.
    #[error(transparent)]
    Mask(#[from] psephos_submission::mask::MaskError),
    /// A mask that was just proved cannot be read or promised.
    #[error("a mask that was just made cannot be used: this is a bug")]
    InvalidMask,
    /// A blocking thread was lost, or the relayer is running already.
    #[error("a task of the relayer was lost (the log has the cause), or the relayer runs already")]
    WorkerLost,
}
