//! Fee pots, which pay relayers: the DAO creates a poll's pot, anyone funds it, and relayers earn from it by casting
//! ballots through it.
//!
//! [`psephos_state::fees::FeeBooks`] holds what a pot pays; [`psephos_state::fees::PotTerms::paid_batch_call`] is
//! the call that earns it.

pub use psephos_chain::fees::read_terms;
use psephos_chain::{Address, ChainError, Connection, Sent, U96, U256, fees};
use psephos_protocol::identifiers::PollId;
pub use psephos_state::fees::{FeeBooks, FeePot, PotTerms};
use psephos_state::{
    Deployment,
    bindings::IFeePot::{CreditWithdrawn, PotReclaimed, createCall, fundCall, reclaimCall, withdrawCall},
};

use super::{Call, find_event};

/// A fee pot to create.
#[derive(Clone, Debug)]
pub struct NewPot {
    /// The poll, which must not have closed.
    pub poll: PollId,
    /// The fee of a first ballot, in wei; above 0. It cannot be changed later.
    pub fee: U96,
    /// The initial balance, in wei.
    pub amount: U256,
    /// The relayers that may earn the fees. If empty, anyone may: then a pending batch can be copied to earn its fees.
    pub relayers: Vec<Address>,
}

/// Builds the call that creates a poll's fee pot, which is possible once.
///
/// # Errors
/// Returns `NoFeePots`, `OtherPolls`, or another [`ChainError`].
pub async fn create_pot_call(
    connection: &Connection,
    deployment: &Deployment,
    new: &NewPot,
) -> Result<Call, ChainError> {
    let contract = fees::fee_pot_contract(connection, deployment).await?;
    let call = createCall { poll: U256::from(new.poll.get()), fee: new.fee, relayers: new.relayers.clone() };
    let payees = match new.relayers.as_slice() {
        [] => "any relayer".to_owned(),
        listed => listed.iter().map(Address::to_string).collect::<Vec<_>>().join(", "),
    };
    let description = format!(
        "create the fee pot of poll {} with {} wei, which pays {} wei for a first ballot to {payees}",
        new.poll, new.amount, new.fee
    );
    Ok(Call::new(contract, &call, description).with_value(new.amount))
}

/// Builds the call that adds an amount in wei to a poll's fee pot. Anyone may send it, before the poll closes.
///
/// # Errors
/// Returns `NoFeePots`, `OtherPolls`, or another [`ChainError`].
pub async fn fund_pot_call(
    connection: &Connection,
    deployment: &Deployment,
    poll: PollId,
    amount: U256,
) -> Result<Call, ChainError> {
    let contract = fees::fee_pot_contract(connection, deployment).await?;
    let description = format!("add {amount} wei to the fee pot of poll {poll}");
    Ok(Call::new(contract, &fundCall { poll: U256::from(poll.get()) }, description).with_value(amount))
}

/// Builds the call that takes back the rest of a poll's fee pot, once the poll has ended.
///
/// # Errors
/// Returns `NoFeePots`, `OtherPolls`, or another [`ChainError`].
pub async fn reclaim_pot_call(
    connection: &Connection,
    deployment: &Deployment,
    poll: PollId,
    to: Address,
) -> Result<Call, ChainError> {
    let contract = fees::fee_pot_contract(connection, deployment).await?;
    let call = reclaimCall { poll: U256::from(poll.get()), to };
    Ok(Call::new(contract, &call, format!("take the rest of the fee pot of poll {poll} back to {to}")))
}

/// Reads the amount in wei that a transaction took back from a fee pot.
///
/// # Errors
/// Returns `NoFeePots`, or `State` if it took back nothing.
pub fn reclaimed_amount(deployment: &Deployment, sent: &Sent) -> Result<U256, ChainError> {
    let contract = deployment.fee_pot.ok_or(ChainError::NoFeePots)?;
    Ok(find_event::<PotReclaimed>(sent, contract)?.amount)
}

/// Withdraws all that the sending account has earned as a relayer, in all polls, and returns the amount in wei.
///
/// # Errors
/// Returns `NoFeePots`, `OtherPolls`, `Reverted` with `ZeroAmount`, `PaymentFailed`, .., or another [`ChainError`].
pub async fn withdraw_credit(
    relayer: &Connection,
    deployment: &Deployment,
    to: Address,
) -> Result<(Sent, U256), ChainError> {
    let contract = fees::fee_pot_contract(relayer, deployment).await?;
    let sent = relayer.send_call(contract, &withdrawCall { to }).await?;
    let amount = find_event::<CreditWithdrawn>(&sent, contract)?.amount;
    Ok((sent, amount))
}
