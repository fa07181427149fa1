//! State read from a node or an index, and the proofs that events leave out.

use std::collections::BTreeMap;

use psephos_state::{Deployment, Replay, events, proofs::Call};

use crate::{connection::Connection, error::ChainError, logs, snapshot};

/// Reads all events up to the newest block: from the node, or from the connection's index, and then everything is checked against the chain.
///
/// # Errors
/// `WrongChain`, `NotDeployed`, `NoChain`, `Provider`; `Snapshot` if an index does not answer, or not with what the chain says.
pub async fn read_state(connection: &Connection, deployment: &Deployment) -> Result<Replay, ChainError> {
    connection.check_deployment(deployment).await?;
    if let Some(index) = connection.index() {
        return Ok(snapshot::read(index, connection, deployment).await?);
    }
    let head = connection.head().await?;
    let time = connection.time().await?;
    let logs = logs::read(connection, &events::contracts(deployment), deployment.from_block, head).await?;
    let mut replay = Replay::empty(deployment.clone());
    replay.apply_all(&logs);
    replay.block = head;
    replay.time = time;
    Ok(replay)
}

/// Looks up the proofs of a poll's ballots, as far as no event has brought them, in the calldata of their transactions.
///
/// # Errors
/// `UnknownPoll`, `NoChain`.
pub async fn load_proofs(connection: &Connection, replay: &mut Replay, poll: u64) -> Result<(), ChainError> {
    let mut calls = BTreeMap::new();
    for transaction in replay.unread_transactions(poll)? {
        // A transaction that cannot be read leaves its own ballots without a proof, and no others.
        match connection.calldata(transaction).await {
            Ok((to, data)) => drop(calls.insert(transaction, Call { to, data })),
            Err(error @ ChainError::NoChain { .. }) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(replay.load_proofs(poll, &calls)?)
}
