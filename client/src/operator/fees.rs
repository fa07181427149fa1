//! What relayers are paid: a poll's pot is opened by the DAO, filled by anybody, and earned by who casts ballots through it.
//!
//! What a pot pays is read with [`Books`]; the call that earns it is [`psephos_state::fees::Terms::batch`].

pub use psephos_chain::fees::terms;
use psephos_chain::{Address, Connection, Sent, U96, U256, fees};
pub use psephos_state::fees::{FeeBooks, FeePot, PotTerms};
use psephos_state::{
    Deployment,
    bindings::IFeePot::{CreditWithdrawn, PotReclaimed, fundCall, openCall, reclaimCall, withdrawCall},
};

use super::event;
use crate::error::ClientError;

/// A pot to open.
#[derive(Clone, Debug)]
pub struct NewPot {
    /// The poll, which is not closed yet.
    pub poll: u64,
    /// For a first ballot, in wei; not 0. It cannot be changed.
    pub fee: U96,
    /// What is in it from the beginning, in wei.
    pub amount: U256,
    /// Who may earn it; empty for anybody, who can then copy a batch that is pending and earn its fees.
    pub relayers: Vec<Address>,
}

/// Opens a poll's pot, once.
///
/// # Errors
/// `Chain`: `NoFeePots`, `OtherPolls`, `Unfunded`, `Reverted` with `NotPollsOwner`, `PotAlreadyOpen`, `ZeroFee`, `UnknownPoll`, `PollHasClosed`, ..
pub async fn open(dao: &Connection, deployment: &Deployment, new: &NewPot) -> Result<Sent, ClientError> {
    let contract = fees::contract(dao, deployment).await?;
    let call = openCall { poll: U256::from(new.poll), fee: new.fee, relayers: new.relayers.clone() };
    Ok(dao.pay(contract, &call, new.amount).await?)
}

/// Adds to a poll's pot, in wei. Anyone may, before the poll closes.
///
/// # Errors
/// `Chain`: `NoFeePots`, `OtherPolls`, `Unfunded`, `Reverted` with `UnknownPot`, `ZeroAmount`, `PollHasClosed`, ..
pub async fn fund(from: &Connection, deployment: &Deployment, poll: u64, amount: U256) -> Result<Sent, ClientError> {
    let contract = fees::contract(from, deployment).await?;
    Ok(from.pay(contract, &fundCall { poll: U256::from(poll) }, amount).await?)
}

/// Takes back what is left in a poll's pot, once the poll has ended; gives how much it was, in wei.
///
/// # Errors
/// `Chain`: `NoFeePots`, `OtherPolls`, `Reverted` with `NotPollsOwner`, `UnknownPot`, `PollHasNotEnded`, `ZeroAmount`, `PaymentFailed`, ..
pub async fn reclaim(
    dao: &Connection,
    deployment: &Deployment,
    poll: u64,
    to: Address,
) -> Result<(Sent, U256), ClientError> {
    let contract = fees::contract(dao, deployment).await?;
    let sent = dao.send(contract, &reclaimCall { poll: U256::from(poll), to }).await?;
    let amount = event::<PotReclaimed>(&sent, contract)?.amount;
    Ok((sent, amount))
}

/// Takes all that the sending account has earned as a relayer, in all polls; gives how much it was, in wei.
///
/// # Errors
/// `Chain`: `NoFeePots`, `OtherPolls`, `Reverted` with `ZeroAmount`, `PaymentFailed`, ..
pub async fn withdraw(relayer: &Connection, deployment: &Deployment, to: Address) -> Result<(Sent, U256), ClientError> {
    let contract = fees::contract(relayer, deployment).await?;
    let sent = relayer.send(contract, &withdrawCall { to }).await?;
    let amount = event::<CreditWithdrawn>(&sent, contract)?.amount;
    Ok((sent, amount))
}
