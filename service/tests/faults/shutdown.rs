//! The service stops while clients hold event streams open, or wait for a change.

use std::time::{Duration, Instant};

use psephos_wire::proof::{JobStatus, JobView};

use crate::{
    fixture::report_recovery,
    support::{ballot_statement, request_body, start_service, start_service_in},
};

#[tokio::test(flavor = "multi_thread")]
async fn event_streams_end_with_a_retry_hint() {
    let service = start_service(|config| config.prover.remote_workers = true).await;
    let view: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    // The job is not abandoned by a shutdown, whatever its client asked for.
    let path = format!("/v1/proofs/{}/events?cancel_on_disconnect=true", view.id);
    let mut events = service.get_path(&path).await;
    let first = String::from_utf8(events.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.contains("\"queued\""), "{first}");
    let folder = service.folder.clone();
    let start = Instant::now();
    let rest = tokio::spawn(events.text());
    service.running.stop().await;
    report_recovery("SIGTERM with an open event stream", start.elapsed());
    let rest = rest.await.unwrap().expect("the stream ends in order");
    assert!(rest.contains("retry: 2000\n"), "{rest:?}");

    let again = start_service_in(folder, |config| config.prover.remote_workers = true).await;
    let stored: JobView = again.get_path(&format!("/v1/proofs/{}", view.id)).await.json().await.unwrap();
    assert_eq!(stored.status, JobStatus::Queued);
    again.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_requests_are_answered() {
    let service = start_service(|config| config.prover.remote_workers = true).await;
    let view: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    let url = service.service_url(&format!("/v1/proofs/{}?wait=30&seen=queued", view.id));
    let waiting = tokio::spawn(service.client.get(url).send());
    // Until the request has arrived.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    service.running.stop().await;
    report_recovery("SIGTERM with a request that waits", start.elapsed());
    let answer: JobView = waiting.await.unwrap().expect("an answer").json().await.unwrap();
    assert_eq!(answer.status, JobStatus::Queued);
}
