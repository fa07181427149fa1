//! The prover: a wallet's statement in, a proof out.
//!
//! A request is read strictly, its statement is checked, and only then is it queued, sealed. A worker proves it and verifies the proof. The
//! answer goes out in steps of a fixed length, because how long a proof takes depends a little on what is proved.

mod metrics;
mod part;
mod ready;
mod routes;
mod steps;
mod submit;
#[cfg(test)]
mod tests;
mod worker;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::http::StatusCode;
use psephos_exchange::{
    Circuits, ExchangeError, Silent,
    proof::{JobState, JobView, Kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    http::Problem,
    queue::{JobId, Queue, QueueError, Sealer, Status},
};

pub use metrics::{BUCKETS, ProverMetrics};
use ready::Ready;
pub use routes::{Documentation, router};
pub use submit::{Accepted, Caller};
pub use worker::Worker;

/// How the prover behaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProverSettings {
    /// Whether there is one.
    pub enabled: bool,
    /// What it proves. A trustee's secrets go to no machine but its own: `decryption` and `dealing` are taken only if they are named here.
    pub statements: Vec<Kind>,
    /// Proofs at once; 0: as many as there are cores, which gives the most proofs a second. With one it only queues if it has `remote_workers`.
    pub workers: usize,
    /// No proofs are made here: `psephos worker` does it on other machines.
    pub remote_workers: bool,
    /// Answers go out this many milliseconds, or a multiple, after their request was accepted. 0: at once, which tells more.
    pub answer_step: u64,
    /// Keys that are loaded before the service is ready; the others are when they are first needed.
    pub warm: Vec<String>,
}

impl Default for ProverSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            statements: Kind::USUAL.to_vec(),
            workers: 0,
            remote_workers: false,
            answer_step: 50,
            warm: vec!["ballot-3".into()],
        }
    }
}

/// The prover as its routes see it.
pub struct Prover {
    queue: Arc<dyn Queue>,
    sealer: Sealer,
    circuits: Arc<Circuits>,
    settings: ProverSettings,
    metrics: ProverMetrics,
    /// Statements that this process has read and checked, for its own workers: nothing is read twice.
    ready: Arc<Ready>,
    /// Whether the keys are loaded.
    warm: AtomicBool,
    /// Requests that are read and checked at once.
    reading: tokio::sync::Semaphore,
}

impl Prover {
    /// A prover over a queue. Its workers are [`Prover::worker`]'s, here, or others'.
    pub fn new(
        queue: Arc<dyn Queue>,
        sealer: Sealer,
        circuits: Arc<Circuits>,
        settings: ProverSettings,
        metrics: ProverMetrics,
    ) -> Arc<Self> {
        let warm = AtomicBool::new(false);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let reading = tokio::sync::Semaphore::new(cores);
        Arc::new(Self { queue, sealer, circuits, settings, metrics, ready: Arc::default(), warm, reading })
    }

