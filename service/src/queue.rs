//! The queue of proof jobs: accepted requests wait here, and every job ends exactly once.
//!
//! One trait, two implementations: [`EmbeddedQueue`] stores jobs in a file for one machine, [`NatsQueue`] in JetStream
//! for many. A worker *leases* a job, sends heartbeats, and completes or fails the job; a lease without heartbeats
//! passes to another worker. Requests are encrypted ([`RequestCipher`]) before they reach the queue: neither the file
//! nor the server sees a witness.

mod embedded;
mod id;
mod nats;
mod request_cipher;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use psephos_wire::proof::{JobStatus, StatementKind};
use serde::{Deserialize, Serialize};

pub use embedded::{EmbeddedQueue, QueueLimits};
pub use id::JobId;
pub use nats::{NatsQueue, NatsSettings};
pub use request_cipher::{CipherError, RequestCipher};

/// The maximum number of attempts of a job: a job that kills its worker must not kill them all.
pub const MAX_ATTEMPTS: u32 = 3;

/// A job to be queued.
#[derive(Clone)]
pub struct NewJob {
    /// The job id.
    pub id: JobId,
    /// The kind of statement to prove.
    pub kind: StatementKind,
    /// A keyed hash of the owner's credentials.
    pub owner: [u8; 32],
    /// A keyed hash of the request, which tells a repeated request from a different one.
    pub digest: [u8; 32],
    /// The encrypted request.
    pub ciphertext: Vec<u8>,
    /// When it was accepted, in milliseconds since 1970.
    pub accepted: u64,
}

/// The result of queueing a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// The job is queued, durably.
    New,
    /// A job with this id exists already.
    Known(JobProgress),
}

/// A job that is leased to a worker.
#[derive(Clone)]
pub struct Lease {
    /// The job id.
    pub id: JobId,
    /// The kind of statement to prove.
    pub kind: StatementKind,
    /// The keyed hash of the request: [`NewJob::digest`].
    pub digest: [u8; 32],
    /// The encrypted request.
    pub ciphertext: Vec<u8>,
    /// The number of workers that have leased the job, this one included.
    pub attempt: u32,
}

/// The status of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobProgress {
    /// The kind of statement.
    pub kind: StatementKind,
    /// A keyed hash of the owner's credentials.
    #[serde(with = "hex::serde")]
    pub owner: [u8; 32],
    /// The keyed hash of the request.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// The job's state.
    pub state: JobStatus,
    /// The number of jobs before it, while it is queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u64>,
    /// The proof, `0x..`, once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// The reason why there is no proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it was accepted, in milliseconds since 1970.
    pub accepted: u64,
    /// When it ended, in milliseconds since 1970.
    pub finished: Option<u64>,
}

/// The length of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueLength {
    /// The number of waiting jobs.
    pub queued: u64,
    /// The number of leased jobs.
    pub leased: u64,
}

/// An error of the queue.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The queue is full.
    #[error("the queue is full ({0} jobs are waiting): submit the request again later")]
    Full(u64),
    /// The worker's lease has ended: it took too long, or the job was cancelled.
    #[error("the lease of the job has ended: it expired, or the job was cancelled")]
    Lost,
    /// The storage or the server behind the queue failed.
    #[error(
        "the queue's storage failed: {0}; check that the data directory has space and can be written to, or that the \
         NATS server runs"
    )]
    Storage(String),
}

/// A queue of jobs.
#[async_trait]
pub trait Queue: Send + Sync + 'static {
    /// Checks whether the queue's storage or server can be used, as far as that is known already.
    ///
    /// # Errors
    /// Returns `Storage` with the reason why it cannot.
    async fn check_ready(&self) -> Result<(), QueueError>;

    /// Queues a job. Once this returns, a crash does not lose it.
    ///
    /// # Errors
    /// Returns `Full` or `Storage`.
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, QueueError>;

    /// Leases the next job, waiting for up to `patience`; returns `None` if there was none.
    ///
    /// # Errors
    /// Returns `Storage`.
    async fn lease_job(&self, patience: Duration) -> Result<Option<Lease>, QueueError>;

    /// Extends a lease: the worker is alive.
    ///
    /// # Errors
    /// Returns `Lost` or `Storage`.
    async fn extend_lease(&self, lease: &Lease) -> Result<(), QueueError>;

    /// Ends a job with its proof. If two workers have proved it, one of them gets `Lost`.
    ///
    /// # Errors
    /// Returns `Lost` or `Storage`.
    async fn complete_job(&self, lease: &Lease, proof: String) -> Result<(), QueueError>;

    /// Ends a job without a proof, or with `retry` passes it to another worker, up to [`MAX_ATTEMPTS`] in all.
    ///
    /// # Errors
    /// Returns `Lost` or `Storage`.
    async fn fail_job(&self, lease: &Lease, what: String, retry: bool) -> Result<(), QueueError>;

    /// Cancels a job on its owner's request; returns false if it had ended or does not exist.
    ///
    /// # Errors
    /// Returns `Storage`.
    async fn cancel_job(&self, id: JobId) -> Result<bool, QueueError>;

    /// Returns the status of a job. Ended jobs expire after a while.
    ///
    /// # Errors
    /// Returns `Storage`.
    async fn job_status(&self, id: JobId) -> Result<Option<JobProgress>, QueueError>;

    /// Returns the status of a job once its state differs from `seen`, or when `patience` has passed.
    ///
    /// # Errors
    /// Returns `Storage`.
    async fn wait_for_change(
        &self,
        id: JobId,
        seen: JobStatus,
        patience: Duration,
    ) -> Result<Option<JobProgress>, QueueError>;

    /// Returns the length of the queue.
    ///
    /// # Errors
    /// Returns `Storage`.
    async fn queue_length(&self) -> Result<QueueLength, QueueError>;
}

impl NewJob {
    /// Returns the job's initial status.
    pub fn initial_status(&self) -> JobProgress {
        JobProgress {
            kind: self.kind,
            owner: self.owner,
            digest: self.digest,
            state: JobStatus::Queued,
            ahead: None,
            proof: None,
            failure: None,
            accepted: self.accepted,
            finished: None,
        }
    }
}

impl JobProgress {
    /// Returns the latest time in this status, in milliseconds since 1970.
    pub fn latest_time(&self) -> u64 {
        self.finished.map_or(self.accepted, |finished| finished.max(self.accepted))
    }

    /// Returns the status of a job that has ended with a proof, or with the reason why there is none, at this time in
    /// milliseconds since 1970.
    #[must_use]
    pub fn into_ended(self, end: Result<String, String>, now: u64) -> Self {
        let (state, proof, failure) = match end {
            Ok(proof) => (JobStatus::Done, Some(proof), None),
            Err(what) => (JobStatus::Failed, None, Some(what)),
        };
        Self { state, proof, failure, ahead: None, finished: Some(now), ..self }
    }

    /// Returns the status of a job that is cancelled at this time, in milliseconds since 1970.
    #[must_use]
    pub fn into_cancelled(self, now: u64) -> Self {
        Self { state: JobStatus::Cancelled, ahead: None, finished: Some(now), ..self }
    }
}

/// The failure of a job whose workers have all died.
pub(crate) const GIVEN_UP: &str = "every worker that leased the job stopped before it ended";
