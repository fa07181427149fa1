//! The properties of every queue, tested on both implementations.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use super::*;

const SOON: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_secs(10);

fn job(number: u8) -> NewJob {
    NewJob {
        id: JobId::from_bytes([number; 16]),
        kind: StatementKind::Ballot,
        owner: [1; 32],
        digest: [number; 32],
        sealed: vec![number; 5_000],
        accepted: now_ms(),
    }
}

/// A NATS server from the distribution's package on a free port, with a store of its own.
struct Server {
    child: Child,
    url: String,
    _store: tempfile::TempDir,
}

impl Server {
    /// Returns `None` if the program is not installed; panics if it is required.
    fn start() -> Option<Self> {
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

    async fn connect(&self, settings: NatsSettings) -> Arc<Nats> {
        let settings = NatsSettings { url: self.url.clone(), ..settings };
        for _ in 0..100 {
            match Nats::connect(&settings).await {
                Ok(queue) => return queue,
                Err(_) => tokio::time::sleep(SOON).await,
            }
        }
        Nats::connect(&settings).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn exactly_once(queue: &dyn Queue) {
    assert_eq!(queue.enqueue(job(1)).await.unwrap(), Enqueued::New);
    assert!(matches!(queue.enqueue(job(1)).await.unwrap(), Enqueued::Known(status) if status.digest == [1; 32]));
    let lease = queue.lease(LATER).await.unwrap().unwrap();
    assert_eq!((lease.id, lease.attempt, lease.sealed.len()), (job(1).id, 1, 5_000));
    assert!(queue.lease(SOON).await.unwrap().is_none(), "a job is leased once");
    assert_eq!(queue.status(lease.id).await.unwrap().unwrap().state, JobStatus::Proving);
    queue.heartbeat(&lease).await.unwrap();
    queue.complete(&lease, "0xaa".into()).await.unwrap();
    assert!(matches!(queue.complete(&lease, "0xbb".into()).await, Err(QueueError::Lost)));
    let status = queue.status(lease.id).await.unwrap().unwrap();
    assert_eq!((status.state, status.proof.as_deref()), (JobStatus::Done, Some("0xaa")));
    assert!(status.finished.is_some());
    assert!(queue.status(JobId::random()).await.unwrap().is_none());
    assert_eq!(queue.length().await.unwrap(), Length::default());
}

async fn failures(queue: &dyn Queue) {
    queue.enqueue(job(2)).await.unwrap();
    for attempt in 1..=ATTEMPTS {
        let lease = queue.lease(LATER).await.unwrap().unwrap();
        assert_eq!(lease.attempt, attempt);
        queue.fail(&lease, "a worker broke".into(), true).await.unwrap();
    }
    let status = queue.status(job(2).id).await.unwrap().unwrap();
    assert_eq!((status.state, status.failure.as_deref()), (JobStatus::Failed, Some("a worker broke")));
    queue.enqueue(job(3)).await.unwrap();
    let lease = queue.lease(LATER).await.unwrap().unwrap();
    queue.fail(&lease, "the statement does not hold".into(), false).await.unwrap();
    assert_eq!(queue.status(lease.id).await.unwrap().unwrap().state, JobStatus::Failed);
}

async fn cancellation(queue: &dyn Queue) {
    queue.enqueue(job(4)).await.unwrap();
    assert!(queue.cancel(job(4).id).await.unwrap());
    assert!(!queue.cancel(job(4).id).await.unwrap());
    assert!(queue.lease(SOON).await.unwrap().is_none(), "a cancelled job is never leased");
    queue.enqueue(job(5)).await.unwrap();
    let lease = queue.lease(LATER).await.unwrap().unwrap();
    assert!(queue.cancel(lease.id).await.unwrap());
    assert!(matches!(queue.heartbeat(&lease).await, Err(QueueError::Lost)));
    assert!(matches!(queue.complete(&lease, "0xaa".into()).await, Err(QueueError::Lost)));
    assert_eq!(queue.status(lease.id).await.unwrap().unwrap().state, JobStatus::Cancelled);
}

async fn silence(queue: &dyn Queue) {
    queue.enqueue(job(6)).await.unwrap();
    let silent = queue.lease(LATER).await.unwrap().unwrap();
    let next = queue.lease(LATER).await.unwrap().unwrap();
    assert_eq!((next.id, next.attempt), (silent.id, 2));
    // In a NATS queue the silent worker may still be first; whichever is, there is one proof.
    queue.complete(&next, "0xbb".into()).await.unwrap();
    assert!(matches!(queue.complete(&silent, "0xaa".into()).await, Err(QueueError::Lost)));
    assert_eq!(queue.status(next.id).await.unwrap().unwrap().proof.as_deref(), Some("0xbb"));
}

async fn waiting(queue: Arc<dyn Queue>) {
    queue.enqueue(job(7)).await.unwrap();
    let reader = queue.clone();
    let seen = tokio::spawn(async move { reader.changed(job(7).id, JobStatus::Queued, LATER).await.unwrap().unwrap() });
    let lease = queue.lease(LATER).await.unwrap().unwrap();
    assert!(matches!(seen.await.unwrap().state, JobStatus::Proving));
    let reader = queue.clone();
    let seen =
        tokio::spawn(async move { reader.changed(job(7).id, JobStatus::Proving, LATER).await.unwrap().unwrap() });
    queue.complete(&lease, "0xcc".into()).await.unwrap();
    assert_eq!(seen.await.unwrap().proof.as_deref(), Some("0xcc"));
    assert!(queue.changed(JobId::random(), JobStatus::Queued, SOON).await.unwrap().is_none());
}

async fn full(queue: &dyn Queue) {
    for number in 10..13 {
        queue.enqueue(job(number)).await.unwrap();
    }
    assert!(matches!(queue.enqueue(job(13)).await, Err(QueueError::Full(3))));
    assert!(queue.status(job(13).id).await.unwrap().is_none());
    let lease = queue.lease(LATER).await.unwrap().unwrap();
    queue.complete(&lease, "0xdd".into()).await.unwrap();
    assert_eq!(queue.enqueue(job(13)).await.unwrap(), Enqueued::New);
}

fn short(path: &std::path::Path) -> Arc<Embedded> {
    Embedded::open(path, Limits { length: 3, lease: Duration::from_millis(300), keep: LATER }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_queue_ends_every_job_once() {
    let folder = tempfile::tempdir().unwrap();
    let queue = short(&folder.path().join("queue.redb"));
    exactly_once(&*queue).await;
    failures(&*queue).await;
    cancellation(&*queue).await;
    silence(&*queue).await;
    waiting(queue.clone()).await;
    full(&*queue).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_queue_ends_every_job_once() {
    let Some(server) = Server::start() else { return };
    let settings = NatsSettings { length: 3, lease: 1, ..NatsSettings::default() };
    let queue = server.connect(settings).await;
    exactly_once(&*queue).await;
    failures(&*queue).await;
    cancellation(&*queue).await;
    silence(&*queue).await;
    waiting(queue.clone()).await;
    full(&*queue).await;
}

/// Accepted jobs wait again after a crash, ended ones are still known, and a job that kills its workers is given up.
#[tokio::test(flavor = "multi_thread")]
async fn accepted_jobs_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.redb");
    let queue = short(&path);
    queue.enqueue(job(1)).await.unwrap();
    queue.enqueue(job(2)).await.unwrap();
    let lease = queue.lease(LATER).await.unwrap().unwrap();
    queue.complete(&lease, "0xaa".into()).await.unwrap();
    drop(queue);
    for attempt in 1..=ATTEMPTS {
        // The lease is not released, as if the process was killed.
        let lease = killed_with_a_lease(&path).await;
        assert_eq!((lease.id, lease.attempt, lease.sealed), (job(2).id, attempt, vec![2; 5_000]));
    }
    let queue = short(&path);
    assert_eq!(queue.status(job(1).id).await.unwrap().unwrap().proof.as_deref(), Some("0xaa"));
    assert_eq!(queue.status(job(2).id).await.unwrap().unwrap().failure.as_deref(), Some(GIVEN_UP));
}

/// Under concurrency the file ends in the state of the table: a job that was reported as done is done after a restart,
/// and no other is.
#[tokio::test(flavor = "multi_thread")]
async fn file_agrees_with_reported_states() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.redb");
    let limits = Limits { length: 64, lease: Duration::from_millis(300), keep: LATER };
    let queue = Embedded::open(&path, limits).unwrap();
    let jobs = 1..=40;
    for number in jobs.clone() {
        queue.enqueue(job(number)).await.unwrap();
    }
    for _ in jobs.clone() {
        queue.lease(LATER).await.unwrap().unwrap();
    }
    // All their workers are silent: the jobs go to others, which end them while they are being requeued.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let complete_all = |queue: Arc<Embedded>| async move {
        while let Some(lease) = queue.lease(SOON).await.unwrap() {
            queue.complete(&lease, "0xaa".into()).await.unwrap();
        }
    };
    tokio::join!(complete_all(queue.clone()), complete_all(queue.clone()), complete_all(queue.clone()));
    drop(queue);
    let queue = Embedded::open(&path, limits).unwrap();
    for number in jobs {
        assert_eq!(queue.status(job(number).id).await.unwrap().unwrap().state, JobStatus::Done, "job {number}");
    }
}

/// Simulates a worker of a process that ends while it holds a job.
async fn killed_with_a_lease(path: &std::path::Path) -> Lease {
    for _ in 0..100 {
        if let Ok(queue) = Embedded::open(path, Limits { length: 3, lease: Duration::from_secs(60), keep: LATER }) {
            return queue.lease(LATER).await.unwrap().unwrap();
        }
        tokio::time::sleep(SOON).await;
    }
    panic!("the file is still in use")
}
