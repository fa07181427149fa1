//! Where chain state is read from: a node's logs, an indexer whose answer is compared with the contracts' views, a
//! file.

pub mod file;
pub mod indexer;
pub mod node;

use psephos_protocol::identifiers::PollId;
use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::B256;
use async_trait::async_trait;
use psephos_state::{ChainState, Deployment, TransactionCall};

use crate::error::ChainError;

/// A source of a deployment's state.
///
/// Sources differ in speed and in what has to be trusted, not in the value they return: the same events lead to the
/// same state, whichever source delivered them.
#[async_trait]
pub trait StateSource: Send + Sync {
    /// The deployment whose state this source reads.
    fn deployment(&self) -> &Deployment;

    /// Reads the state at the newest block that the source knows.
    ///
    /// # Errors
    /// [`ChainError`]; each source says which.
    async fn read_state(&self) -> Result<ChainState, ChainError>;

    /// Reads sender, target and calldata of these transactions. Those that cannot be found are left out.
    ///
    /// # Errors
    /// `NodeUnreachable` if the source does not answer.
    async fn read_calls(&self, transactions: &BTreeSet<B256>) -> Result<BTreeMap<B256, TransactionCall>, ChainError>;

    /// Loads what the calldata of a poll's transactions says: the proofs of ballots, and whether shares, refusals,
    /// tallies and claims are in it.
    ///
    /// # Errors
    /// `State` if there is no such poll, `NodeUnreachable` if the source does not answer.
    async fn load_calls(&self, state: &mut ChainState, poll: PollId) -> Result<(), ChainError> {
        let calls = self.read_calls(&state.transactions_to_load(poll)?).await?;
        Ok(state.load_calls(poll, &calls)?)
    }
}
