//! What a DAO does: what ballots are paid, out of which pool, and what comes back.

use alloy::{
    primitives::{Uint, keccak256},
    sol,
    sol_types::SolValue,
};
use psephos_chain::{Address, B256, Connection, Sent, U256};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_protocol::reward::{Policy, Terms};
use psephos_state::{
    Deployment,
    bindings::IRewards::{
        ChamberPolicy, Parameters, createCall, fundCall, openClaimsCall, ratifyCall, sweepCall, withdrawSurplusCall,
    },
};

use crate::error::ClientError;

sol! {
    interface IERC20 {
        function approve(address spender, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
    }
}

/// What the ballots of a poll are to be paid.
#[derive(Clone, Debug)]
pub struct NewReward {
    /// The poll, which is not open yet.
    pub poll: PollId,
    /// An ERC-20, or `None` for the chain's own coin.
    pub token: Option<Address>,
    /// The unit of all amounts, in the token's smallest parts.
    pub unit: u128,
    /// Until when a later poll may name the option that earns the bonus, in seconds since 1970; `None` without a bonus.
    pub ratification_deadline: Option<u64>,
    /// Until when rewards are claimed.
    pub claim_deadline: u64,
    /// Of each chamber that is paid.
    pub chambers: Vec<NewPolicy>,
}

/// What each ballot of a chamber is to be paid, in units.
#[derive(Clone, Copy, Debug)]
pub struct NewPolicy {
    /// The chamber.
    pub chamber: ChamberId,
    /// `base`, `per_weight`, `cap`, `bonus`; no ratified option.
    pub terms: Terms,
}

/// Sets a poll's reward.
///
/// # Errors
/// `Policy`; `Chain`: `Reverted` with `PollHasOpened`, `AlreadySet`, `BadPolicy`, `BadDeadlines`, ..
pub async fn create(dao: &Connection, deployment: &Deployment, new: &NewReward) -> Result<Sent, ClientError> {
    let mut chambers = Vec::new();
    for NewPolicy { chamber, terms } in &new.chambers {
        // Numbers that fit their 40 bits.
        let terms = *Policy::new(*terms)?.terms();
        let [base, per_weight, cap, bonus] =
            [terms.base, terms.per_weight, terms.cap, terms.bonus].map(Uint::<40, 1>::from);
        chambers.push(ChamberPolicy { chamber: (*chamber).get(), base, perWeight: per_weight, cap, bonus });
    }
    let parameters = Parameters {
        token: new.token.unwrap_or_default(),
        unit: new.unit,
        ratificationDeadline: new.ratification_deadline.unwrap_or_default(),
        claimDeadline: new.claim_deadline,
        chambers,
    };
    Ok(dao.send_call(deployment.rewards, &createCall { poll: U256::from(new.poll.get()), parameters }).await?)
}

/// Adds to a poll's pool: the chain's own coin goes along, of a token the contract is allowed as much first.
///
/// # Errors
/// `Chain`: `Unfunded`, `Reverted` with `UnknownReward`, `BadToken`, `TooLate`, ..
pub async fn fund(
    from: &Connection,
    deployment: &Deployment,
    token: Option<Address>,
    poll: PollId,
    amount: U256,
) -> Result<Sent, ClientError> {
    let call = fundCall { poll: U256::from(poll.get()), amount };
    let Some(token) = token else { return Ok(from.send_with_value(deployment.rewards, &call, amount).await?) };
    from.send_call(token, &IERC20::approveCall { spender: deployment.rewards, value: amount }).await?;
    Ok(from.send_call(deployment.rewards, &call).await?)
}

/// What an account has of a token, or of the chain's own coin for the zero address.
///
/// # Errors
/// `Chain`.
pub async fn token_balance(connection: &Connection, token: Address, account: Address) -> Result<U256, ClientError> {
    Ok(match token == Address::ZERO {
        true => connection.read_balance(account).await?,
        false => connection.call(token, &IERC20::balanceOfCall { account }).await?,
    })
}

/// The `proposal` of a poll that is to ratify an option of `poll`.
pub fn ratification_of(deployment: &Deployment, poll: PollId) -> B256 {
    let words = ("psephos ratification", U256::from(deployment.chain_id), deployment.polls, U256::from(poll.get()));
    keccak256(words.abi_encode_params())
}

/// Tells the contract that a later poll has named an option. Anyone may.
///
/// # Errors
/// `Chain`: `Reverted` with `NotRatifying`, `AlreadySet`, `TooLate`, ..
pub async fn ratify(
    connection: &Connection,
    deployment: &Deployment,
    poll: PollId,
    ratifying_poll: u64,
) -> Result<Sent, ClientError> {
    let call = ratifyCall { poll: U256::from(poll.get()), ratifyingPoll: U256::from(ratifying_poll) };
    Ok(connection.send_call(deployment.rewards, &call).await?)
}

/// Opens the claims of a poll. Anyone may.
///
/// # Errors
/// `Chain`: `Reverted` with `PollHasNotEnded`, `NotSealed`, `NotRatified`, `InsufficientPool`, ..
pub async fn open_claims(connection: &Connection, deployment: &Deployment, poll: PollId) -> Result<Sent, ClientError> {
    Ok(connection.send_call(deployment.rewards, &openClaimsCall { poll: U256::from(poll.get()) }).await?)
}

/// Takes back what no claim can need.
///
/// # Errors
/// `Chain`: `Reverted` with `WrongStage`, ..
pub async fn withdraw_surplus(
    dao: &Connection,
    deployment: &Deployment,
    poll: PollId,
    to: Address,
) -> Result<Sent, ClientError> {
    Ok(dao.send_call(deployment.rewards, &withdrawSurplusCall { poll: U256::from(poll.get()), to }).await?)
}

/// Takes back what is left after the claim deadline.
///
/// # Errors
/// `Chain`: `Reverted` with `TooEarly`, ..
pub async fn sweep(dao: &Connection, deployment: &Deployment, poll: PollId, to: Address) -> Result<Sent, ClientError> {
    Ok(dao.send_call(deployment.rewards, &sweepCall { poll: U256::from(poll.get()), to }).await?)
}
