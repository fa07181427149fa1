//! Statements that are read and checked, waiting in memory for a worker of this process.
//!
//! A statement belongs to its request, not to its job alone: of two requests that come at once under one idempotency key only one becomes the job, and
//! the other's must never be proved for it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use psephos_exchange::proof::Checked;

use crate::queue::JobId;

/// A statement and the chain that it is for.
pub(super) type Prepared = (Checked, u64);

/// A job, and the keyed hash of the request that it was made of.
pub(super) type Whose = (JobId, [u8; 32]);

/// At most this many: the others are read again from the queue.
const MOST: usize = 256;
/// No longer than this: whoever takes the job after that, here or elsewhere, reads it from the queue.
const LONGEST: Duration = Duration::from_secs(20);

/// Checked statements by request.
#[derive(Default)]
pub(super) struct Ready(Mutex<HashMap<Whose, (Prepared, Instant)>>);

impl Ready {
    pub(super) fn put(&self, whose: Whose, prepared: Prepared) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() < MOST {
            map.insert(whose, (prepared, Instant::now()));
        }
    }

    pub(super) fn take(&self, whose: Whose) -> Option<Prepared> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.remove(&whose).map(|(prepared, _)| prepared)
    }

    pub(super) fn forget(&self, whose: Whose) {
        drop(self.take(whose));
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Erases what nobody has taken for long: a worker of another process has, or the queue is long.
    pub(super) fn tidy(&self) {
        self.tidy_at(Instant::now());
    }

    fn tidy_at(&self, now: Instant) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.retain(|_, (_, since)| now.saturating_duration_since(*since) < LONGEST);
    }
}

#[cfg(test)]
mod tests {
    use psephos_exchange::proof::Statement;
    use psephos_prover::examples;

    use super::*;

    #[test]
    fn what_nobody_takes_is_erased() {
        let ready = Ready::default();
        let ballot = examples::ballot_of::<3>([1; 32], 0);
        let checked = Checked::elsewhere(Statement::Ballot(ballot.instance, ballot.witness));
        let whose = (JobId::random(), [1; 32]);
        ready.put(whose, (checked, 1));
        ready.tidy();
        assert!(!ready.is_empty());
        ready.tidy_at(Instant::now() + LONGEST);
        assert!(ready.take(whose).is_none());
    }
}
