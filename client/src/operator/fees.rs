//! What relayers are paid: a poll's pot is opened by the DAO, filled by anybody, and earned by who casts ballots through it.
//!
//! What a pot pays is read with [`Books`]; the call that earns it is [`psephos_state::fees::Terms::batch`].

pub use psephos_chain::fees::read_terms;
use psephos_chain::{Address, Connection, Sent, U96, U256, fees};
use psephos_protocol::identifiers::PollId;
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
    pub poll: PollId,
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
/// `Chain`: `NoFeePots`, `OtherPolls`, `Unfunded`, `Reverted` with `NotTheDao`, `PotAlreadyOpen`, `NoFee`, `UnknownPoll`, `PollTakesNoMoreBallots`, ..
pub async fn open(dao: &Connection, deployment: &Deployment, new: &NewPot) -> Result<Sent, ClientError> {
    let contract = fees::fee_pot_contract(dao, deployment).await?;
    let call = openCall { poll: U256::from(new.poll.get()), fee: new.fee, relayers: new.relayers.clone() };
    Ok(dao.send_with_value(contract, &call, new.amount).await?)
}

/// Adds to a poll's pot, in wei. Anyone may, before the poll closes.
///
/// # Errors
/// `Chain`: `NoFeePots`, `OtherPolls`, `Unfunded`, `Reverted` with `UnknownPot`, `NothingThere`, `PollTakesNoMoreBallots`, ..
pub async fn fund(from: &Connection, deployment: &Deployment, poll: PollId, amount: U256) -> Result<Sent, ClientError> {
    let contract = fees::fee_pot_contract(from, deployment).await?;
    Ok(from.send_with_value(contract, &fundCall { poll: U256::from(poll.get()) }, amount).await?)
}

/// Takes back what is left in a poll's pot, once the poll has ended; gives how much it was, in wei.
///
/// # Errors
/// `Chain`: `NoFeePots`, `OtherPolls`, `Reverted` with `NotTheDao`, `UnknownPot`, `PollHasNotEnded`, `NothingThere`, `NotTaken`, ..
pub async fn reclaim(
    dao: &Connection,
    deployment: &Deployment,
    poll: PollId,
    to: Address,
) -> Result<(Sent, U256), ClientError> {
    let contract = fees::fee_pot_contract(dao, deployment).await?;
    let sent = dao.send_call(contract, &reclaimCall { poll: U256::from(poll.get()), to }).await?;
    let amount = event::<PotReclaimed>(&sent, contract)?.amount;
    Ok((sent, amount))
}

/// Takes all that the sending account has earned as a relayer, in all polls; gives how much it was, in wei.
///
/// # Errors
/// `Chain`: `NoFeePots`, `OtherPolls`, `Reverted` with `NothingThere`, `NotTaken`, ..
pub async fn withdraw(relayer: &Connection, deployment: &Deployment, to: Address) -> Result<(Sent, U256), ClientError> {
    let contract = fees::fee_pot_contract(relayer, deployment).await?;
    let sent = relayer.send_call(contract, &withdrawCall { to }).await?;
    let amount = event::<CreditWithdrawn>(&sent, contract)?.amount;
    Ok((sent, amount))
}
