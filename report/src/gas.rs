//! Gas by call.

use psephos_state::B256;
use serde::{Deserialize, Serialize};

/// Gas of the calls of one type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GasEntry {
    /// Name of the call, such as `castBatch of 32`.
    pub call: String,
    /// Number of transactions.
    pub transactions: usize,
    /// Their total gas.
    pub gas: u64,
    /// Number of ballots (or enrolments, or contracts) in them.
    pub items: usize,
    /// Hash of one of the transactions.
    pub example: B256,
}

impl GasEntry {
    /// Adds a transaction to the entry of its call, which is created if there is none.
    pub fn record(entries: &mut Vec<Self>, call: &str, example: B256, gas: u64, items: usize) {
        match entries.iter_mut().find(|entry| entry.call == call) {
            Some(entry) => {
                entry.transactions += 1;
                entry.gas = entry.gas.saturating_add(gas);
                entry.items += items;
            }
            None => entries.push(Self { call: call.to_owned(), transactions: 1, gas, items, example }),
        }
    }

    /// Returns the gas per item, rounded down.
    pub fn per_item(&self) -> u64 {
        self.gas / (self.items.max(1) as u64)
    }
}
