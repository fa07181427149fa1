//! What the events say that cannot be.

use std::fmt;

use alloy_primitives::B256;

/// Something that does not fit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The block.
    pub block: u64,
    /// The transaction.
    pub transaction: B256,
    /// The poll it concerns, if one.
    pub poll: Option<u64>,
    /// What.
    pub description: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {}, transaction {}: {}", self.block, self.transaction, self.description)
    }
}
