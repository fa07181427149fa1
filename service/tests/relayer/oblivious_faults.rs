//! What goes wrong between a voter, a relay and a gateway: every case has its error, and nothing goes around the relay.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Body, response::Response};
use psephos_chain::Network;
use psephos_client::remote::{
    ServiceError,
    oblivious::{GatewayKey, ObliviousError, ObliviousRelay},
    relay::{RemoteRelayer, RemoteRelayerError},
};
use psephos_service::{
    clock::Clock,
    ohttp::{KEY_FILE, PREVIOUS_KEY_FILE},
    serve::{self, ServiceResources},
};
use psephos_wire::oblivious::{KEYS_TYPE, RESPONSE_TYPE};
use reqwest::Client;

use crate::{
    local_system::LocalSystem,
    oblivious_system::{ObliviousSystem, inner, post_bytes, problem_of, settings, start_gateway, start_relay, url_of},
};

/// Returns the error of a voter who asks a relayer for its description, through this relay.
async fn failure(system: &LocalSystem, relay: &str, relayer: &str, key: GatewayKey) -> ServiceError {
    let network = Network::direct();
    let relay = ObliviousRelay::new(relay, &network, key).unwrap();
    let voter = RemoteRelayer::new(relayer, &network).unwrap().through_relay(relay);
    match voter.fetch_info(&system.deployment).await.unwrap_err() {
        RemoteRelayerError::Service(error) => error,
        other => panic!("{other}"),
    }
}

