//! A relayer is killed ten times while ballots arrive, and every ballot is included once.
//!
//! `PSEPHOS_BALLOTS` sets the number of ballots (at most a hundred per poll). The relayer is this test program, started
//! again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use alloy::{
    providers::{Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
};
use prometheus_client::registry::Registry;
use psephos_chain::{B256, Connection, NodeSet, hex};
use psephos_client::KeyRing;
use psephos_service::{
    clock::Clock,
    indexer::{Indexer, Options},
    relayer::{
        MaskerSettings, NodeStateSource, Relayer, RelayerResources, RelayerSettings, StateSource, relayer_router,
    },
};
use psephos_state::{ChainState, Deployment};
use psephos_wire::relay::{Receipt, SubmissionStage, SubmissionStatus};
use rand::{Rng, rngs::OsRng};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{harness::quick_settings, local_system::LocalSystem};

const KILLS: usize = 10;
/// The number of ballots in a poll.
const VOTERS: usize = 100;
pub(crate) const CHILD: &str = "PSEPHOS_TEST_RELAYER";

/// The input of the child process. The key is one of a local chain.
#[derive(Serialize, Deserialize)]
pub(crate) struct ChildInput {
    pub(crate) rpc: String,
    pub(crate) deployment: Deployment,
    pub(crate) key: String,
    pub(crate) file: PathBuf,
    pub(crate) port: PathBuf,
    pub(crate) settings: RelayerSettings,
    pub(crate) masker: MaskerSettings,
    /// The file of an indexer that reads the chain; without it all events are read again for each block.
    pub(crate) index: Option<PathBuf>,
}

/// Not a test: the relayer that is killed. Without the variable it does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn relayer_process() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let ChildInput { rpc, deployment, key, file, port, settings, masker, index } =
        serde_json::from_str(&order).unwrap();
    let connection = Connection::connect_to_chain(&rpc, deployment.chain_id).await.unwrap();
    let view: Arc<dyn StateSource> = match index {
        None => Arc::new(NodeStateSource::new(connection.clone(), deployment.clone())),
        Some(file) => {
            let options = Options { pause: Duration::from_millis(100), ..Options::new(file) };
            let stop = CancellationToken::new();
            Arc::new(Indexer::start_following(connection.clone(), deployment.clone(), options, stop).await.unwrap().0)
        }
    };
    let parts = RelayerResources {
        settings,
        masker,
        view,
        nodes: NodeSet::single(connection),
        deployment,
        signer: key.parse().unwrap(),
        circuits: Arc::new(KeyRing::default()),
        clock: Clock::default(),
    };
    let relayer = Arc::new(Relayer::open_or_create(parts, &file, &mut Registry::default()).unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ready = port.with_extension("new");
    std::fs::write(&ready, listener.local_addr().unwrap().to_string()).unwrap();
    std::fs::rename(&ready, &port).unwrap();
    tokio::spawn(relayer.clone().run(CancellationToken::new()));
    axum::serve(listener, relayer_router(relayer)).await.unwrap();
}

pub(crate) struct KillableRelayer {
    order: String,
    port: PathBuf,
    child: Child,
}

impl KillableRelayer {
    pub(crate) fn start_child(order: &ChildInput) -> Self {
        let (order, port) = (serde_json::to_string(order).unwrap(), order.port.clone());
        let child = spawn_child(&order, &port);
        Self { order, port, child }
    }

    /// Kills the relayer with SIGKILL and starts it again.
    pub(crate) fn kill_and_restart(&mut self) {
        self.kill();
        self.restart();
    }

    /// Kills the relayer with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts the relayer again after it was killed.
    pub(crate) fn restart(&mut self) {
        self.child = spawn_child(&self.order, &self.port);
    }
}

impl Drop for KillableRelayer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn_child(order: &str, port: &Path) -> Child {
    let _ = std::fs::remove_file(port);
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(["--exact", "kill::relayer_process", "--nocapture"]).env(CHILD, order);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap()
}

/// A voter that retries until it gets an answer.
#[derive(Clone)]
struct RetryingVoter {
    client: reqwest::Client,
    port: PathBuf,
}

impl RetryingVoter {
    fn relayer_url(&self) -> Option<String> {
        std::fs::read_to_string(&self.port).ok().map(|address| format!("http://{address}"))
    }

