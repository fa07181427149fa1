//! Statements that were parsed and checked, held in memory for a worker of this process.
//!
//! A statement belongs to its request, not only to its job: of two concurrent requests under one idempotency key only
//! one becomes the job, and the statement of the other must never be proved in its place.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use psephos_wire::proof::CheckedStatement;

use crate::queue::JobId;

/// A statement and the id of the chain that it is for.
pub(super) type Prepared = (CheckedStatement, u64);

/// A job id, and the keyed hash of the request from which the job was made.
pub(super) type Whose = (JobId, [u8; 32]);

/// The maximum number of statements; further ones are decrypted from the queue again.
const MOST: usize = 256;
/// The maximum age of a statement: a worker that takes the job later, here or elsewhere, decrypts it from the queue.
const LONGEST: Duration = Duration::from_secs(20);

/// Checked statements by request.
#[derive(Default)]
pub(super) struct Ready(Mutex<HashMap<Whose, (Prepared, Instant)>>);

impl Ready {
    pub(super) fn put(&self, request_key: Whose, prepared: Prepared) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() < MOST {
            map.insert(request_key, (prepared, Instant::now()));
        }
    }

    pub(super) fn take(&self, request_key: Whose) -> Option<Prepared> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.remove(&request_key).map(|(prepared, _)| prepared)
    }

    pub(super) fn forget(&self, request_key: Whose) {
        drop(self.take(request_key));
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Erases statements that no worker has taken for long: a worker of another process has done the job, or the queue
    /// is long.
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
    use psephos_prover::examples;
    use psephos_wire::proof::Statement;

    use super::*;

    #[test]
    fn unused_statements_are_erased() {
        let ready = Ready::default();
        let ballot = examples::ballot_of::<3>([1; 32], 0);
        let checked = CheckedStatement::assume_checked(Statement::Ballot(ballot.instance, ballot.witness));
        let request_key = (JobId::random(), [1; 32]);
        ready.put(request_key, (checked, 1));
        ready.tidy();
        assert!(!ready.is_empty());
        ready.tidy_at(Instant::now() + LONGEST);
        assert!(ready.take(request_key).is_none());
    }
}
