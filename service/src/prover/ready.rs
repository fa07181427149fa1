//! Statements that are read and checked, waiting in memory for a worker of this process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use psephos_exchange::proof::Checked;

use crate::queue::JobId;

/// A statement and the chain that it is for.
pub(super) type Prepared = (Checked, u64);

/// At most this many: the others are read again from the queue.
const MOST: usize = 256;

/// Checked statements by job.
#[derive(Default)]
pub(super) struct Ready(Mutex<HashMap<JobId, Prepared>>);

impl Ready {
    pub(super) fn put(&self, id: JobId, prepared: Prepared) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() < MOST {
            map.insert(id, prepared);
        }
    }

    pub(super) fn take(&self, id: JobId) -> Option<Prepared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }

    pub(super) fn forget(&self, id: JobId) {
        drop(self.take(id));
    }
}
