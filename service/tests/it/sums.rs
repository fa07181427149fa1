//! Two services that make a proof together: what each receives, what is refused, and lies.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use psephos_chain::{Network, Purpose};
use psephos_circuits::{catalogue::Name, dealing::DealingCircuit};
use psephos_client::{
    Silent,
    remote::{RemoteProverError, Service, TwoProvers},
};
use psephos_prover::{KeyRing, KeyRingError, Proof, ProveError, encoding::to_word, examples::Example};
use psephos_service::http::generate_token;
use psephos_submission::proofs::circuit_of;
use psephos_testkit::RecordingProxy;
use psephos_wire::{
    proof::{Statement, StatementKind},
    sums::{SUMS_HEADER_BYTES, SharePart, SumsHeader},
};
use zeroize::Zeroizing;

use crate::{
    canary::{assert_absent_in_files, secret_forms},
    support::{LOCAL, TestService, ballot_statement, circuits, parse_problem, start_service},
};

fn two_provers(network: &Network, first: &str, second: &str) -> TwoProvers {
    let service = |url: &str, purpose| Service::new(url, network, purpose, None).unwrap();
    TwoProvers::new(service(first, Purpose::Prove), service(second, Purpose::ProveToo)).unwrap()
}

async fn prove(provers: &TwoProvers, keys: &KeyRing, statement: Statement) -> Result<Proof, RemoteProverError> {
    provers.prove_statement(keys, LOCAL, statement, &Silent).await
}

fn verify(keys: &KeyRing, statement: &Statement, proof: &Proof) {
    let key = keys.verifying_key(circuit_of(statement).unwrap()).unwrap();
    key.verify(proof, &statement.to_inputs()).unwrap();
}

/// Both views, recorded on the way to the services: a seed and a name, and elements that are in no relation to the
/// witness or to those of another proof of the same witness. Neither is in a file of a service afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn neither_service_receives_anything_of_the_witness() {
    let (one, two) = (start_service(|_| {}).await, start_service(|_| {}).await);
    let hosts = [("one.onion", one.service_url("")), ("two.onion", two.service_url(""))];
    let proxy = RecordingProxy::start(&hosts.each_ref().map(|(name, url)| (*name, url.as_str()))).await;
    let network = Network::through(&proxy.url(), "here").unwrap();
    let (keys, statement) = (circuits(), ballot_statement(77));
    let length = keys.share_length(Name::Ballot3, &keys.verifying_key(Name::Ballot3).unwrap().info().key_hash).unwrap();
    let mut traces = secret_forms(&statement);
    traces.extend(statement.to_inputs().into_iter().map(|input| to_word(input).to_vec()));
    let mut seen: HashSet<Vec<u8>> = HashSet::new();
    let mut proofs = Vec::new();
    for _ in 0..2 {
        let provers = two_provers(&network, "http://one.onion", "http://two.onion");
        let proof = prove(&provers, &keys, statement.clone()).await.unwrap();
        verify(&keys, &statement, &proof);
        proofs.push(proof);
        let requests = proxy.take_requests();
        assert_eq!(requests.len(), 2);
        let sent_to = |host: &str| requests.iter().find(|request| request.host == host).unwrap();
        let (first, second) = (sent_to("one.onion"), sent_to("two.onion"));
        assert_ne!(first.user, second.user, "on Tor both would see one exit");
        assert_eq!(first.body.len(), SUMS_HEADER_BYTES + 32);
        assert_eq!(second.body.len(), SUMS_HEADER_BYTES + 32 * length);
        for request in [first, second] {
            assert!(request.head.starts_with("POST /v1/sums "), "{}", request.head);
            let (header, payload) = request.body.split_first_chunk().unwrap();
            let header = SumsHeader::parse(header).unwrap();
            assert_eq!(
                (header.circuit.as_str(), header.part == SharePart::Seed),
                ("ballot-3", request.user == first.user)
            );
            for trace in &traces {
                let found = [request.head.as_bytes(), request.body.as_slice()].iter().any(|text| contains(text, trace));
                assert!(!found, "a value of the statement is sent to {}", request.host);
            }
            for word in payload.chunks(32) {
                assert!(seen.insert(word.to_vec()), "an element is sent twice to {}", request.host);
            }
        }
    }
    assert_ne!(proofs[0], proofs[1]);
    for service in [one, two] {
        assert_eq!(service.metric_sum("psephos_sums_total{statement=\"ballot\"}").await, 2);
        assert_eq!(service.metric_sum("psephos_proof_requests_total").await, 0, "nothing is queued");
        let folder = service.folder.clone();
        service.running.stop().await;
        let sample: Vec<Vec<u8>> = seen.iter().take(40).cloned().collect();
        assert!(assert_absent_in_files(folder.path(), &sample) >= 2, "the queue and its key");
    }
}

