//! Fee pots, which pay relayers: what a poll's pot pays now, and the books of all pots, read from the chain.

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
};
use psephos_protocol::identifiers::PollId;
use psephos_state::{
    Deployment,
    bindings::IFeePot::{immutableDependenciesCall, mayEarnCall, potCall},
    fees::{FeeBooks, PotTerms},
};

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    logs,
};

/// Returns the contract of the fee pots, if it belongs to this deployment's polls.
///
/// # Errors
/// `NoFeePots` if the deployment names none; `OtherPolls` if the one that it names pays for other polls; `NotDeployed`,
/// `NodeUnreachable`, `Provider`.
pub async fn fee_pot_contract(connection: &Connection, deployment: &Deployment) -> Result<Address, ChainError> {
    let contract = deployment.fee_pot.ok_or(ChainError::NoFeePots)?;
    let polls = connection.call(contract, &immutableDependenciesCall {}).await?;
    if polls == deployment.polls {
        Ok(contract)
    } else {
        Err(ChainError::OtherPolls { contract, polls, expected: deployment.polls })
    }
}

/// Reads what a poll's pot pays this relayer; `None` if the deployment has no pots or the poll has none.
///
/// # Errors
/// `OtherPolls`, `NotDeployed`, `NodeUnreachable`, `Provider`.
pub async fn read_terms(
    connection: &Connection,
    deployment: &Deployment,
    poll: PollId,
    relayer: Address,
) -> Result<Option<PotTerms>, ChainError> {
    if deployment.fee_pot.is_none() {
        return Ok(None);
    }
    let contract = fee_pot_contract(connection, deployment).await?;
    let poll = U256::from(poll.get());
    let pot = connection.call(contract, &potCall { poll }).await?;
    if pot.fee.is_zero() {
        return Ok(None);
    }
    let may_earn = connection.call(contract, &mayEarnCall { poll, relayer }).await?;
    Ok(Some(PotTerms { contract, fee: U256::from(pot.fee), balance: U256::from(pot.balance), may_earn }))
}

/// Reads the books of all pots up to the newest block.
///
/// # Errors
/// `NoFeePots`, `OtherPolls`; `State` if the events cannot be the contract's; `NotDeployed`, `NodeUnreachable`,
/// `Provider`.
pub async fn read_books(connection: &Connection, deployment: &Deployment) -> Result<FeeBooks, ChainError> {
    let contract = fee_pot_contract(connection, deployment).await?;
    let head = connection.newest_block().await?;
    let mut books = FeeBooks::default();
    for log in logs::read_logs(connection, &[contract], deployment.from_block, head).await? {
        books.apply_log(&log)?;
    }
    let balance = connection.provider().get_balance(contract).number(head).await;
    books.balance = balance.map_err(|error| classify_error(connection.url(), "a balance", error))?;
    Ok(books)
}
