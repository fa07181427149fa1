//! The task that follows the chain, stores the logs, and publishes the chain state.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use psephos_chain::{
    ChainError, Connection,
    follow::{FollowFailure, Follower, block::Step},
};
use psephos_state::{Checkpoint, Deployment};
use tokio::{
    runtime::Handle,
    sync::watch,
    task::{JoinHandle, spawn_blocking},
};
use tokio_util::sync::CancellationToken;

use super::{IndexError, Indexer, IndexerStatus, Options, Store, cache::ResponseCache};

/// The number of new logs after which a checkpoint is due; or one 64th of all logs, if that is more: a restart replays
/// the logs since the last checkpoint.
const CHECKPOINT_LOGS: u64 = 500;
const CHECKPOINT_FRACTION: u64 = 64;
/// The interval at which the deployment's code is looked for: a node may be restarted with another chain of the same
/// id.
const DEPLOYMENT_INTERVAL: Duration = Duration::from_secs(10);
/// The shortest pause before a deployment that was not found is looked for again.
const MISSING_PAUSE: Duration = Duration::from_millis(500);
/// The pause before a step is stored again that could not be stored.
const STORE_PAUSE: Duration = Duration::from_millis(500);

pub(super) async fn start_task(
    connection: Connection,
    deployment: Deployment,
    options: Options,
    stop: CancellationToken,
) -> Result<(Indexer, JoinHandle<Result<(), IndexError>>), IndexError> {
    if connection.chain_id() != deployment.chain_id {
        let (expected, actual) = (deployment.chain_id, connection.chain_id());
        return Err(ChainError::WrongChain { expected, actual }.into());
    }
    let path = options.path.clone();
    let expected = deployment.clone();
    let loading = spawn_blocking(move || {
        let store = Store::open_or_create(&path, &expected)?;
        let loaded = store.restore_state()?;
        Ok::<_, IndexError>((store, loaded))
    });
    let (store, loaded) = loading.await.map_err(|_| IndexError::Ended)??;
    let store = Arc::new(store);
    let (stored, covered) = (loaded.logs + loaded.pending.len() as u64, loaded.checkpoint_logs);
    let follower = Follower::resume(connection.clone(), loaded.confirmed, loaded.known, loaded.pending, options.follow);
    let (states, state) = watch::channel(follower.newest().clone());
    let known = follower.blocks().last().copied();
    let first = IndexerStatus {
        state: follower.newest().clone(),
        block: known,
        head: known.map_or(0, |block| block.number),
        confirmed: follower.confirmed().block,
        node_failure: None,
        failures: 0,
        lost_block: None,
        deployment_failure: Some("the deployment was not looked at yet".into()),
    };
    tracing::info!(block = known.map(|block| block.number), logs = stored, "the indexer resumes from its store");
    let (statuses, status) = watch::channel(first);
    let deployment = Arc::new(deployment);
    let cache = Arc::new(ResponseCache::default());
    let indexer =
        Indexer { deployment: deployment.clone(), store: store.clone(), status, states: state, cache: cache.clone() };
    let mut task = FollowTask {
        connection,
        deployment,
        follower,
        store,
        cache,
        options,
        statuses,
        states,
        logs: stored,
        covered,
        deployment_read: None,
    };
    // Applying a hundred thousand logs is work for a thread of its own; its asynchronous waits run on this runtime.
    let handle = Handle::current();
    let task = spawn_blocking(move || handle.block_on(task.follow_chain(stop)));
    Ok((indexer, task))
}

struct FollowTask {
    connection: Connection,
    deployment: Arc<Deployment>,
    follower: Follower,
    store: Arc<Store>,
    cache: Arc<ResponseCache>,
    options: Options,
    statuses: watch::Sender<IndexerStatus>,
    states: watch::Sender<Arc<psephos_state::ChainState>>,
    /// The number of stored logs.
    logs: u64,
    /// The number of logs that the last checkpoint covers.
    covered: u64,
    /// When the deployment's code was last read.
    deployment_read: Option<Instant>,
}

