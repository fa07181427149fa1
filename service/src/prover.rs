//! The prover service: takes a wallet's statement with its witness and returns a proof.
//!
//! A request is parsed strictly and its statement is checked; only then is it encrypted and queued. A worker proves the
//! statement and verifies the proof. Completion times are rounded up to a multiple of the response interval, because
//! the time of a proof depends slightly on the witness.

mod component;
mod metrics;
mod response_interval;
mod routes;
mod statement_cache;
mod submit;
mod sums;
#[cfg(test)]
mod tests;
mod worker;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::StatusCode;
use psephos_prover::{KeyError, KeyRing, KeyRingError};
use psephos_wire::proof::{JobStatus, JobView, StatementKind};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    http::Problem,
    queue::{JobId, JobProgress, Queue, QueueError, RequestCipher},
};

pub use metrics::{BUCKETS, ProverMetrics};
pub use routes::{ProverApi, prover_router};
use statement_cache::StatementCache;
pub use submit::{AcceptedRequest, Caller};
pub use worker::Worker;

/// Settings of the prover service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProverSettings {
    /// Whether it is enabled.
    pub enabled: bool,
    /// The kinds of statements that it proves. A trustee's secrets should never leave the trustee's own machine:
    /// `decryption` and `dealing` are accepted only if they are listed here.
    pub statements: Vec<StatementKind>,
    /// The kinds of statements for which it computes the sums of witness shares. It learns nothing from a share; the
    /// operators of both provers of a proof together learn all.
    pub sums: Vec<StatementKind>,
    /// The number of concurrent proofs; 0 for the number of cores, which gives the highest throughput. On a service
    /// that only queues, set `remote_workers` instead.
    pub workers: usize,
    /// Whether no proofs are made in this process, but by `psephos worker` on other machines.
    pub remote_workers: bool,
    /// The response interval, in milliseconds: the end of a job is published a multiple of this after its request was
    /// accepted. With 0 it is published at once, which leaks more timing.
    pub response_interval_ms: u64,
    /// The circuits whose keys are loaded before the service is ready; the other keys are loaded on first use.
    pub keys_loaded: Vec<String>,
}

impl Default for ProverSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            statements: StatementKind::DEFAULT.to_vec(),
            sums: StatementKind::DEFAULT_SUMS.to_vec(),
            workers: 0,
            remote_workers: false,
            response_interval_ms: 50,
            keys_loaded: vec!["ballot-3".into()],
        }
    }
}

/// The prover service as its endpoints use it.
pub struct Prover {
    queue: Arc<dyn Queue>,
    cipher: RequestCipher,
    circuits: Arc<KeyRing>,
    settings: ProverSettings,
    metrics: ProverMetrics,
    clock: Clock,
    /// Statements that this process has parsed and checked, for its own workers: nothing is parsed twice.
    statements: Arc<StatementCache>,
    /// Whether the keys are loaded, or why they cannot be.
    keys: OnceLock<Result<(), String>>,
    /// Cancelled when event streams end.
    streams_end: CancellationToken,
    /// Cancelled when requests that wait for a change are answered.
    waits_end: CancellationToken,
    /// Limits the number of requests that are parsed and checked concurrently.
    request_checks: tokio::sync::Semaphore,
    sum_limits: sums::SumLimits,
}

