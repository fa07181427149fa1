//! Following a chain: block after block into state, through refusals and reorganisations.
//!
//! Two states are kept: one of blocks so deep that they are taken for final, and one of the newest block. When blocks are taken back, the newest
//! state is made again from the deep one and the logs since; if even the deep one is gone, everything is read again.

pub mod block;
mod step;

use std::{sync::Arc, time::Duration};

use psephos_state::{ChainState, Deployment, Log};

use self::block::{Block, Step};
use crate::{
    backoff::Backoff,
    connection::Connection,
    error::ChainError,
    logs::{Ranges, WIDEST},
};

/// How a chain is followed.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// So many blocks below the newest one, a block is taken for final. A deeper reorganisation makes everything be read again.
    pub confirmations: u64,
    /// The widest range of blocks asked for at once.
    pub widest: u64,
}

impl Default for Options {
    /// 64 blocks, which is when Ethereum's are final; ranges of at most 10,000.
    fn default() -> Self {
        Self { confirmations: 64, widest: WIDEST }
    }
}

/// A failure that is not the last word.
#[derive(Debug)]
pub struct Trouble {
    /// What went wrong.
    pub error: ChainError,
    /// How often in a row.
    pub failures: u32,
    /// When it is tried again.
    pub pause: Duration,
}

/// What is followed, and how far.
#[derive(Debug)]
pub struct Follower {
    connection: Connection,
    deployment: Deployment,
    options: Options,
    ranges: Ranges,
    backoff: Backoff,
    /// Known blocks, ascending: the first is that of `confirmed`, the last that of `newest`. Empty before the first step.
    blocks: Vec<Block>,
    confirmed: Arc<ChainState>,
    newest: Arc<ChainState>,
    /// The logs between the two.
    pending: Vec<Log>,
}

impl Follower {
    /// Begins with nothing.
    ///
    /// # Errors
    /// `WrongChain`, `NotDeployed`, `NoChain`, `Provider`.
    pub async fn start(connection: Connection, deployment: Deployment, options: Options) -> Result<Self, ChainError> {
        connection.check_deployment(&deployment).await?;
        let nothing = Arc::new(ChainState::empty(deployment));
        Ok(Self::resume(connection, nothing, Vec::new(), Vec::new(), options))
    }

    /// Goes on from what was kept: the state of a deep block, the blocks known from that one on, ascending, and the logs of those after it. Whether the
    /// chain still has them is what the first step looks at.
    pub fn resume(
        connection: Connection,
        confirmed: Arc<ChainState>,
        blocks: Vec<Block>,
        logs: Vec<Log>,
        options: Options,
    ) -> Self {
        let mut follower = Self {
            connection,
            deployment: confirmed.deployment.clone(),
            options,
            ranges: Ranges::new(options.widest),
            backoff: Backoff::default(),
            blocks,
            newest: confirmed.clone(),
            confirmed,
            pending: logs,
        };
        if let Some(&tip) = follower.blocks.last() {
            let pending = std::mem::take(&mut follower.pending);
            follower.newest = Arc::new(advanced((*follower.confirmed).clone(), &pending, tip));
            follower.pending = pending;
        }
        follower
    }

    /// The state of the newest block that was read.
    pub fn newest(&self) -> &Arc<ChainState> {
        &self.newest
    }

    /// The state of a block that is taken for final.
    pub fn confirmed(&self) -> &Arc<ChainState> {
        &self.confirmed
    }

    /// The blocks known from the confirmed one to the newest one, ascending: what [`Follower::resume`] wants.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Which deployment.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// The next step, however often it has to be tried; `notice` is told of every failure before the pause.
    pub async fn next(&mut self, mut notice: impl FnMut(&Trouble)) -> Step {
        loop {
            match self.step().await {
                Ok(step) => {
                    self.backoff.reset();
                    return step;
                }
                Err(error) => {
                    let pause = self.backoff.pause();
                    notice(&Trouble { error, failures: self.backoff.failures(), pause });
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

/// A state with the logs up to a block applied.
fn advanced(mut replay: ChainState, logs: &[Log], tip: Block) -> ChainState {
    replay.apply_logs(logs);
    (replay.block, replay.time) = (tip.number, tip.time);
    replay
}

#[cfg(test)]
mod tests;
