//! Sources of the chain state for a relayer: an indexer, or a reader of its own.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use psephos_chain::{B256, ChainError, Connection};
use psephos_state::{ChainState, Deployment};
use tokio::sync::{Mutex, watch};

/// A source of the newest chain state of a deployment.
pub trait StateSource: Send + Sync + 'static {
    /// Returns the newest state; the same `Arc` while nothing has changed.
    fn newest_state(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>>;
}

/// A state that is maintained elsewhere.
impl StateSource for watch::Receiver<Arc<ChainState>> {
    fn newest_state(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>> {
        let newest = self.borrow().clone();
        Box::pin(async { Ok(newest) })
    }
}

/// Reads all events again whenever the newest block has changed: simple, correct after any reorganisation, and slow on
/// a long chain.
pub struct NodeStateSource {
    connection: Connection,
    deployment: Deployment,
    last: Mutex<Option<(B256, Arc<ChainState>)>>,
}

impl NodeStateSource {
    /// Creates a reader of this deployment.
    pub fn new(connection: Connection, deployment: Deployment) -> Self {
        Self { connection, deployment, last: Mutex::new(None) }
    }
}

impl StateSource for NodeStateSource {
    fn newest_state(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>> {
        Box::pin(async {
            let mut last = self.last.lock().await;
            let head = self.connection.newest_hash().await?;
            if let Some((_, chain_state)) = last.as_ref().filter(|(hash, _)| *hash == head) {
                return Ok(chain_state.clone());
            }
            let chain_state = Arc::new(psephos_chain::read_state(&self.connection, &self.deployment).await?);
            *last = Some((head, chain_state.clone()));
            Ok(chain_state)
        })
    }
}
