//! Inconsistencies met while events are applied.

use psephos_protocol::identifiers::PollId;
use std::fmt;

use alloy_primitives::B256;

/// An inconsistency and its position in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the block.
    pub block: u64,
    /// The transaction.
    pub transaction: B256,
    /// The poll that it concerns, if it concerns one.
    pub poll: Option<PollId>,
    /// What is inconsistent.
    pub description: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {}, transaction {}: {}", self.block, self.transaction, self.description)
    }
}
