//! Malformed, false and misplaced requests: all are rejected at once, and nothing is queued.

use std::time::{Duration, Instant};

use psephos_circuits::{dealing::DealingCircuit, decryption::DecryptionCircuit};
use psephos_protocol::identifiers::ChainId;
use psephos_prover::examples::Example;
use psephos_wire::proof::{MAX_REQUEST_BYTES, Statement};
use serde_json::Value;

use crate::support::{ballot_statement, parse_problem, request_body, request_body_for, start_service};

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_are_rejected_quickly_and_never_proved() {
    let service = start_service(|_| {}).await;
    let good = request_body(ballot_statement(1));
    let replaced = |from: &str, to: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from}");
        changed
    };
    let Statement::Ballot(instance, mut witness) = ballot_statement(1) else { unreachable!() };
    witness.x = vec![2, 0, 0];
    let false_statement = request_body(Statement::Ballot(instance, witness));
    let position = good.find("\"nk\":\"0x").unwrap() + 8;
    let above = format!("{}ffff{}", &good[..position], &good[position + 4..]);
    let decryption = DecryptionCircuit::example();
    let dealing = DealingCircuit::<5>::example();
    let refused = [
        (String::new(), 400, "malformed"),
        ("{".into(), 400, "malformed"),
        ("null".into(), 400, "malformed"),
        (format!("{good}{good}"), 400, "malformed"),
        (replaced("\"weight\"", "\"wait\""), 400, "malformed"),
        (replaced("\"weight\":1000", "\"weight\":1000,\"weight\":1000"), 400, "malformed"),
        (replaced("\"weight\":1000", "\"weight\":-1"), 400, "malformed"),
        (above, 400, "malformed"),
        (replaced("\"ballot\"", "\"vote\""), 400, "malformed"),
        (format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)), 400, "malformed"),
        (format!("{good}{}", " ".repeat(MAX_REQUEST_BYTES)), 413, "too_large"),
        ("x".repeat(100_000), 413, "too_large"),
        (false_statement, 422, "statement"),
        (replaced("\"weight\":1000", "\"weight\":1001"), 422, "statement"),
        (request_body_for(ChainId::new(1), ballot_statement(1)), 422, "development_key"),
        (request_body(Statement::Decryption(decryption.instance, decryption.witness)), 422, "not_taken"),
        (request_body(Statement::Dealing(dealing.instance, dealing.witness)), 422, "not_taken"),
    ];
    for (body, status, code) in refused {
        let start = body.chars().take(60).collect::<String>();
        let sent = Instant::now();
        let (actual, actual_code, text) = parse_problem(service.post_proof(body, None).await).await;
        assert_eq!((actual, actual_code.as_str()), (status, code), "{start}: {text}");
        // A proof in this build profile takes longer; the rejection comes before any proof.
        assert!(sent.elapsed() < Duration::from_secs(2), "{start}: {:?}", sent.elapsed());
        assert!(!text.contains("ffff") && !text.contains("1001"), "the response repeats the input: {text}");
        if status == 422 && code == "statement" {
            let problem: Value = serde_json::from_str(&text).unwrap();
            assert!(!problem["clause"].as_str().unwrap().is_empty());
        }
    }
    for line in ["psephos_proof_requests_total", "psephos_proofs_total", "psephos_proof_ends_total"] {
        assert_eq!(service.metric_sum(line).await, 0, "{line}");
    }
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_errors_are_problem_responses() {
    let service = start_service(|_| {}).await;
    let unknown = format!("/v1/proofs/{}", "0".repeat(32));
    for (path, status) in [
        (unknown.as_str(), 404),
        ("/v1/proofs/xyz", 404),
        ("/v1/proofs/%ff", 400),
        (&format!("{unknown}?wait=soon"), 400),
        (&format!("{unknown}?more=1"), 400),
        (&format!("{unknown}/events"), 404),
        ("/nowhere", 404),
        ("/v1/../etc/passwd", 404),
    ] {
        assert_eq!(parse_problem(service.get_path(path).await).await.0, status, "{path}");
    }
    let put = service.client.put(service.service_url("/v1/proofs")).send().await.unwrap();
    assert!(put.headers().contains_key("allow"));
    assert_eq!(parse_problem(put).await.0, 405);
    let plain = service
        .client
        .post(service.service_url("/v1/proofs"))
        .body(request_body(ballot_statement(1)))
        .send()
        .await
        .unwrap();
    assert_eq!(parse_problem(plain).await.0, 415);
    for key in ["", &"k".repeat(129)] {
        assert_eq!(parse_problem(service.post_proof(request_body(ballot_statement(1)), Some(key)).await).await.0, 400);
    }
    let deleted = service.client.delete(service.service_url(&unknown)).send().await.unwrap();
    assert_eq!(parse_problem(deleted).await.0, 404);
    service.running.stop().await;
}
