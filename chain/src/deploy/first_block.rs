//! From which block a deployment's events are read.

use alloy::{primitives::Address, providers::Provider};

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
};

/// Returns the newest block, or the one in which a contract that is there already was created: that of a deployment
/// with a salt that was used before. 0 if the node does not show old code.
pub(super) async fn find_first_block(connection: &Connection, contract: Address) -> Result<u64, ChainError> {
    let newest = connection.newest_block().await?;
    if connection.read_code(contract).await?.is_empty() {
        return Ok(newest);
    }
    let (mut without, mut with) = (0, newest);
    while with > without + 1 {
        let middle = without + (with - without) / 2;
        let code = connection.provider().get_code_at(contract).number(middle).await;
        match code.map_err(|error| classify_error(connection.url(), "earlier code", error)) {
            Ok(code) if code.is_empty() => without = middle,
            Ok(_) => with = middle,
            Err(ChainError::Provider { .. }) => return Ok(0),
            Err(error) => return Err(error),
        }
    }
    Ok(with)
}
