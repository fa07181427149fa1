//! A state as an indexer sent it, and its verification against the chain.

use alloy::{eips::BlockId, primitives::B256, providers::Provider};
use psephos_state::{ChainState, events};

use super::{compare, error::IndexerError};
use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    logs,
};

/// A state from an indexer's events, and the block at which it claims to be. Nothing in it is verified yet.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The state.
    pub state: ChainState,
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
        Ok(self.advance_to_head(connection).await?.state)
    }

    pub(super) async fn advance_to_head(self, connection: &Connection) -> Result<Self, ChainError> {
        let Self { mut state, hash } = self;
        let (known, _) = read_block(connection, BlockId::number(state.block)).await?.unwrap_or_default();
        if known != hash {
            return Err(IndexerError::OtherBlock { block: state.block, index: hash, chain: known }.into());
        }
        let number = connection.newest_block().await?.max(state.block);
        let missing = || ChainError::unexpected(format!("there is no block {number}"));
        let (head, time) = read_block(connection, BlockId::number(number)).await?.ok_or_else(missing)?;
        if number > state.block {
            let contracts = events::event_contracts(&state.deployment);
            state.apply_logs(&logs::read_logs(connection, &contracts, state.block + 1, number).await?);
        }
        (state.block, state.time) = (number, time);
        compare::compare_views(connection, &state, head).await?;
        Ok(Self { state, hash: head })
    }
}

async fn read_block(connection: &Connection, id: BlockId) -> Result<Option<(B256, u64)>, ChainError> {
    let answer = connection.provider().get_block(id).await;
    let block = answer.map_err(|error| classify_error(connection.url(), "a block", error))?;
    Ok(block.map(|block| (block.header.hash, block.header.timestamp)))
}
