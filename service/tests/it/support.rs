//! A service on free ports, and what is sent to it.

use std::{path::Path, sync::Arc, time::Duration};

use psephos_circuits::ballot::BallotCircuit;
use psephos_exchange::{
    Circuits,
    proof::{JobView, ProofRequest, Statement, proof_from_hex},
};
use psephos_prover::examples;
use psephos_service::{
    config::Config,
    serve::{self, Resources, Running},
};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

/// The chain that development keys are good for.
pub(crate) const LOCAL: u64 = 31_337;

/// A service, and how it is asked.
pub(crate) struct House {
    pub(crate) running: Running,
    pub(crate) client: Client,
    pub(crate) folder: Arc<tempfile::TempDir>,
}

/// The settings of tests: everything on free ports and in a folder of its own, nobody slowed.
pub(crate) fn settings(folder: &Path) -> Config {
    let mut config = Config { data: folder.to_owned(), ..Config::default() };
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.http.admin = "127.0.0.1:0".parse().unwrap();
    config.http.rate.per_minute = 0;
    config.prover.answer_step = 5;
    (config.relayer.enabled, config.index.enabled) = (false, false);
    config
}

pub(crate) fn resources() -> Resources {
    Resources { circuits: circuits(), chain: None, account: None }
}

pub(crate) fn circuits() -> Arc<Circuits> {
    Arc::new(Circuits::default())
}

/// A service with these changes to the settings of tests.
pub(crate) async fn house(change: impl FnOnce(&mut Config)) -> House {
    house_in(Arc::new(tempfile::tempdir().unwrap()), change).await
}

pub(crate) async fn house_in(folder: Arc<tempfile::TempDir>, change: impl FnOnce(&mut Config)) -> House {
    let mut config = settings(folder.path());
    change(&mut config);
    let running = serve::start(&config, resources()).await.unwrap();
    psephos_chain::tls::install_provider();
    let client = Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
    let house = House { running, client, folder };
    for _ in 0..600 {
        if house.get("/readyz").await.status() == StatusCode::OK {
            return house;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it is not ready within a minute")
}

impl House {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn admin(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.running.admin());
        self.client.get(url).send().await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn post(&self, body: impl Into<reqwest::Body>, key: Option<&str>) -> Response {
        let mut request =
            self.client.post(self.url("/v1/proofs")).header("content-type", "application/json").body(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.send().await.unwrap()
    }

    /// The job once it has ended.
    pub(crate) async fn wait(&self, id: &str) -> JobView {
        let mut seen = "queued";
        loop {
            let response = self.get(&format!("/v1/proofs/{id}?wait=30&seen={seen}")).await;
            let text = response.text().await.unwrap();
            let view: JobView = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            if view.state.is_final() {
                return view;
            }
            seen = "proving";
        }
    }

    /// How many jobs wait or are with workers, as the status page says it.
    pub(crate) async fn metric(&self, line: &str) -> u64 {
        let text = self.admin("/metrics").await;
        let found = text.lines().filter(|found| found.starts_with(line));
        found.map(|found| found.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64).sum()
    }
}

/// The ballot of one of many voters.
pub(crate) fn ballot(voter: u8) -> Statement {
    let BallotCircuit { instance, witness } = examples::ballot_of::<3>([voter; 32], usize::from(voter) % 3);
    Statement::Ballot(instance, witness)
}

pub(crate) fn body(statement: Statement) -> String {
    body_for(LOCAL, statement)
}

pub(crate) fn body_for(chain_id: u64, statement: Statement) -> String {
    let json = ProofRequest { chain_id, statement }.to_json().unwrap();
    String::from_utf8(json.to_vec()).unwrap()
}

/// Whether a job's proof is one of this statement.
pub(crate) fn holds(circuits: &Circuits, statement: &Statement, view: &JobView) -> bool {
    let proof = proof_from_hex(view.proof.as_deref().unwrap_or_default()).unwrap();
    circuits.verifying_key(statement.circuit()).unwrap().verify(&proof, &statement.inputs()).is_ok()
}

/// Status, code and the whole text of a refusal, which has the one form of refusals.
pub(crate) async fn refusal(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{status}");
    let text = response.text().await.unwrap();
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], status);
    (status, problem["code"].as_str().unwrap().to_owned(), text)
}
