//! The file behind the table: written by one thread, many changes in one commit.

use std::{path::Path, sync::mpsc, thread};

use redb::{Database, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::queue::{JobId, QueueError, Status};

const JOBS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("jobs");
/// Requests are stored separately: when a job ends, only its status remains.
const REQUESTS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("requests");
/// The maximum number of changes in one commit.
const MOST: usize = 256;

/// A job as it is stored.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) status: Status,
    pub(super) attempt: u32,
    /// The encrypted request; empty once the job has ended.
    pub(super) sealed: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    status: Status,
    attempt: u32,
}

impl Record {
    pub(super) fn ended(self, end: Result<String, String>) -> Self {
        Self { status: self.status.ended(end), attempt: self.attempt, sealed: Vec::new() }
    }
}

enum Change {
    Put(JobId, Record),
    Remove(JobId),
}

type Order = (Change, oneshot::Sender<Result<(), String>>);

/// A handle to the writer thread, which ends when the handle is dropped.
pub(super) struct Store {
    orders: Option<mpsc::Sender<Order>>,
    writer: Option<thread::JoinHandle<()>>,
}

impl Store {
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<(JobId, Record)>), QueueError> {
        let storage = |error: redb::Error| QueueError::Storage(format!("{}: {error}", path.display()));
        let database = Database::create(path).map_err(|error| storage(error.into()))?;
        let jobs = load(&database).map_err(storage)?;
        let (orders, incoming) = mpsc::channel();
        let writer = thread::Builder::new().name("queue".into()).spawn(move || write(&database, &incoming));
        let writer = writer.map_err(|error| QueueError::Storage(error.to_string()))?;
        Ok((Self { orders: Some(orders), writer: Some(writer) }, jobs))
    }

    /// Queues the write of a job. Writes happen in the order in which they are queued: a caller that changes the table
    /// queues them before it releases the table's lock.
    pub(super) fn put(&self, id: JobId, record: Record) -> Ordered {
        self.order(Change::Put(id, record))
    }

    /// Queues the removal of a job.
    pub(super) fn remove(&self, id: JobId) -> Ordered {
        self.order(Change::Remove(id))
    }

    fn order(&self, change: Change) -> Ordered {
        let (sender, done) = oneshot::channel();
        // If the writer has stopped, the caller notices when it awaits the write: the sender is dropped.
        if let Some(orders) = &self.orders {
            let _ = orders.send((change, sender));
        }
        Ordered(done)
    }
}

/// A change that is queued for writing.
pub(super) struct Ordered(oneshot::Receiver<Result<(), String>>);

impl Ordered {
    /// Waits until the change is on disk.
    pub(super) async fn written(self) -> Result<(), QueueError> {
        let writer_stopped = |_| QueueError::Storage("the writer thread has stopped".into());
        self.0.await.map_err(writer_stopped)?.map_err(QueueError::Storage)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // The writer ends once no sender is left, after all queued changes are written.
        self.orders.take();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn load(database: &Database) -> Result<Vec<(JobId, Record)>, redb::Error> {
    let transaction = database.begin_write()?;
    let mut jobs = Vec::new();
    {
        let (written, requests) = (transaction.open_table(JOBS)?, transaction.open_table(REQUESTS)?);
        for entry in written.iter()? {
            let (id, value) = entry?;
            // Entries that cannot be decoded were not written by this program and are skipped.
            let (Ok(id), Ok(Written { status, attempt })) =
                (<[u8; 16]>::try_from(id.value()), serde_json::from_slice(value.value()))
            else {
                tracing::warn!("the queue's file has an entry that cannot be decoded: it is skipped");
                continue;
            };
            let sealed = requests.get(id.as_slice())?.map(|sealed| sealed.value().to_vec()).unwrap_or_default();
            jobs.push((JobId::from_bytes(id), Record { status, attempt, sealed }));
        }
    }
    transaction.commit()?;
    Ok(jobs)
}

fn write(database: &Database, incoming: &mpsc::Receiver<Order>) {
    while let Ok(first) = incoming.recv() {
        let orders: Vec<Order> = std::iter::once(first).chain(incoming.try_iter().take(MOST - 1)).collect();
        let outcome = commit(database, &orders).map_err(|error| error.to_string());
        if let Err(error) = &outcome {
            tracing::error!(%error, "the queue's file cannot be written");
        }
        for (_, waiting) in orders {
            // The caller may not be waiting for the result.
            let _ = waiting.send(outcome.clone());
        }
    }
}

fn commit(database: &Database, orders: &[Order]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let (mut jobs, mut requests) = (transaction.open_table(JOBS)?, transaction.open_table(REQUESTS)?);
        for (change, _) in orders {
            match change {
                Change::Put(id, Record { status, attempt, sealed }) => {
                    let written = Written { status: status.clone(), attempt: *attempt };
                    let text = serde_json::to_vec(&written).unwrap_or_default();
                    jobs.insert(id.as_bytes().as_slice(), text.as_slice())?;
                    if sealed.is_empty() {
                        requests.remove(id.as_bytes().as_slice())?;
                    } else if *attempt == 0 {
                        // The request never changes: it is written only with the first status.
                        requests.insert(id.as_bytes().as_slice(), sealed.as_slice())?;
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
