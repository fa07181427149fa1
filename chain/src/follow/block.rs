//! Blocks, and the result of one step of following.

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

/// The result of one step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The last block that remains after a reorganisation; none if there was no reorganisation. `Some(None)`: no known
    /// block remains, none of them was final, and everything is read again from the beginning.
    pub back_to: Option<Option<u64>>,
    /// The new logs, in order.
    pub logs: Vec<Log>,
    /// The last block that was read.
    pub block: Block,
    /// The number of the chain's newest block.
    pub head: u64,
}

impl Step {
    /// Returns whether the newest block was reached.
    pub fn is_caught_up(&self) -> bool {
        self.block.number >= self.head
    }

    /// Returns whether nothing has changed since the block `before`.
    pub fn is_idle(&self, before: Option<Block>) -> bool {
        self.back_to.is_none() && before == Some(self.block)
    }
}
