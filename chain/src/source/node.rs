//! State from a node's logs.

use psephos_protocol::identifiers::PollId;
use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::B256;
use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use psephos_state::{ChainState, Deployment, TransactionCall, events};

use super::StateSource;
use crate::{
    connection::{AT_ONCE, Connection},
    error::ChainError,
    logs,
};

/// A node, asked for all logs of the deployment's contracts. It is trusted not to withhold or invent logs.
#[derive(Clone, Debug)]
pub struct NodeSource {
    connection: Connection,
    deployment: Deployment,
}

impl NodeSource {
    /// Creates a source that reads over this connection.
    pub fn new(connection: Connection, deployment: Deployment) -> Self {
        Self { connection, deployment }
    }

    /// The connection to the node.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
}

#[async_trait]
impl StateSource for NodeSource {
    fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    async fn read_state(&self) -> Result<ChainState, ChainError> {
        read_state(&self.connection, &self.deployment).await
    }

    async fn read_calls(&self, transactions: &BTreeSet<B256>) -> Result<BTreeMap<B256, TransactionCall>, ChainError> {
        read_calls(&self.connection, transactions).await
    }
}

/// Reads all events of a deployment up to the newest block from the node and returns the state that they lead to.
///
/// # Errors
/// `WrongChain`, `NotDeployed`, `NodeUnreachable`, `Provider`.
pub async fn read_state(connection: &Connection, deployment: &Deployment) -> Result<ChainState, ChainError> {
    connection.check_deployment(deployment).await?;
    let head = connection.newest_block().await?;
    let time = connection.newest_time().await?;
    let logs = logs::read_logs(connection, &events::event_contracts(deployment), deployment.from_block, head).await?;
    let mut state = ChainState::empty(deployment.clone());
    state.apply_logs(&logs);
    (state.block, state.time) = (head, time);
    Ok(state)
}

/// Reads sender, target and calldata of these transactions. Those that the node cannot show are left out: their own
/// ballots stay without a proof, and no others.
///
/// # Errors
/// `NodeUnreachable` if the node does not answer.
pub async fn read_calls(
    connection: &Connection,
    transactions: &BTreeSet<B256>,
) -> Result<BTreeMap<B256, TransactionCall>, ChainError> {
    let mut calls = BTreeMap::new();
    let each = |&transaction: &B256| async move { (transaction, connection.read_transaction(transaction).await) };
    let mut answers = stream::iter(transactions).map(each).buffered(AT_ONCE);
    while let Some((transaction, answer)) = answers.next().await {
        match answer {
            Ok(call) => drop(calls.insert(transaction, call)),
            Err(error) if error.is_node_silent() => return Err(error),
            Err(_) => {}
        }
    }
    Ok(calls)
}

/// Loads what the calldata of a poll's transactions says, as [`StateSource::load_calls`] does.
///
/// # Errors
/// `State` if there is no such poll, `NodeUnreachable` if the node does not answer.
pub async fn load_calls(connection: &Connection, state: &mut ChainState, poll: PollId) -> Result<(), ChainError> {
    let calls = read_calls(connection, &state.transactions_to_load(poll)?).await?;
    Ok(state.load_calls(poll, &calls)?)
}
