//! The life of jobs: repeated, cancelled, abandoned, kept over a restart, and rejected when there are too many.

use std::time::Duration;

use psephos_wire::proof::{JobStatus, JobView};
use reqwest::StatusCode;
use tokio::io::AsyncWriteExt;

use crate::support::{
    ballot_statement, circuits, is_proof_valid, parse_problem, request_body, start_service, start_service_in,
};

#[tokio::test(flavor = "multi_thread")]
async fn repeated_request_under_one_key_is_one_job() {
    let service = start_service(|config| config.prover.remote_workers = true).await;
    let first: JobView =
        service.post_proof(request_body(ballot_statement(1)), Some("key 1")).await.json().await.unwrap();
    let again = service.post_proof(request_body(ballot_statement(1)), Some("key 1")).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<JobView>().await.unwrap().id, first.id);
    assert_eq!(
        parse_problem(service.post_proof(request_body(ballot_statement(2)), Some("key 1")).await).await.1,
        "idempotency_conflict"
    );
    let other: JobView =
        service.post_proof(request_body(ballot_statement(1)), Some("key 2")).await.json().await.unwrap();
    let nameless: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    assert!(other.id != first.id && nameless.id != first.id);
    assert_eq!(service.metric_sum("psephos_proof_requests_total").await, 3);
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn full_queue_returns_retry_after() {
    let service = start_service(|config| (config.prover.remote_workers, config.queue.length) = (true, 2)).await;
    for voter in 1..=2 {
        assert_eq!(
            service.post_proof(request_body(ballot_statement(voter)), None).await.status(),
            StatusCode::ACCEPTED
        );
    }
    let refused = service.post_proof(request_body(ballot_statement(3)), None).await;
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    assert_eq!(parse_problem(refused).await.1, "queue_full");
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn job_is_cancelled_by_request_or_disconnect() {
    let service = start_service(|config| config.prover.remote_workers = true).await;
    let one: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    let url = service.service_url(&format!("/v1/proofs/{}", one.id));
    let cancelled: JobView = service.client.delete(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(cancelled.status, JobStatus::Cancelled);

    let two: JobView = service.post_proof(request_body(ballot_statement(2)), None).await.json().await.unwrap();
    let three: JobView = service.post_proof(request_body(ballot_statement(3)), None).await.json().await.unwrap();
    for (id, query) in [(&two.id, "?cancel_on_disconnect=true"), (&three.id, "")] {
        let mut events = service.get_path(&format!("/v1/proofs/{id}/events{query}")).await;
        let first = String::from_utf8(events.chunk().await.unwrap().unwrap().to_vec()).unwrap();
        assert!(first.starts_with("event: status\ndata: {") && first.contains("\"queued\""), "{first}");
    }
    let left = service.get_path(&format!("/v1/proofs/{}?wait=10&seen=queued", two.id)).await;
    assert_eq!(left.json::<JobView>().await.unwrap().status, JobStatus::Cancelled);
    let stayed = service.get_path(&format!("/v1/proofs/{}", three.id)).await;
    assert_eq!(stayed.json::<JobView>().await.unwrap().status, JobStatus::Queued);
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_report_every_status_until_the_end() {
    let service = start_service(|_| {}).await;
    let view: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    let text = service.get_path(&format!("/v1/proofs/{}/events", view.id)).await.text().await.unwrap();
    let last = text.trim_end().rsplit("\n\n").next().unwrap().strip_prefix("event: status\ndata: ").unwrap();
    let last: JobView = serde_json::from_str(last).unwrap();
    assert!(last.status == JobStatus::Done && is_proof_valid(&circuits(), &ballot_statement(1), &last), "{text}");
    service.running.stop().await;
}

/// Clients that send half a request and then wait do not block others.
#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_do_not_block_others() {
    let service = start_service(|_| {}).await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = tokio::net::TcpStream::connect(service.running.public_address()).await.unwrap();
        let head = "POST /v1/proofs HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"chain_id\"";
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let view: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    assert_eq!(service.wait_for_job(&view.id).await.status, JobStatus::Done);
    drop(slow);
    service.running.stop().await;
}

/// A connection that sends nothing is closed.
#[tokio::test(flavor = "multi_thread")]
async fn silent_connection_is_closed() {
    use tokio::io::AsyncReadExt;
    let service = start_service(|config| config.prover.remote_workers = true).await;
    let mut silent = tokio::net::TcpStream::connect(service.running.public_address()).await.unwrap();
    let mut half = tokio::net::TcpStream::connect(service.running.public_address()).await.unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    for stream in [&mut silent, &mut half] {
        let closed = tokio::time::timeout(Duration::from_secs(25), stream.read_to_end(&mut Vec::new())).await;
        assert!(closed.is_ok(), "the connection is still open");
    }
    service.running.stop().await;
}

/// An accepted job is proved by the next process; a finished one is still there.
#[tokio::test(flavor = "multi_thread")]
async fn accepted_jobs_survive_a_shutdown() {
    let first = start_service(|config| config.prover.remote_workers = true).await;
    let waiting: JobView =
        first.post_proof(request_body(ballot_statement(1)), Some("a key")).await.json().await.unwrap();
    let folder = first.folder.clone();
    first.running.stop().await;

    let second = start_service_in(folder.clone(), |_| {}).await;
    let again: JobView =
        second.post_proof(request_body(ballot_statement(1)), Some("a key")).await.json().await.unwrap();
    assert_eq!(again.id, waiting.id);
    let view = second.wait_for_job(&waiting.id).await;
    assert!(is_proof_valid(&circuits(), &ballot_statement(1), &view));
    second.running.stop().await;

    let third = start_service_in(folder, |_| {}).await;
    assert_eq!(third.wait_for_job(&waiting.id).await.proof, view.proof);
    assert_eq!(third.metric_sum("psephos_proofs_total").await, 0);
    third.running.stop().await;
}

/// During a shutdown the service finishes the jobs it has begun, takes no new ones, and reports that it is closing.
#[tokio::test(flavor = "multi_thread")]
async fn shutdown_finishes_jobs_in_progress() {
    let service = start_service(|_| {}).await;
    let view: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    let (client, url) = (service.client.clone(), service.service_url(""));
    let waiting = {
        let (client, url) = (client.clone(), format!("{url}/v1/proofs/{}?wait=30&seen=proving", view.id));
        tokio::spawn(async move { client.get(url).send().await.unwrap().json::<JobView>().await.unwrap() })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    service.running.stop().await;
    assert!(waiting.await.unwrap().status.is_final());
    assert!(client.get(format!("{url}/healthz")).send().await.is_err(), "the service has stopped");
}
