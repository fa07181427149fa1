//! A relayer with a gateway and a relay to it, both real services, and what passed between them.

use ohttp::ClientRequest;
use psephos_chain::Network;
use psephos_client::remote::{
    oblivious::{GatewayKey, ObliviousRelay},
    relay::RemoteRelayer,
};
use psephos_service::{
    clock::Clock,
    config::Config,
    http::Problem,
    ohttp::RELAY_PATH,
    relayer::RelayerSettings,
    serve::{self, RunningService, ServiceResources},
};
use psephos_testkit::RecordingProxy;
use psephos_wire::oblivious::{ObliviousRequest, ObliviousResponse, REQUEST_TYPE};
use reqwest::{Client, StatusCode};

use crate::{harness::quick_settings, local_system::LocalSystem};

/// Where the relayer is for its voters: at a name that nothing but a proxy could find, and that no proxy knows.
pub(crate) const RELAYER_URL: &str = "http://relayer.onion";

/// A relayer with its gateway, and a relay.
pub(crate) struct ObliviousSystem {
    pub(crate) gateway: RunningService,
    pub(crate) relay: RunningService,
    /// What voters send to the relay.
    pub(crate) to_relay: RecordingProxy,
    /// What the relay sends to the gateway.
    pub(crate) to_gateway: RecordingProxy,
    pub(crate) client: Client,
    /// The gateway's data directory.
    pub(crate) folder: tempfile::TempDir,
}

/// Returns settings without a prover, on free ports, with a relayer and without.
pub(crate) fn settings(folder: &std::path::Path, relayer: Option<RelayerSettings>) -> Config {
    let mut config = Config { data: folder.to_owned(), ..Config::default() };
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.http.admin = "127.0.0.1:0".parse().unwrap();
    config.http.rate.per_minute = 0;
    (config.prover.enabled, config.indexer.enabled) = (false, false);
    (config.indexer.confirmations, config.indexer.interval_ms) = (1, 50);
    config.relayer = relayer.unwrap_or_else(|| RelayerSettings { enabled: false, ..quick_settings() });
    config
}

/// Starts a gateway with these changes to the settings.
pub(crate) async fn start_gateway(
    system: &LocalSystem,
    folder: &std::path::Path,
    change: impl FnOnce(&mut Config),
) -> RunningService {
    let mut config = settings(folder, Some(quick_settings()));
    config.ohttp.gateway = true;
    change(&mut config);
    let resources = ServiceResources {
        circuits: system.circuits.clone(),
        chain: Some((system.chain.connection().clone(), system.deployment.clone())),
        account: Some(system.signer.clone()),
        clock: Clock::default(),
        network: Network::direct(),
    };
    serve::start_service(&config, resources).await.unwrap()
}

/// Starts a relay to the gateway at a URL: a service that does nothing else.
pub(crate) async fn start_relay(gateway: &str, network: Network) -> RunningService {
    let folder = tempfile::tempdir().unwrap();
    let mut config = settings(folder.path(), None);
    config.ohttp.relay_for = Some(gateway.to_owned());
    let (circuits, clock) = (Default::default(), Clock::default());
    let resources = ServiceResources { circuits, chain: None, account: None, clock, network };
    serve::start_service(&config, resources).await.unwrap()
}

pub(crate) fn url_of(service: &RunningService) -> String {
    format!("http://{}", service.public_address())
}

impl ObliviousSystem {
    pub(crate) async fn start(system: &LocalSystem) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let gateway = start_gateway(system, folder.path(), |_| {}).await;
        let to_gateway = RecordingProxy::start(&[("gateway.onion", &url_of(&gateway))]).await;
        let network = Network::through(&to_gateway.url(), "a test").unwrap();
        let relay = start_relay("http://gateway.onion/ohttp", network).await;
        let to_relay = RecordingProxy::start(&[("relay.onion", &url_of(&relay))]).await;
        Self { gateway, relay, to_relay, to_gateway, client: Client::new(), folder }
    }

    pub(crate) fn key(&self) -> GatewayKey {
        GatewayKey::parse(self.gateway.ohttp_keys().unwrap()).unwrap()
    }

    /// Returns a voter's client, which reaches the relay through the recording proxy and the relayer not at all.
    pub(crate) fn voter(&self) -> RemoteRelayer {
        let network = Network::through(&self.to_relay.url(), "a test").unwrap();
        let relay = ObliviousRelay::new(&format!("http://relay.onion{RELAY_PATH}"), &network, self.key()).unwrap();
        RemoteRelayer::new(RELAYER_URL, &network).unwrap().through_relay(relay)
    }

    /// Encapsulates a message for the gateway's key.
    pub(crate) fn seal(&self, message: &[u8]) -> (Vec<u8>, ohttp::ClientResponse) {
        let client = ClientRequest::from_encoded_config_list(self.gateway.ohttp_keys().unwrap()).unwrap();
        client.encapsulate(message).unwrap()
    }

    /// Sends bytes to the gateway itself.
    pub(crate) async fn post(&self, bytes: Vec<u8>) -> reqwest::Response {
        post_bytes(&self.client, &format!("{}/ohttp", url_of(&self.gateway)), bytes).await
    }

    /// Has the gateway answer a message that is inside, and returns the size of the encapsulated response too.
    pub(crate) async fn exchange(&self, message: &[u8]) -> (usize, ObliviousResponse) {
        let (sealed, opening) = self.seal(message);
        let response = self.post(sealed).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.bytes().await.unwrap();
        (body.len(), ObliviousResponse::decode(&opening.decapsulate(&body).unwrap()).unwrap())
    }

    /// Has the gateway answer a request that is inside.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> ObliviousResponse {
        self.exchange(&inner(method, path, body).encode().unwrap()).await.1
    }

    pub(crate) async fn stop(self) {
        self.relay.stop().await;
        self.gateway.stop().await;
    }
}

pub(crate) fn inner(method: &str, path: &str, body: &str) -> ObliviousRequest {
    ObliviousRequest { method: method.into(), authority: "relayer".into(), path: path.into(), body: body.into() }
}

pub(crate) async fn post_bytes(client: &Client, url: &str, bytes: Vec<u8>) -> reqwest::Response {
    client.post(url).header("content-type", REQUEST_TYPE).body(bytes).send().await.unwrap()
}

/// Returns status and code of a problem.
pub(crate) async fn problem_of(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Problem = response.json().await.unwrap();
    assert_eq!(problem.status, status);
    (status, problem.code)
}

/// Returns status and code of a problem inside a response.
pub(crate) fn problem_in(response: &ObliviousResponse) -> (u16, String) {
    assert_eq!(response.content_type, "application/problem+json");
    let problem: Problem = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(problem.status, response.status);
    (problem.status, problem.code)
}
