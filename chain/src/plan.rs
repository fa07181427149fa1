//! Plans: the transactions of a command that sends several, as steps of which none is paid for twice.
//!
//! A step is sent only after its nonce is in a [`Journal`], and it keeps that nonce until the chain shows what became
//! of it: of all the versions of a transaction with one nonce at most one is mined. What a step has done is looked up
//! on the chain, by its [`Postcondition`] or its receipt, each time the plan is run. So a plan that was interrupted is
//! run again, whatever interrupted it: a full disk, an account without funds, a node that forgets or does not answer.

pub mod error;
mod execute;
pub mod file;
pub mod journal;
mod look;
mod postcondition;
mod price;
mod steps;
mod trace;

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};

pub use self::{
    error::PlanError,
    execute::Executor,
    file::{JournalFile, Store},
    journal::{Header, Journal, Mined},
    postcondition::{CodeAt, Postcondition, ViewReturns},
    price::{Price, StepPrice, format_coin, price_steps},
    steps::PlannedSteps,
};

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
    /// Returns the hash of its calldata.
    pub(crate) fn data_hash(&self) -> B256 {
        keccak256(&self.data)
    }
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

/// Nobody is informed.
impl PlanObserver for () {}
