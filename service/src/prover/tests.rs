use std::time::Duration;

use prometheus_client::registry::Registry;
use psephos_protocol::identifiers::ChainId;
use psephos_prover::examples;
use psephos_submission::proofs::circuit_of;
use psephos_wire::proof::{ProofRequest, Statement};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::*;
use crate::queue::{EmbeddedQueue, Lease, QueueLimits};

const CALLER: Caller = Caller { owner: [1; 32] };

fn request_body(voter: u8) -> Zeroizing<Vec<u8>> {
    let ballot = examples::ballot_with::<3>([voter; 32], 0);
    let statement = Statement::Ballot(ballot.instance, ballot.witness);
    ProofRequest { chain_id: ChainId::new(31_337), statement }.to_json().unwrap()
}

fn test_prover(folder: &tempfile::TempDir) -> Arc<Prover> {
    let clock = Clock::default();
    let limits = QueueLimits { lease: Duration::from_millis(500), ..QueueLimits::default() };
    let queue = EmbeddedQueue::open_or_create(&folder.path().join("queue.redb"), limits, clock.clone()).unwrap();
    let metrics = ProverMetrics::new(&mut Registry::default());
    let circuits = Arc::new(KeyRing::default());
    Prover::new(queue, RequestCipher::generate(), circuits, ProverSettings::default(), metrics, clock)
}

async fn wait_for_end(prover: &Prover, id: &str) -> JobView {
    let mut view = prover.job_view(id.parse().unwrap(), &CALLER).await.unwrap();
    while !view.status.is_final() {
        view = prover.wait_for_job(id.parse().unwrap(), &CALLER, view.status, Duration::from_secs(30)).await.unwrap();
    }
    view
}

/// A witness on which the worker panics fails alone: its job is retried and then given up, and all other proofs are
/// made.
#[tokio::test(flavor = "multi_thread")]
async fn panic_fails_one_job_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let prover = test_prover(&folder);
    let bad = prover.submit_request(CALLER, Some("bad"), request_body(1)).await.unwrap().view.id;
    let good = prover.submit_request(CALLER, None, request_body(2)).await.unwrap().view.id;
    let mut worker = prover.worker();
    static BAD: std::sync::OnceLock<JobId> = std::sync::OnceLock::new();
    BAD.set(bad.parse().unwrap()).unwrap();
    worker.fault = Some(|lease: &Lease| assert!(Some(&lease.id) != BAD.get(), "a bug in the prover"));
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker.run(1, stop.clone()));
    let failed = wait_for_end(&prover, &bad).await;
    assert_eq!((failed.status, failed.failure.as_deref()), (JobStatus::Failed, Some("the prover failed")));
    assert_eq!(wait_for_end(&prover, &good).await.status, JobStatus::Done);
    stop.cancel();
    working.await.unwrap();
}

/// A job that is cancelled while it is being proved stays cancelled: its proof is discarded.
#[tokio::test(flavor = "multi_thread")]
async fn job_cancelled_while_proving_stays_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let prover = test_prover(&folder);
    let id = prover.submit_request(CALLER, None, request_body(3)).await.unwrap().view.id;
    let mut worker = prover.worker();
    worker.fault = Some(|_| std::thread::sleep(Duration::from_millis(300)));
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker.run(1, stop.clone()));
    while prover.job_view(id.parse().unwrap(), &CALLER).await.unwrap().status != JobStatus::Proving {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(prover.cancel_job(id.parse().unwrap(), &CALLER).await.unwrap().status, JobStatus::Cancelled);
    tokio::time::sleep(Duration::from_millis(800)).await;
    let view = prover.job_view(id.parse().unwrap(), &CALLER).await.unwrap();
    assert!(view.status == JobStatus::Cancelled && view.proof.is_none());
    stop.cancel();
    working.await.unwrap();
}