fn contains(text: &[u8], trace: &[u8]) -> bool {
    text.windows(trace.len()).any(|window| window == trace)
}

#[tokio::test(flavor = "multi_thread")]
async fn dealings_are_proved_where_both_services_accept_them() {
    let accepting = |config: &mut psephos_service::config::Config| config.prover.sums.push(StatementKind::Dealing);
    let (one, two) = (start_service(accepting).await, start_service(accepting).await);
    let provers = two_provers(&Network::direct(), &one.service_url(""), &two.service_url(""));
    let dealing = DealingCircuit::<5>::example();
    let statement = Statement::Dealing(dealing.instance, dealing.witness);
    let keys = circuits();
    verify(&keys, &statement, &prove(&provers, &keys, statement.clone()).await.unwrap());
    // By default it is refused, by name and before the share is read.
    let other = start_service(|_| {}).await;
    let provers = two_provers(&Network::direct(), &one.service_url(""), &other.service_url(""));
    let refused = prove(&provers, &keys, statement).await.unwrap_err();
    let text = refused.to_string();
    assert!(text.contains("not_taken") && text.contains(&other.running.public_address().to_string()), "{text}");
    for service in [one, two, other] {
        service.running.stop().await;
    }
}

#[test]
fn one_service_named_twice_is_refused() {
    let service = |url: &str| Service::new(url, &Network::direct(), Purpose::Prove, None).unwrap();
    for (first, second) in [
        ("https://prover.example", "https://prover.example"),
        ("https://prover.example", "https://PROVER.example:443/below?key=1"),
        ("https://prover.example/one", "https://user@prover.example./two"),
        ("http://127.0.0.1:8640", "http://127.0.0.1:8640/"),
    ] {
        let refused = TwoProvers::new(service(first), service(second)).err();
        assert!(matches!(refused, Some(RemoteProverError::SameProver { .. })), "{first} {second}");
    }
    for (first, second, one_operator) in [
        ("https://one.example", "https://two.example", false),
        ("https://a.prover.example.com", "https://b.prover.example.com", true),
        ("http://127.0.0.1:8640", "http://127.0.0.1:8641", true),
    ] {
        let provers = TwoProvers::new(service(first), service(second)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(provers.have_one_operator(), one_operator, "{first} {second}");
    }
}

/// A statement that does not hold is noticed here, and nothing is sent.
#[tokio::test(flavor = "multi_thread")]
async fn false_statement_is_sent_to_no_one() {
    let (keys, counter) = (circuits(), Middleman::start(None, |_| StatusCode::OK.into_response()).await);
    let provers = two_provers(&Network::direct(), &counter.url, &counter.url.replace("127.0.0.1", "localhost"));
    let Statement::Ballot(instance, mut witness) = ballot_statement(1) else { unreachable!() };
    witness.x = vec![1, 1, 0];
    let refused = prove(&provers, &keys, Statement::Ballot(instance, witness)).await.unwrap_err();
    assert!(refused.to_string().contains("rule"), "{refused}");
    let on_mainnet =
        provers.prove_statement(&keys, psephos_protocol::identifiers::ChainId::new(1), ballot_statement(1), &Silent);
    assert!(matches!(on_mainnet.await, Err(RemoteProverError::Keys(KeyRingError::Key(_)))));
    assert_eq!(counter.bodies().len(), 0);
}

/// A server before a service: it records what it receives, and changes what is returned.
struct Middleman {
    url: String,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Middleman {
    /// Starts a server before a service; without one, the answer is made of nothing.
    async fn start(
        service: Option<&TestService>,
        change: impl Fn(Vec<u8>) -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let received = Arc::new(Mutex::new(Vec::new()));
        let behind = service.map(|service| (service.client.clone(), service.service_url("/v1/sums")));
        let record = received.clone();
        let handler = move |body: Bytes| async move {
            record.lock().unwrap().push(body.to_vec());
            let answer = match behind {
                None => Vec::new(),
                Some((client, url)) => {
                    let request = client.post(url).header("content-type", "application/octet-stream").body(body);
                    request.send().await.unwrap().bytes().await.unwrap().to_vec()
                }
            };
            change(answer)
        };
        let routes = Router::new().route("/v1/sums", post(handler)).layer(axum::extract::DefaultBodyLimit::disable());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, received }
    }

    fn bodies(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap().clone()
    }
}

fn binary(answer: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], answer).into_response()
}

