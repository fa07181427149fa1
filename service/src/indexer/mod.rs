//! The indexer: follows the chain and hands out what it holds, whole, so that nobody says what is its own by asking for it.
//!
//! Logs are kept by block in a store of one file ([`store`]), with the hashes by which a reorganisation is noticed and a checkpoint from which a restart goes on.
//! Everything that is handed out is made from the state that these logs lead to, by the code that reads a node's logs, so a client can check all of it against the
//! chain. What is logged here is block numbers and counts: no weight, no leaf's place, no address.

mod cache;
mod error;
mod http;
mod notes;
mod part;
pub mod store;
mod task;
mod views;

use std::{path::PathBuf, sync::Arc, time::Duration};

use psephos_chain::{
    Connection,
    follow::{self, block::Block},
};
use psephos_state::{ChainState, Deployment};
use tokio::sync::watch;

pub use error::IndexError;
pub use http::{IndexerApi, routes};
pub use notes::{Notes, decode as decode_notes};
pub use store::Store;
pub use views::{
    Artefact, ChamberInfo, CountedInfo, IndexInfo, PollChamberInfo, PollDetail, PollInfo, RuleInfo, ShareInfo,
};

/// How an index is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file of the store; it is made if it is not there.
    pub path: PathBuf,
    /// How the chain is followed.
    pub follow: follow::FollowOptions,
    /// How long to wait for the next block when there is none.
    pub pause: Duration,
}

impl Options {
    /// The usual: a block is looked for every two seconds.
    pub fn new(path: PathBuf) -> Self {
        Self { path, follow: follow::FollowOptions::default(), pause: Duration::from_secs(2) }
    }
}

/// What is known, and how well.
#[derive(Clone, Debug)]
pub struct Status {
    /// The state of the newest block that was read.
    pub state: Arc<ChainState>,
    /// That block; none, if none was read yet.
    pub block: Option<Block>,
    /// The chain's newest block, when it was last asked.
    pub head: u64,
    /// Up to which block nothing is expected to be taken back.
    pub confirmed: u64,
    /// Why the node does not answer, if it does not: a short name.
    pub trouble: Option<&'static str>,
    /// How often in a row it did not.
    pub failures: u32,
}

impl Status {
    /// How many blocks are not read yet.
    pub fn lag(&self) -> u64 {
        self.head.saturating_sub(self.block.map_or(0, |block| block.number))
    }
}

/// An index that is kept up to date by a task of its own. Clones share it.
#[derive(Clone, Debug)]
pub struct Indexer {
    deployment: Arc<Deployment>,
    store: Arc<Store>,
    status: watch::Receiver<Status>,
    states: watch::Receiver<Arc<ChainState>>,
    cache: Arc<cache::Cache>,
}

impl Indexer {
    /// Opens the store, restores the state that was kept, and begins to follow the chain. What was kept is there when this returns, whether the node answers
    /// or not. The task ends when `stop` is told, or when the store fails.
    ///
    /// # Errors
    /// [`IndexError`]: the store is another deployment's, damaged, or in use; another chain.
    pub async fn start(
        connection: Connection,
        deployment: Deployment,
        options: Options,
        stop: tokio_util::sync::CancellationToken,
    ) -> Result<(Self, tokio::task::JoinHandle<Result<(), IndexError>>), IndexError> {
        task::start(connection, deployment, options, stop).await
    }

    /// The newest state, and how it stands with the chain.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// The newest state alone: what a relayer looks at.
    pub fn states(&self) -> watch::Receiver<Arc<ChainState>> {
        self.states.clone()
    }

    /// Which deployment.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }
}

#[cfg(test)]
mod tests;
