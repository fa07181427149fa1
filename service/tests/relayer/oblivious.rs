//! Ballots through a relay and a gateway: accepted as others are, and seen by neither as what they are.

use std::collections::BTreeSet;

use psephos_chain::hex;
use psephos_client::remote::{
    ServiceError,
    relay::{RemoteRelayer, RemoteRelayerError},
};
use psephos_protocol::encryption::encrypt_values;
use psephos_state::record::BallotRecord;
use psephos_testkit::RecordedRequest;
use psephos_wire::{
    Package,
    ballot::Contents,
    oblivious::{REQUEST_BYTES, REQUEST_OVERHEAD, RESPONSE_BYTES, RESPONSE_OVERHEAD},
    relay::{Receipt, SubmissionStage, ballot_id},
};
use reqwest::StatusCode;

use crate::{
    local_system::LocalSystem,
    oblivious_system::{ObliviousSystem, inner, post_bytes, problem_in, url_of},
};

/// The sizes of every encapsulated request and response, in bytes.
const SIZES: (usize, usize) = (REQUEST_BYTES + REQUEST_OVERHEAD, RESPONSE_BYTES + RESPONSE_OVERHEAD);

#[tokio::test(flavor = "multi_thread")]
async fn ballot_through_relay_and_gateway_is_accepted_and_seen_by_neither() {
    let system = LocalSystem::new(2).await;
    let poll = system.open_poll().await;
    let package = system.prove_ballot(poll, 0, 1, false).await;
    let closes_at = system.read_chain_state().await.polls[&poll].parameters.closes_at;
    let services = ObliviousSystem::start(&system).await;
    let voter = services.voter();

    let info = voter.fetch_info(&system.deployment).await.unwrap();
    let promise = voter.submit_ballot(&info, &package, closes_at).await.unwrap();
    promise.receipt.verify().unwrap();
    assert_eq!(promise.receipt.id, ballot_id(&package, &package.contents().unwrap()));
    wait_until_final(&voter, &promise.receipt).await;
    // Handing over again, and a request that the relay repeats, change nothing and get the same receipt.
    assert_eq!(voter.submit_ballot(&info, &package, closes_at).await.unwrap(), promise);
    let sent = services.to_relay.take_requests();
    replay_all(&services, &sent).await;
    assert_eq!(voter.submit_ballot(&info, &package, closes_at).await.unwrap(), promise);
    system.assert_included_once(std::slice::from_ref(&package)).await;

    // What the relay received: requests of one size to itself, and nothing of the ballot.
    assert!(sent.len() >= 4);
    for request in &sent {
        assert_eq!(request.host, "relay.onion", "nothing goes around the relay");
        assert_eq!(request.body.len(), SIZES.0);
        assert!(request.head.starts_with("POST /v1/ohttp-relay HTTP/1.1\r\n"), "{}", request.head);
        require_absent(request, &package);
    }
    // What it passed on: the same bytes, with no header of the voter's.
    let passed = services.to_gateway.take_requests();
    let bodies = |requests: &[RecordedRequest]| requests.iter().map(|one| one.body.clone()).collect::<BTreeSet<_>>();
    assert!(bodies(&passed).is_superset(&bodies(&sent)));
    for request in &passed {
        assert_eq!(request.host, "gateway.onion");
        require_absent(request, &package);
        require_bare(request);
    }
    services.stop().await;
}

