//! Access control, rate limit, and transport security.

use psephos_service::{config::Config, http::generate_token, serve};
use psephos_wire::proof::JobView;
use reqwest::{Certificate, Client, StatusCode};
use serde_json::{Value, json};

use crate::support::{ballot_statement, parse_problem, request_body, start_service, test_resources, test_settings};

#[tokio::test(flavor = "multi_thread")]
async fn token_is_required_and_jobs_belong_to_their_owners() {
    let ((one, one_hash), (other, other_hash)) = (generate_token(), generate_token());
    let service = start_service(|config| {
        config.http.prover_tokens = vec![one_hash, other_hash];
        config.prover.remote_workers = true;
    })
    .await;
    assert_eq!(parse_problem(service.post_proof(request_body(ballot_statement(1)), None).await).await.0, 401);
    let url = service.service_url("/v1/proofs");
    let post = |token: &str| {
        let request = service.client.post(&url).bearer_auth(token).header("content-type", "application/json");
        request.header("idempotency-key", "same").body(request_body(ballot_statement(1))).send()
    };
    let first: JobView = post(&one).await.unwrap().json().await.unwrap();
    let second: JobView = post(&other).await.unwrap().json().await.unwrap();
    assert_ne!(first.id, second.id, "idempotency keys are separate per owner");
    let get = |id: &str, token: &str| service.client.get(format!("{url}/{id}")).bearer_auth(token).send();
    assert_eq!(get(&first.id, &one).await.unwrap().status(), StatusCode::OK);
    assert_eq!(parse_problem(get(&first.id, &other).await.unwrap()).await.0, 404);
    assert_eq!(parse_problem(get(&first.id, "guess").await.unwrap()).await.0, 401);
    let delete = service.client.delete(format!("{url}/{}", first.id)).bearer_auth(other.as_str()).send();
    assert_eq!(parse_problem(delete.await.unwrap()).await.0, 404);
    for open in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(service.get_path(open).await.status(), StatusCode::OK, "{open}");
    }
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limited_client_gets_retry_after() {
    let service = start_service(|config| (config.http.rate.per_minute, config.http.rate.burst) = (1, 3)).await;
    for _ in 0..3 {
        assert_eq!(service.get_path("/v1/proofs").await.status(), StatusCode::OK);
    }
    let refused = service.get_path("/v1/proofs").await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(parse_problem(refused).await.1, "rate_limited");
    assert_eq!(service.get_path("/healthz").await.status(), StatusCode::OK, "health is not limited");
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_served_and_public_plaintext_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut config: Config = test_settings(folder.path());
    config.http.tls_certificate = Some(certificate.clone());
    config.http.tls_key = Some(key);
    let running = serve::start_service(&config, test_resources()).await.unwrap();
    let root = Certificate::from_pem(&std::fs::read(&certificate).unwrap()).unwrap();
    let client = Client::builder().tls_certs_only([root]).build().unwrap();
    let url = format!("https://localhost:{}/healthz", running.public_address().port());
    assert_eq!(client.get(url).send().await.unwrap().text().await.unwrap(), "ok");
    running.stop().await;

    let mut open = test_settings(folder.path());
    open.http.listen = "0.0.0.0:0".parse().unwrap();
    let refused = serve::start_service(&open, test_resources()).await.err().unwrap().to_string();
    assert!(refused.contains("there is no TLS"), "{refused}");
}

/// While a key is being loaded the service is alive but not ready, and reports which part of which component is not.
#[tokio::test(flavor = "multi_thread")]
async fn unready_component_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = test_settings(folder.path());
    config.prover.keys_loaded = vec!["dealing-16".into(), "dealing-5".into()];
    let running = serve::start_service(&config, test_resources()).await.unwrap();
    let url = |path: &str| format!("http://{}{path}", running.public_address());
    let response = reqwest::get(url("/readyz")).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let expected = json!({ "ready": false, "components": [{ "name": "prover", "ready": false, "parts": [
        { "name": "keys", "ready": false, "obstacle": "the keys are being loaded" },
        { "name": "queue", "ready": true },
    ] }] });
    assert_eq!(response.json::<Value>().await.unwrap(), expected);
    assert_eq!(reqwest::get(url("/healthz")).await.unwrap().status(), StatusCode::OK);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn status_page_metrics_and_description_are_served() {
    let service = start_service(|_| {}).await;
    let view: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    service.wait_for_job(&view.id).await;
    let page = service.get_admin_page("/").await;
    for shown in ["prover", "ready", "<svg", "proofs in the last minute</dt><dd>1<"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let metrics = service.get_admin_page("/metrics").await;
    assert!(metrics.contains("psephos_proof_seconds_count{statement=\"ballot\"} 1") && metrics.ends_with("# EOF\n"));
    assert!(metrics.contains("route=\"/v1/proofs/{id}\""), "templates, not paths");
    for hidden in ["/metrics", "/status"] {
        assert_eq!(service.get_path(hidden).await.status(), StatusCode::NOT_FOUND, "{hidden} is the operator's");
    }
    let docs = service.get_path("/docs/").await;
    assert!(docs.status() == StatusCode::OK && docs.text().await.unwrap().contains("swagger"));
    service.running.stop().await;
}
