//! The checks of a report by name, over all chambers.

use psephos_protocol::identifiers::ChamberId;

use super::{Check, CheckName, VerifyReport};

/// The checks of one name, over all chambers of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSummary {
    /// The name of the checks.
    pub name: CheckName,
    /// Number of values compared.
    pub count: u64,
    /// The failures: the chamber, if the check is about one chamber, and the reason.
    pub failures: Vec<(Option<ChamberId>, String)>,
}

impl VerifyReport {
    /// Returns the checks by name, in the order in which they first appear.
    pub fn summarize(&self) -> Vec<CheckSummary> {
        summarize_checks(&self.checks)
    }
}

/// Returns checks by name, in the order in which they first appear.
pub(super) fn summarize_checks(checks: &[Check]) -> Vec<CheckSummary> {
    let mut summaries: Vec<CheckSummary> = Vec::new();
    for check in checks {
        let failures = check.failures.iter().map(|failure| (check.chamber, failure.clone()));
        let count = check.count as u64;
        match summaries.iter_mut().find(|summary| summary.name == check.name) {
            Some(summary) => {
                summary.count += count;
                summary.failures.extend(failures);
            }
            None => summaries.push(CheckSummary { name: check.name, count, failures: failures.collect() }),
        }
    }
    summaries
}
