//! Reading logs in ranges of blocks that a node accepts.

use alloy::{
    primitives::Address,
    providers::Provider,
    rpc::types::{Filter, Log as RpcLog},
    transports::RpcError,
};
use psephos_state::Log;

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
};

/// The widest range requested at once, in blocks.
pub const WIDEST_RANGE: u64 = 10_000;
/// If an answer has more logs than this, the next range is narrower: an answer is in memory as a whole, several times.
const MANY: usize = 20_000;
/// Ranges of blocks, as wide as the node accepts.
#[derive(Clone, Debug)]
pub struct BlockRanges {
    width: u64,
    widest: u64,
}

impl BlockRanges {
    /// Creates ranges of at most this number of blocks.
    pub fn new(widest: u64) -> Self {
        let widest = widest.max(1);
        Self { width: widest, widest }
    }

    /// Reads the logs of these contracts from block `from` on, in order, and returns them with the last block of the
    /// range: at most `to`.
    ///
    /// Nodes refuse ranges that are too wide, each with its own limit and message: a refused range is halved, down to
    /// one block. After a range was accepted, the next one is twice as wide.
    ///
    /// # Errors
    /// `NodeUnreachable`, `NoAnswer`, `NodeBusy`; `Provider` if one single block is refused.
    pub async fn read_next(
        &mut self,
        connection: &Connection,
        contracts: &[Address],
        from: u64,
        to: u64,
    ) -> Result<(u64, Vec<Log>), ChainError> {
        loop {
            let end = to.min(from.saturating_add(self.width - 1)).max(from);
            let filter = Filter::new().address(contracts.to_vec()).from_block(from).to_block(end);
            match connection.provider().get_logs(&filter).await {
                Ok(logs) => {
                    self.width = match logs.len() > MANY {
                        true => (self.width / 2).max(1),
                        false => (self.width * 2).min(self.widest),
                    };
                    let logs = logs.into_iter().filter(|log| !log.removed).map(from_rpc);
                    let mut logs = logs.collect::<Result<Vec<_>, _>>()?;
                    logs.sort_by_key(|log| (log.block, log.index));
                    return Ok((end, logs));
                }
                Err(RpcError::ErrorResp(_)) if end > from => self.width = (end - from).div_ceil(2).max(1),
                Err(error) => return Err(classify_error(connection.url(), "logs", error)),
            }
        }
    }
}

/// Converts a log of a mined block, which states its position; others are rejected.
fn from_rpc(log: RpcLog) -> Result<Log, ChainError> {
    let placed = (|| {
        let (block, block_hash) = (log.block_number?, log.block_hash?);
        let (transaction, index) = (log.transaction_hash?, log.log_index?);
        Some((block, block_hash, transaction, index))
    })();
    let (block, block_hash, transaction, index) =
        placed.ok_or_else(|| ChainError::unexpected("a log without its block or transaction"))?;
    let time = log.block_timestamp;
    Ok(Log { address: log.inner.address, data: log.inner.data, block, block_hash, time, transaction, index })
}

/// Reads all logs of these contracts from block `from` to block `to`, both included, in order.
///
/// # Errors
/// `NodeUnreachable`, `NoAnswer`, `NodeBusy`; `Provider` if one single block is refused.
pub async fn read_logs(
    connection: &Connection,
    contracts: &[Address],
    from: u64,
    to: u64,
) -> Result<Vec<Log>, ChainError> {
    let mut logs = Vec::new();
    let mut start = from;
    let mut ranges = BlockRanges::new(WIDEST_RANGE);
    while start <= to {
        let (end, found) = ranges.read_next(connection, contracts, start, to).await?;
        logs.extend(found);
        start = end + 1;
    }
    Ok(logs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::tests::mocked;

    fn at(block: u64, index: u64) -> RpcLog {
        let (block_hash, transaction_hash) = (Some(Default::default()), Some(Default::default()));
        RpcLog { block_number: Some(block), log_index: Some(index), block_hash, transaction_hash, ..RpcLog::default() }
    }

    #[tokio::test]
    async fn refused_range_is_halved_without_losing_logs() {
        let (connection, answers) = mocked();
        answers.push_failure_msg("query returned more than 10000 results");
        answers.push_success(&vec![at(3, 0)]);
        answers.push_success(&vec![at(9, 1), at(9, 0)]);
        let logs = read_logs(&connection, &[], 0, 9).await.unwrap();
        let order: Vec<_> = logs.iter().map(|log| (log.block, log.index)).collect();
        assert_eq!(order, [(3, 0), (9, 0), (9, 1)]);
    }

    #[tokio::test]
    async fn refused_single_block_is_an_error() {
        let (connection, answers) = mocked();
        for _ in 0..3 {
            answers.push_failure_msg("no");
        }
        let error = read_logs(&connection, &[], 0, 2).await.unwrap_err();
        assert!(matches!(error, ChainError::Provider { .. }), "{error}");
    }
}
