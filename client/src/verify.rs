//! Re-checks a whole poll from chain data alone.

mod report;

pub use report::{Check, CheckName, VerifyReport};
