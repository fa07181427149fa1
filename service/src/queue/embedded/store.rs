//! The file behind the table: written by one thread, many changes in one commit.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use redb::{Database, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::{
    database::DatabaseFile,
    queue::{JobId, JobProgress, QueueError},
};

const JOBS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("jobs");
/// Requests are stored separately: when a job ends, only its status remains.
const REQUESTS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("requests");
/// The maximum number of changes in one commit.
const MAX_CHANGES: usize = 256;
/// The maximum size of the database's cache, in bytes.
const CACHE_BYTES: usize = 64 << 20;
/// The interval at which a file that has failed is tried again; the file itself limits how often it is opened.
const RETRY_INTERVAL: Duration = Duration::from_millis(250);

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
    pub(super) fn into_ended(self, end: Result<String, String>, now: u64) -> Self {
        Self { status: self.status.into_ended(end, now), attempt: self.attempt, ciphertext: Vec::new() }
    }
}

enum Change {
    Put(JobId, StoredJob),
    Remove(JobId),
}

impl Change {
    fn job_id(&self) -> JobId {
        match self {
            Self::Put(id, _) | Self::Remove(id) => *id,
        }
    }

    /// Returns the job, if this is its end.
    fn ended_job(&self) -> Option<JobId> {
        match self {
            Self::Put(id, record) if record.status.state.is_final() => Some(*id),
            _ => None,
        }
    }
}

type WriteRequest = (Change, oneshot::Sender<Result<(), String>>);

/// A handle to the writer thread, which ends when the handle is dropped.
pub(super) struct JobStore {
    file: Arc<DatabaseFile>,
    orders: Option<mpsc::Sender<WriteRequest>>,
    writer: Option<thread::JoinHandle<()>>,
}

impl JobStore {
    /// Opens the file, or creates it, and returns its jobs. The writer must be started afterwards.
    pub(super) fn open_or_create(path: &Path) -> Result<(Self, Vec<(JobId, StoredJob)>), QueueError> {
        let storage = |error: redb::Error| QueueError::Storage(format!("{}: {error}", path.display()));
        let file = DatabaseFile::open_or_create(path, CACHE_BYTES).map_err(storage)?;
        let jobs = file.run(load_jobs).map_err(storage)?;
        Ok((Self { file: Arc::new(file), orders: None, writer: None }, jobs))
    }

    /// Starts the writer. It calls `publish` for every job whose end is on disk.
    pub(super) fn start_writer(&mut self, publish: impl Fn(JobId) + Send + 'static) -> Result<(), QueueError> {
        let (orders, incoming) = mpsc::channel();
        let mut writer = Writer { file: self.file.clone(), publish, unwritten: HashMap::new() };
        let thread = thread::Builder::new().name("queue".into()).spawn(move || writer.run(&incoming));
        self.writer = Some(thread.map_err(|error| QueueError::Storage(error.to_string()))?);
        self.orders = Some(orders);
        Ok(())
    }

    /// Checks that the file can be written.
    pub(super) fn check_ready(&self) -> Result<(), QueueError> {
        if self.writer.as_ref().is_none_or(thread::JoinHandle::is_finished) {
            return Err(QueueError::Storage("the writer thread has stopped".into()));
        }
        self.file.failure().map_or(Ok(()), |reason| Err(QueueError::Storage(reason)))
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
    /// Waits until the change is on disk. After an error it is still queued, and is written once the disk works again;
    /// a later change of the same job replaces it.
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

struct Writer<P> {
    file: Arc<DatabaseFile>,
    publish: P,
    /// The last change of each job that could not be written yet.
    unwritten: HashMap<JobId, Change>,
}

impl<P: Fn(JobId)> Writer<P> {
    fn run(&mut self, incoming: &mpsc::Receiver<WriteRequest>) {
        loop {
            let first = match self.file.failure() {
                None if self.unwritten.is_empty() => incoming.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
                _ => incoming.recv_timeout(RETRY_INTERVAL),
            };
            self.write_unwritten();
            match first {
                Ok(first) => {
                    self.write_together(std::iter::once(first).chain(incoming.try_iter().take(MAX_CHANGES - 1)))
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        if !self.unwritten.is_empty() {
            tracing::error!(
                jobs = self.unwritten.len(),
                "changes of jobs could not be written: jobs that have ended since then are proved again"
            );
        }
    }

    /// Writes the changes that failed before, once the file can be used again.
    fn write_unwritten(&mut self) {
        if !self.file.recover() || self.unwritten.is_empty() {
            return;
        }
        let written = self.file.run(|database| commit_changes(database, self.unwritten.values(), true));
        if written.is_ok() {
            tracing::info!(jobs = self.unwritten.len(), "changes that could not be written before were written");
            self.unwritten.values().filter_map(Change::ended_job).for_each(&self.publish);
            self.unwritten.clear();
        }
    }

    fn write_together(&mut self, requests: impl Iterator<Item = WriteRequest>) {
        let (changes, waiting): (Vec<Change>, Vec<_>) = requests.unzip();
        let written = match self.file.failure() {
            None => self
                .file
                .run(|database| commit_changes(database, changes.iter(), false))
                .map_err(|error| error.to_string()),
            Some(reason) => Err(reason),
        };
        match &written {
            Ok(()) => {
                // Later than anything that is still to be written.
                changes.iter().for_each(|change| drop(self.unwritten.remove(&change.job_id())));
                changes.iter().filter_map(Change::ended_job).for_each(&self.publish);
            }
            Err(error) => {
                tracing::error!(%error, "the queue's file cannot be written");
                self.unwritten.extend(changes.into_iter().map(|change| (change.job_id(), change)));
            }
        }
        for caller in waiting {
            // The caller may not be waiting for the result.
            let _ = caller.send(written.clone());
        }
    }
}

/// Writes changes. The request of a job never changes, so it is written with the job's first status only, unless
/// `with_requests` says that this one may have failed.
fn commit_changes<'a>(
    database: &Database,
    changes: impl Iterator<Item = &'a Change>,
    with_requests: bool,
) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let (mut jobs, mut requests) = (transaction.open_table(JOBS)?, transaction.open_table(REQUESTS)?);
        for change in changes {
            match change {
                Change::Put(id, StoredJob { status, attempt, ciphertext }) => {
                    let written = StoredStatus { status: status.clone(), attempt: *attempt };
                    let text = serde_json::to_vec(&written).unwrap_or_default();
                    jobs.insert(id.as_bytes().as_slice(), text.as_slice())?;
                    if ciphertext.is_empty() {
                        requests.remove(id.as_bytes().as_slice())?;
                    } else if *attempt == 0 || with_requests {
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
