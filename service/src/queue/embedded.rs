//! The queue of a single machine: a table in memory, backed by a crash-safe file.

mod job_table;
mod store;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use psephos_wire::proof::JobStatus;
use tokio::sync::Notify;

use super::{Enqueued, JobProgress, Lease, NewJob, Queue, QueueError, QueueLength};
use crate::{clock::Clock, queue::JobId};
use job_table::JobTable;
use store::JobStore;

/// Limits of the embedded queue.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// The maximum number of waiting jobs.
    pub length: usize,
    /// How long a worker may go without a heartbeat.
    pub lease: Duration,
    /// How long an ended job is stored for its owner.
    pub keep: Duration,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { length: 1_000, lease: Duration::from_secs(30), keep: Duration::from_secs(900) }
    }
}

/// The queue of a single machine.
///
/// Every change is made in memory first, where workers and readers see it, and is written by a separate thread, many
/// changes at a time. A promise to a client (accepted, done) is made only once the change is on disk. While the disk
/// fails no job is accepted, and changes of accepted jobs wait until it works again.
pub struct EmbeddedQueue {
    table: Arc<Mutex<JobTable>>,
    store: JobStore,
    clock: Clock,
    /// Notified when there may be a job to lease.
    ready: Notify,
    limits: QueueLimits,
}

impl EmbeddedQueue {
    /// Opens the queue's file, or creates it. Jobs that workers held when the last process ended wait again. The clock
    /// is advanced to the latest time in the file.
    ///
    /// # Errors
    /// Returns `Storage`.
    pub fn open_or_create(path: &Path, limits: QueueLimits, clock: Clock) -> Result<Arc<Self>, QueueError> {
        let (mut store, jobs) = JobStore::open_or_create(path)?;
        clock.advance_to(jobs.iter().map(|(_, job)| job.status.latest_time()).max().unwrap_or_default());
        let table = Arc::new(Mutex::new(JobTable::new(jobs, clock.now_ms())));
        let published = table.clone();
        store.start_writer(move |id| lock_table(&published).publish_state(id))?;
        Ok(Arc::new(Self { table, store, clock, ready: Notify::new(), limits }))
    }

    fn lock_table(&self) -> MutexGuard<'_, JobTable> {
        lock_table(&self.table)
    }

    /// Leases the next job to a worker.
    fn lease_next(&self) -> Option<Lease> {
        let mut table = self.lock_table();
        let (lease, record) = table.lease_next(Instant::now() + self.limits.lease)?;
        // The write is not awaited: if it is lost, the job has one more attempt.
        drop(self.store.put_job(lease.id, record));
        Some(lease)
    }

    /// Requeues jobs of silent workers, and removes ended jobs that have expired. The writes are not awaited: after a
    /// crash this happens again.
    fn requeue_and_expire(&self) {
        let mut table = self.lock_table();
        let (changed, forgotten) = table.requeue_and_expire(Instant::now(), self.clock.now_ms(), self.limits);
        if !changed.is_empty() {
            self.ready.notify_waiters();
        }
        for (id, record) in changed {
            drop(self.store.put_job(id, record));
        }
        for id in forgotten {
            drop(self.store.remove_job(id));
        }
    }
}

/// Locks the table. A panic elsewhere leaves it consistent: every change of it is one step.
fn lock_table(table: &Mutex<JobTable>) -> MutexGuard<'_, JobTable> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Queue for EmbeddedQueue {
    async fn check_ready(&self) -> Result<(), QueueError> {
        self.store.check_ready()
    }

    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, QueueError> {
        let id = job.id;
        let ordered = {
            let mut table = self.lock_table();
            if let Some(known) = table.job_status(id) {
                return Ok(Enqueued::Known(known));
            }
            self.store.check_ready()?;
            let waiting = table.queue_length().queued;
            if waiting >= self.limits.length as u64 {
                return Err(QueueError::Full(waiting));
            }
            // Queued for writing before a worker sees the job, so that the worker's own changes are written after it.
            self.store.put_job(id, table.insert_job(job))
        };
        // A worker may begin while the job is being written.
        self.ready.notify_one();
        if let Err(error) = ordered.wait_until_written().await {
            let mut table = self.lock_table();
            table.remove_job(id);
            // The file may have the job all the same: an error does not say how much was written.
            drop(self.store.remove_job(id));
            return Err(error);
        }
        Ok(Enqueued::New)
    }

    async fn lease_job(&self, patience: Duration) -> Result<Option<Lease>, QueueError> {
        let until = Instant::now() + patience;
        loop {
            let woken = self.ready.notified();
            self.requeue_and_expire();
            if let Some(lease) = self.lease_next() {
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

    async fn extend_lease(&self, lease: &Lease) -> Result<(), QueueError> {
        self.lock_table().extend_lease(lease, Instant::now() + self.limits.lease)
    }

    async fn complete_job(&self, lease: &Lease, proof: String) -> Result<(), QueueError> {
        let ordered = {
            let mut table = self.lock_table();
            self.store.put_job(lease.id, table.finish_job(lease, Ok(proof), self.clock.now_ms())?)
        };
        ordered.wait_until_written().await
    }

    async fn fail_job(&self, lease: &Lease, what: String, retry: bool) -> Result<(), QueueError> {
        let again = retry && lease.attempt < super::MAX_ATTEMPTS;
        let ordered = {
            let mut table = self.lock_table();
            let record = match again {
                true => table.requeue_job(lease)?,
                false => table.finish_job(lease, Err(what), self.clock.now_ms())?,
            };
            self.store.put_job(lease.id, record)
        };
        ordered.wait_until_written().await?;
        if again {
            self.lock_table().publish_state(lease.id);
            self.ready.notify_one();
        }
        Ok(())
    }

    async fn cancel_job(&self, id: JobId) -> Result<bool, QueueError> {
        let ordered = {
            let mut table = self.lock_table();
            table.cancel_job(id, self.clock.now_ms()).map(|record| self.store.put_job(id, record))
        };
        let Some(ordered) = ordered else { return Ok(false) };
        ordered.wait_until_written().await?;
        Ok(true)
    }

    async fn job_status(&self, id: JobId) -> Result<Option<JobProgress>, QueueError> {
        Ok(self.lock_table().job_status(id))
    }

    async fn wait_for_change(
        &self,
        id: JobId,
        seen: JobStatus,
        patience: Duration,
    ) -> Result<Option<JobProgress>, QueueError> {
        let Some(mut watch) = self.lock_table().watch_state(id) else { return Ok(None) };
        // An error means that the job expired meanwhile.
        let _ = tokio::time::timeout(patience, watch.wait_for(|state| *state != seen)).await;
        self.job_status(id).await
    }

    async fn queue_length(&self) -> Result<QueueLength, QueueError> {
        Ok(self.lock_table().queue_length())
    }
}
