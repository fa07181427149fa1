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

use super::find_event;

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

/// Creates a poll's fee pot, which is possible once.
///
/// # Errors
/// Returns `NoFeePots`, `OtherPolls`, `Unfunded`, `Reverted` with `NotPollsOwner`, `PotAlreadyExists`, `ZeroFee`,
/// `UnknownPoll`, `PollHasClosed`, .., or another [`ChainError`].
pub async fn create_pot(dao: &Connection, deployment: &Deployment, new: &NewPot) -> Result<Sent, ChainError> {
    let contract = fees::fee_pot_contract(dao, deployment).await?;
    let call = createCall { poll: U256::from(new.poll.get()), fee: new.fee, relayers: new.relayers.clone() };
    dao.send_with_value(contract, &call, new.amount).await
}

/// Adds an amount in wei to a poll's fee pot. Anyone may, before the poll closes.
///
/// # Errors
/// Returns `NoFeePots`, `OtherPolls`, `Unfunded`, `Reverted` with `UnknownPot`, `ZeroAmount`, `PollHasClosed`, .., or
/// another [`ChainError`].
pub async fn fund_pot(
    from: &Connection,
    deployment: &Deployment,
    poll: PollId,
    amount: U256,
) -> Result<Sent, ChainError> {
    let contract = fees::fee_pot_contract(from, deployment).await?;
    from.send_with_value(contract, &fundCall { poll: U256::from(poll.get()) }, amount).await
}

/// Takes back the rest of a poll's fee pot, once the poll has ended, and returns the amount in wei.
///
/// # Errors
/// Returns `NoFeePots`, `OtherPolls`, `Reverted` with `NotPollsOwner`, `UnknownPot`, `PollHasNotEnded`, `ZeroAmount`,
/// `PaymentFailed`, .., or another [`ChainError`].
pub async fn reclaim_pot(
    dao: &Connection,
    deployment: &Deployment,
    poll: PollId,
    to: Address,
) -> Result<(Sent, U256), ChainError> {
    let contract = fees::fee_pot_contract(dao, deployment).await?;
    let sent = dao.send_call(contract, &reclaimCall { poll: U256::from(poll.get()), to }).await?;
    let amount = find_event::<PotReclaimed>(&sent, contract)?.amount;
    Ok((sent, amount))
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
