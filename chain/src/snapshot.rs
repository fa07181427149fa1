//! State from an index instead of a node's logs, checked against the chain before anybody uses it.
//!
//! An index sends the deployment's events as a node would, only faster and as a whole; they are replayed by the same code. What came after the index's last
//! block is read from the node. Then the contracts' views at the newest block must agree with what the events say: of every chamber, poll, ballot, committee and
//! reward. So an index can leave its clients without an answer, and cannot give them a wrong one that the node would not give.

mod compare;
mod error;
mod fetch;

pub use error::{Difference, Part, SnapshotError};
pub use fetch::Index;

use alloy::{
    eips::BlockId,
    primitives::{Address, B256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};

use psephos_state::{Deployment, Replay, events};

use crate::{
    connection::Connection,
    error::{ChainError, classify},
    logs,
};

/// A state that an index told, and the block it says it is of. Nothing in it is checked yet.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The state.
    pub replay: Replay,
    /// The hash of its block.
    pub hash: B256,
}

impl Snapshot {
    /// Checks that the node's chain has the block, reads what came after it from the node, and compares the whole with the contracts' views at the newest block.
    ///
    /// # Errors
    /// [`SnapshotError::OtherBlock`], [`SnapshotError::Differs`]; [`SnapshotError::Chain`] if the node does not answer.
    pub async fn verify(self, connection: &Connection) -> Result<Replay, SnapshotError> {
        Ok(self.advance(connection).await?.replay)
    }

    async fn advance(self, connection: &Connection) -> Result<Self, SnapshotError> {
        let Self { mut replay, hash } = self;
        let (known, _) = block(connection, BlockId::number(replay.block)).await?.unwrap_or_default();
        if known != hash {
            return Err(SnapshotError::OtherBlock { block: replay.block, index: hash, chain: known });
        }
        let number = connection.head().await?.max(replay.block);
        let missing = || ChainError::Unexpected(format!("there is no block {number}"));
        let (head, time) = block(connection, BlockId::number(number)).await?.ok_or_else(missing)?;
        if number > replay.block {
            let contracts = events::contracts(&replay.deployment);
            replay.apply_all(&logs::read(connection, &contracts, replay.block + 1, number).await?);
        }
        (replay.block, replay.time) = (number, time);
        compare::compare(connection, &replay, head).await?;
        Ok(Self { replay, hash: head })
    }
}

/// The state of the newest block, by way of an index. What was read before is gone on from, as long as the chain has its block.
///
/// # Errors
/// [`SnapshotError`].
pub async fn read(index: &Index, connection: &Connection, deployment: &Deployment) -> Result<Replay, SnapshotError> {
    let mut outcome = match index.kept(deployment) {
        Some(snapshot) => verified(index, snapshot, connection).await,
        None => verified(index, index.fetch(deployment).await?, connection).await,
    };
    // The chain may have taken blocks back, since the last time or while the pages came.
    if matches!(outcome, Err(SnapshotError::OtherBlock { .. })) {
        outcome = verified(index, index.fetch(deployment).await?, connection).await;
    }
    outcome
}

async fn verified(index: &Index, snapshot: Snapshot, connection: &Connection) -> Result<Replay, SnapshotError> {
    let snapshot = snapshot.advance(connection).await?;
    index.keep(&snapshot);
    Ok(snapshot.replay)
}

async fn block(connection: &Connection, id: BlockId) -> Result<Option<(B256, u64)>, ChainError> {
    let answer = connection.provider().get_block(id).await;
    let block = answer.map_err(|error| classify(connection.url(), "a block", error))?;
    Ok(block.map(|block| (block.header.hash, block.header.timestamp)))
}

/// What a view function answers at a block.
async fn view<C: SolCall>(connection: &Connection, at: B256, to: Address, call: C) -> Result<C::Return, ChainError> {
    let request = TransactionRequest::default().to(to).input(call.abi_encode().into());
    let answer = connection.provider().call(request).block(BlockId::hash(at)).await;
    let answer = answer.map_err(|error| classify(connection.url(), C::SIGNATURE, error))?;
    C::abi_decode_returns(&answer).map_err(|error| ChainError::Unexpected(format!("{}: {error}", C::SIGNATURE)))
}
