//! A worker: leases jobs, proves them, and sends heartbeats meanwhile. The same code runs in the service and on
//! separate machines.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use psephos_protocol::identifiers::ChainId;
use psephos_prover::{KeyRing, KeyRingError, ProveError};
use psephos_submission::proofs::{proof_to_hex, prove_statement};
use psephos_wire::proof::{CheckedStatement, ProofRequest};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{ProverMetrics, statement_cache::StatementCache};
use crate::queue::{Lease, Queue, QueueError, RequestCipher};

/// How long a worker waits for a job before it checks whether it should stop.
const LEASE_TIMEOUT: Duration = Duration::from_secs(5);
/// The interval of heartbeats.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(5);
/// The pause after an error of the queue.
const ERROR_PAUSE: Duration = Duration::from_secs(1);

/// A worker.
#[derive(Clone)]
pub struct Worker {
    queue: Arc<dyn Queue>,
    cipher: RequestCipher,
    circuits: Arc<KeyRing>,
    metrics: ProverMetrics,
    statements: Arc<StatementCache>,
    /// Fault injection for tests: called before a proof.
    #[cfg(test)]
    pub(super) fault: Option<fn(&Lease)>,
}

/// The reason why a job has no proof, and whether another worker should retry.
struct ProveFailure {
    what: String,
    retry: bool,
}

impl Worker {
    /// Creates a worker for a queue.
    pub fn new(queue: Arc<dyn Queue>, cipher: RequestCipher, circuits: Arc<KeyRing>, metrics: ProverMetrics) -> Self {
        Self {
            queue,
            cipher,
            circuits,
            metrics,
            statements: Arc::default(),
            #[cfg(test)]
            fault: None,
        }
    }

    pub(super) fn with_statement_cache(self, ready: Arc<StatementCache>) -> Self {
        Self { statements: ready, ..self }
    }

    /// Works on up to `slots` jobs concurrently until `stop` is cancelled; then it finishes the jobs it has begun.
    pub async fn run(self, slots: usize, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        for _ in 0..slots.max(1) {
            tasks.spawn(self.clone().run_slot(stop.clone()));
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn run_slot(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.statements.remove_expired();
            let lease = tokio::select! {
                lease = self.queue.lease_job(LEASE_TIMEOUT) => lease,
                () = stop.cancelled() => return,
            };
            match lease {
                Ok(Some(lease)) => self.process_job(lease).await,
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "no job could be leased");
                    tokio::time::sleep(ERROR_PAUSE).await;
                }
            }
        }
    }

    /// Processes one job.
    async fn process_job(&self, lease: Lease) {
        let start = Instant::now();
        let _busy = self.metrics.start_busy();
        let worker = self.clone();
        let job = lease.clone();
        let mut proving = tokio::task::spawn_blocking(move || worker.prove_job(&job));
        let outcome = loop {
            match tokio::time::timeout(HEARTBEAT_INTERVAL, &mut proving).await {
                Ok(outcome) => break outcome,
                Err(_) => match self.queue.extend_lease(&lease).await {
                    // A proof cannot be interrupted; its result is discarded.
                    Err(QueueError::Lost) => tracing::info!(job = ?lease.id, "the lease of the job has ended"),
                    Err(error) => tracing::warn!(job = ?lease.id, %error, "a heartbeat failed"),
                    Ok(()) => {}
                },
            }
        };
        let outcome = outcome.unwrap_or_else(|panic| {
            tracing::error!(job = ?lease.id, "the prover panicked: {}", if panic.is_panic() { "this is a bug" } else { "it was stopped" });
            Err(ProveFailure { what: "the prover failed".into(), retry: true })
        });
        let stored = match outcome {
            Ok(proof) => {
                self.metrics.count_proved(lease.kind, start.elapsed());
                self.queue.complete_job(&lease, proof).await
            }
            Err(ProveFailure { what, retry }) => {
                self.metrics.count_ended(if retry { "retried" } else { "failed" });
                self.queue.fail_job(&lease, what, retry).await
            }
        };
        match stored {
            Ok(()) => {}
            Err(QueueError::Lost) => {
                tracing::info!(job = ?lease.id, "another worker completed the job, or its owner cancelled it")
            }
            Err(error) => tracing::error!(job = ?lease.id, %error, "the end of a job could not be stored"),
        }
    }

    fn prove_job(&self, lease: &Lease) -> Result<String, ProveFailure> {
        #[cfg(test)]
        self.fault.iter().for_each(|fault| fault(lease));
        let (checked, chain_id) = match self.statements.take_statement((lease.id, lease.digest)) {
            Some(prepared) => prepared,
            None => self.decrypt_job(lease)?,
        };
        match prove_statement(&self.circuits, chain_id, checked) {
            Ok(proof) => Ok(proof_to_hex(&proof)),
            Err(KeyRingError::Prove(ProveError::Statement(_) | ProveError::Unsatisfied(_))) => {
                Err(ProveFailure { what: "the statement does not hold".into(), retry: false })
            }
            Err(error) => {
                tracing::error!(job = ?lease.id, %error, "proving failed");
                Err(ProveFailure { what: "the prover failed".into(), retry: true })
            }
        }
    }

    /// Decrypts a request that was checked by another process, or by this one before a restart.
    fn decrypt_job(&self, lease: &Lease) -> Result<(CheckedStatement, ChainId), ProveFailure> {
        let request = self.cipher.decrypt_request(lease.id, &lease.ciphertext).map_err(|error| {
            tracing::error!(job = ?lease.id, %error, "a queued request cannot be decrypted");
            ProveFailure { what: "the queued request cannot be decrypted".into(), retry: true }
        })?;
        let request = ProofRequest::parse(&request)
            .map_err(|_| ProveFailure { what: "the queued request is malformed".into(), retry: false })?;
        Ok((CheckedStatement::assume_checked(request.statement), request.chain_id))
    }
}
