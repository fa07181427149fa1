//! Blocks, and what one step of following brings.

use alloy::primitives::B256;
use psephos_state::Log;

/// A block of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, in seconds since 1970.
    pub time: u64,
}

/// What a step has brought.
#[derive(Clone, Debug)]
pub struct Step {
    /// All blocks after this one are gone; none, if nothing was taken back. `Some(None)`: everything is read again from the beginning.
    pub back_to: Option<Option<u64>>,
    /// The new logs, in order.
    pub logs: Vec<Log>,
    /// Up to where everything is read now.
    pub block: Block,
    /// The chain's newest block.
    pub head: u64,
}

impl Step {
    /// Whether the newest block was reached.
    pub fn caught_up(&self) -> bool {
        self.block.number >= self.head
    }

    /// Whether nothing has changed.
    pub fn is_idle(&self, before: Option<Block>) -> bool {
        self.back_to.is_none() && before == Some(self.block)
    }
}
