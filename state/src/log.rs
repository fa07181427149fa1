//! A log with its position in the chain.

use alloy_primitives::{Address, B256, LogData};

/// An event of a contract as a node returns it, in a mined block. Pending and removed logs do not become one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The contract that emitted it.
    pub address: Address,
    /// Its topics and data.
    pub data: LogData,
    /// The number of its block.
    pub block: u64,
    /// The hash of its block.
    pub block_hash: B256,
    /// The time of its block, in seconds since 1970, if the node returned it.
    pub time: Option<u64>,
    /// The hash of its transaction.
    pub transaction: B256,
    /// Its index in the block.
    pub index: u64,
}

/// The block and the transaction of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventPosition {
    /// The number of the block.
    pub block: u64,
    /// The hash of the transaction.
    pub transaction: B256,
}
