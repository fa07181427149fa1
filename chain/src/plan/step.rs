//! A step of a plan, its result, and who is informed of both.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use serde::{Deserialize, Serialize};

use super::postcondition::Postcondition;

/// A transaction of a plan.
pub struct Step {
    /// Its name, which no other step of the plan has.
    pub name: String,
    /// The contract that it calls; `None` to create one.
    pub to: Option<Address>,
    /// The amount of the native token that it sends, in wei.
    pub value: U256,
    /// Its calldata, or the code that creates the contract.
    pub data: Bytes,
    /// What holds on the chain once it is done. Without one, only the receipt of its transaction tells.
    pub done: Option<Box<dyn Postcondition>>,
}

impl Step {
    /// Returns whether a transaction that was written down is a version of it.
    pub(super) fn is_version(&self, to: Option<Address>, value: U256, data_hash: B256) -> bool {
        let ignores_calldata = self.done.as_ref().is_some_and(|done| done.ignores_calldata());
        (to, value) == (self.to, self.value) && (ignores_calldata || data_hash == self.data_hash())
    }

    /// Returns the hash of its calldata.
    pub(crate) fn data_hash(&self) -> B256 {
        keccak256(&self.data)
    }
}

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mined {
    /// Its hash.
    pub hash: B256,
    /// The number of its block.
    pub block: u64,
    /// The gas it used.
    pub gas: u64,
    /// The contract it created, if it created one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Address>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepResult {
    /// The name of the step.
    pub name: String,
    /// Its transaction; `None` if it was done without one of this plan, or by one that the node does not show.
    pub transaction: Option<Mined>,
}

/// Someone who is informed where each transaction is.
pub trait PlanObserver: Send + Sync {
    /// A transaction was sent: it may be mined from now on.
    fn step_sent(&self, _step: &str, _hash: B256, _nonce: u64) {}

    /// A step is done; without a transaction it was done before, or by someone else.
    fn step_done(&self, _step: &str, _transaction: Option<&Mined>) {}

    /// The nonce of a step was used by another transaction of the account: the step gets a new one.
    fn nonce_spent(&self, _step: &str, _nonce: u64, _by: B256) {}
}

/// No one is informed.
impl PlanObserver for () {}