/// Whichever service lies, and however: one error, in the same words, after one request to each.
#[tokio::test(flavor = "multi_thread")]
async fn lies_are_noticed_and_the_error_names_no_service() {
    let (keys, service) = (circuits(), start_service(|_| {}).await);
    let honest = Middleman::start(Some(&service), binary).await;
    type Lie = fn(Vec<u8>) -> Vec<u8>;
    let lies: [(&str, Lie); 7] = [
        ("A and C exchanged", |answer| [&answer[192..], &answer[64..192], &answer[..64]].concat()),
        ("another point for A: (1, 2)", |mut answer| {
            answer[..64].fill(0);
            (answer[31], answer[63]) = (1, 2);
            answer
        }),
        ("B at infinity", |mut answer| {
            answer[64..192].fill(0);
            answer
        }),
        ("C off the curve", |mut answer| {
            answer[255] ^= 1;
            answer
        }),
        ("too short", |answer| answer[..255].to_vec()),
        ("too long", |answer| [&answer[..], &[0]].concat()),
        ("empty", |_| Vec::new()),
    ];
    let statement = ballot_statement(5);
    let mut texts = HashSet::new();
    for (name, lie) in lies {
        for liar_is_first in [true, false] {
            let liar = Middleman::start(Some(&service), move |answer| binary(lie(answer))).await;
            let before = honest.bodies().len();
            let (first, second) = if liar_is_first { (&liar, &honest) } else { (&honest, &liar) };
            let refused =
                prove(&two_provers(&Network::direct(), &first.url, &second.url), &keys, statement.clone()).await;
            let refused = refused.err().unwrap_or_else(|| panic!("{name} is accepted"));
            let invalid = matches!(refused, RemoteProverError::Keys(KeyRingError::Prove(ProveError::InvalidSums)));
            assert!(invalid, "{name}: {refused}");
            texts.insert(format!("{refused} {refused:?}"));
            assert_eq!((liar.bodies().len(), honest.bodies().len() - before), (1, 1), "{name}: one request to each");
        }
    }
    assert_eq!(texts.len(), 1, "{texts:?}");
    service.running.stop().await;
}

/// A service that is busy is asked again, with new shares for both.
#[tokio::test(flavor = "multi_thread")]
async fn shares_are_never_sent_twice() {
    let (keys, service) = (circuits(), start_service(|_| {}).await);
    let tries = Arc::new(AtomicUsize::new(0));
    let problem = r#"{"status":503,"code":"closing","detail":"retry in a moment","retry_after":0}"#;
    let busy_twice = move |answer: Vec<u8>| match tries.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => {
            (StatusCode::SERVICE_UNAVAILABLE, [("content-type", "application/problem+json")], problem).into_response()
        }
        _ => binary(answer),
    };
    let (first, second) =
        (Middleman::start(Some(&service), binary).await, Middleman::start(Some(&service), busy_twice).await);
    let statement = ballot_statement(6);
    let proof = prove(&two_provers(&Network::direct(), &first.url, &second.url), &keys, statement.clone()).await;
    verify(&keys, &statement, &proof.unwrap());
    let bodies = [first.bodies(), second.bodies()].concat();
    assert_eq!(bodies.len(), 6, "three tries");
    let mut seen = HashSet::new();
    for word in bodies.iter().flat_map(|body| body[SUMS_HEADER_BYTES..].chunks(32)) {
        assert!(seen.insert(word.to_vec()), "a share is sent twice");
    }
    service.running.stop().await;
}

fn header(keys: &KeyRing, circuit: Name, part: SharePart) -> SumsHeader {
    SumsHeader { key_hash: keys.verifying_key(circuit).unwrap().info().key_hash, circuit: circuit.to_string(), part }
}