impl FollowTask {
    async fn follow_chain(&mut self, stop: CancellationToken) -> Result<(), IndexError> {
        let mut behind = true;
        loop {
            if !self.check_deployment(false).await {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(self.options.pause.max(MISSING_PAUSE)) => continue,
                }
            }
            let before = self.follower.blocks().last().copied();
            let statuses = self.statuses.clone();
            let step = tokio::select! {
                () = stop.cancelled() => break,
                step = self.follower.next_step(|failure| record_node_failure(&statuses, failure)) => step,
            };
            if !step.is_idle(before) {
                if !self.store_step(&step, &stop).await? {
                    // No checkpoint either: it would be ahead of the stored logs.
                    return Ok(());
                }
                self.count_logs(&step);
            }
            if step.back_to.is_some() {
                self.check_deployment(true).await;
            }
            self.publish_state(&step);
            if step.back_to.is_some() {
                self.cache.clear();
            }
            if step.is_caught_up() {
                if std::mem::take(&mut behind) {
                    tracing::info!(
                        block = step.block.number,
                        logs = self.logs,
                        "the indexer has caught up with the chain"
                    );
                }
                // A reader may have found that the disk fails while there is nothing to store.
                if self.store.recover() {
                    self.store_checkpoint(CHECKPOINT_LOGS.max(self.logs / CHECKPOINT_FRACTION))?;
                }
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(self.options.pause) => {}
                }
            }
        }
        // A final checkpoint minimises the work of the next start.
        self.store_checkpoint(1)
    }

    /// Stores a step, however often the disk fails; returns false if the indexer is stopped before that.
    async fn store_step(&mut self, step: &Step, stop: &CancellationToken) -> Result<bool, IndexError> {
        loop {
            match self.store.store_step(step, self.follower.blocks()) {
                Ok(()) => return Ok(true),
                Err(_) if self.store.failure().is_some() => {}
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(false),
                () = tokio::time::sleep(STORE_PAUSE) => drop(self.store.recover()),
            }
        }
    }

    /// Looks whether the node's chain has the deployment's code, if that is due or `now` is set. Returns false if it
    /// has not: then there is nothing to follow.
    async fn check_deployment(&mut self, now: bool) -> bool {
        let is_due = self.deployment_read.is_none_or(|at| at.elapsed() >= DEPLOYMENT_INTERVAL);
        if !(now || is_due || self.statuses.borrow().deployment_failure.is_some()) {
            return true;
        }
        match self.connection.check_deployment(&self.deployment).await {
            Ok(()) => {
                self.deployment_read = Some(Instant::now());
                self.statuses.send_modify(|status| status.deployment_failure = None);
                true
            }
            Err(error @ ChainError::NotDeployed { .. }) => {
                record_missing_deployment(&self.statuses, &error);
                false
            }
            // The node does not answer: the next step reports that, and this is tried again after it.
            Err(_) => true,
        }
    }

    fn count_logs(&mut self, step: &Step) {
        if let Some(back) = step.back_to {
            tracing::warn!(to = back, "reorganisation: blocks were reverted");
            if back.is_none() {
                (self.logs, self.covered) = (0, 0);
            }
        }
        self.logs += step.logs.len() as u64;
    }

    /// Stores a checkpoint, if at least `due` logs came since the last one.
    fn store_checkpoint(&mut self, due: u64) -> Result<(), IndexError> {
        if self.logs.saturating_sub(self.covered) < due || self.follower.blocks().is_empty() {
            return Ok(());
        }
        match self.store.store_checkpoint(&Checkpoint::from_state(self.follower.confirmed()), self.logs) {
            // Logs that are not final yet are counted too: the next checkpoint comes that much later.
            Ok(()) => self.covered = self.logs,
            // A checkpoint only saves time: without it more logs are replayed.
            Err(_) if self.store.failure().is_some() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn publish_state(&self, step: &Step) {
        let state = self.follower.newest().clone();
        let status = IndexerStatus {
            state: state.clone(),
            block: Some(step.block),
            head: step.head,
            confirmed: self.follower.confirmed().block,
            node_failure: None,
            failures: 0,
            lost_block: None,
            deployment_failure: self.statuses.borrow().deployment_failure.clone(),
        };
        // While catching up, the chain state is shared with no one, so that it can be changed in place.
        if step.is_caught_up() {
            self.states.send_replace(state);
            self.statuses.send_replace(status);
        } else {
            self.statuses.send_modify(|known| {
                (known.head, known.node_failure, known.failures, known.lost_block) = (step.head, None, 0, None);
            });
        }
    }
}

/// Records that the node does not answer. The node's URL may contain an API key, and its error text may contain
/// anything: neither is repeated.
fn record_node_failure(statuses: &watch::Sender<IndexerStatus>, failure: &FollowFailure) {
    match &failure.error {
        lost @ ChainError::FinalBlockLost { .. } => {
            if failure.failures == 1 || failure.failures.is_multiple_of(20) {
                tracing::error!(failures = failure.failures, error = %lost, "the chain cannot be followed");
            }
            let lost = lost.to_string();
            return statuses.send_modify(|status| (status.node_failure, status.lost_block) = (None, Some(lost)));
        }
        missing @ ChainError::NotDeployed { .. } => return record_missing_deployment(statuses, missing),
        _ => {}
    }
    let name = match &failure.error {
        error if error.is_node_silent() => "no node answers",
        ChainError::Provider { .. } => "the node returns an error",
        _ => "the node returns an unexpected response",
    };
    if failure.failures == 1 || failure.failures.is_multiple_of(20) {
        tracing::warn!(failures = failure.failures, pause = ?failure.pause, "{name}");
    }
    statuses.send_modify(|status| (status.node_failure, status.failures) = (Some(name), failure.failures));
}

/// Records that the node's chain does not have the deployment.
fn record_missing_deployment(statuses: &watch::Sender<IndexerStatus>, error: &ChainError) {
    let failure = Some(error.to_string());
    statuses.send_if_modified(|status| {
        let is_new = status.deployment_failure != failure;
        if is_new {
            tracing::error!(%error, "the deployment cannot be used");
            status.deployment_failure = failure;
        }
        is_new
    });
}
