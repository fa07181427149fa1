//! Where a relayer sees the chain's state: the indexer's, or one that it reads itself.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use psephos_chain::{B256, ChainError, Connection};
use psephos_state::{ChainState, Deployment};
use tokio::sync::{Mutex, watch};

/// The state that a deployment's events lead to, as of now.
pub trait View: Send + Sync + 'static {
    /// The newest state. The same one is given again while nothing has changed.
    fn newest(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>>;
}

/// What somebody else follows.
impl View for watch::Receiver<Arc<ChainState>> {
    fn newest(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>> {
        let newest = self.borrow().clone();
        Box::pin(async { Ok(newest) })
    }
}

/// Reads all events again whenever the newest block is another one: simple, right after any reorganisation, and slow on a long chain.
pub struct Reader {
    connection: Connection,
    deployment: Deployment,
    last: Mutex<Option<(B256, Arc<ChainState>)>>,
}

impl Reader {
    /// A reader of this deployment.
    pub fn new(connection: Connection, deployment: Deployment) -> Self {
        Self { connection, deployment, last: Mutex::new(None) }
    }
}

impl View for Reader {
    fn newest(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>> {
        Box::pin(async {
            let mut last = self.last.lock().await;
            let head = self.connection.newest_hash().await?;
            if let Some((_, replay)) = last.as_ref().filter(|(hash, _)| *hash == head) {
                return Ok(replay.clone());
            }
            let replay = Arc::new(psephos_chain::read_state(&self.connection, &self.deployment).await?);
            *last = Some((head, replay.clone()));
            Ok(replay)
        })
    }
}
