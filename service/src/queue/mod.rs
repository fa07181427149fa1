//! The queue of proofs: what is accepted waits here, and every job ends exactly once.
//!
//! One trait, two implementations: [`Embedded`] keeps jobs in a file of its own for one machine, [`Nats`] in JetStream for many. A worker
//! *leases* a job, says now and then that it is alive, and completes or fails it; a lease that is not kept up goes to another worker. Payloads
//! are sealed ([`Sealer`]) before they come here: neither the file nor the server sees a witness.

mod embedded;
mod id;
mod nats;
mod seal;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use psephos_exchange::proof::{JobState, Kind};
use serde::{Deserialize, Serialize};

pub use embedded::{Embedded, Limits};
pub use id::{JobId, now_ms};
pub use nats::{Nats, NatsSettings};
pub use seal::{SealError, Sealer};

/// How often a job is given to a worker before it is given up: one that kills its worker must not kill all.
pub const ATTEMPTS: u32 = 3;

/// A job to be queued.
#[derive(Clone)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// What is to be proved.
    pub kind: Kind,
    /// A keyed hash of whom it belongs to.
    pub owner: [u8; 32],
    /// A keyed hash of the request, by which a repetition is told from another request.
    pub digest: [u8; 32],
    /// The request, sealed.
    pub sealed: Vec<u8>,
    /// When it was accepted, in milliseconds since 1970.
    pub accepted: u64,
}

/// What became of a job that was to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// It is queued, durably.
    New,
    /// A job of this id is there already.
    Known(Status),
}

/// A job in the hands of a worker.
#[derive(Clone)]
pub struct Lease {
    /// Its id.
    pub id: JobId,
    /// What is to be proved.
    pub kind: Kind,
    /// Which request it is: [`NewJob::digest`].
    pub digest: [u8; 32],
    /// The request, sealed.
    pub sealed: Vec<u8>,
    /// How many workers have had it, this one included.
    pub attempt: u32,
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What is proved.
    pub kind: Kind,
    /// Whom it belongs to.
    #[serde(with = "hex::serde")]
    pub owner: [u8; 32],
    /// Which request it is.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// Where it is.
    pub state: JobState,
    /// How many wait before it, while it is queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u64>,
    /// The proof, `0x..`, once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it was accepted, in milliseconds since 1970.
    pub accepted: u64,
    /// When it ended.
    pub finished: Option<u64>,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// Jobs that wait.
    pub queued: u64,
    /// Jobs that workers have.
    pub leased: u64,
}

/// Why the queue refuses.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// It takes no more.
    #[error("the queue is full: {0} jobs wait")]
    Full(u64),
    /// The job is not this worker's any more: it took too long, or was cancelled.
    #[error("the job is not this worker's any more")]
    Lost,
    /// The storage or the server behind it.
    #[error("the queue's storage: {0}")]
    Storage(String),
}

/// A queue of jobs.
#[async_trait]
pub trait Queue: Send + Sync + 'static {
    /// Queues a job. Once this is answered, a crash does not lose it.
    ///
    /// # Errors
    /// `Full`, `Storage`.
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, QueueError>;

    /// The next job, waited for as long as this; `None` if there was none.
    ///
    /// # Errors
    /// `Storage`.
    async fn lease(&self, patience: Duration) -> Result<Option<Lease>, QueueError>;

    /// Says that the worker is alive.
    ///
    /// # Errors
    /// `Lost`, `Storage`.
    async fn heartbeat(&self, lease: &Lease) -> Result<(), QueueError>;

    /// Ends a job with its proof. Of two workers that have done it, one is told `Lost`.
    ///
    /// # Errors
    /// `Lost`, `Storage`.
    async fn complete(&self, lease: &Lease, proof: String) -> Result<(), QueueError>;

    /// Ends a job without a proof, or with `retry` gives it to another worker, up to [`ATTEMPTS`] in all.
    ///
    /// # Errors
    /// `Lost`, `Storage`.
    async fn fail(&self, lease: &Lease, what: String, retry: bool) -> Result<(), QueueError>;

    /// Ends a job on its owner's request; false if it had ended or there is none.
    ///
    /// # Errors
    /// `Storage`.
    async fn cancel(&self, id: JobId) -> Result<bool, QueueError>;

    /// Where a job is. Ended ones are forgotten after a while.
    ///
    /// # Errors
    /// `Storage`.
    async fn status(&self, id: JobId) -> Result<Option<Status>, QueueError>;

    /// The same once it is no longer as `seen`, or after this long.
    ///
    /// # Errors
    /// `Storage`.
    async fn changed(&self, id: JobId, seen: JobState, patience: Duration) -> Result<Option<Status>, QueueError>;

    /// How much there is to do.
    ///
    /// # Errors
    /// `Storage`.
    async fn length(&self) -> Result<Length, QueueError>;
}

impl NewJob {
    /// Its status when nobody has begun it.
    pub fn status(&self) -> Status {
        Status {
            kind: self.kind,
            owner: self.owner,
            digest: self.digest,
            state: JobState::Queued,
            ahead: None,
            proof: None,
            failure: None,
            accepted: self.accepted,
            finished: None,
        }
    }
}

impl Status {
    /// The status of a job that has ended with a proof, or why without one.
    #[must_use]
    pub fn ended(self, end: Result<String, String>) -> Self {
        let (state, proof, failure) = match end {
            Ok(proof) => (JobState::Done, Some(proof), None),
            Err(what) => (JobState::Failed, None, Some(what)),
        };
        Self { state, proof, failure, ahead: None, finished: Some(now_ms()), ..self }
    }

    /// The status of a job that was cancelled.
    #[must_use]
    pub fn cancelled(self) -> Self {
        Self { state: JobState::Cancelled, ahead: None, finished: Some(now_ms()), ..self }
    }
}

/// What is said of a job whose workers have all died.
pub(crate) const GIVEN_UP: &str = "its workers stopped without an answer";