fn oblivious(error: ServiceError) -> ObliviousError {
    match error {
        ServiceError::Oblivious(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_do_not_open_are_refused_by_name() {
    let system = LocalSystem::new(1).await;
    let services = ObliviousSystem::start(&system).await;
    let message = inner("GET", "/v1/relay", "").encode().unwrap();
    let (sealed, _) = services.seal(&message);
    let relay = format!("{}/v1/ohttp-relay", url_of(&services.relay));
    let gateway = format!("{}/ohttp", url_of(&services.gateway));
    for url in [&gateway, &relay] {
        for (index, expected) in
            [(0, (400, "ohttp_key")), (40, (422, "ohttp_damaged")), (9_000, (422, "ohttp_damaged"))]
        {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            let (status, code) = problem_of(post_bytes(&services.client, url, changed).await).await;
            assert_eq!((status, code.as_str()), expected, "{url} byte {index}");
        }
        let shorter = sealed[..sealed.len() - 1].to_vec();
        assert_eq!(problem_of(post_bytes(&services.client, url, shorter).await).await.1, "ohttp_damaged");
        let plain = services.client.post(url).body(sealed.clone()).send().await.unwrap();
        assert_eq!(problem_of(plain).await, (415, "media_type".into()));
        let oversized = post_bytes(&services.client, url, vec![0; 70_000]).await;
        assert_eq!(problem_of(oversized).await, (413, "too_large".into()));
    }
    // RFC 9458, section 5.2: the type of a problem about a key.
    let mut changed = sealed.clone();
    changed[0] ^= 1;
    let refused: serde_json::Value = services.post(changed).await.json().await.unwrap();
    assert_eq!(refused["type"], "https://iana.org/assignments/http-problem-types#ohttp-key");
    // One byte more than any request has.
    let oversized = [&sealed[..], &[0]].concat();
    assert_eq!(problem_of(services.post(oversized).await).await, (413, "too_large".into()));
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_key_is_named_once_the_previous_one_is_deleted() {
    let system = LocalSystem::new(1).await;
    let services = ObliviousSystem::start(&system).await;
    let (old, folder) = (services.key(), services.folder.path().to_owned());
    let ObliviousSystem { gateway, relay, folder: _kept, .. } = services;
    relay.stop().await;
    gateway.stop().await;
    std::fs::rename(folder.join(KEY_FILE), folder.join(PREVIOUS_KEY_FILE)).unwrap();
    for (previous, accepted) in [(true, true), (false, false)] {
        if !previous {
            std::fs::remove_file(folder.join(PREVIOUS_KEY_FILE)).unwrap();
        }
        let gateway = start_gateway(&system, &folder, |_| {}).await;
        let new = GatewayKey::parse(gateway.ohttp_keys().unwrap()).unwrap();
        assert_ne!(new, old);
        // What is shown is the new key, at both paths.
        for path in ["/ohttp-keys", "/.well-known/ohttp-gateway"] {
            let shown = reqwest::get(format!("{}{path}", url_of(&gateway))).await.unwrap();
            assert_eq!(shown.headers()["content-type"], KEYS_TYPE);
            assert_eq!(GatewayKey::parse(&shown.bytes().await.unwrap()), Ok(new.clone()));
        }
        let relay = start_relay(&format!("{}/.well-known/ohttp-gateway", url_of(&gateway)), Network::direct()).await;
        let relay_url = format!("{}/v1/ohttp-relay", url_of(&relay));
        for (key, accepted) in [(new, true), (old.clone(), accepted)] {
            let way = ObliviousRelay::new(&relay_url, &Network::direct(), key).unwrap();
            let voter = RemoteRelayer::new("https://relayer.example", &Network::direct()).unwrap().through_relay(way);
            match voter.fetch_info(&system.deployment).await {
                Ok(_) => assert!(accepted),
                Err(RemoteRelayerError::Service(error)) => {
                    assert!(!accepted, "{error}");
                    // Two keys have one identifier in one case of 256: then the request does not open.
                    match oblivious(error) {
                        ObliviousError::UnknownKey { .. } => {}
                        ObliviousError::Refused { code, .. } => assert_eq!(code, "ohttp_damaged"),
                        other => panic!("{other}"),
                    }
                }
                Err(other) => panic!("{other}"),
            }
        }
        relay.stop().await;
        gateway.stop().await;
    }
}

/// Starts a server with one answer to everything, and returns its URL and how many requests it has received.
async fn start_fixed(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> (String, Arc<AtomicUsize>) {
    let received = Arc::new(AtomicUsize::new(0));
    let counter = received.clone();
    let app = Router::new().fallback(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let answer = answer();
        async move { answer }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, received)
}

fn answer(status: u16, kind: &'static str, body: impl Into<Body>) -> Response {
    Response::builder().status(status).header("content-type", kind).body(body.into()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn relays_that_fail_have_their_error_and_nothing_goes_around_them() {
    let system = LocalSystem::new(1).await;
    let services = ObliviousSystem::start(&system).await;
    let (relayer, asked) = start_fixed(|| answer(200, "application/json", "{}")).await;
    // A response to another request, whole and cut off; no response; too much of one.
    let (sealed, _) = services.seal(&inner("GET", "/v1/relay", "").encode().unwrap());
    let other = services.post(sealed).await.bytes().await.unwrap();
    let cut = other.slice(..other.len() / 2);
    for (status, kind, body, expected) in [
        (200, "text/html", "<p>".into(), "not a relay"),
        (404, "text/html", "<p>".into(), "not a relay"),
        (307, "text/plain", "".into(), "not a relay"),
        (200, "application/json", other.clone(), "not a relay"),
        (200, RESPONSE_TYPE, other.clone(), "damaged"),
        (200, RESPONSE_TYPE, cut, "damaged"),
        (200, RESPONSE_TYPE, "".into(), "damaged"),
        (200, RESPONSE_TYPE, vec![0; 100_000].into(), "too much"),
        (404, "application/problem+json", r#"{"status":404,"code":"not_found","detail":"?"}"#.into(), "refused"),
    ] {
        let (url, _) = start_fixed(move || answer(status, kind, body.clone())).await;
        let error = failure(&system, &url, &relayer, services.key()).await;
        let met = match &error {
            ServiceError::Oblivious(ObliviousError::NotRelay { .. }) => "not a relay",
            ServiceError::Oblivious(ObliviousError::Damaged { .. }) => "damaged",
            ServiceError::Oblivious(ObliviousError::Refused { status: 404, .. }) => "refused",
            ServiceError::InvalidResponse(_) => "too much",
            other => panic!("{other}"),
        };
        assert_eq!(met, expected, "{status} {kind}: {error}");
    }
    // A relay that is down: the error names it.
    let down = failure(&system, "http://127.0.0.1:9/v1/ohttp-relay", &relayer, services.key()).await;
    assert!(matches!(&down, ServiceError::Unreachable { host, sent: false, .. } if host == "127.0.0.1:9"), "{down}");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the relayer was asked for nothing");
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn response_that_comes_in_pieces_is_read_whole() {
    let system = LocalSystem::new(1).await;
    let services = ObliviousSystem::start(&system).await;
    // A relay of another make, which passes the gateway's response on in chunks.
    let gateway = format!("{}/ohttp", url_of(&services.gateway));
    let app = Router::new().fallback(move |body: axum::body::Bytes| {
        let gateway = gateway.clone();
        async move {
            let whole = post_bytes(&Client::new(), &gateway, body.to_vec()).await.bytes().await.unwrap();
            let pieces: Vec<_> = whole.chunks(1_000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
            answer(200, RESPONSE_TYPE, Body::from_stream(futures_util::stream::iter(pieces)))
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let relay = ObliviousRelay::new(&url, &Network::direct(), services.key()).unwrap();
    let voter = RemoteRelayer::new("https://relayer.example", &Network::direct()).unwrap().through_relay(relay);
    assert_eq!(voter.fetch_info(&system.deployment).await.unwrap().relayer, system.signer.address());
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_that_fail_are_named_by_the_relay() {
    let (html, _) = start_fixed(|| answer(200, "text/html", "<p>")).await;
    let (plain, _) = start_fixed(|| answer(500, "text/plain", "no")).await;
    let (endless, _) = start_fixed(|| answer(200, RESPONSE_TYPE, vec![0; 100_000])).await;
    for gateway in ["http://127.0.0.1:9/ohttp", &html, &plain, &endless] {
        let relay = start_relay(gateway, Network::direct()).await;
        let url = format!("{}/v1/ohttp-relay", url_of(&relay));
        let (status, code) = problem_of(post_bytes(&Client::new(), &url, vec![1; 9]).await).await;
        assert_eq!((status, code.as_str()), (502, "ohttp_gateway"), "{gateway}");
        relay.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_has_one_rate_limit_and_no_source_has_another() {
    let system = LocalSystem::new(1).await;
    let folder = tempfile::tempdir().unwrap();
    let gateway = start_gateway(&system, folder.path(), |config| {
        // A limit of each source would let two requests through, not three.
        (config.http.rate.per_minute, config.http.rate.burst) = (1, 2);
        (config.ohttp.rate.per_minute, config.ohttp.rate.burst) = (1, 3);
    })
    .await;
    let client = Client::new();
    let url = format!("{}/ohttp", url_of(&gateway));
    for _ in 0..3 {
        let keys = ohttp::ClientRequest::from_encoded_config_list(gateway.ohttp_keys().unwrap()).unwrap();
        let (sealed, opening) = keys.encapsulate(&inner("GET", "/v1/relay", "").encode().unwrap()).unwrap();
        let body = post_bytes(&client, &url, sealed).await.bytes().await.unwrap();
        let response = psephos_wire::oblivious::ObliviousResponse::decode(&opening.decapsulate(&body).unwrap());
        assert_eq!(response.unwrap().status, 200);
    }
    let refused = post_bytes(&client, &url, vec![1; 9]).await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(problem_of(refused).await, (429, "rate_limited".into()));
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_hide_nothing_are_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let start = async |gateway: bool, relay_for: Option<&str>| {
        let mut config = settings(folder.path(), None);
        (config.ohttp.gateway, config.ohttp.relay_for) = (gateway, relay_for.map(ToOwned::to_owned));
        let (circuits, clock, network) = (Default::default(), Clock::default(), Network::direct());
        let resources = ServiceResources { circuits, chain: None, account: None, clock, network };
        serve::start_service(&config, resources).await.err().map(|error| error.to_string())
    };
    for (gateway, relay_for, expected) in [
        (false, None, "all components are disabled"),
        (true, Some("https://gateway.example/ohttp"), "only a relayer has a gateway"),
        (false, Some("http://gateway.example/ohttp"), "would not be encrypted"),
        (false, Some("gateway.example"), "not the URL of a gateway"),
        (false, Some("ftp://127.0.0.1/ohttp"), "not the URL of a gateway"),
        (false, Some("https://gateway.onion/ohttp"), "is an onion service"),
    ] {
        let error = start(gateway, relay_for).await.unwrap();
        assert!(error.contains(expected), "{error}");
    }
    assert!(!folder.path().join(KEY_FILE).exists());
}