    async fn submit_ballot(&self, json: &str) -> Receipt {
        loop {
            if let Some(url) = self.relayer_url()
                && let Ok(answer) = self.client.post(format!("{url}/v1/ballots")).body(json.to_owned()).send().await
            {
                match answer.status().as_u16() {
                    202 => match answer.json().await {
                        Ok(receipt) => return receipt,
                        Err(_) => continue,
                    },
                    429 | 503 => {}
                    status => panic!("{status}: {:?}", answer.text().await),
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ballot_status(&self, id: B256) -> Option<SubmissionStatus> {
        let answer = self.client.get(format!("{}/v1/ballots/{id}", self.relayer_url()?)).send().await.ok()?;
        assert_ne!(answer.status().as_u16(), 404, "{id} was promised but is unknown");
        answer.json().await.ok()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn relayer_killed_ten_times_casts_every_ballot_once() {
    if std::env::var(CHILD).is_ok() {
        return;
    }
    let ballots: usize = std::env::var("PSEPHOS_BALLOTS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let start = Instant::now();
    let system = LocalSystem::new(VOTERS.min(ballots)).await;
    let mut packages = Vec::new();
    while packages.len() < ballots {
        let poll = system.open_poll().await;
        packages.extend(system.prove_ballots(poll, 0..system.voters.len().min(ballots - packages.len())).await);
    }
    eprintln!("{ballots} ballots proved, {:.1} s since the start", start.elapsed().as_secs_f64());

    let folder = tempfile::tempdir().unwrap();
    let order = ChildInput {
        rpc: system.chain.connection().url().to_owned(),
        deployment: system.deployment.clone(),
        key: hex::encode(PrivateKeySigner::to_bytes(&system.signer)),
        file: folder.path().join("relayer"),
        port: folder.path().join("port"),
        masker: MaskerSettings::default(),
        index: None,
        settings: RelayerSettings {
            batch: 32,
            max_age: 1,
            patience: 5,
            confirmations: 2,
            interval_ms: 50,
            ..quick_settings()
        },
    };
    // Blocks take a while, so that transactions are pending.
    let provider = system.chain.connection().provider().clone();
    provider.anvil_set_auto_mine(false).await.unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let miner = tokio::spawn({
        let over = over.clone();
        async move {
            while !over.load(Ordering::SeqCst) {
                provider.anvil_mine(Some(1), None).await.unwrap();
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
    });

    let mut relay = KillableRelayer::start_child(&order);
    let voter = RetryingVoter { client: reqwest::Client::new(), port: order.port.clone() };
    let accepted = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    // Eight voters at a time: a bounded load.
    let voting = tokio::spawn({
        let (voter, accepted) = (voter.clone(), accepted.clone());
        let bodies: Vec<String> = packages.iter().map(psephos_wire::Package::to_json).collect();
        async move {
            use futures_util::StreamExt;
            let posts = futures_util::stream::iter(bodies).map(|json| {
                let (voter, accepted) = (voter.clone(), accepted.clone());
                async move {
                    let receipt = voter.submit_ballot(&json).await;
                    accepted.fetch_add(1, Ordering::SeqCst);
                    receipt
                }
            });
            posts.buffer_unordered(8).collect::<Vec<Receipt>>().await
        }
    });
    for kill in 0..KILLS {
        // At a random moment in each tenth of the work, or a while after everything has arrived.
        let moment = OsRng.gen_range(kill * ballots / KILLS..(kill + 1) * ballots / KILLS);
        while accepted.load(Ordering::SeqCst) < moment {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(OsRng.gen_range(0..700))).await;
        let had = accepted.load(Ordering::SeqCst);
        relay.kill_and_restart();
        eprintln!("killed with {had} accepted, {:.1} s after the first", begun.elapsed().as_secs_f64());
    }
    let receipts = voting.await.unwrap();
    assert_eq!(receipts.len(), ballots);
    let taken = begun.elapsed();
    for receipt in &receipts {
        receipt.verify().unwrap();
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            match voter.ballot_status(receipt.id).await.map(|status| status.stage) {
                Some(SubmissionStage::Final) => break,
                Some(SubmissionStage::Refused) => panic!("{} was rejected", receipt.id),
                other => assert!(Instant::now() < deadline, "{} is {other:?}", receipt.id),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let settled = begun.elapsed();
    over.store(true, Ordering::SeqCst);
    miner.await.unwrap();

    let chain_state = system.read_chain_state().await;
    let (cast, skipped) = count_ballots(&chain_state);
    let transactions =
        system.chain.connection().provider().get_transaction_count(system.signer.address()).await.unwrap();
    eprintln!(
        "{ballots} accepted in {:.1} s, final after {:.1} s; {KILLS} kills; {transactions} transactions; {cast} cast, {skipped} skipped",
        taken.as_secs_f64(),
        settled.as_secs_f64(),
    );
    assert_eq!((cast, skipped), (ballots, 0));
    for package in &packages {
        assert_eq!(crate::local_system::count_inclusions_in(&chain_state, package).0, 1);
    }
}

/// Returns the numbers of ballots cast and skipped in all polls, and asserts that each nullifier was cast once.
fn count_ballots(chain_state: &ChainState) -> (usize, usize) {
    let (mut cast, mut skipped) = (0, 0);
    for listed in chain_state.polls.values().flat_map(|poll| poll.chambers.values()) {
        let mut times: BTreeMap<_, usize> = BTreeMap::new();
        for ballot in &listed.ballots {
            *times.entry(ballot.posted.nullifier).or_default() += 1;
        }
        assert!(times.values().all(|times| *times == 1));
        cast += listed.ballots.len();
        skipped += listed.skips.len();
    }
    (cast, skipped)
}
