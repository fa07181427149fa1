#![doc = include_str!("../README.md")]

pub mod ballots;
pub mod claims;
pub mod contexts;
pub mod error;
pub mod mask;
pub mod parameters;
pub mod proofs;
pub mod report;
pub mod reward;
pub mod schedule;
pub mod verifiers;

pub use error::SubmissionError;
pub use report::{PackageOutcome, PackageReport, Refusal, RelayReport, TransactionReport};

use psephos_wire::Package;

/// The maximum number of ballots in a transaction: more would exceed the limits of common transaction pools.
pub const MAX_BATCH: usize = 64;

/// A package as it was received: JSON that has not been parsed.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The name under which the report lists it, for example a file name.
    pub name: String,
    /// The package's JSON.
    pub json: Vec<u8>,
}

impl Submission {
    /// Creates the submission of a package.
    pub fn new(name: impl Into<String>, package: &Package) -> Self {
        Self { name: name.into(), json: package.to_json().into_bytes() }
    }
}
