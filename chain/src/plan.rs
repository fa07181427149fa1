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
mod state;
mod step;
mod steps;
mod trace;

pub use self::{
    error::PlanError,
    execute::Executor,
    file::{JournalFile, Store},
    journal::{Header, Journal},
    postcondition::{CodeAt, Postcondition, ViewReturns},
    price::{Price, StepPrice, format_coin, price_steps},
    step::{Mined, PlanObserver, Step, StepResult},
    steps::PlannedSteps,
};
