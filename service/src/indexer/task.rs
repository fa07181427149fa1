//! The task that follows the chain, keeps what it reads, and publishes the state.

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

use super::{IndexError, Indexer, Options, Status, Store, cache::Cache};

/// So many new logs, and a checkpoint is due; or the 64th part of all, if that is more: a restart replays what came after the last one.
const CHECKPOINT_LOGS: u64 = 500;
const CHECKPOINT_PART: u64 = 64;

pub(super) async fn start(
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
    let of = deployment.clone();
    let loading = spawn_blocking(move || {
        let store = Store::open(&path, &of)?;
        let loaded = store.load()?;
        Ok::<_, IndexError>((store, loaded))
    });
    let (store, loaded) = loading.await.map_err(|_| IndexError::Ended)??;
    let store = Arc::new(store);
    let (kept, covered) = (loaded.logs + loaded.pending.len() as u64, loaded.checkpoint_logs);
    let follower = Follower::resume(connection, loaded.confirmed, loaded.known, loaded.pending, options.follow);
    let (states, state) = watch::channel(follower.newest().clone());
    let known = follower.blocks().last().copied();
    let first = Status {
        state: follower.newest().clone(),
        block: known,
        head: known.map_or(0, |block| block.number),
        confirmed: follower.confirmed().block,
        trouble: None,
        failures: 0,
    };
    tracing::info!(block = known.map(|block| block.number), logs = kept, "the index goes on from what was kept");
    let (statuses, status) = watch::channel(first);
    let deployment = Arc::new(deployment);
    let cache = Arc::new(Cache::default());
    let indexer = Indexer { deployment, store: store.clone(), status, states: state, cache: cache.clone() };
    let mut task = Task { follower, store, cache, options, statuses, states, logs: kept, covered };
    // Applying a hundred thousand logs is work for a thread of its own; what waits in it waits on this runtime.
    let handle = Handle::current();
    let task = spawn_blocking(move || handle.block_on(task.run(stop)));
    Ok((indexer, task))
}

struct Task {
    follower: Follower,
    store: Arc<Store>,
    cache: Arc<Cache>,
    options: Options,
    statuses: watch::Sender<Status>,
    states: watch::Sender<Arc<psephos_state::ChainState>>,
    /// Logs that are kept.
    logs: u64,
    /// Logs that the last checkpoint covers.
    covered: u64,
}

impl Task {
    async fn run(&mut self, stop: CancellationToken) -> Result<(), IndexError> {
        let mut behind = true;
        loop {
            let before = self.follower.blocks().last().copied();
            let statuses = self.statuses.clone();
            let step = tokio::select! {
                () = stop.cancelled() => break,
                step = self.follower.next_step(|trouble| notice(&statuses, trouble)) => step,
            };
            if !step.is_idle(before) {
                self.store.keep(&step, self.follower.blocks())?;
                self.count(&step);
            }
            self.publish(&step);
            if step.back_to.is_some() {
                self.cache.clear();
            }
            if step.is_caught_up() {
                if std::mem::take(&mut behind) {
                    tracing::info!(block = step.block.number, logs = self.logs, "the index has caught up");
                }
                self.checkpoint(CHECKPOINT_LOGS.max(self.logs / CHECKPOINT_PART))?;
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(self.options.pause) => {}
                }
            }
        }
        // The next start has the least to do.
        self.checkpoint(1)
    }

    fn count(&mut self, step: &Step) {
        if let Some(back) = step.back_to {
            tracing::warn!(to = back, "the chain has taken blocks back");
            if back.is_none() {
                (self.logs, self.covered) = (0, 0);
            }
        }
        self.logs += step.logs.len() as u64;
    }

    /// Keeps a checkpoint, if so many logs came since the last one.
    fn checkpoint(&mut self, due: u64) -> Result<(), IndexError> {
        if self.logs.saturating_sub(self.covered) < due || self.follower.blocks().is_empty() {
            return Ok(());
        }
        // Logs that are not final yet are counted too: the next checkpoint comes that much later.
        self.store.keep_checkpoint(&Checkpoint::from_state(self.follower.confirmed()), self.logs)?;
        self.covered = self.logs;
        Ok(())
    }

    fn publish(&self, step: &Step) {
        let state = self.follower.newest().clone();
        let status = Status {
            state: state.clone(),
            block: Some(step.block),
            head: step.head,
            confirmed: self.follower.confirmed().block,
            trouble: None,
            failures: 0,
        };
        // While it catches up, the state is this task's alone, so that it can be changed where it is.
        if step.is_caught_up() {
            self.states.send_replace(state);
            self.statuses.send_replace(status);
        } else {
            self.statuses.send_modify(|known| (known.head, known.trouble, known.failures) = (step.head, None, 0));
        }
    }
}

/// What is told of a node that does not answer. Its address may hold a key, and what it says may hold anything: neither is repeated.
fn notice(statuses: &watch::Sender<Status>, trouble: &FollowFailure) {
    let name = match &trouble.error {
        ChainError::NodeUnreachable { .. } => "no node answers",
        ChainError::Provider { .. } => "the node refuses",
        _ => "the node answers with something else",
    };
    if trouble.failures == 1 || trouble.failures.is_multiple_of(20) {
        tracing::warn!(failures = trouble.failures, pause = ?trouble.pause, "{name}");
    }
    statuses.send_modify(|status| (status.trouble, status.failures) = (Some(name), trouble.failures));
}
