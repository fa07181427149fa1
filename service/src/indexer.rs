//! The indexer: follows the chain and serves its events and state as a whole, so that no request reveals by its content
//! what the client is interested in.
//!
//! Logs are stored by block in a store of one file ([`store`]), with the block hashes by which a reorganisation is
//! detected and a checkpoint from which a restart resumes. Every response is computed from the chain state that these
//! logs lead to, by the same code that reads a node's logs, so a client can verify all of it against the chain. The log
//! contains block numbers and counts only: no weight, no leaf index, no address.

mod cache;
mod component;
mod error;
mod http;
mod notes;
mod responses;
pub mod store;
mod task;

use std::{path::PathBuf, sync::Arc, time::Duration};

use psephos_chain::{
    Connection,
    follow::{self, block::Block},
};
use psephos_state::{ChainState, Deployment};
use tokio::sync::watch;

pub use error::IndexError;
pub use http::{IndexerApi, router};
pub use notes::{Notes, decode_notes};
pub use responses::{
    Artefact, ChamberInfo, IndexerInfo, PollChamberInfo, PollDetail, PollInfo, RuleInfo, ShareInfo, TallyInfo,
};
pub use store::Store;

/// Options of an indexer.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file of the store; created if it does not exist.
    pub path: PathBuf,
    /// How the chain is followed.
    pub follow: follow::FollowOptions,
    /// The pause before polling for the next block when there is none.
    pub pause: Duration,
}

impl Options {
    /// Returns the default options: a new block is polled for every two seconds.
    pub fn new(path: PathBuf) -> Self {
        Self { path, follow: follow::FollowOptions::default(), pause: Duration::from_secs(2) }
    }
}

/// The newest chain state and its distance from the chain.
#[derive(Clone, Debug)]
pub struct IndexerStatus {
    /// The chain state as of the newest block that was read.
    pub state: Arc<ChainState>,
    /// The newest block that was read; `None` if none was read yet.
    pub block: Option<Block>,
    /// The number of the chain's newest block at the last poll.
    pub head: u64,
    /// The newest block that is considered final.
    pub confirmed: u64,
    /// A short description of the node's failure, if it does not answer.
    pub node_failure: Option<&'static str>,
    /// The number of consecutive failures.
    pub failures: u32,
    /// Why the chain cannot be followed although the node answers: it does not have the final block.
    pub lost_block: Option<String>,
    /// Why the deployment cannot be used: it was not looked at yet, or there is no code at one of its addresses.
    pub deployment_failure: Option<String>,
}

impl IndexerStatus {
    /// Returns the number of blocks that are not read yet.
    pub fn lag(&self) -> u64 {
        self.head.saturating_sub(self.block.map_or(0, |block| block.number))
    }
}

/// A handle to an indexer, which is kept up to date by a task of its own. Clones share it.
#[derive(Clone, Debug)]
pub struct Indexer {
    deployment: Arc<Deployment>,
    store: Arc<Store>,
    status: watch::Receiver<IndexerStatus>,
    states: watch::Receiver<Arc<ChainState>>,
    cache: Arc<cache::ResponseCache>,
}

impl Indexer {
    /// Opens the store, restores the stored chain state, and starts to follow the chain. The stored state is available
    /// when this returns, whether the node answers or not. The task ends when `stop` is cancelled, or when the store is
    /// damaged; while the disk fails it waits and opens the store again.
    ///
    /// # Errors
    /// Returns [`IndexError`] if the store belongs to another deployment, is damaged or in use, or if the chain is a
    /// different one.
    pub async fn start_following(
        connection: Connection,
        deployment: Deployment,
        options: Options,
        stop: tokio_util::sync::CancellationToken,
    ) -> Result<(Self, tokio::task::JoinHandle<Result<(), IndexError>>), IndexError> {
        task::start_task(connection, deployment, options, stop).await
    }

    /// Returns a receiver of the newest chain state and its distance from the chain.
    pub fn status(&self) -> watch::Receiver<IndexerStatus> {
        self.status.clone()
    }

    /// Returns a receiver of the newest chain state alone, as a relayer uses it.
    pub fn chain_states(&self) -> watch::Receiver<Arc<ChainState>> {
        self.states.clone()
    }

    /// Returns the deployment.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }
}

#[cfg(test)]
mod tests;
