//! Workers in separate processes over a real NATS server; one is killed midway.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use psephos_prover::{KeyRing, KeyStore, Preparation};
use psephos_service::{clock::Clock, queue::NatsSettings};
use psephos_wire::proof::{JobStatus, JobView, Statement};

use crate::support::{ballot_statement, circuits, is_proof_valid, request_body, start_service};

/// The number of jobs of the test; `PSEPHOS_MANY_PROOFS` overrides it.
const JOBS: usize = 40;

/// A process that is killed when the test ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn_process(command: &mut Command) -> std::io::Result<Process> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Process)
}

/// Starts a NATS server on a free port; returns `None` if it is not installed, and panics if it is required.
fn start_nats(store: &Path) -> Option<(Process, String)> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("nats-server");
    command.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]).arg(store);
    match spawn_process(&mut command) {
        Ok(server) => Some((server, format!("nats://127.0.0.1:{port}"))),
        Err(error) if std::env::var_os("PSEPHOS_REQUIRE_NATS").is_some() => panic!("nats-server: {error}"),
        Err(_) => None,
    }
}

/// Runs this test program as a worker: what `psephos worker` does, without the command.
fn start_worker(url: &str, key: &Path) -> Process {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(["--exact", "many_machines::worker_process", "--ignored"]);
    spawn_process(command.env("WORKER_NATS", url).env("WORKER_KEY", key)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "not a test: a worker process, which the test below starts"]
async fn worker_process() {
    let (Ok(url), Ok(key)) = (std::env::var("WORKER_NATS"), std::env::var("WORKER_KEY")) else { return };
    let settings = NatsSettings { url, lease: 3, ..NatsSettings::default() };
    let queue = psephos_service::queue::NatsQueue::connect(&settings, Clock::default()).await.unwrap();
    let cipher = psephos_service::queue::RequestCipher::load_or_create(Path::new(&key)).unwrap();
    let metrics = psephos_service::prover::ProverMetrics::new(&mut prometheus_client::registry::Registry::default());
    let circuits = std::sync::Arc::new(
        KeyRing::new(KeyStore::new(KeyStore::default_dir())).with_preparation(Preparation::default()),
    );
    let worker = psephos_service::prover::Worker::new(queue, cipher, circuits, metrics);
    worker.run(1, tokio_util::sync::CancellationToken::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_ends_once_though_a_worker_is_killed() {
    let store = tempfile::tempdir().unwrap();
    let Some((_server, url)) = start_nats(store.path()) else { return };
    let jobs = std::env::var("PSEPHOS_MANY_PROOFS").ok().and_then(|text| text.parse().ok()).unwrap_or(JOBS);
    for _ in 0..100 {
        let settings = NatsSettings { url: url.clone(), lease: 3, ..NatsSettings::default() };
        if psephos_service::queue::NatsQueue::connect(&settings, Clock::default()).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let service = start_service(|config| {
        config.prover.remote_workers = true;
        config.queue.nats = Some(NatsSettings { url: url.clone(), lease: 3, ..NatsSettings::default() });
    })
    .await;
    let key = service.folder.path().join("queue.key");
    let (killed, stays) = (start_worker(&url, &key), start_worker(&url, &key));

    // A few voters' statements, each request under a key of its own and thus a separate job.
    let statements: Vec<Statement> = (0..8).map(ballot_statement).collect();
    let mut ids = Vec::new();
    for number in 0..jobs {
        let text = request_body(statements[number % 8].clone());
        let view: JobView = service.post_proof(text, Some(&format!("job {number}"))).await.json().await.unwrap();
        ids.push(view.id);
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), jobs);
    for id in &ids[..jobs / 3] {
        service.wait_for_job(id).await;
    }
    drop(killed);
    let circuits = circuits();
    let mut proofs = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        let view = service.wait_for_job(id).await;
        assert_eq!(view.status, JobStatus::Done, "{:?}", view.failure);
        assert!(is_proof_valid(&circuits, &statements[number % 8], &view));
        proofs.push(view.proof);
    }
    // Nothing is left, and nothing changes any more: each job was completed once.
    tokio::time::sleep(Duration::from_secs(4)).await;
    for (id, proof) in ids.iter().zip(proofs) {
        assert_eq!(service.wait_for_job(id).await.proof, proof);
    }
    let page = service.get_admin_page("/").await;
    assert!(page.contains("<dt>waiting</dt><dd>0<") && page.contains("<dt>leased</dt><dd>0<"), "{page}");
    service.running.stop().await;
    // The server's own files, with one waiting job among them, contain sizes and times, and no secret.
    drop(stays);
    let service = crate::support::start_service_in(service.folder.clone(), |config| {
        config.prover.remote_workers = true;
        config.queue.nats = Some(NatsSettings { url: url.clone(), lease: 3, ..NatsSettings::default() });
    })
    .await;
    let waiting = service.post_proof(request_body(statements[1].clone()), Some("a job that waits")).await;
    assert_eq!(waiting.status(), reqwest::StatusCode::ACCEPTED);
    service.running.stop().await;
    assert!(crate::canary::assert_absent_in_files(store.path(), &crate::canary::secret_forms(&statements[1])) > 2);
}
