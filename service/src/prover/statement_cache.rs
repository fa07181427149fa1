//! Statements that were parsed and checked, held in memory for a worker of this process.
//!
//! A statement belongs to its request, not only to its job: of two concurrent requests under one idempotency key only
//! one becomes the job, and the statement of the other must never be proved in its place.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use psephos_protocol::identifiers::ChainId;
use psephos_wire::proof::CheckedStatement;

use crate::queue::JobId;

/// A statement and the id of the chain that it is for.
pub(super) type PreparedStatement = (CheckedStatement, ChainId);

/// A job id, and the keyed hash of the request from which the job was made.
pub(super) type RequestKey = (JobId, [u8; 32]);

/// The maximum number of statements; further ones are decrypted from the queue again.
const MAX_STATEMENTS: usize = 256;
/// The maximum age of a statement: a worker that takes the job later, here or elsewhere, decrypts it from the queue.
const MAX_AGE: Duration = Duration::from_secs(20);

/// Checked statements by request.
#[derive(Default)]
pub(super) struct StatementCache(Mutex<HashMap<RequestKey, (PreparedStatement, Instant)>>);

impl StatementCache {
    pub(super) fn put_statement(&self, request_key: RequestKey, prepared: PreparedStatement) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() < MAX_STATEMENTS {
            map.insert(request_key, (prepared, Instant::now()));
        }
    }

    pub(super) fn take_statement(&self, request_key: RequestKey) -> Option<PreparedStatement> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.remove(&request_key).map(|(prepared, _)| prepared)
    }

    pub(super) fn remove_statement(&self, request_key: RequestKey) {
        drop(self.take_statement(request_key));
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Erases statements that no worker has taken for long: a worker of another process has done the job, or the queue
    /// is long.
    pub(super) fn remove_expired(&self) {
        self.remove_expired_at(Instant::now());
    }

    fn remove_expired_at(&self, now: Instant) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.retain(|_, (_, since)| now.saturating_duration_since(*since) < MAX_AGE);
    }
}

#[cfg(test)]
mod tests {
    use psephos_prover::examples;
    use psephos_wire::proof::Statement;

    use super::*;

    #[test]
    fn unused_statements_are_erased() {
        let ready = StatementCache::default();
        let ballot = examples::ballot_with::<3>([1; 32], 0);
        let checked = CheckedStatement::assume_checked(Statement::Ballot(ballot.instance, ballot.witness));
        let request_key = (JobId::generate(), [1; 32]);
        ready.put_statement(request_key, (checked, ChainId::new(1)));
        ready.remove_expired();
        assert!(!ready.is_empty());
        ready.remove_expired_at(Instant::now() + MAX_AGE);
        assert!(ready.take_statement(request_key).is_none());
    }
}
