//! Answers in steps: when a job's end is told.
//!
//! How long a proof takes depends on its witness by a few tenths of a millisecond, and whoever watches the network sees when the answer comes.
//! So an end is told a whole number of steps after the request was accepted, whatever happened in between.

use std::time::Duration;

use psephos_exchange::proof::{JobState, JobView};

use super::view;
use crate::queue::{JobId, Status, now_ms};

/// When a job that was accepted and has ended at these times (in milliseconds) is told to have ended.
fn told_at(accepted: u64, finished: u64, step: u64) -> u64 {
    if step == 0 {
        return finished;
    }
    let took = finished.saturating_sub(accepted).max(1);
    accepted.saturating_add(took.div_ceil(step).saturating_mul(step))
}

/// For how long a job's end is still kept back; none if it is not.
pub(super) fn hidden_for(status: &Status, step: u64) -> Option<Duration> {
    // A cancellation is what the owner said itself.
    let finished = status.finished.filter(|_| status.state != JobState::Cancelled)?;
    let left = told_at(status.accepted, finished, step).saturating_sub(now_ms());
    (left > 0).then(|| Duration::from_millis(left))
}

/// A job as it may be told now.
pub(super) fn shown(id: JobId, status: Status, step: u64) -> JobView {
    match hidden_for(&status, step) {
        None => view(id, status),
        Some(_) => view(id, Status { state: JobState::Proving, proof: None, failure: None, ..status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_a_whole_number_of_steps_after_the_beginning() {
        for finished in 1_001..=1_050 {
            assert_eq!(told_at(1_000, finished, 50), 1_050);
        }
        assert_eq!(told_at(1_000, 1_051, 50), 1_100);
        // A clock that was put back, and an end in the same millisecond.
        assert_eq!(told_at(1_000, 900, 50), 1_050);
        assert_eq!(told_at(1_000, 1_000, 50), 1_050);
        assert_eq!(told_at(1_000, 1_031, 0), 1_031);
        assert_eq!(told_at(u64::MAX, u64::MAX, 50), u64::MAX);
    }
}
