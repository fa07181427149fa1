//! Fixtures: a service on free ports, and requests to it.

use std::{path::Path, sync::Arc, time::Duration};

use psephos_circuits::ballot::BallotCircuit;
use psephos_protocol::identifiers::ChainId;
use psephos_prover::{KeyRing, examples};
use psephos_service::{
    clock::Clock,
    config::Config,
    serve::{self, RunningService, ServiceResources},
};
use psephos_submission::proofs::{circuit_of, proof_from_hex};
use psephos_wire::proof::{JobView, ProofRequest, Statement};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

/// The id of the chain for which development keys are accepted.
pub(crate) const LOCAL: ChainId = ChainId::new(31_337);

/// A service and a client for it.
pub(crate) struct TestService {
    pub(crate) running: RunningService,
    pub(crate) client: Client,
    pub(crate) folder: Arc<tempfile::TempDir>,
}

/// Returns settings for tests: free ports, a directory of its own, no rate limit.
pub(crate) fn test_settings(folder: &Path) -> Config {
    let mut config = Config { data: folder.to_owned(), ..Config::default() };
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.http.admin = "127.0.0.1:0".parse().unwrap();
    config.http.rate.per_minute = 0;
    config.prover.response_interval_ms = 5;
    (config.relayer.enabled, config.indexer.enabled) = (false, false);
    config
}

pub(crate) fn test_resources() -> ServiceResources {
    ServiceResources {
        circuits: circuits(),
        chain: None,
        account: None,
        clock: Clock::default(),
        network: psephos_chain::Network::direct(),
    }
}

pub(crate) fn circuits() -> Arc<KeyRing> {
    Arc::new(KeyRing::default())
}

/// Starts a service with these changes to the settings for tests.
pub(crate) async fn start_service(change: impl FnOnce(&mut Config)) -> TestService {
    start_service_in(Arc::new(tempfile::tempdir().unwrap()), change).await
}

pub(crate) async fn start_service_in(folder: Arc<tempfile::TempDir>, change: impl FnOnce(&mut Config)) -> TestService {
    start_service_with(folder, test_resources(), change).await
}

/// Starts a service with these resources and waits until it is ready.
pub(crate) async fn start_service_with(
    folder: Arc<tempfile::TempDir>,
    resources: ServiceResources,
    change: impl FnOnce(&mut Config),
) -> TestService {
    let mut config = test_settings(folder.path());
    change(&mut config);
    let running = serve::start_service(&config, resources).await.unwrap();
    psephos_chain::tls::install_provider();
    let client = Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
    let service = TestService { running, client, folder };
    for _ in 0..600 {
        if service.get_path("/readyz").await.status() == StatusCode::OK {
            return service;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the service was not ready within a minute")
}

impl TestService {
    pub(crate) fn service_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.public_address())
    }

    pub(crate) async fn get_path(&self, path: &str) -> Response {
        self.client.get(self.service_url(path)).send().await.unwrap()
    }

    pub(crate) async fn get_admin_page(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.running.admin_address());
        self.client.get(url).send().await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn post_proof(&self, body: impl Into<reqwest::Body>, key: Option<&str>) -> Response {
        let mut request =
            self.client.post(self.service_url("/v1/proofs")).header("content-type", "application/json").body(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.send().await.unwrap()
    }

    /// Waits for the end of a job and returns it.
    pub(crate) async fn wait_for_job(&self, id: &str) -> JobView {
        let mut seen = "queued";
        loop {
            let response = self.get_path(&format!("/v1/proofs/{id}?wait=30&seen={seen}")).await;
            let text = response.text().await.unwrap();
            let view: JobView = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            if view.status.is_final() {
                return view;
            }
            seen = "proving";
        }
    }

    /// Returns the sum of all metrics whose line starts with `line`.
    pub(crate) async fn metric_sum(&self, line: &str) -> u64 {
        let text = self.get_admin_page("/metrics").await;
        let found = text.lines().filter(|found| found.starts_with(line));
        found.map(|found| found.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64).sum()
    }
}

/// Returns the statement of one of many voters.
pub(crate) fn ballot_statement(voter: u8) -> Statement {
    let BallotCircuit { instance, witness } = examples::ballot_with::<3>([voter; 32], usize::from(voter) % 3);
    Statement::Ballot(instance, witness)
}

pub(crate) fn request_body(statement: Statement) -> String {
    request_body_for(LOCAL, statement)
}

pub(crate) fn request_body_for(chain_id: ChainId, statement: Statement) -> String {
    let json = ProofRequest { chain_id, statement }.to_json().unwrap();
    String::from_utf8(json.to_vec()).unwrap()
}

/// Returns whether the proof of a job verifies for this statement.
pub(crate) fn is_proof_valid(circuits: &KeyRing, statement: &Statement, view: &JobView) -> bool {
    let proof = proof_from_hex(view.proof.as_deref().unwrap_or_default()).unwrap();
    let circuit = circuit_of(statement).unwrap();
    circuits.verifying_key(circuit).unwrap().verify(&proof, &statement.to_inputs()).is_ok()
}

/// Returns status, code and text of an error response, after checking its format.
pub(crate) async fn parse_problem(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{status}");
    let text = response.text().await.unwrap();
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], status);
    (status, problem["code"].as_str().unwrap().to_owned(), text)
}
