//! A committee, from its events.

use alloy::primitives::{Address, B256};
use psephos_protocol::committee::KeyVector;

/// A committee.
#[derive(Clone, Debug)]
pub struct Committee {
    /// Its trustees.
    pub trustees: Vec<Address>,
    /// How many shares open a total.
    pub threshold: u64,
    /// The trustees that have registered.
    pub registered: Vec<Registration>,
    /// The committee's keys, once it is ready.
    pub keys: Option<KeyVector>,
    /// Whether no new poll opens under it.
    pub retired: bool,
}

/// A trustee's keys.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The trustee.
    pub trustee: Address,
    /// Its place in the committee.
    pub index: u64,
    /// Its keys.
    pub keys: KeyVector,
    /// The transaction, whose calldata holds the proof of possession.
    pub transaction: B256,
}
