//! The task that follows the chain, stores the logs, and publishes the chain state.

use std::sync::Arc;

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
    let follower = Follower::resume(connection, loaded.confirmed, loaded.known, loaded.pending, options.follow);
    let (states, state) = watch::channel(follower.newest().clone());
    let known = follower.blocks().last().copied();
    let first = IndexerStatus {
        state: follower.newest().clone(),
        block: known,
        head: known.map_or(0, |block| block.number),
        confirmed: follower.confirmed().block,
        node_failure: None,
        failures: 0,
    };
    tracing::info!(block = known.map(|block| block.number), logs = stored, "the indexer resumes from its store");
    let (statuses, status) = watch::channel(first);
    let deployment = Arc::new(deployment);
    let cache = Arc::new(ResponseCache::default());
    let indexer = Indexer { deployment, store: store.clone(), status, states: state, cache: cache.clone() };
    let mut task = FollowTask { follower, store, cache, options, statuses, states, logs: stored, covered };
    // Applying a hundred thousand logs is work for a thread of its own; its asynchronous waits run on this runtime.
    let handle = Handle::current();
    let task = spawn_blocking(move || handle.block_on(task.follow_chain(stop)));
    Ok((indexer, task))
}

struct FollowTask {
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
}

impl FollowTask {
    async fn follow_chain(&mut self, stop: CancellationToken) -> Result<(), IndexError> {
        let mut behind = true;
        loop {
            let before = self.follower.blocks().last().copied();
            let statuses = self.statuses.clone();
            let step = tokio::select! {
                () = stop.cancelled() => break,
                step = self.follower.next_step(|failure| record_node_failure(&statuses, failure)) => step,
            };
            if !step.is_idle(before) {
                self.store.store_step(&step, self.follower.blocks())?;
                self.count_logs(&step);
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
                self.store_checkpoint(CHECKPOINT_LOGS.max(self.logs / CHECKPOINT_FRACTION))?;
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(self.options.pause) => {}
                }
            }
        }
        // A final checkpoint minimises the work of the next start.
        self.store_checkpoint(1)
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
        // Logs that are not final yet are counted too: the next checkpoint comes that much later.
        self.store.store_checkpoint(&Checkpoint::from_state(self.follower.confirmed()), self.logs)?;
        self.covered = self.logs;
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
        };
        // While catching up, the chain state is shared with no one, so that it can be changed in place.
        if step.is_caught_up() {
            self.states.send_replace(state);
            self.statuses.send_replace(status);
        } else {
            self.statuses.send_modify(|known| (known.head, known.node_failure, known.failures) = (step.head, None, 0));
        }
    }
}

/// Records that the node does not answer. The node's URL may contain an API key, and its error text may contain
/// anything: neither is repeated.
fn record_node_failure(statuses: &watch::Sender<IndexerStatus>, failure: &FollowFailure) {
    let name = match &failure.error {
        ChainError::NodeUnreachable { .. } => "no node answers",
        ChainError::Provider { .. } => "the node returns an error",
        _ => "the node returns an unexpected response",
    };
    if failure.failures == 1 || failure.failures.is_multiple_of(20) {
        tracing::warn!(failures = failure.failures, pause = ?failure.pause, "{name}");
    }
    statuses.send_modify(|status| (status.node_failure, status.failures) = (Some(name), failure.failures));
}
