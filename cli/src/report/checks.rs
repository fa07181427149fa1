//! Checks by kind: what was checked, over all chambers, and what does not hold.

use psephos_client::verify::{CheckName, VerifyReport};
use psephos_protocol::identifiers::ChamberId;

/// One kind of check over all chambers.
pub(crate) struct Kind {
    /// Which check.
    pub(crate) name: CheckName,
    /// How many things were compared.
    pub(crate) count: u64,
    /// What does not hold: the chamber's number, if it is about one, and why.
    pub(crate) failures: Vec<(Option<ChamberId>, String)>,
}

/// The checks of a report by kind, in the order in which they first appear.
pub(crate) fn by_kind(report: &VerifyReport) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for check in &report.checks {
        let failures = check.failures.iter().map(|failure| (check.chamber, failure.clone()));
        let count = check.count as u64;
        match kinds.iter_mut().find(|kind| kind.name == check.name) {
            Some(kind) => {
                kind.count += count;
                kind.failures.extend(failures);
            }
            None => kinds.push(Kind { name: check.name, count, failures: failures.collect() }),
        }
    }
    kinds
}
