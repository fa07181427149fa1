//! Which transaction has used a nonce, when its hash is not known: the answer to its sender was lost, or someone else
//! sent it.

use alloy::{
    consensus::Transaction as _,
    network::TransactionResponse,
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
};

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
};

/// How far before the recorded block to look: the node may have been behind when that was recorded.
const MAX_LAG: u64 = 64;

/// The transaction that used a nonce.
pub(super) struct Spender {
    pub(super) hash: B256,
    pub(super) to: Option<Address>,
    pub(super) value: U256,
    pub(super) data_hash: B256,
}

/// Finds the mined transaction of an account with this nonce, which is expected after a block. `None` if the node does
/// not show it, or has no state of the blocks between any more.
///
/// # Errors
/// `NodeUnreachable`.
pub(super) async fn find_spender(
    connection: &Connection,
    account: Address,
    nonce: u64,
    after_block: u64,
) -> Result<Option<Spender>, ChainError> {
    match search(connection, account, nonce, after_block.saturating_sub(MAX_LAG)).await {
        // The node has pruned that state, or contradicts itself: it cannot tell.
        Err(ChainError::Provider { .. } | ChainError::State(_)) => Ok(None),
        other => other,
    }
}

async fn search(
    connection: &Connection,
    account: Address,
    nonce: u64,
    start: u64,
) -> Result<Option<Spender>, ChainError> {
    let is_used = async |block: u64| {
        let count = connection.provider().get_transaction_count(account).number(block).await;
        let count = count.map_err(|error| classify_error(connection.url(), "an earlier nonce", error))?;
        Ok::<bool, ChainError>(count > nonce)
    };
    // Not used after `before`, and used after `by`.
    let (mut before, mut by) = (start, connection.newest_block().await?);
    if !is_used(by).await? {
        return Ok(None);
    }
    if before > 0 && is_used(before).await? {
        return Ok(None);
    }
    while by > before + 1 {
        let middle = before + (by - before) / 2;
        if is_used(middle).await? {
            by = middle;
        } else {
            before = middle;
        }
    }
    let block = connection.provider().get_block_by_number(by.into()).full().await;
    let block = block.map_err(|error| classify_error(connection.url(), "a block", error))?;
    let transactions = block.map(|block| block.transactions.into_transactions().collect::<Vec<_>>());
    let found = transactions.unwrap_or_default().into_iter().find(|tx| tx.from() == account && tx.nonce() == nonce);
    Ok(found.map(|tx| Spender { hash: tx.tx_hash(), to: tx.to(), value: tx.value(), data_hash: keccak256(tx.input()) }))
}
