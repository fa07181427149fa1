//! What can be said of ballot packages before they are sent, and in which order they apply.
//!
//! Nothing is sent here: a command does it once, a service for ever, and both decide by the same rules.

mod check;
mod claims;
mod plan;
mod receipt;
mod report;
mod wire;

pub use check::{Candidate, all};
pub use claims::{ClaimRefusal, ClaimRefused, MOST_CLAIM_GAS, Payee, Roots, claim, claim_call, costs, is_paid};
pub use plan::{Item, Queue, known, queues};
pub use receipt::{Kind, Receipt, ReceiptError, ballot_id, claim_id, nullifier};
pub use report::{PackageOutcome, PackageReport, Refusal, RelayReport, TransactionReport, pending};
pub use wire::{Pot, RelayInfo, Stage, Standing};

use crate::ballot::Package;

/// Ballots in a transaction at most: more would not fit the limits of common transaction pools.
pub const MAX_BATCH: usize = 64;

/// A package as it came in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What to call it in the report: a file name, for example.
    pub name: String,
    /// The package's JSON.
    pub json: Vec<u8>,
}

impl Submission {
    /// A package under a name.
    pub fn new(name: impl Into<String>, package: &Package) -> Self {
        Self { name: name.into(), json: package.to_json().into_bytes() }
    }
}