impl Prover {
    /// Creates a prover service over a queue, which has the same clock. Its jobs are done by [`Prover::worker`] in this
    /// process, or by workers elsewhere.
    pub fn new(
        queue: Arc<dyn Queue>,
        cipher: RequestCipher,
        circuits: Arc<KeyRing>,
        settings: ProverSettings,
        metrics: ProverMetrics,
        clock: Clock,
    ) -> Arc<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let reading = tokio::sync::Semaphore::new(cores);
        let sum_limits = sums::SumLimits::new(&settings, cores);
        Arc::new(Self {
            queue,
            cipher,
            circuits,
            settings,
            metrics,
            clock,
            statements: Arc::default(),
            keys: OnceLock::new(),
            streams_end: CancellationToken::new(),
            waits_end: CancellationToken::new(),
            request_checks: reading,
            sum_limits,
        })
    }

    /// Loads the configured keys before the first request: this takes seconds, and minutes for development keys that
    /// have to be made first.
    ///
    /// # Errors
    /// Returns a description of an unknown circuit or a key that cannot be loaded.
    pub async fn load_keys(self: Arc<Self>) -> Result<(), String> {
        let prover = self.clone();
        let load = move || -> Result<(), String> {
            for name in &prover.settings.keys_loaded {
                let circuit = name.parse().map_err(|_| format!("unknown circuit `{name}`"))?;
                prover.circuits.prepare(circuit, |_| {}).map_err(|error| error.to_string())?;
                tracing::info!(circuit = %name, "a proving key was loaded");
            }
            Ok(())
        };
        let loaded = tokio::task::spawn_blocking(load).await.unwrap_or_else(|error| Err(error.to_string()));
        self.keys.get_or_init(|| loaded).clone()
    }

    /// Returns a worker for this process.
    pub fn worker(&self) -> Worker {
        let (queue, cipher, circuits) = (self.queue.clone(), self.cipher.clone(), self.circuits.clone());
        Worker::new(queue, cipher, circuits, self.metrics.clone()).with_statement_cache(self.statements.clone())
    }

    /// Returns the settings.
    pub fn settings(&self) -> &ProverSettings {
        &self.settings
    }

    /// Returns the queue.
    pub fn queue(&self) -> &Arc<dyn Queue> {
        &self.queue
    }

    /// Returns a keyed hash of a caller's credentials, which is stored in their place.
    pub fn owner_tag(&self, credentials: &[u8]) -> [u8; 32] {
        self.cipher.keyed_hash("owner", &[credentials])
    }

    /// Returns a job of this caller.
    ///
    /// # Errors
    /// Returns 404 if there is no such job, or if it belongs to another caller.
    pub async fn job_view(&self, id: JobId, caller: &Caller) -> Result<JobView, Problem> {
        let status = self.queue.job_status(id).await.map_err(queue_problem)?;
        let status = status.filter(|status| status.owner == caller.owner).ok_or_else(unknown_job)?;
        Ok(self.publishable_view(id, status))
    }

    fn publishable_view(&self, id: JobId, status: JobProgress) -> JobView {
        response_interval::publishable_view(id, status, self.settings.response_interval_ms, self.clock.now_ms())
    }

    /// Returns a job of this caller once its state differs from `seen`, or when `patience` has passed.
    ///
    /// # Errors
    /// See [`Prover::job_view`].
    pub async fn wait_for_job(
        &self,
        id: JobId,
        caller: &Caller,
        seen: JobStatus,
        patience: Duration,
    ) -> Result<JobView, Problem> {
        let mut until = tokio::time::Instant::now() + patience;
        let mut stopping = false;
        loop {
            let status = self.queue.job_status(id).await.map_err(queue_problem)?;
            let status = status.filter(|status| status.owner == caller.owner).ok_or_else(unknown_job)?;
            let step = self.settings.response_interval_ms;
            if let Some(delay) = response_interval::withheld_for(&status, step, self.clock.now_ms()) {
                let publication = tokio::time::Instant::now() + delay;
                tokio::time::sleep_until(publication.min(until)).await;
                if publication > until {
                    return Ok(self.publishable_view(id, status));
                }
                continue;
            }
            if status.state != seen || tokio::time::Instant::now() >= until {
                return Ok(self.publishable_view(id, status));
            }
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            tokio::select! {
                changed = self.queue.wait_for_change(id, status.state, left) => drop(changed.map_err(queue_problem)?),
                () = self.waits_end.cancelled(), if !stopping => {
                    // An end that is withheld for the rest of its interval is still waited for.
                    stopping = true;
                    until = until.min(tokio::time::Instant::now() + Duration::from_millis(step));
                }
            }
        }
    }

    /// Cancels a job of this caller.
    ///
    /// # Errors
    /// See [`Prover::job_view`].
    pub async fn cancel_job(&self, id: JobId, caller: &Caller) -> Result<JobView, Problem> {
        let status = self.queue.job_status(id).await.map_err(queue_problem)?;
        let status = status.filter(|status| status.owner == caller.owner).ok_or_else(unknown_job)?;
        if self.queue.cancel_job(id).await.map_err(queue_problem)? {
            self.statements.remove_statement((id, status.digest));
            self.metrics.count_ended("cancelled");
        }
        self.job_view(id, caller).await
    }
}

fn unknown_job() -> Problem {
    Problem::not_found(
        "no such job: it was never accepted, belongs to another client, or has expired; send the request again",
    )
}

/// Converts an error of the queue into a problem; the details are written to the log.
pub(crate) fn queue_problem(error: QueueError) -> Problem {
    match error {
        QueueError::Full(waiting) => Problem::too_many_requests(
            "queue_full",
            format!("the queue is full ({waiting} jobs are waiting): retry later, or prove on your own machine"),
            5,
        ),
        QueueError::Lost => Problem::new(StatusCode::CONFLICT, "lost", "the job has ended"),
        QueueError::Storage(error) => {
            tracing::error!(%error, "the queue failed");
            Problem::unavailable("queue", "the queue does not answer: retry later")
        }
    }
}

/// Converts an error of a key into a problem.
fn key_problem(error: KeyRingError) -> Problem {
    match error {
        KeyRingError::Key(error @ KeyError::Development { .. }) => {
            Problem::unprocessable("development_key", error.to_string())
        }
        error => {
            tracing::error!(%error, "a circuit's key cannot be used");
            Problem::unavailable(
                "key",
                "the key for this statement is not available: the operator's log has the details",
            )
        }
    }
}

/// Converts a job's status into its JSON response.
fn view_of_status(id: JobId, status: JobProgress) -> JobView {
    let JobProgress { kind, state, ahead, proof, failure, .. } = status;
    JobView { id: id.to_string(), statement: kind, status: state, ahead, proof, failure }
}
