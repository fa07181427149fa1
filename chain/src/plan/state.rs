//! What the chain and the journal show of a step.

use alloy::primitives::B256;

use super::step::Mined;

/// What the chain and the journal show of a step.
pub(super) enum State {
    /// It is done.
    Done(Option<Mined>),
    /// It has no nonce.
    New,
    /// It has a nonce that is not used yet.
    Open { latest: u64 },
    /// It is mined, but does not show.
    NoEffect(Mined),
    /// Its transaction failed.
    Failed(B256),
    /// Another transaction used its nonce.
    SpentElsewhere(B256),
    /// Its nonce is used, by a transaction that the node does not show.
    Unexplained,
}
