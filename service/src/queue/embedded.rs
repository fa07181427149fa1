//! The queue of a single machine: a table in memory, backed by a crash-safe file.

mod store;
mod table;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use psephos_wire::proof::JobStatus;
use tokio::sync::Notify;

use super::{Enqueued, Lease, Length, NewJob, Queue, QueueError, Status};
use crate::queue::JobId;
use store::Store;
use table::Table;

/// Limits of the embedded queue.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum number of waiting jobs.
    pub length: usize,
    /// How long a worker may go without a heartbeat.
    pub lease: Duration,
    /// How long an ended job is stored for its owner.
    pub keep: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { length: 1_000, lease: Duration::from_secs(30), keep: Duration::from_secs(900) }
    }
}

/// The queue of a single machine.
///
/// Every change is made in memory first, where workers and readers see it, and is written by a separate thread, many
/// changes at a time. A promise to a client (accepted, done) is made only once the change is on disk.
pub struct Embedded {
    table: Mutex<Table>,
    store: Store,
    /// Notified when there may be a job to lease.
    ready: Notify,
    limits: Limits,
}

impl Embedded {
    /// Opens the queue's file, or creates it. Jobs that workers held when the last process ended wait again.
    ///
    /// # Errors
    /// Returns `Storage`.
    pub fn open(path: &Path, limits: Limits) -> Result<Arc<Self>, QueueError> {
        let (store, jobs) = Store::open(path)?;
        let table = Mutex::new(Table::new(jobs));
        Ok(Arc::new(Self { table, store, ready: Notify::new(), limits }))
    }

    /// Locks the table. A panic elsewhere leaves it consistent: every change of it is one step.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leases the next job to a worker.
    fn take(&self) -> Option<Lease> {
        let mut table = self.table();
        let (lease, record) = table.lease(Instant::now() + self.limits.lease)?;
        // The write is not awaited: if it is lost, the job has one more attempt.
        drop(self.store.put(lease.id, record));
        Some(lease)
    }

    /// Requeues jobs of silent workers, and removes ended jobs that have expired. The writes are not awaited: after a
    /// crash this happens again.
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
            // Queued for writing before a worker sees the job, so that the worker's own changes are written after it.
            self.store.put(id, table.insert(job))
        };
        // A worker may begin while the job is being written.
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
            // Wakes regularly to requeue the jobs of silent workers.
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

    async fn changed(&self, id: JobId, seen: JobStatus, patience: Duration) -> Result<Option<Status>, QueueError> {
        let Some(mut watch) = self.table().watch(id) else { return Ok(None) };
        // An error means that the job expired meanwhile.
        let _ = tokio::time::timeout(patience, watch.wait_for(|state| *state != seen)).await;
        self.status(id).await
    }

    async fn length(&self) -> Result<Length, QueueError> {
        Ok(self.table().length())
    }
}
