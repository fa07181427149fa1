//! The relayer: sends other people's ballots and claims, in batches, and never loses or duplicates one.
//!
//! An accepted package is stored before its voter gets a receipt (`store`); a transaction is signed and stored before
//! it is sent (`sending`). After a crash the same bytes are sent again: a nonce of the account is used once, so at
//! most one version of a transaction is ever mined. The fate of a ballot is read from the chain's events
//! (`evaluation`) and from nothing else.
//!
//! The order of arrival is not published. Batches are shuffled: an observer who watches packages arrive, or who timed
//! one, learns from a batch that a ballot is in it, and not which one.
//!
//! The methods of [`Relayer`] are grouped by task, one file each, and a task's names share their verbs:
//!
//! | task | methods |
//! |---|---|
//! | intake | `accept_ballot`, `accept_claim`, `enqueue_request`, `collect_requests`, `process_requests` |
//! | admission | `admit_request`, `check_pending_ballots` |
//! | main loop | `run`, `ensure_matching_keys`, `run_loop`, `run_iteration`, `update_statuses` |
//! | sending | `send_due_items`, `select_due_batches`, `send_ballot_batch`, `send_claim`, `sign_and_send` |
//! | retrying | `retry_or_reject`, `apply_backoff`, `verify_again` |
//! | masking | `check_update`, `keep_one_update`, `send_due_updates`, `judge_update` (in `masker`) |
//! | tracking | `track_transactions`, `find_mined_version`, `handle_mined`, `handle_pending`, `send_to_node` |

mod admission;
mod calls;
mod component;
mod contexts;
mod crash_points;
mod evaluation;
mod intake;
mod item;
mod main_loop;
mod masker;
mod metrics;
mod problems;
mod routes;
mod sending;
mod settings;
mod state_source;
mod store;
mod tracking;

pub use crash_points::{CrashPoint, CrashProbe, RelayerError};
pub use masker::MaskerSettings;
pub use routes::{RelayerApi, relayer_router};
pub use settings::{RelayerSettings, SettingsError};
pub use state_source::{NodeStateSource, StateSource};
pub use store::StoreError;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use alloy::{network::EthereumWallet, signers::local::PrivateKeySigner};
use prometheus_client::registry::Registry;
use psephos_chain::{Address, B256, Connection, NodeSet, U256};
use psephos_prover::KeyRing;
use psephos_state::{ChainState, Deployment};
use psephos_wire::relay::{FeePot, RelayInfo, SubmissionKind, SubmissionStatus};
use tokio::sync::{Notify, mpsc};

use crate::{clock::Clock, component::PartReadiness, http::Problem};

use contexts::ConfirmedContexts;
use intake::IntakeRequest;
use metrics::RelayerMetrics;
use store::RelayerStore;

/// Everything that a relayer works with.
pub struct RelayerResources {
    /// The settings.
    pub settings: RelayerSettings,
    /// The settings of the masker.
    pub masker: MaskerSettings,
    /// The chain: the node whose state is used, and those that must show the same contexts. The connections' own
    /// senders, if they have one, are not used.
    pub nodes: NodeSet,
    /// The contracts.
    pub deployment: Deployment,
    /// The account that pays and signs. It must be used by this relayer only: the relayer assigns its nonces.
    pub signer: PrivateKeySigner,
    /// The circuits' keys.
    pub circuits: Arc<KeyRing>,
    /// The source of the chain state.
    pub view: Arc<dyn StateSource>,
    /// The clock, which is advanced to the latest time in the file.
    pub clock: Clock,
}

