//! The NATS server dies and comes back.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use psephos_service::{
    clock::Clock,
    queue::{NatsQueue, NatsSettings, Queue},
};
use psephos_wire::proof::{JobStatus, JobView};

use crate::{
    fixture::{report_recovery, wait_until},
    support::{TestService, ballot_statement, parse_problem, request_body, start_service},
};

struct NatsServer(Child);

impl NatsServer {
    /// Starts a server. Returns `None` if it is not installed; panics if it is required.
    fn start(port: u16, store: &Path) -> Option<Self> {
        let mut command = Command::new("nats-server");
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]).arg(store);
        match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(child) => Some(Self(child)),
            Err(error) if std::env::var_os("PSEPHOS_REQUIRE_NATS").is_some() => panic!("nats-server: {error}"),
            Err(error) => {
                eprintln!("skipped: nats-server: {error}");
                None
            }
        }
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a NATS server on a port, and a service whose prover has its queue there. Returns `None` if there is no
/// server.
async fn start_with_queue(store: &Path) -> Option<(u16, NatsServer, NatsSettings, TestService)> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = NatsServer::start(port, store)?;
    let settings = NatsSettings { url: format!("nats://127.0.0.1:{port}"), ..NatsSettings::default() };
    wait_until("the server listens", async || NatsQueue::connect(&settings, Clock::default()).await.is_ok()).await;
    let service = start_service(|config| {
        config.prover.remote_workers = true;
        config.queue.nats = Some(settings.clone());
    })
    .await;
    Some((port, server, settings, service))
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_refused_at_once_until_the_server_is_back() {
    let store = tempfile::tempdir().unwrap();
    let Some((port, server, settings, service)) = start_with_queue(store.path()).await else { return };
    let body = request_body(ballot_statement(1));
    let first: JobView = service.post_proof(body.clone(), None).await.json().await.unwrap();

    drop(server);
    // A check that was asking when the server died says that the request timed out. Every later one asks nothing.
    wait_until("the lost connection is known", async || {
        let obstacle = service.find_obstacle("prover", "queue").await;
        obstacle.is_some_and(|why| why.contains("not connected"))
    })
    .await;
    let start = Instant::now();
    let (status, code, _) = parse_problem(service.post_proof(body.clone(), None).await).await;
    eprintln!("refused after {:.3} s", start.elapsed().as_secs_f64());
    assert_eq!((status, code.as_str()), (503, "queue"));

    let _server = NatsServer::start(port, store.path()).unwrap();
    report_recovery("a NATS server that was killed", service.wait_until_ready().await);
    let stored: JobView = service.get_path(&format!("/v1/proofs/{}", first.id)).await.json().await.unwrap();
    assert_eq!(stored.status, JobStatus::Queued);
    let second: JobView = service.post_proof(body, None).await.json().await.unwrap();
    // Both can be leased; the refused one was never queued.
    let queue = NatsQueue::connect(&settings, Clock::default()).await.unwrap();
    let mut leased = Vec::new();
    for _ in 0..2 {
        leased.push(queue.lease_job(Duration::from_secs(60)).await.unwrap().unwrap().id.to_string());
    }
    assert_eq!(leased, [first.id, second.id]);
    assert!(queue.lease_job(Duration::from_millis(100)).await.unwrap().is_none());
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queue_begins_anew_if_the_server_has_lost_its_store() {
    let (store, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some((port, server, settings, service)) = start_with_queue(store.path()).await else { return };
    let lost: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();

    drop(server);
    service.wait_for_obstacle("prover", "queue").await;
    let _server = NatsServer::start(port, empty.path()).unwrap();
    report_recovery("a NATS server without its store", service.wait_until_ready().await);
    let (status, ..) = parse_problem(service.get_path(&format!("/v1/proofs/{}", lost.id)).await).await;
    assert_eq!(status, 404, "a job that is lost is not found");
    // A new request is queued, and a worker gets it.
    let response = service.post_proof(request_body(ballot_statement(2)), None).await;
    assert_eq!(response.status(), 202);
    let second: JobView = response.json().await.unwrap();
    let queue = NatsQueue::connect(&settings, Clock::default()).await.unwrap();
    let leased = queue.lease_job(Duration::from_secs(60)).await.unwrap().unwrap();
    assert_eq!(leased.id.to_string(), second.id);
    service.running.stop().await;
}