/// The case of a worker in another process: nothing is in its memory, the encrypted request is all there is.
#[tokio::test(flavor = "multi_thread")]
async fn request_is_proved_from_its_ciphertext_alone() {
    let folder = tempfile::tempdir().unwrap();
    let prover = test_prover(&folder);
    let id = prover.submit_request(CALLER, None, request_body(4)).await.unwrap().view.id;
    let worker = Worker::new(
        prover.queue.clone(),
        prover.cipher.clone(),
        prover.circuits.clone(),
        ProverMetrics::new(&mut Registry::default()),
    );
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker.run(1, stop.clone()));
    assert_eq!(wait_for_end(&prover, &id).await.status, JobStatus::Done);
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn result_is_withheld_until_the_end_of_the_interval() {
    let folder = tempfile::tempdir().unwrap();
    let prover = test_prover(&folder);
    let step = prover.settings.response_interval_ms;
    let start = prover.clock.now_ms();
    let id = prover.submit_request(CALLER, None, request_body(5)).await.unwrap().view.id;
    let working = tokio::spawn(prover.worker().run(1, CancellationToken::new()));
    let view = wait_for_end(&prover, &id).await;
    let status = prover.queue.job_status(id.parse().unwrap()).await.unwrap().unwrap();
    let published = prover.clock.now_ms();
    assert_eq!(view.status, JobStatus::Done);
    let took = status.finished.unwrap() - status.accepted;
    assert!(status.accepted >= start && published >= status.accepted + took.div_ceil(step) * step);
    working.abort();
}

/// A queue that does not know a job at the first lookup, as a second, concurrent request sees it.
struct LateQueue(Arc<dyn Queue>);

#[async_trait::async_trait]
impl Queue for LateQueue {
    async fn check_ready(&self) -> Result<(), QueueError> {
        self.0.check_ready().await
    }
    async fn enqueue(&self, job: crate::queue::NewJob) -> Result<crate::queue::Enqueued, QueueError> {
        self.0.enqueue(job).await
    }
    async fn lease_job(&self, patience: Duration) -> Result<Option<Lease>, QueueError> {
        self.0.lease_job(patience).await
    }
    async fn extend_lease(&self, lease: &Lease) -> Result<(), QueueError> {
        self.0.extend_lease(lease).await
    }
    async fn complete_job(&self, lease: &Lease, proof: String) -> Result<(), QueueError> {
        self.0.complete_job(lease, proof).await
    }
    async fn fail_job(&self, lease: &Lease, what: String, retry: bool) -> Result<(), QueueError> {
        self.0.fail_job(lease, what, retry).await
    }
    async fn cancel_job(&self, id: JobId) -> Result<bool, QueueError> {
        self.0.cancel_job(id).await
    }
    async fn job_status(&self, _: JobId) -> Result<Option<JobProgress>, QueueError> {
        Ok(None)
    }
    async fn wait_for_change(
        &self,
        id: JobId,
        seen: JobStatus,
        patience: Duration,
    ) -> Result<Option<JobProgress>, QueueError> {
        self.0.wait_for_change(id, seen, patience).await
    }
    async fn queue_length(&self) -> Result<crate::queue::QueueLength, QueueError> {
        self.0.queue_length().await
    }
}

/// Of two concurrent requests under one idempotency key, one becomes the job; the other is rejected and is not proved.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_under_one_key_are_not_mixed_up() {
    let folder = tempfile::tempdir().unwrap();
    let inner = test_prover(&folder);
    let late = Prover::new(
        Arc::new(LateQueue(inner.queue.clone())),
        inner.cipher.clone(),
        inner.circuits.clone(),
        ProverSettings::default(),
        ProverMetrics::new(&mut Registry::default()),
        Clock::default(),
    );
    let id = late.submit_request(CALLER, Some("one key"), request_body(6)).await.unwrap().view.id;
    assert_eq!(
        late.submit_request(CALLER, Some("one key"), request_body(7)).await.unwrap_err().code,
        "idempotency_conflict"
    );
    let working = tokio::spawn(late.worker().run(1, CancellationToken::new()));
    let proof = wait_for_end(&inner, &id).await.proof.unwrap();
    working.abort();
    let proof = psephos_submission::proofs::proof_from_hex(&proof).unwrap();
    let statement = ProofRequest::parse(&request_body(6)).unwrap().statement;
    let key = inner.circuits.verifying_key(circuit_of(&statement).unwrap()).unwrap();
    key.verify(&proof, &statement.to_inputs()).unwrap();
    assert!(late.statements.is_empty(), "the rejected request's witness is still in memory");
}
