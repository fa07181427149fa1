//! A DAO's actions: set a poll's reward, fund its pool, take the rest back.

use alloy::{primitives::keccak256, sol, sol_types::SolValue};
use psephos_chain::{Address, B256, ChainError, Connection, Sent, U256};
use psephos_protocol::{identifiers::PollId, reward::PolicyTerms};
use psephos_state::{
    ChamberPolicy, Deployment,
    bindings::IRewards::{
        Parameters, createCall, fundCall, openClaimsCall, ratifyCall, sweepCall, withdrawSurplusCall,
    },
};

use super::RewardError;
use crate::operator::Call;

sol! {
    interface IERC20 {
        function approve(address spender, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
    }
}

/// A reward to create for the ballots of a poll.
#[derive(Clone, Debug)]
pub struct NewReward {
    /// The poll, which must not have opened.
    pub poll: PollId,
    /// An ERC-20 token, or `None` for the chain's native token.
    pub token: Option<Address>,
    /// The unit of all amounts, in the token's smallest unit.
    pub unit: u128,
    /// Time until which a later poll may ratify the option that earns the bonus, in seconds since 1970; `None` without
    /// a bonus.
    pub ratification_deadline: Option<u64>,
    /// Time until which rewards can be claimed, in seconds since 1970.
    pub claim_deadline: u64,
    /// The policy of each chamber that is paid.
    pub chambers: Vec<ChamberPolicy>,
}

/// Sets a poll's reward.
///
/// # Errors
/// Returns `Policy`, or `Chain`: `Reverted` with `PollHasOpened`, `AlreadySet`, `InvalidPolicy`, `InvalidDeadlines`, ..
pub async fn create_reward(dao: &Connection, deployment: &Deployment, new: &NewReward) -> Result<Sent, RewardError> {
    Ok(create_reward_call(deployment, new)?.send(dao).await?)
}

/// Builds the call that sets a poll's reward.
///
/// # Errors
/// Returns `Policy`.
pub fn create_reward_call(deployment: &Deployment, new: &NewReward) -> Result<Call, RewardError> {
    let chambers = new.chambers.iter().map(|&policy| policy.try_into()).collect::<Result<_, _>>()?;
    let parameters = Parameters {
        token: new.token.unwrap_or_default(),
        unit: new.unit,
        ratificationDeadline: new.ratification_deadline.unwrap_or_default(),
        claimDeadline: new.claim_deadline,
        chambers,
    };
    let token = new.token.map_or_else(|| "the native token".to_owned(), |token| format!("token {token}"));
    let paid = new.chambers.iter().map(|ChamberPolicy { chamber, terms }| {
        let PolicyTerms { base, per_weight, cap, bonus, .. } = terms;
        format!("chamber {chamber}: {base} a ballot, {per_weight} by weight up to {cap}, bonus {bonus}")
    });
    let description = format!(
        "set the reward of poll {}, claimed until {} (seconds since 1970), in units of {} of {token} ({})",
        new.poll,
        new.claim_deadline,
        new.unit,
        paid.collect::<Vec<_>>().join("; ")
    );
    Ok(Call::new(deployment.rewards, &createCall { poll: U256::from(new.poll.get()), parameters }, description))
}

/// Adds to a poll's pool, before the poll opens. The native token is sent along; for an ERC-20 token the contract gets
/// an allowance first.
///
/// # Errors
/// Returns `Unfunded`, `Reverted` with `UnknownReward`, `PollHasOpened`, `InexactTransfer`, .., or another
/// [`ChainError`].
pub async fn fund_reward(
    from: &Connection,
    deployment: &Deployment,
    token: Option<Address>,
    poll: PollId,
    amount: U256,
) -> Result<(), ChainError> {
    for call in fund_reward_calls(deployment, token, poll, amount) {
        call.send(from).await?;
    }
    Ok(())
}

/// Builds the calls that add to a poll's pool; the last one adds.
pub fn fund_reward_calls(deployment: &Deployment, token: Option<Address>, poll: PollId, amount: U256) -> Vec<Call> {
    let fund = fundCall { poll: U256::from(poll.get()), amount };
    let Some(token) = token else {
        let description = format!("add {amount} wei to the pool of poll {poll}");
        return vec![Call::new(deployment.rewards, &fund, description).with_value(amount)];
    };
    let approve = IERC20::approveCall { spender: deployment.rewards, value: amount };
    let units = format!("{amount} of the smallest units of token {token}");
    vec![
        Call::new(token, &approve, format!("allow the rewards contract to take {units}")),
        Call::new(deployment.rewards, &fund, format!("add {units} to the pool of poll {poll}")),
    ]
}

/// Returns an account's balance of a token, or of the native token for the zero address.
///
/// # Errors
/// Returns [`ChainError`] if the chain cannot be read.
pub async fn token_balance(connection: &Connection, token: Address, account: Address) -> Result<U256, ChainError> {
    match token == Address::ZERO {
        true => connection.read_balance(account).await,
        false => connection.call(token, &IERC20::balanceOfCall { account }).await,
    }
}

/// Returns the `proposal` of a poll that ratifies an option of `poll`.
pub fn ratification_of(deployment: &Deployment, poll: PollId) -> B256 {
    let words =
        ("psephos ratification", U256::from(deployment.chain_id.get()), deployment.polls, U256::from(poll.get()));
    keccak256(words.abi_encode_params())
}

/// Reports to the contract that a later poll has ratified an option. Anyone may.
///
/// # Errors
/// Returns `Reverted` with `NotRatifying`, `OtherElectorate`, `AlreadySet`, `TooLate`, .., or another [`ChainError`].
pub async fn ratify_option(
    connection: &Connection,
    deployment: &Deployment,
    poll: PollId,
    ratifying_poll: u64,
) -> Result<Sent, ChainError> {
    let call = ratifyCall { poll: U256::from(poll.get()), ratifyingPoll: U256::from(ratifying_poll) };
    connection.send_call(deployment.rewards, &call).await
}

/// Opens the claims of a poll. Anyone may.
///
/// # Errors
/// Returns `Reverted` with `PollHasNotEnded`, `NotSealed`, `NotRatified`, `InsufficientPool`, .., or another
/// [`ChainError`].
pub async fn open_claims(connection: &Connection, deployment: &Deployment, poll: PollId) -> Result<Sent, ChainError> {
    connection.send_call(deployment.rewards, &openClaimsCall { poll: U256::from(poll.get()) }).await
}

/// Builds the call that withdraws the part of the pool that no claim can need.
pub fn withdraw_surplus_call(deployment: &Deployment, poll: PollId, to: Address) -> Call {
    let call = withdrawSurplusCall { poll: U256::from(poll.get()), to };
    Call::new(deployment.rewards, &call, format!("withdraw the surplus of the pool of poll {poll} to {to}"))
}

/// Withdraws the rest of the pool after the claim deadline.
///
/// # Errors
/// Returns `Reverted` with `TooEarly`, .., or another [`ChainError`].
pub async fn sweep_pool(
    dao: &Connection,
    deployment: &Deployment,
    poll: PollId,
    to: Address,
) -> Result<Sent, ChainError> {
    sweep_pool_call(deployment, poll, to).send(dao).await
}

/// Builds the call that withdraws the rest of the pool after the claim deadline.
pub fn sweep_pool_call(deployment: &Deployment, poll: PollId, to: Address) -> Call {
    let call = sweepCall { poll: U256::from(poll.get()), to };
    Call::new(deployment.rewards, &call, format!("withdraw the rest of the pool of poll {poll} to {to}"))
}
