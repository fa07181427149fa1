//! Relays ballot packages: checks them, batches them, sends them, and says what became of each.

mod report;

pub use report::{PackageOutcome, PackageReport, Refusal, RelayReport, TransactionReport};
