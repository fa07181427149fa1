//! The file behind the table: written by one thread, many changes in one commit.

use std::{path::Path, sync::mpsc, thread};

use redb::{Database, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::queue::{JobId, JobProgress, QueueError};

const JOBS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("jobs");
/// Requests are stored separately: when a job ends, only its status remains.
const REQUESTS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("requests");
/// The maximum number of changes in one commit.
const MAX_CHANGES: usize = 256;

/// A job as it is stored.
#[derive(Clone)]
pub(super) struct StoredJob {
    pub(super) status: JobProgress,
    pub(super) attempt: u32,
    /// The encrypted request; empty once the job has ended.
    pub(super) ciphertext: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct StoredStatus {
    status: JobProgress,
    attempt: u32,
}

impl StoredJob {
    pub(super) fn into_ended(self, end: Result<String, String>) -> Self {
        Self { status: self.status.into_ended(end), attempt: self.attempt, ciphertext: Vec::new() }
    }
}

enum Change {
    Put(JobId, StoredJob),
    Remove(JobId),
}

type WriteRequest = (Change, oneshot::Sender<Result<(), String>>);

/// A handle to the writer thread, which ends when the handle is dropped.
pub(super) struct JobStore {
    orders: Option<mpsc::Sender<WriteRequest>>,
    writer: Option<thread::JoinHandle<()>>,
}

impl JobStore {
    pub(super) fn open_or_create(path: &Path) -> Result<(Self, Vec<(JobId, StoredJob)>), QueueError> {
        let storage = |error: redb::Error| QueueError::Storage(format!("{}: {error}", path.display()));
        let database = Database::create(path).map_err(|error| storage(error.into()))?;
        let jobs = load_jobs(&database).map_err(storage)?;
        let (orders, incoming) = mpsc::channel();
        let writer = thread::Builder::new().name("queue".into()).spawn(move || run_writer(&database, &incoming));
        let writer = writer.map_err(|error| QueueError::Storage(error.to_string()))?;
        Ok((Self { orders: Some(orders), writer: Some(writer) }, jobs))
    }

    /// Queues the write of a job. Writes happen in the order in which they are queued: a caller that changes the table
    /// queues them before it releases the table's lock.
    pub(super) fn put_job(&self, id: JobId, record: StoredJob) -> PendingWrite {
        self.queue_write(Change::Put(id, record))
    }

    /// Queues the removal of a job.
    pub(super) fn remove_job(&self, id: JobId) -> PendingWrite {
        self.queue_write(Change::Remove(id))
    }

    fn queue_write(&self, change: Change) -> PendingWrite {
        let (sender, done) = oneshot::channel();
        // If the writer has stopped, the caller notices when it awaits the write: the sender is dropped.
        if let Some(orders) = &self.orders {
            let _ = orders.send((change, sender));
        }
        PendingWrite(done)
    }
}

/// A change that is queued for writing.
pub(super) struct PendingWrite(oneshot::Receiver<Result<(), String>>);

impl PendingWrite {
    /// Waits until the change is on disk.
    pub(super) async fn wait_until_written(self) -> Result<(), QueueError> {
        let writer_stopped = |_| QueueError::Storage("the writer thread has stopped".into());
        self.0.await.map_err(writer_stopped)?.map_err(QueueError::Storage)
    }
}

impl Drop for JobStore {
    fn drop(&mut self) {
        // The writer ends once no sender is left, after all queued changes are written.
        self.orders.take();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn load_jobs(database: &Database) -> Result<Vec<(JobId, StoredJob)>, redb::Error> {
    let transaction = database.begin_write()?;
    let mut jobs = Vec::new();
    {
        let (written, requests) = (transaction.open_table(JOBS)?, transaction.open_table(REQUESTS)?);
        for entry in written.iter()? {
            let (id, value) = entry?;
            // Entries that cannot be decoded were not written by this program and are skipped.
            let (Ok(id), Ok(StoredStatus { status, attempt })) =
                (<[u8; 16]>::try_from(id.value()), serde_json::from_slice(value.value()))
            else {
                tracing::warn!("the queue's file has an entry that cannot be decoded: it is skipped");
                continue;
            };
            let ciphertext =
                requests.get(id.as_slice())?.map(|ciphertext| ciphertext.value().to_vec()).unwrap_or_default();
            jobs.push((JobId::from_bytes(id), StoredJob { status, attempt, ciphertext }));
        }
    }
    transaction.commit()?;
    Ok(jobs)
}

fn run_writer(database: &Database, incoming: &mpsc::Receiver<WriteRequest>) {
    while let Ok(first) = incoming.recv() {
        let orders: Vec<WriteRequest> =
            std::iter::once(first).chain(incoming.try_iter().take(MAX_CHANGES - 1)).collect();
        let outcome = commit_changes(database, &orders).map_err(|error| error.to_string());
        if let Err(error) = &outcome {
            tracing::error!(%error, "the queue's file cannot be written");
        }
        for (_, waiting) in orders {
            // The caller may not be waiting for the result.
            let _ = waiting.send(outcome.clone());
        }
    }
}

fn commit_changes(database: &Database, orders: &[WriteRequest]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let (mut jobs, mut requests) = (transaction.open_table(JOBS)?, transaction.open_table(REQUESTS)?);
        for (change, _) in orders {
            match change {
                Change::Put(id, StoredJob { status, attempt, ciphertext }) => {
                    let written = StoredStatus { status: status.clone(), attempt: *attempt };
                    let text = serde_json::to_vec(&written).unwrap_or_default();
                    jobs.insert(id.as_bytes().as_slice(), text.as_slice())?;
                    if ciphertext.is_empty() {
                        requests.remove(id.as_bytes().as_slice())?;
                    } else if *attempt == 0 {
                        // The request never changes: it is written only with the first status.
                        requests.insert(id.as_bytes().as_slice(), ciphertext.as_slice())?;
                    }
                }
                Change::Remove(id) => {
                    jobs.remove(id.as_bytes().as_slice())?;
                    requests.remove(id.as_bytes().as_slice())?;
                }
            }
        }
    }
    transaction.commit()?;
    Ok(())
}
