//! The properties of every queue, tested on both implementations.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use super::*;
use crate::clock::Clock;

const SOON: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_secs(10);

fn test_job(number: u8) -> NewJob {
    NewJob {
        id: JobId::from_bytes([number; 16]),
        kind: StatementKind::Ballot,
        owner: [1; 32],
        digest: [number; 32],
        ciphertext: vec![number; 5_000],
        accepted: Clock::default().now_ms(),
    }
}

/// A NATS server from the distribution's package on a free port, with a store of its own.
struct NatsServer {
    child: Child,
    url: String,
    _store: tempfile::TempDir,
}

impl NatsServer {
    /// Returns `None` if the program is not installed; panics if it is required.
    fn start_server() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let store = tempfile::tempdir().unwrap();
        let child = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"])
            .arg(store.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(child) => Some(Self { child, url: format!("nats://127.0.0.1:{port}"), _store: store }),
            Err(error) if std::env::var_os("PSEPHOS_REQUIRE_NATS").is_some() => panic!("nats-server: {error}"),
            Err(_) => None,
        }
    }

    async fn connect_queue(&self, settings: NatsSettings) -> Arc<NatsQueue> {
        let settings = NatsSettings { url: self.url.clone(), ..settings };
        for _ in 0..100 {
            match NatsQueue::connect(&settings, Clock::default()).await {
                Ok(queue) => return queue,
                Err(_) => tokio::time::sleep(SOON).await,
            }
        }
        NatsQueue::connect(&settings, Clock::default()).await.unwrap()
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn check_exactly_once(queue: &dyn Queue) {
    assert_eq!(queue.enqueue(test_job(1)).await.unwrap(), Enqueued::New);
    assert!(matches!(queue.enqueue(test_job(1)).await.unwrap(), Enqueued::Known(status) if status.digest == [1; 32]));
    let lease = queue.lease_job(LATER).await.unwrap().unwrap();
    assert_eq!((lease.id, lease.attempt, lease.ciphertext.len()), (test_job(1).id, 1, 5_000));
    assert!(queue.lease_job(SOON).await.unwrap().is_none(), "a job is leased once");
    assert_eq!(queue.job_status(lease.id).await.unwrap().unwrap().state, JobStatus::Proving);
    queue.extend_lease(&lease).await.unwrap();
    queue.complete_job(&lease, "0xaa".into()).await.unwrap();
    assert!(matches!(queue.complete_job(&lease, "0xbb".into()).await, Err(QueueError::Lost)));
    let status = queue.job_status(lease.id).await.unwrap().unwrap();
    assert_eq!((status.state, status.proof.as_deref()), (JobStatus::Done, Some("0xaa")));
    assert!(status.finished.is_some());
    assert!(queue.job_status(JobId::generate()).await.unwrap().is_none());
    assert_eq!(queue.queue_length().await.unwrap(), QueueLength::default());
}

async fn check_failures(queue: &dyn Queue) {
    queue.enqueue(test_job(2)).await.unwrap();
    for attempt in 1..=MAX_ATTEMPTS {
        let lease = queue.lease_job(LATER).await.unwrap().unwrap();
        assert_eq!(lease.attempt, attempt);
        queue.fail_job(&lease, "a worker broke".into(), true).await.unwrap();
    }
    let status = queue.job_status(test_job(2).id).await.unwrap().unwrap();
    assert_eq!((status.state, status.failure.as_deref()), (JobStatus::Failed, Some("a worker broke")));
    queue.enqueue(test_job(3)).await.unwrap();
    let lease = queue.lease_job(LATER).await.unwrap().unwrap();
    queue.fail_job(&lease, "the statement does not hold".into(), false).await.unwrap();
    assert_eq!(queue.job_status(lease.id).await.unwrap().unwrap().state, JobStatus::Failed);
}

async fn check_cancellation(queue: &dyn Queue) {
    queue.enqueue(test_job(4)).await.unwrap();
    assert!(queue.cancel_job(test_job(4).id).await.unwrap());
    assert!(!queue.cancel_job(test_job(4).id).await.unwrap());
    assert!(queue.lease_job(SOON).await.unwrap().is_none(), "a cancelled job is never leased");
    queue.enqueue(test_job(5)).await.unwrap();
    let lease = queue.lease_job(LATER).await.unwrap().unwrap();
    assert!(queue.cancel_job(lease.id).await.unwrap());
    assert!(matches!(queue.extend_lease(&lease).await, Err(QueueError::Lost)));
    assert!(matches!(queue.complete_job(&lease, "0xaa".into()).await, Err(QueueError::Lost)));
    assert_eq!(queue.job_status(lease.id).await.unwrap().unwrap().state, JobStatus::Cancelled);
}

async fn check_silent_worker(queue: &dyn Queue) {
    queue.enqueue(test_job(6)).await.unwrap();
    let silent = queue.lease_job(LATER).await.unwrap().unwrap();
    let next = queue.lease_job(LATER).await.unwrap().unwrap();
    assert_eq!((next.id, next.attempt), (silent.id, 2));
    // In a NATS queue the silent worker may still be first; whichever is, there is one proof.
    queue.complete_job(&next, "0xbb".into()).await.unwrap();
    assert!(matches!(queue.complete_job(&silent, "0xaa".into()).await, Err(QueueError::Lost)));
    assert_eq!(queue.job_status(next.id).await.unwrap().unwrap().proof.as_deref(), Some("0xbb"));
}

async fn check_waiting(queue: Arc<dyn Queue>) {
    queue.enqueue(test_job(7)).await.unwrap();
    let reader = queue.clone();
    let seen = tokio::spawn(async move {
        reader.wait_for_change(test_job(7).id, JobStatus::Queued, LATER).await.unwrap().unwrap()
    });
    let lease = queue.lease_job(LATER).await.unwrap().unwrap();
    assert!(matches!(seen.await.unwrap().state, JobStatus::Proving));
    let reader = queue.clone();
    let seen = tokio::spawn(async move {
        reader.wait_for_change(test_job(7).id, JobStatus::Proving, LATER).await.unwrap().unwrap()
    });
    queue.complete_job(&lease, "0xcc".into()).await.unwrap();
    assert_eq!(seen.await.unwrap().proof.as_deref(), Some("0xcc"));
    assert!(queue.wait_for_change(JobId::generate(), JobStatus::Queued, SOON).await.unwrap().is_none());
}

async fn check_full_queue(queue: &dyn Queue) {
    for number in 10..13 {
        queue.enqueue(test_job(number)).await.unwrap();
    }
    assert!(matches!(queue.enqueue(test_job(13)).await, Err(QueueError::Full(3))));
    assert!(queue.job_status(test_job(13).id).await.unwrap().is_none());
    let lease = queue.lease_job(LATER).await.unwrap().unwrap();
    queue.complete_job(&lease, "0xdd".into()).await.unwrap();
    assert_eq!(queue.enqueue(test_job(13)).await.unwrap(), Enqueued::New);
}

fn open_short_queue(path: &std::path::Path) -> Arc<EmbeddedQueue> {
    let limits = QueueLimits { length: 3, lease: Duration::from_millis(300), keep: LATER };
    EmbeddedQueue::open_or_create(path, limits, Clock::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_queue_ends_every_job_once() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open_short_queue(&folder.path().join("queue.redb"));
    check_exactly_once(&*queue).await;
    check_failures(&*queue).await;
    check_cancellation(&*queue).await;
    check_silent_worker(&*queue).await;
    check_waiting(queue.clone()).await;
    check_full_queue(&*queue).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_queue_ends_every_job_once() {
    let Some(server) = NatsServer::start_server() else { return };
    let settings = NatsSettings { length: 3, lease: 1, ..NatsSettings::default() };
    let queue = server.connect_queue(settings).await;
    check_exactly_once(&*queue).await;
    check_failures(&*queue).await;
    check_cancellation(&*queue).await;
    check_silent_worker(&*queue).await;
    check_waiting(queue.clone()).await;
    check_full_queue(&*queue).await;
}

/// Accepted jobs wait again after a crash, ended ones are still known, and a job that kills its workers is given up.
#[tokio::test(flavor = "multi_thread")]
async fn accepted_jobs_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.redb");
    let queue = open_short_queue(&path);
    queue.enqueue(test_job(1)).await.unwrap();
    queue.enqueue(test_job(2)).await.unwrap();
    let lease = queue.lease_job(LATER).await.unwrap().unwrap();
    queue.complete_job(&lease, "0xaa".into()).await.unwrap();
    drop(queue);
    for attempt in 1..=MAX_ATTEMPTS {
        // The lease is not released, as if the process was killed.
        let lease = lease_and_die(&path).await;
        assert_eq!((lease.id, lease.attempt, lease.ciphertext), (test_job(2).id, attempt, vec![2; 5_000]));
    }
    let queue = open_short_queue(&path);
    assert_eq!(queue.job_status(test_job(1).id).await.unwrap().unwrap().proof.as_deref(), Some("0xaa"));
    assert_eq!(queue.job_status(test_job(2).id).await.unwrap().unwrap().failure.as_deref(), Some(GIVEN_UP));
}

/// Under concurrency the file ends in the state of the table: a job that was reported as done is done after a restart,
/// and no other is.
#[tokio::test(flavor = "multi_thread")]
async fn file_agrees_with_reported_states() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.redb");
    let limits = QueueLimits { length: 64, lease: Duration::from_millis(300), keep: LATER };
    let queue = EmbeddedQueue::open_or_create(&path, limits, Clock::default()).unwrap();
    let jobs = 1..=40;
    for number in jobs.clone() {
        queue.enqueue(test_job(number)).await.unwrap();
    }
    for _ in jobs.clone() {
        queue.lease_job(LATER).await.unwrap().unwrap();
    }
    // All their workers are silent: the jobs go to others, which end them while they are being requeued.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let complete_all = |queue: Arc<EmbeddedQueue>| async move {
        while let Some(lease) = queue.lease_job(SOON).await.unwrap() {
            queue.complete_job(&lease, "0xaa".into()).await.unwrap();
        }
    };
    tokio::join!(complete_all(queue.clone()), complete_all(queue.clone()), complete_all(queue.clone()));
    drop(queue);
    let queue = EmbeddedQueue::open_or_create(&path, limits, Clock::default()).unwrap();
    for number in jobs {
        assert_eq!(
            queue.job_status(test_job(number).id).await.unwrap().unwrap().state,
            JobStatus::Done,
            "job {number}"
        );
    }
}

/// Simulates a worker of a process that ends while it holds a job.
async fn lease_and_die(path: &std::path::Path) -> Lease {
    for _ in 0..100 {
        let limits = QueueLimits { length: 3, lease: Duration::from_secs(60), keep: LATER };
        if let Ok(queue) = EmbeddedQueue::open_or_create(path, limits, Clock::default()) {
            return queue.lease_job(LATER).await.unwrap().unwrap();
        }
        tokio::time::sleep(SOON).await;
    }
    panic!("the file is still in use")
}
