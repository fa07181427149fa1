//! A relayer in this process, used over HTTP.

use std::{path::Path, sync::Arc, time::Duration};

use prometheus_client::registry::Registry;
use psephos_chain::{B256, NodeSet};
use psephos_service::{
    clock::Clock,
    http::Problem,
    relayer::{
        CrashProbe, MaskerSettings, NodeStateSource, Relayer, RelayerError, RelayerResources, RelayerSettings,
        StoreError, relayer_router,
    },
};
use psephos_wire::{
    Package,
    relay::{Receipt, RelayInfo, SubmissionStage, SubmissionStatus},
};
use reqwest::{Client, StatusCode};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::local_system::LocalSystem;

pub(crate) struct RelayerHarness {
    pub(crate) relayer: Arc<Relayer>,
    pub(crate) url: String,
    client: Client,
    shutdown: CancellationToken,
    work: JoinHandle<Result<(), RelayerError>>,
    server: JoinHandle<()>,
}

/// Returns settings with short times, for tests.
pub(crate) fn quick_settings() -> RelayerSettings {
    RelayerSettings {
        batch: 4,
        max_age: 0,
        closing: 0,
        last_call: 0,
        promise: 60,
        confirmations: 1,
        patience: 1,
        interval_ms: 20,
        ..RelayerSettings::default()
    }
}

/// Returns the resources of a relayer on this system.
pub(crate) fn relayer_resources(system: &LocalSystem, settings: RelayerSettings) -> RelayerResources {
    let connection = system.chain.connection().clone();
    RelayerResources {
        settings,
        masker: MaskerSettings::default(),
        view: Arc::new(NodeStateSource::new(connection.clone(), system.deployment.clone())),
        nodes: NodeSet::single(connection),
        deployment: system.deployment.clone(),
        signer: system.signer.clone(),
        circuits: system.circuits.clone(),
        clock: Clock::default(),
    }
}

impl RelayerHarness {
    pub(crate) async fn start_relayer(system: &LocalSystem, file: &Path, settings: RelayerSettings) -> Self {
        Self::start_with_probe(system, file, settings, None).await
    }

    pub(crate) async fn start_with_probe(
        system: &LocalSystem,
        file: &Path,
        settings: RelayerSettings,
        probe: Option<CrashProbe>,
    ) -> Self {
        Self::start_with_resources(file, &|| relayer_resources(system, settings.clone()), probe).await
    }

    pub(crate) async fn start_with_nodes(
        system: &LocalSystem,
        file: &Path,
        settings: RelayerSettings,
        nodes: NodeSet,
        probe: Option<CrashProbe>,
    ) -> Self {
        let resources = || RelayerResources { nodes: nodes.clone(), ..relayer_resources(system, settings.clone()) };
        Self::start_with_resources(file, &resources, probe).await
    }

    /// Starts a relayer that masks.
    pub(crate) async fn start_masker(
        system: &LocalSystem,
        file: &Path,
        (settings, masker): (RelayerSettings, MaskerSettings),
        probe: Option<CrashProbe>,
    ) -> Self {
        let resources = || RelayerResources { masker: masker.clone(), ..relayer_resources(system, settings.clone()) };
        Self::start_with_resources(file, &resources, probe).await
    }

    async fn start_with_resources(
        file: &Path,
        resources: &(dyn Fn() -> RelayerResources + Sync),
        probe: Option<CrashProbe>,
    ) -> Self {
        let mut attempts = 0;
        let mut relayer = loop {
            match Relayer::open_or_create(resources(), file, &mut Registry::default()) {
                Ok(relayer) => break relayer,
                // Writes of the aborted relayer may still be in progress.
                Err(StoreError::File(_)) if attempts < 100 => attempts += 1,
                Err(error) => panic!("{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        if let Some(probe) = probe {
            relayer = relayer.with_crash_probe(probe);
        }
        let relayer = Arc::new(relayer);
        let shutdown = CancellationToken::new();
        let work = tokio::spawn(relayer.clone().run(shutdown.clone()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = relayer_router(relayer.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { relayer, url, client: Client::new(), shutdown, work, server }
    }

    pub(crate) async fn post_ballot(&self, body: impl Into<reqwest::Body>) -> Result<Receipt, Problem> {
        let answer = self.client.post(format!("{}/v1/ballots", self.url)).body(body).send().await.unwrap();
        match answer.status() {
            StatusCode::ACCEPTED => Ok(answer.json().await.unwrap()),
            _ => Err(answer.json().await.unwrap()),
        }
    }

    pub(crate) async fn submit_ballot(&self, package: &Package) -> Result<Receipt, Problem> {
        self.post_ballot(package.to_json()).await
    }

    pub(crate) async fn relayer_info(&self) -> RelayInfo {
        self.client.get(format!("{}/v1/relay", self.url)).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn ballot_status(&self, id: B256) -> Option<SubmissionStatus> {
        let answer = self.client.get(format!("{}/v1/ballots/{id}", self.url)).send().await.unwrap();
        match answer.status() {
            StatusCode::OK => Some(answer.json().await.unwrap()),
            _ => None,
        }
    }

    /// Waits until a ballot is at this stage; `Included` is also satisfied by `Final`.
    pub(crate) async fn wait_for_stage(&self, id: B256, stage: SubmissionStage) -> SubmissionStatus {
        let mut last = None;
        for _ in 0..1_500 {
            last = self.ballot_status(id).await;
            let reached = |now: SubmissionStage| {
                now == stage || (stage, now) == (SubmissionStage::Included, SubmissionStage::Final)
            };
            if let Some(status) = last.as_ref().filter(|status| reached(status.stage)) {
                return status.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{stage:?} was not reached: {last:?}, {:?}", self.relayer.check_ready());
    }

    /// Waits until the relayer has stopped by itself.
    pub(crate) async fn wait_until_stopped(&mut self) -> Result<(), RelayerError> {
        tokio::time::timeout(Duration::from_secs(90), &mut self.work)
            .await
            .expect("the relayer is still running")
            .unwrap()
    }

    /// Returns whether the relayer has stopped.
    pub(crate) fn is_stopped(&self) -> bool {
        self.work.is_finished()
    }

    /// Shuts the relayer down in order.
    pub(crate) async fn shut_down(self) {
        self.shutdown.cancel();
        let Self { relayer, client, work, server, .. } = self;
        work.await.unwrap().unwrap();
        server.abort();
        wait_until_released(relayer, client).await;
    }

    /// Stops the relayer as if the power had failed: nothing is drained.
    pub(crate) async fn cut_power(self) {
        let Self { relayer, client, work, server, .. } = self;
        work.abort();
        server.abort();
        wait_until_released(relayer, client).await;
    }
}

/// Waits until no task has the file open any more.
async fn wait_until_released(relayer: Arc<Relayer>, client: Client) {
    drop(client);
    while Arc::strong_count(&relayer) > 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