/// A relayer. It contains the account's key, so it has no `Debug`.
pub struct Relayer {
    settings: RelayerSettings,
    masker: MaskerSettings,
    connection: Connection,
    deployment: Deployment,
    signer: PrivateKeySigner,
    wallet: EthereumWallet,
    circuits: Arc<KeyRing>,
    view: Arc<dyn StateSource>,
    contexts: ConfirmedContexts,
    store: Arc<RelayerStore>,
    clock: Clock,
    metrics: RelayerMetrics,
    crash_probe: Option<CrashProbe>,
    requests: mpsc::Sender<IntakeRequest>,
    incoming: Mutex<Option<mpsc::Receiver<IntakeRequest>>>,
    /// Notified when the queue may be non-empty.
    send_wakeup: Notify,
    seen: Mutex<Observed>,
}

/// The latest observations, for status requests; none of them has to survive a restart.
#[derive(Default)]
struct Observed {
    chain_state: Option<Arc<ChainState>>,
    balance: U256,
    obstacle: Option<Obstacle>,
    pots: Vec<FeePot>,
    /// The nonces of transactions that were sent to the node since the program started.
    sent_nonces: std::collections::BTreeSet<u64>,
    /// By nonce: how often the nonce was seen used while no version of its transaction was mined.
    foreign_nonce_sightings: BTreeMap<u64, u32>,
    /// The retry state of refused items: number of attempts, and the time of the next one, in seconds since 1970.
    backoff: BTreeMap<B256, (u32, u64)>,
    /// By slot: how many updates of the content with this fingerprint were handed over.
    arrivals: BTreeMap<masker::Slot, (B256, u32)>,
}

/// A condition that keeps the relayer from sending.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Obstacle {
    /// The account's balance is too low.
    Unfunded { needed: U256 },
    /// The gas price is above the configured maximum.
    MaxFeeExceeded,
    /// The file cannot be used; it is opened again.
    StoreFailed(String),
    /// The chain does not answer, or another failure.
    Failing(&'static str),
}

impl Obstacle {
    fn problem_code(&self) -> &'static str {
        match self {
            Self::Unfunded { .. } => "unfunded",
            Self::MaxFeeExceeded => "max_fee_exceeded",
            Self::StoreFailed(_) => "store",
            Self::Failing(what) => what,
        }
    }

    fn problem_detail(&self) -> String {
        match self {
            Self::Unfunded { needed } => format!("the relayer's account needs a balance of at least {needed} wei"),
            Self::MaxFeeExceeded => "the gas price is above the relayer's configured maximum".into(),
            Self::StoreFailed(reason) => format!("the relayer's file cannot be used at present: {reason}"),
            Self::Failing(what) => format!("the relayer cannot work at present: {what}"),
        }
    }
}

impl Relayer {
    /// Opens a relayer with the contents of its file. It works once [`Relayer::run`] is called.
    ///
    /// # Errors
    /// Returns [`StoreError`].
    pub fn open_or_create(parts: RelayerResources, file: &Path, registry: &mut Registry) -> Result<Self, StoreError> {
        let RelayerResources { settings, masker, nodes, deployment, signer, circuits, view, clock } = parts;
        let connection = nodes.primary().clone();
        let settings = settings.clamp_values();
        let store = Arc::new(RelayerStore::open_or_create(file, &deployment, signer.address())?);
        clock.advance_to(store.latest_time().saturating_mul(1_000));
        let (requests, incoming) = mpsc::channel(settings.capacity.clamp(1, 4_096));
        Ok(Self {
            wallet: EthereumWallet::from(signer.clone()),
            metrics: RelayerMetrics::new(registry),
            incoming: Mutex::new(Some(incoming)),
            settings,
            masker,
            connection,
            deployment,
            signer,
            circuits,
            view,
            contexts: ConfirmedContexts::new(nodes),
            store,
            clock,
            crash_probe: None,
            requests,
            send_wakeup: Notify::new(),
            seen: Mutex::default(),
        })
    }

