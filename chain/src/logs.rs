//! Reading logs in ranges that a provider accepts.

use alloy::{
    primitives::Address,
    providers::Provider,
    rpc::types::{Filter, Log},
    transports::RpcError,
};

use crate::{
    connection::Connection,
    error::{ChainError, classify},
};

/// The widest range asked for at once.
const WIDEST: u64 = 10_000;

/// All logs of these contracts from block `from` to block `to`, both included, in order.
///
/// Providers refuse ranges that are too wide, each with its own limit and words: a refused range is halved, down to one block.
///
/// # Errors
/// `NoChain`, or `Provider` if one single block is refused.
pub async fn read(connection: &Connection, contracts: &[Address], from: u64, to: u64) -> Result<Vec<Log>, ChainError> {
    let mut logs = Vec::new();
    let mut start = from;
    let mut width = WIDEST;
    while start <= to {
        let end = to.min(start.saturating_add(width - 1));
        let filter = Filter::new().address(contracts.to_vec()).from_block(start).to_block(end);
        match connection.provider().get_logs(&filter).await {
            Ok(found) => {
                logs.extend(found);
                start = end + 1;
                width = (width * 2).min(WIDEST);
            }
            Err(RpcError::ErrorResp(_)) if end > start => width = (end - start).div_ceil(2).max(1),
            Err(error) => return Err(classify(connection.url(), "logs", error)),
        }
    }
    logs.retain(|log| !log.removed);
    logs.sort_by_key(|log| (log.block_number, log.log_index));
    Ok(logs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::tests::mocked;

    fn at(block: u64, index: u64) -> Log {
        Log { block_number: Some(block), log_index: Some(index), ..Log::default() }
    }

    #[tokio::test]
    async fn a_refused_range_is_halved_and_nothing_is_lost() {
        let (connection, answers) = mocked();
        answers.push_failure_msg("query returned more than 10000 results");
        answers.push_success(&vec![at(3, 0)]);
        answers.push_success(&vec![at(9, 1), at(9, 0)]);
        let logs = read(&connection, &[], 0, 9).await.unwrap();
        let order: Vec<_> = logs.iter().map(|log| (log.block_number.unwrap(), log.log_index.unwrap())).collect();
        assert_eq!(order, [(3, 0), (9, 0), (9, 1)]);
    }

    #[tokio::test]
    async fn a_single_block_that_is_refused_is_an_error() {
        let (connection, answers) = mocked();
        for _ in 0..3 {
            answers.push_failure_msg("no");
        }
        let error = read(&connection, &[], 0, 2).await.unwrap_err();
        assert!(matches!(error, ChainError::Provider { .. }), "{error}");
    }
}
