//! The relayer: sends ballots and claims of others, in batches, and never loses or doubles one.
//!
//! What is accepted is written down before its voter is told (`store`); what is sent is written down, signed, before it is sent
//! (`dispatch`). After a crash the same bytes are sent again: an account's number is used once, so one of them at most is ever mined.
//! What became of a ballot is read off the chain's events (`judge`) and nowhere else.
//!
//! Order of arrival stays here. Batches are shuffled: somebody who watches packages come in, or who timed one, learns from a batch that a ballot is
//! in it, and not which.

mod accept;
mod admit;
mod calls;
mod dispatch;
mod engine;
mod follow;
mod item;
mod judge;
mod metrics;
mod part;
mod refusals;
mod routes;
mod settings;
mod steps;
mod store;
mod view;

pub use routes::{RelayerApi, router};
pub use settings::Settings;
pub use steps::{Halt, Probe, Step};
pub use store::StoreError;
pub use view::{Reader, View};

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use alloy::{network::EthereumWallet, signers::local::PrivateKeySigner};
use prometheus_client::registry::Registry;
use psephos_chain::{Address, B256, Connection, U256};
use psephos_exchange::{
    Circuits,
    relay::{Kind, Pot, RelayInfo, Standing},
};
use psephos_state::{ChainState, Deployment};
use tokio::sync::{Notify, mpsc};

use crate::http::Problem;

use accept::Request;
use metrics::Metrics;
use store::Store;

/// Everything a relayer works with.
pub struct Parts {
    /// How it works.
    pub settings: Settings,
    /// The chain. Its sender, if it has one, is not used.
    pub connection: Connection,
    /// The contracts.
    pub deployment: Deployment,
    /// The account that pays and signs. It must be the relayer's alone: its numbers are.
    pub signer: PrivateKeySigner,
    /// The circuits' keys.
    pub circuits: Arc<Circuits>,
    /// Where the chain's state is seen.
    pub view: Arc<dyn View>,
}

/// A relayer. Its account's key is in it: without `Debug`.
pub struct Relayer {
    settings: Settings,
    connection: Connection,
    deployment: Deployment,
    signer: PrivateKeySigner,
    wallet: EthereumWallet,
    circuits: Arc<Circuits>,
    view: Arc<dyn View>,
    store: Arc<Store>,
    metrics: Metrics,
    probe: Option<Probe>,
    requests: mpsc::Sender<Request>,
    incoming: Mutex<Option<mpsc::Receiver<Request>>>,
    /// Rung when there may be something to send.
    bell: Notify,
    seen: Mutex<Seen>,
}

/// What was seen last, for whoever asks; nothing of it needs to survive.
#[derive(Default)]
struct Seen {
    replay: Option<Arc<ChainState>>,
    balance: U256,
    trouble: Option<Trouble>,
    pots: Vec<Pot>,
    /// Transactions given to the node since the program started.
    announced: std::collections::BTreeSet<u64>,
    /// How often a transaction's number was seen used and none of its versions mined.
    missing: BTreeMap<u64, u32>,
    /// What was not taken when it was last tried: how often, and not before when.
    resting: BTreeMap<B256, (u32, u64)>,
}

/// What keeps a relayer from sending.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    /// Its account cannot pay.
    Unfunded { needed: U256 },
    /// Gas costs more than it may pay.
    Dear,
    /// The chain does not answer, or something else is wrong.
    Failing(&'static str),
}

impl Trouble {
    fn code(&self) -> &'static str {
        match self {
            Self::Unfunded { .. } => "unfunded",
            Self::Dear => "dear",
            Self::Failing(what) => what,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Unfunded { needed } => format!("the relayer's account needs at least {needed} wei to go on"),
            Self::Dear => "gas costs more than this relayer pays".into(),
            Self::Failing(what) => format!("the relayer cannot work now: {what}"),
        }
    }
}

impl Relayer {
    /// A relayer with what its file holds. It works once [`Relayer::run`] does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(parts: Parts, file: &Path, registry: &mut Registry) -> Result<Self, StoreError> {
        let Parts { settings, connection, deployment, signer, circuits, view } = parts;
        let settings = settings.bounded();
        let store = Arc::new(Store::open(file, &deployment, signer.address())?);
        let (requests, incoming) = mpsc::channel(settings.capacity.clamp(1, 4_096));
        Ok(Self {
            wallet: EthereumWallet::from(signer.clone()),
            metrics: Metrics::new(registry),
            incoming: Mutex::new(Some(incoming)),
            settings,
            connection,
            deployment,
            signer,
            circuits,
            view,
            store,
            probe: None,
            requests,
            bell: Notify::new(),
            seen: Mutex::default(),
        })
    }

    /// The same, stopping where a test says.
    #[doc(hidden)]
    #[must_use]
    pub fn with_probe(self, probe: Probe) -> Self {
        Self { probe: Some(probe), ..self }
    }

    /// The account that sends.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// What the relayer says of itself.
    pub fn info(&self) -> RelayInfo {
        let [waiting, sent, included] = self.store.counts();
        let seen = self.seen();
        let well = seen.trouble.is_none() && seen.replay.is_some() && waiting + sent < self.settings.capacity;
        RelayInfo {
            relayer: self.address(),
            chain_id: self.deployment.chain_id,
            polls: self.deployment.polls,
            rewards: self.deployment.rewards,
            least_fee: self.settings.least_fee,
            balance: seen.balance,
            takes_ballots: self.settings.ballots && well,
            takes_claims: self.settings.claims && well,
            trouble: seen.trouble.as_ref().map(Trouble::detail),
            waiting,
            sent,
            included,
            capacity: self.settings.capacity,
            batch: self.settings.batch,
            max_age: self.settings.max_age,
            promise: self.settings.promise,
            confirmations: self.settings.confirmations,
            pots: seen.pots.clone(),
        }
    }

    /// Whether it can work now.
    ///
    /// # Errors
    /// What keeps it from working, in a sentence.
    pub fn ready(&self) -> Result<(), String> {
        let seen = self.seen();
        match (&seen.trouble, &seen.replay) {
            (Some(trouble), _) => Err(trouble.detail()),
            (None, None) => Err("the relayer has not seen the chain yet".into()),
            (None, Some(_)) => Ok(()),
        }
    }

    /// Where a ballot or a claim is.
    ///
    /// # Errors
    /// 404 if it was not accepted here; 500.
    pub fn standing(&self, kind: Kind, id: &B256) -> Result<Standing, Problem> {
        match self.store.get(id) {
            Ok(Some(item)) if item.receipt.kind == kind => Ok(item.standing()),
            Ok(_) => Err(Problem::not_found(format!("no {} of this name was accepted here", kind.as_str()))),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// A failure that the client can do nothing about.
    fn broken(&self, error: &StoreError) -> Problem {
        tracing::error!(%error, "the relayer's file");
        self.metrics.failed("store");
        Problem::internal()
    }

    fn step(&self, step: Step) -> Result<(), Halt> {
        match &self.probe {
            Some(probe) if probe(step) => Err(Halt::Stopped(step)),
            _ => Ok(()),
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // Plain values, each of which is good by itself.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes changes down on a thread that may wait for the disk.
    async fn write(&self, changes: store::Changes) -> Result<(), Halt> {
        if changes.is_empty() {
            return Ok(());
        }
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.apply(changes)).await.map_err(|_| Halt::Worker)??;
        Ok(())
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