    /// Sets a probe that stops the relayer at a step, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn with_crash_probe(self, probe: CrashProbe) -> Self {
        Self { crash_probe: Some(probe), ..self }
    }

    /// Returns the account that sends.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// Returns the relayer's description of itself.
    pub fn info(&self) -> RelayInfo {
        let [waiting, sent, included] = self.store.status_counts();
        let obstacle = self.current_obstacle();
        let seen = self.observed();
        let accepting = obstacle.is_none() && seen.chain_state.is_some() && waiting + sent < self.settings.capacity;
        RelayInfo {
            relayer: self.address(),
            chain_id: self.deployment.chain_id,
            polls: self.deployment.polls,
            rewards: self.deployment.rewards,
            min_fee: self.settings.min_fee,
            balance: seen.balance,
            takes_ballots: self.settings.ballots && accepting,
            takes_claims: self.settings.claims && accepting,
            obstacle: obstacle.as_ref().map(Obstacle::problem_detail),
            waiting,
            sent,
            included,
            capacity: self.settings.capacity,
            batch: self.settings.batch,
            mix: self.settings.mix,
            masks: self.masker.enabled,
            closing: self.settings.closing,
            max_age: self.settings.max_age,
            promise: self.settings.promise,
            confirmations: self.settings.confirmations,
            pots: seen.pots.clone(),
        }
    }

    /// Checks whether the relayer can work now.
    ///
    /// # Errors
    /// Returns the obstacle, in a sentence.
    pub fn check_ready(&self) -> Result<(), String> {
        match self.parts().into_iter().find_map(|part| part.obstacle) {
            Some(obstacle) => Err(obstacle),
            None => Ok(()),
        }
    }

    /// Returns whether each part works: the store, and sending.
    fn parts(&self) -> Vec<PartReadiness> {
        let seen = self.observed();
        let sending = match (&seen.obstacle, &seen.chain_state) {
            (Some(obstacle), _) => Some(obstacle.problem_detail()),
            (None, None) => Some("the relayer has not read the chain state yet".into()),
            (None, Some(_)) => None,
        };
        vec![PartReadiness::new("store", self.store.failure()), PartReadiness::new("sending", sending)]
    }

    /// Returns what keeps the relayer from accepting and sending now.
    fn current_obstacle(&self) -> Option<Obstacle> {
        let store = self.store.failure().map(Obstacle::StoreFailed);
        store.or_else(|| self.observed().obstacle.clone())
    }

    /// Returns the status of a ballot or a claim.
    ///
    /// # Errors
    /// Returns 404 if it was not accepted here, or 500.
    pub fn submission_status(&self, kind: SubmissionKind, id: &B256) -> Result<SubmissionStatus, Problem> {
        match self.store.get_item(id) {
            Ok(Some(item)) if item.receipt.kind == kind => Ok(match &item.update {
                Some(updated) => self.judge_update(&item, updated),
                None => item.public_status(),
            }),
            Ok(_) => Err(Problem::not_found(format!("no {} with this id was accepted here", kind.as_str()))),
            Err(error) => Err(self.store_problem(&error)),
        }
    }

    /// Logs a failure of the store and returns a problem: 503 if the disk failed, 500 otherwise.
    fn store_problem(&self, error: &StoreError) -> Problem {
        tracing::error!(%error, "the relayer's store failed");
        self.metrics.count_failure("store");
        match self.store.failure() {
            Some(_) => Problem::unavailable("store", "the relayer's file cannot be used at present: retry later"),
            None => Problem::internal_error(),
        }
    }

    fn reach_crash_point(&self, step: CrashPoint) -> Result<(), RelayerError> {
        match &self.crash_probe {
            Some(probe) if probe(step) => Err(RelayerError::StoppedAt(step)),
            _ => Ok(()),
        }
    }

    fn observed(&self) -> std::sync::MutexGuard<'_, Observed> {
        // Each value is valid by itself, so a poisoned lock may be used.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores changes on a thread that may wait for the disk.
    async fn store_changes(&self, changes: store::StoreChanges) -> Result<(), RelayerError> {
        if changes.is_empty() {
            return Ok(());
        }
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.apply_changes(changes))
            .await
            .map_err(|_| RelayerError::WorkerLost)??;
        Ok(())
    }
}