async fn post_sums(service: &TestService, body: impl Into<reqwest::Body>) -> reqwest::Response {
    let request = service.client.post(service.service_url("/v1/sums"));
    request.header("content-type", "application/octet-stream").body(body).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_for_sums_are_refused_by_name() {
    let (keys, service) = (circuits(), start_service(|_| {}).await);
    let seed = header(&keys, Name::Ballot3, SharePart::Seed);
    let elements = header(&keys, Name::Ballot3, SharePart::Elements);
    let length = 32 * keys.share_length(Name::Ballot3, &seed.key_hash).unwrap();
    let request = |header: &SumsHeader, payload: &[u8]| header.to_request(payload).unwrap().to_vec();
    let above = |index: usize| {
        let mut payload = vec![0; length];
        payload[32 * index..][..32].fill(0xff);
        payload
    };
    let good = post_sums(&service, request(&seed, &[1; 32])).await;
    assert_eq!(
        (good.status(), good.headers()["content-type"].to_str().unwrap()),
        (StatusCode::OK, "application/octet-stream")
    );
    assert_eq!(good.bytes().await.unwrap().len(), 256);
    let other_key = SumsHeader { key_hash: [1; 32], ..seed.clone() };
    let named = |circuit: &str| SumsHeader { circuit: circuit.into(), ..seed.clone() };
    for (name, body, status, code) in [
        ("empty", Vec::new(), 400, "length"),
        ("half a header", request(&seed, &[])[..40].to_vec(), 400, "length"),
        ("another format", vec![b'{'; 200], 400, "malformed"),
        ("no seed", request(&seed, &[]), 400, "length"),
        ("short seed", request(&seed, &[1; 31]), 400, "length"),
        ("long seed", request(&seed, &[1; 33]), 413, "too_large"),
        ("no elements", request(&elements, &[]), 400, "length"),
        ("one element less", request(&elements, &vec![0; length - 32]), 400, "length"),
        ("one byte less", request(&elements, &vec![0; length - 1]), 400, "length"),
        ("one byte more", request(&elements, &vec![0; length + 1]), 413, "too_large"),
        ("first element above the order", request(&elements, &above(0)), 400, "malformed"),
        ("last element above the order", request(&elements, &above(length / 32 - 1)), 400, "malformed"),
        ("another key", request(&other_key, &[1; 32]), 422, "other_key"),
        ("unknown circuit", request(&named("ballot-4"), &[1; 32]), 422, "circuit"),
        ("a trustee's circuit", request(&named("decryption"), &[1; 32]), 422, "not_taken"),
    ] {
        let (actual, actual_code, text) = parse_problem(post_sums(&service, body).await).await;
        assert_eq!((actual, actual_code.as_str()), (status, code), "{name}: {text}");
    }
    let plain =
        service.client.post(service.service_url("/v1/sums")).body(request(&seed, &[1; 32])).send().await.unwrap();
    assert_eq!(parse_problem(plain).await.1, "media_type");
    assert_eq!(service.metric_sum("psephos_sums_total").await, 1);
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_need_a_token_and_workers_in_the_process() {
    let keys = circuits();
    let (token, hash) = generate_token();
    let guarded = start_service(|config| config.http.prover_tokens = vec![hash]).await;
    let seed = header(&keys, Name::Ballot3, SharePart::Seed).to_request(&[1; 32]).unwrap().to_vec();
    assert_eq!(parse_problem(post_sums(&guarded, seed.clone()).await).await.0, 401);
    let request = guarded.client.post(guarded.service_url("/v1/sums")).bearer_auth(token.as_str());
    let accepted = request.header("content-type", "application/octet-stream").body(seed.clone()).send().await.unwrap();
    assert_eq!(accepted.status(), StatusCode::OK);
    // The client sends the token of each service to that one alone.
    let open = start_service(|_| {}).await;
    let service = |url: String, purpose, token| Service::new(&url, &Network::direct(), purpose, token).unwrap();
    let first = service(guarded.service_url(""), Purpose::Prove, Some(Zeroizing::new(token.to_string())));
    let second = service(open.service_url(""), Purpose::ProveToo, None);
    let provers = TwoProvers::new(first, second).unwrap_or_else(|error| panic!("{error}"));
    prove(&provers, &keys, ballot_statement(2)).await.unwrap();
    let queueing = start_service(|config| config.prover.remote_workers = true).await;
    assert_eq!(parse_problem(post_sums(&queueing, seed.clone()).await).await.1, "not_taken");
    let limited = start_service(|config| (config.http.rate.per_minute, config.http.rate.burst) = (1, 1)).await;
    assert_eq!(post_sums(&limited, seed.clone()).await.status(), StatusCode::OK);
    assert_eq!(parse_problem(post_sums(&limited, seed).await).await.1, "rate_limited");
    for service in [guarded, open, queueing, limited] {
        service.running.stop().await;
    }
}
