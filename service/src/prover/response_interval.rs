//! The response interval: completion times are rounded up.
//!
//! The time of a proof depends on its witness by a few tenths of a millisecond, and an observer of the network sees
//! when the response is sent. So the end of a job is published a whole number of intervals after its request was
//! accepted, whatever happened in between.

use std::time::Duration;

use psephos_wire::proof::{JobStatus, JobView};

use super::view_of_status;
use crate::queue::{JobId, JobProgress};

/// Returns the time at which the end of a job is published, given when it was accepted and when it finished, all in
/// milliseconds.
fn publication_time(accepted: u64, finished: u64, step: u64) -> u64 {
    if step == 0 {
        return finished;
    }
    let took = finished.saturating_sub(accepted).max(1);
    accepted.saturating_add(took.div_ceil(step).saturating_mul(step))
}

/// Returns how long the end of a job must still be withheld at this time, or `None` if it may be published.
pub(super) fn withheld_for(status: &JobProgress, step: u64, now: u64) -> Option<Duration> {
    // A cancellation is the owner's own act and needs no delay.
    let finished = status.finished.filter(|_| status.state != JobStatus::Cancelled)?;
    let left = publication_time(status.accepted, finished, step).saturating_sub(now);
    (left > 0).then(|| Duration::from_millis(left))
}

/// Converts a job into its JSON response, with its end withheld while the interval lasts.
pub(super) fn publishable_view(id: JobId, status: JobProgress, step: u64, now: u64) -> JobView {
    match withheld_for(&status, step, now) {
        None => view_of_status(id, status),
        Some(_) => view_of_status(id, JobProgress { state: JobStatus::Proving, proof: None, failure: None, ..status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completion_times_are_rounded_up_to_the_interval() {
        for finished in 1_001..=1_050 {
            assert_eq!(publication_time(1_000, finished, 50), 1_050);
        }
        assert_eq!(publication_time(1_000, 1_051, 50), 1_100);
        // A clock that was set back, and an end in the same millisecond.
        assert_eq!(publication_time(1_000, 900, 50), 1_050);
        assert_eq!(publication_time(1_000, 1_000, 50), 1_050);
        assert_eq!(publication_time(1_000, 1_031, 0), 1_031);
        assert_eq!(publication_time(u64::MAX, u64::MAX, 50), u64::MAX);
    }
}
