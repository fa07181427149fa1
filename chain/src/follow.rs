//! Following a chain: block after block into state, through failures and reorganisations.
//!
//! Two states are held: one at a block deep enough to be final, and one at the newest block. On a reorganisation the
//! newest state is rebuilt from the final one and the logs since. A node that does not have the final block is on
//! another chain, or lost its own: nothing is thrown away, and the node is asked again until it has the block.

pub mod block;
mod step;

use std::{sync::Arc, time::Duration};

use psephos_state::{ChainState, Deployment, Log};

use self::block::{Block, Step};
use crate::{
    backoff::Backoff,
    connection::Connection,
    error::ChainError,
    logs::{BlockRanges, WIDEST_RANGE},
};

/// How a chain is followed.
#[derive(Clone, Copy, Debug)]
pub struct FollowOptions {
    /// The number of blocks on top of a block after which it counts as final. Nothing is followed beyond a deeper
    /// reorganisation.
    pub confirmations: u64,
    /// The widest range of blocks requested at once.
    pub widest: u64,
}

impl Default for FollowOptions {
    /// 64 blocks, after which Ethereum's are final; ranges of at most 10,000 blocks.
    fn default() -> Self {
        Self { confirmations: 64, widest: WIDEST_RANGE }
    }
}

/// A failure that will be retried.
#[derive(Debug)]
pub struct FollowFailure {
    /// The failure.
    pub error: ChainError,
    /// The number of failures in a row.
    pub failures: u32,
    /// The pause before the next attempt.
    pub pause: Duration,
}

/// Follows a chain and holds the state so far.
#[derive(Debug)]
pub struct Follower {
    connection: Connection,
    deployment: Deployment,
    options: FollowOptions,
    ranges: BlockRanges,
    backoff: Backoff,
    /// Known blocks in ascending order: the first is that of `confirmed`, the last that of `newest`. Empty before the
    /// first step.
    blocks: Vec<Block>,
    confirmed: Arc<ChainState>,
    newest: Arc<ChainState>,
    /// The logs between the two.
    pending: Vec<Log>,
}

impl Follower {
    /// Starts without any known block.
    ///
    /// # Errors
    /// `WrongChain`, `NotDeployed`, `NodeUnreachable`, `Provider`.
    pub async fn start(
        connection: Connection,
        deployment: Deployment,
        options: FollowOptions,
    ) -> Result<Self, ChainError> {
        connection.check_deployment(&deployment).await?;
        let nothing = Arc::new(ChainState::empty(deployment));
        Ok(Self::resume(connection, nothing, Vec::new(), Vec::new(), options))
    }

    /// Resumes from stored data: the state at a final block, the known blocks from that one on in ascending order, and
    /// the logs of those after it. Whether the chain still has these blocks is what the first step checks.
    pub fn resume(
        connection: Connection,
        confirmed: Arc<ChainState>,
        blocks: Vec<Block>,
        logs: Vec<Log>,
        options: FollowOptions,
    ) -> Self {
        let mut follower = Self {
            connection,
            deployment: confirmed.deployment.clone(),
            options,
            ranges: BlockRanges::new(options.widest),
            backoff: Backoff::default(),
            blocks,
            newest: confirmed.clone(),
            confirmed,
            pending: logs,
        };
        if let Some(&tip) = follower.blocks.last() {
            let pending = std::mem::take(&mut follower.pending);
            follower.newest = Arc::new(apply_up_to((*follower.confirmed).clone(), &pending, tip));
            follower.pending = pending;
        }
        follower
    }

    /// Returns the state at the newest block that was read.
    pub fn newest(&self) -> &Arc<ChainState> {
        &self.newest
    }

    /// Returns the state at the final block.
    pub fn confirmed(&self) -> &Arc<ChainState> {
        &self.confirmed
    }

    /// Returns the known blocks from the final one to the newest one, in ascending order, as [`Follower::resume`] takes
    /// them.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Returns the deployment.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Takes the next step, however many attempts it needs; `notice` is called with every failure before the pause.
    pub async fn next_step(&mut self, mut notice: impl FnMut(&FollowFailure)) -> Step {
        loop {
            match self.try_step().await {
                Ok(step) => {
                    self.backoff.reset();
                    return step;
                }
                Err(error) => {
                    let pause = self.backoff.next_pause();
                    notice(&FollowFailure { error, failures: self.backoff.failures(), pause });
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

/// Returns a state with the logs up to a block applied.
fn apply_up_to(mut state: ChainState, logs: &[Log], tip: Block) -> ChainState {
    state.apply_logs(logs);
    (state.block, state.time) = (tip.number, tip.time);
    state
}

#[cfg(test)]
mod tests;