async fn wait_until_final(voter: &RemoteRelayer, receipt: &Receipt) {
    for _ in 0..1_500 {
        if voter.fetch_submission_status(receipt).await.unwrap().stage == SubmissionStage::Final {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the ballot did not become final");
}

/// Sends recorded requests once more, as a relay could, with headers by which a voter could be told apart.
async fn replay_all(services: &ObliviousSystem, sent: &[RecordedRequest]) {
    let url = format!("{}/v1/ohttp-relay", url_of(&services.relay));
    for request in sent {
        let again = services.client.post(&url).header("content-type", "message/ohttp-req").header("cookie", "canary=1");
        let again = again.header("x-forwarded-for", "192.0.2.7").header("authorization", "Bearer canary");
        let again = again.header("user-agent", "canary").header("forwarded", "for=192.0.2.7");
        let response = again.body(request.body.clone()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.bytes().await.unwrap().len(), SIZES.1);
    }
}

/// Requires that nothing of a ballot is in a request, the nullifier neither, nor the path that it was handed to.
fn require_absent(request: &RecordedRequest, package: &Package) {
    let whole = [request.head.as_bytes(), &request.body].concat();
    let json = package.to_json();
    // The words of the ballot record: proof, statement hash, nullifier, note commitment, ciphertext.
    let words: Vec<Vec<u8>> = hex::decode(&package.record).unwrap().chunks(32).map(<[u8]>::to_vec).collect();
    assert!(words.len() > 10);
    let texts = words.iter().map(|word| hex::encode(word).into_bytes()).chain(words.iter().cloned());
    let texts = texts.chain([b"v1/ballots".to_vec(), b"v1/relay".to_vec(), json.as_bytes()[..40].to_vec()]);
    for secret in texts.collect::<Vec<_>>() {
        let found = whole.windows(secret.len()).any(|part| part.eq_ignore_ascii_case(&secret));
        assert!(!found, "{} holds {}", request.head, String::from_utf8_lossy(&secret));
    }
}

/// Requires that a request has the headers alone that every request must have.
fn require_bare(request: &RecordedRequest) {
    let names: BTreeSet<String> =
        request.head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0.to_ascii_lowercase())).collect();
    assert_eq!(
        names.iter().map(String::as_str).collect::<Vec<_>>(),
        ["accept", "content-length", "content-type", "host"]
    );
    assert!(request.head.starts_with("POST /ohttp HTTP/1.1\r\n") && !request.head.contains("192.0.2.7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_requests_and_responses_have_one_size() {
    let system = LocalSystem::new(1).await;
    let poll = system.open_poll().await;
    let three = system.prove_ballot(poll, 0, 1, false).await;
    let services = ObliviousSystem::start(&system).await;
    let eight = ballot_of_eight(&three);
    assert!(eight.to_json().len() > three.to_json().len() + 500, "the packages differ");
    let unknown = format!("/v1/ballots/0x{}", "0".repeat(64));
    let known = format!("/v1/ballots/{}", ballot_id(&three, &three.contents().unwrap()));
    for (method, path, body, status) in [
        ("GET", "/v1/relay", "", 200),
        ("POST", "/v1/ballots", &eight.to_json()[..], 422),
        ("POST", "/v1/ballots", &three.to_json(), 202),
        ("POST", "/v1/ballots", "{}", 400),
        ("POST", "/v1/claims", "{}", 400),
        ("GET", &known, "", 200),
        ("GET", &unknown, "", 404),
        ("GET", "/nowhere", "", 404),
    ] {
        let request = inner(method, path, body).encode().unwrap();
        assert_eq!(services.seal(&request).0.len(), SIZES.0, "{path}");
        let (size, response) = services.exchange(&request).await;
        assert_eq!((size, response.status), (SIZES.1, status), "{path} {}", String::from_utf8_lossy(&response.body));
    }
    // A voter's own client does not send other sizes.
    let voter = services.voter();
    let info = voter.fetch_info(&system.deployment).await.unwrap();
    for package in [&three, &eight] {
        let _ = voter.submit_ballot(&info, package, u64::MAX).await;
    }
    let sizes: BTreeSet<usize> = services.to_relay.take_requests().iter().map(|request| request.body.len()).collect();
    assert_eq!(sizes, BTreeSet::from([SIZES.0]));
    services.stop().await;
}

/// Returns a package of eight options for a poll of three, with a proof that is of neither.
fn ballot_of_eight(three: &Package) -> Package {
    use psephos_protocol::{Point, Scalar, committee::KeyVector};
    let Contents { record, .. } = three.contents().unwrap();
    let keys = KeyVector::new(std::array::from_fn(|j| Point::generator().mul_u64(j as u64 + 9))).unwrap();
    let mut posted = record.posted;
    posted.ciphertext = encrypt_values(&[0, 0, 0, 0, 0, 0, 0, 1], &keys, &Scalar::from(3u64));
    let contents = Contents { record: BallotRecord { proof: record.proof, posted }, old: None };
    let mut deployment = psephos_state::deployment::placeholder(|_| three.polls);
    (deployment.chain_id, deployment.polls) = (three.chain_id, three.polls);
    Package::new(&deployment, (three.poll, three.fingerprint), three.chamber, &contents)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_but_the_relayer_is_refused_inside() {
    let system = LocalSystem::new(1).await;
    let services = ObliviousSystem::start(&system).await;
    assert_eq!(services.ask("GET", "/v1/relay", "").await.status, 200);
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/docs",
        "/metrics",
        "/v1/indexer",
        "/v1/proofs",
        "/v1/polls",
        "/ohttp",
        "/ohttp-keys",
        "/.well-known/ohttp-gateway",
        "/v1/ohttp-relay",
        "//v1/relay",
        "/v1/relay/",
        "v1/relay",
        "",
        "*",
        "https://other.example/v1/relay",
        "/v1/relay\r\nx: y",
        "/v1/ballots/../../healthz",
    ] {
        for method in ["GET", "POST", "CONNECT"] {
            assert_eq!(problem_in(&services.ask(method, path, "").await).0, 404, "{method} {path:?}");
        }
    }
    assert_eq!(problem_in(&services.ask("DELETE", "/v1/ballots", "").await), (405, "method".into()));
    assert_eq!(services.ask("no method", "/v1/relay", "").await.status, 404);
    // The limits of the relayer's routes hold inside too.
    let oversized = " ".repeat(psephos_wire::ballot::MAX_BYTES + 1);
    assert_eq!(problem_in(&services.ask("POST", "/v1/ballots", &oversized).await), (413, "too_large".into()));
    let oversized = " ".repeat(psephos_wire::claim::MAX_CLAIM_BYTES + 1);
    assert_eq!(problem_in(&services.ask("POST", "/v1/claims", &oversized).await), (413, "too_large".into()));
    // What is not binary HTTP of the one size is refused inside: the relay does not learn it.
    let mut noise = inner("GET", "/v1/relay", "").encode().unwrap();
    for message in [noise[..REQUEST_BYTES - 1].to_vec(), vec![0xff; REQUEST_BYTES], vec![7; 9]] {
        assert_eq!(problem_in(&services.exchange(&message).await.1), (400, "malformed".into()));
    }
    *noise.last_mut().unwrap() = 1;
    assert_eq!(problem_in(&services.exchange(&noise).await.1), (400, "malformed".into()));
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_the_relayer_come_back_as_they_are() {
    let system = LocalSystem::new(1).await;
    let poll = system.open_poll().await;
    let package = system.prove_ballot(poll, 0, 1, false).await;
    let services = ObliviousSystem::start(&system).await;
    let voter = services.voter();
    let info = voter.fetch_info(&system.deployment).await.unwrap();
    let wrong = Package { chain_id: psephos_protocol::identifiers::ChainId::new(1), ..package };
    let error = voter.submit_ballot(&info, &wrong, u64::MAX).await.unwrap_err();
    let RemoteRelayerError::Service(ServiceError::Refused { status, code, .. }) = &error else { panic!("{error}") };
    assert_eq!((*status, code.as_str()), (422, "wrong_chain"));
    // The relay answers in place of the gateway only where nothing was read.
    let url = format!("{}/v1/ohttp-relay", url_of(&services.relay));
    assert_eq!(post_bytes(&services.client, &url, vec![1; 100]).await.status(), StatusCode::BAD_REQUEST);
    services.stop().await;
}