    /// Loads the keys that are to be there before anybody asks: seconds, and minutes for development keys that were never made.
    ///
    /// # Errors
    /// A circuit that is not there, or its key.
    pub async fn warm_up(self: Arc<Self>) -> Result<(), String> {
        let prover = self.clone();
        let load = move || -> Result<(), String> {
            for name in &prover.settings.warm {
                let circuit = name.parse().map_err(|_| format!("there is no circuit `{name}`"))?;
                prover.circuits.warm(circuit, &Silent).map_err(|error| error.to_string())?;
                tracing::info!(circuit = %name, "the key is loaded");
            }
            Ok(())
        };
        tokio::task::spawn_blocking(load).await.map_err(|error| error.to_string())??;
        self.warm.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// A worker of this process.
    pub fn worker(&self) -> Worker {
        let (queue, sealer, circuits) = (self.queue.clone(), self.sealer.clone(), self.circuits.clone());
        Worker::new(queue, sealer, circuits, self.metrics.clone()).with_ready(self.ready.clone())
    }

    /// How it behaves.
    pub fn settings(&self) -> &ProverSettings {
        &self.settings
    }

    /// The queue.
    pub fn queue(&self) -> &Arc<dyn Queue> {
        &self.queue
    }

    /// A keyed hash of a caller's credentials: what is stored in their place.
    pub fn tag_of(&self, credentials: &[u8]) -> [u8; 32] {
        self.sealer.tag("owner", &[credentials])
    }

    /// A job of this caller.
    ///
    /// # Errors
    /// 404 if there is none, or it is another's.
    pub async fn view(&self, id: JobId, caller: &Caller) -> Result<JobView, Problem> {
        let status = self.queue.status(id).await.map_err(problem)?;
        let status = status.filter(|status| status.owner == caller.owner).ok_or_else(unknown)?;
        Ok(steps::shown(id, status, self.settings.answer_step))
    }

    /// The same once it is no longer as it was seen, or after this long.
    ///
    /// # Errors
    /// As [`Prover::view`].
    pub async fn next_view(
        &self,
        id: JobId,
        caller: &Caller,
        seen: JobState,
        patience: Duration,
    ) -> Result<JobView, Problem> {
        let until = tokio::time::Instant::now() + patience;
        loop {
            let status = self.queue.status(id).await.map_err(problem)?;
            let status = status.filter(|status| status.owner == caller.owner).ok_or_else(unknown)?;
            if let Some(hidden) = steps::hidden_for(&status, self.settings.answer_step) {
                let shown = tokio::time::Instant::now() + hidden;
                tokio::time::sleep_until(shown.min(until)).await;
                if shown > until {
                    return Ok(steps::shown(id, status, self.settings.answer_step));
                }
                continue;
            }
            if status.state != seen || tokio::time::Instant::now() >= until {
                return Ok(steps::shown(id, status, self.settings.answer_step));
            }
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            self.queue.changed(id, status.state, left).await.map_err(problem)?;
        }
    }

    /// Ends a job of this caller.
    ///
    /// # Errors
    /// As [`Prover::view`].
    pub async fn cancel(&self, id: JobId, caller: &Caller) -> Result<JobView, Problem> {
        let status = self.queue.status(id).await.map_err(problem)?;
        let status = status.filter(|status| status.owner == caller.owner).ok_or_else(unknown)?;
        if self.queue.cancel(id).await.map_err(problem)? {
            self.ready.forget((id, status.digest));
            self.metrics.ended("cancelled");
        }
        self.view(id, caller).await
    }
}

fn unknown() -> Problem {
    Problem::not_found(
        "there is no such job: it was never accepted, is another's, or was forgotten; send the request again",
    )
}

/// What a client is told of the queue's trouble; the log has the rest.
pub(crate) fn problem(error: QueueError) -> Problem {
    match error {
        QueueError::Full(waiting) => Problem::too_many(
            "queue_full",
            format!("{waiting} proofs wait: come back, or prove on your own machine"),
            5,
        ),
        QueueError::Lost => Problem::new(StatusCode::CONFLICT, "lost", "the job has ended"),
        QueueError::Storage(error) => {
            tracing::error!(%error, "the queue failed");
            Problem::unavailable("queue", "the queue does not answer: try again")
        }
    }
}

/// What a client is told of keys that cannot be used.
fn key_problem(error: ExchangeError) -> Problem {
    match error {
        ExchangeError::Key(error @ psephos_prover::KeyError::Development { .. }) => {
            Problem::unprocessable("development_key", error.to_string())
        }
        error => {
            tracing::error!(%error, "a key cannot be used");
            Problem::unavailable("key", "the key of this statement is not there: the operator's log says why")
        }
    }
}

/// Whether a job's state is that of a job that may still change.
fn view(id: JobId, status: Status) -> JobView {
    let Status { kind, state, ahead, proof, failure, .. } = status;
    JobView { id: id.to_string(), statement: kind, state, ahead, proof, failure }
}
