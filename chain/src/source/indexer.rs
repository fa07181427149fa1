//! State from an indexer instead of a node's logs, verified against the chain before use.
//!
//! An indexer sends the deployment's events as a node would, only faster and all at once; the same code applies them.
//! Events after the indexer's last block are read from the node. Then the contracts' views at the newest block must
//! agree with the events: for every chamber, poll, ballot, committee, reward, sheet poll, sheet and version of the
//! charter. So an indexer can leave its clients without an answer, but cannot give them a wrong one that the node would
//! not give.

pub mod client;
mod compare;
pub mod error;
pub mod snapshot;
mod view;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use alloy::primitives::B256;
use async_trait::async_trait;
use psephos_state::{ChainState, Deployment, TransactionCall};

use self::{client::IndexerClient, error::IndexerError, snapshot::Snapshot};
use super::{StateSource, node};
use crate::{connection::Connection, error::ChainError};

/// An indexer, whose answer is compared with a node.
#[derive(Clone, Debug)]
pub struct IndexerSource {
    client: IndexerClient,
    connection: Connection,
    deployment: Deployment,
    /// The snapshot that was verified last; clones share it.
    verified: Arc<Mutex<Option<Snapshot>>>,
}

impl IndexerSource {
    /// Creates a source that reads from this indexer and compares with the node of this connection.
    pub fn new(client: IndexerClient, connection: Connection, deployment: Deployment) -> Self {
        Self { client, connection, deployment, verified: Arc::default() }
    }

    async fn verify_snapshot(&self, snapshot: Snapshot) -> Result<ChainState, ChainError> {
        let snapshot = snapshot.advance_to_head(&self.connection).await?;
        *self.verified.lock().unwrap_or_else(PoisonError::into_inner) = Some(snapshot.clone());
        Ok(snapshot.state)
    }

    async fn fetch_snapshot(&self) -> Result<Snapshot, ChainError> {
        Ok(self.client.fetch_snapshot(&self.deployment).await?)
    }
}

#[async_trait]
impl StateSource for IndexerSource {
    fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Reads the state at the node's newest block. Reading resumes from what was verified before, as long as the chain
    /// has its block.
    async fn read_state(&self) -> Result<ChainState, ChainError> {
        self.connection.check_deployment(&self.deployment).await?;
        let verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let outcome = match verified {
            Some(snapshot) => self.verify_snapshot(snapshot).await,
            None => self.verify_snapshot(self.fetch_snapshot().await?).await,
        };
        // The chain may have been reorganised since the last time, or while the pages were fetched.
        match outcome {
            Err(ChainError::Indexer(error)) if matches!(*error, IndexerError::OtherBlock { .. }) => {
                self.verify_snapshot(self.fetch_snapshot().await?).await
            }
            outcome => outcome,
        }
    }

    async fn read_calls(&self, transactions: &BTreeSet<B256>) -> Result<BTreeMap<B256, TransactionCall>, ChainError> {
        node::read_calls(&self.connection, transactions).await
    }
}
