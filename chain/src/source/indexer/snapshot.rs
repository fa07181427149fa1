//! A state as an indexer sent it, and its verification against the chain.

use alloy::{eips::BlockId, primitives::B256, providers::Provider};
use psephos_state::{ChainState, events};

use super::{compare, error::IndexerError};
use crate::{
    connection::Connection,
    error::{ChainError, classify},
    logs,
};

/// A state from an indexer's events, and the block at which it claims to be. Nothing in it is verified yet.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The state.
    pub replay: ChainState,
    /// The hash of its block.
    pub hash: B256,
}

impl Snapshot {
    /// Checks that the node's chain has the block, reads later events from the node, and compares the result with the
    /// contracts' views at the newest block.
    ///
    /// # Errors
    /// [`IndexerError::OtherBlock`], [`IndexerError::Differs`]; another [`ChainError`] if the node does not answer.
    pub async fn verify(self, connection: &Connection) -> Result<ChainState, ChainError> {
        Ok(self.advance(connection).await?.replay)
    }

    pub(super) async fn advance(self, connection: &Connection) -> Result<Self, ChainError> {
        let Self { mut replay, hash } = self;
        let (known, _) = block(connection, BlockId::number(replay.block)).await?.unwrap_or_default();
        if known != hash {
            return Err(IndexerError::OtherBlock { block: replay.block, index: hash, chain: known }.into());
        }
        let number = connection.head().await?.max(replay.block);
        let missing = || ChainError::Unexpected(format!("there is no block {number}"));
        let (head, time) = block(connection, BlockId::number(number)).await?.ok_or_else(missing)?;
        if number > replay.block {
            let contracts = events::event_contracts(&replay.deployment);
            replay.apply_logs(&logs::read(connection, &contracts, replay.block + 1, number).await?);
        }
        (replay.block, replay.time) = (number, time);
        compare::compare(connection, &replay, head).await?;
        Ok(Self { replay, hash: head })
    }
}

async fn block(connection: &Connection, id: BlockId) -> Result<Option<(B256, u64)>, ChainError> {
    let answer = connection.provider().get_block(id).await;
    let block = answer.map_err(|error| classify(connection.url(), "a block", error))?;
    Ok(block.map(|block| (block.header.hash, block.header.timestamp)))
}
