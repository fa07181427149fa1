//! The queue of one machine: a table in memory, and a file that a crash does not lose.

mod store;
mod table;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use psephos_exchange::proof::JobState;
use tokio::sync::Notify;

use super::{Enqueued, Lease, Length, NewJob, Queue, QueueError, Status};
use crate::queue::JobId;
use store::Store;
use table::Table;

/// How the embedded queue behaves.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Jobs that may wait.
    pub length: usize,
    /// How long a worker may be silent.
    pub lease: Duration,
    /// How long an ended job is kept for its owner.
    pub keep: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { length: 1_000, lease: Duration::from_secs(30), keep: Duration::from_secs(900) }
    }
}

/// The queue of one machine.
///
/// Every change is made in memory first, where workers and readers see it, and written by a thread of its own, many at a time. What is
/// promised to somebody (accepted, done) is said only once it is written.
pub struct Embedded {
    table: Mutex<Table>,
    store: Store,
    /// There may be something to lease.
    ready: Notify,
    limits: Limits,
}

impl Embedded {
    /// Opens the queue in a file, which is made if it is not there. Jobs that were with workers when the last process ended wait again.
    ///
    /// # Errors
    /// `Storage`.
    pub fn open(path: &Path, limits: Limits) -> Result<Arc<Self>, QueueError> {
        let (store, jobs) = Store::open(path)?;
        let table = Mutex::new(Table::new(jobs));
        Ok(Arc::new(Self { table, store, ready: Notify::new(), limits }))
    }

    /// A panic elsewhere leaves the table whole: every change of it is one step.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job, for a worker.
    fn take(&self) -> Option<Lease> {
        let mut table = self.table();
        let (lease, record) = table.lease(Instant::now() + self.limits.lease)?;
        // Not waited for: if it is lost, the job had one attempt more.
        drop(self.store.put(lease.id, record));
        Some(lease)
    }

    /// Moves jobs of silent workers back, and forgets what was kept long enough. Nobody waits for it to be written: after a crash it is done again.
    fn tidy(&self) {
        let mut table = self.table();
        let (changed, forgotten) = table.tidy(Instant::now(), self.limits);
        if !changed.is_empty() {
            self.ready.notify_waiters();
        }
        for (id, record) in changed {
            drop(self.store.put(id, record));
        }
        for id in forgotten {
            drop(self.store.remove(id));
        }
    }
}

#[async_trait]
impl Queue for Embedded {
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, QueueError> {
        let id = job.id;
        let ordered = {
            let mut table = self.table();
            if let Some(known) = table.status(id) {
                return Ok(Enqueued::Known(known));
            }
            let waiting = table.length().queued;
            if waiting >= self.limits.length as u64 {
                return Err(QueueError::Full(waiting));
            }
            // Ordered before a worker sees it: what the worker writes of it comes after.
            self.store.put(id, table.insert(job))
        };
        // A worker may begin while it is being written.
        self.ready.notify_one();
        if let Err(error) = ordered.written().await {
            self.table().remove(id);
            return Err(error);
        }
        Ok(Enqueued::New)
    }

    async fn lease(&self, patience: Duration) -> Result<Option<Lease>, QueueError> {
        let until = Instant::now() + patience;
        loop {
            let woken = self.ready.notified();
            self.tidy();
            if let Some(lease) = self.take() {
                return Ok(Some(lease));
            }
            let now = Instant::now();
            if now >= until {
                return Ok(None);
            }
            // Woken now and then for jobs of silent workers.
            let pause = (until - now).min(Duration::from_secs(1));
            let _ = tokio::time::timeout(pause, woken).await;
        }
    }

    async fn heartbeat(&self, lease: &Lease) -> Result<(), QueueError> {
        self.table().extend(lease, Instant::now() + self.limits.lease)
    }

    async fn complete(&self, lease: &Lease, proof: String) -> Result<(), QueueError> {
        let ordered = {
            let mut table = self.table();
            self.store.put(lease.id, table.finish(lease, Ok(proof))?)
        };
        ordered.written().await?;
        self.table().publish(lease.id);
        Ok(())
    }

    async fn fail(&self, lease: &Lease, what: String, retry: bool) -> Result<(), QueueError> {
        let again = retry && lease.attempt < super::ATTEMPTS;
        let ordered = {
            let mut table = self.table();
            let record = match again {
                true => table.put_back(lease)?,
                false => table.finish(lease, Err(what))?,
            };
            self.store.put(lease.id, record)
        };
        ordered.written().await?;
        self.table().publish(lease.id);
        if again {
            self.ready.notify_one();
        }
        Ok(())
    }

    async fn cancel(&self, id: JobId) -> Result<bool, QueueError> {
        let ordered = {
            let mut table = self.table();
            table.cancel(id).map(|record| self.store.put(id, record))
        };
        let Some(ordered) = ordered else { return Ok(false) };
        ordered.written().await?;
        self.table().publish(id);
        Ok(true)
    }

    async fn status(&self, id: JobId) -> Result<Option<Status>, QueueError> {
        Ok(self.table().status(id))
    }

    async fn changed(&self, id: JobId, seen: JobState, patience: Duration) -> Result<Option<Status>, QueueError> {
        let Some(mut watch) = self.table().watch(id) else { return Ok(None) };
        // An error is a job that was forgotten meanwhile.
        let _ = tokio::time::timeout(patience, watch.wait_for(|state| *state != seen)).await;
        self.status(id).await
    }

    async fn length(&self) -> Result<Length, QueueError> {
        Ok(self.table().length())
    }
}
