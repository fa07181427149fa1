//! What can be said of a claim before anything is paid for it.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::collections::{BTreeMap, btree_map::Entry};

use psephos_chain::{Address, Connection, U256};
use psephos_protocol::Fr;
use psephos_state::{ChainState, bindings::IRewards::claimCall, words};
use serde::{Deserialize, Serialize};

use crate::{
    claim::{ClaimFileError, ClaimPackage},
    error::ExchangeError,
    keys::Circuits,
    reward::{self, RewardStage},
};

/// A claim uses about 331,000 gas, and more only with a token of its own ideas.
pub const MOST_CLAIM_GAS: u64 = 450_000;

/// Why a claim is not worth sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimRefusal {
    /// Not a claim file: truncated, too large, unknown fields, another version.
    Malformed,
    /// A number that is not canonically encoded.
    Encoding,
    /// For another chain or contract.
    WrongDeployment,
    /// It pays somebody else, or too little.
    Fee,
    /// Claims of this poll are not taken, or not any more.
    NotClaimable,
    /// Its proof does not hold.
    InvalidProof,
    /// Its recipient can make it dear, or let it fail at the sender's expense.
    Costly,
    /// It was paid before.
    AlreadyPaid,
}

/// Why, and in words.
pub type ClaimRefused = (ClaimRefusal, String);

/// The roots of sealed notes, by poll and chamber: claims open once, so a root stays what it is.
#[derive(Clone, Debug, Default)]
pub struct Roots(BTreeMap<(PollId, ChamberId), Fr>);

/// What is paid by whom to a relayer.
#[derive(Clone, Copy, Debug)]
pub struct Payee {
    /// The relayer's account; none if it only takes claims without a fee.
    pub account: Option<Address>,
    /// The least fee that is worth sending a claim for, in the token's smallest parts.
    pub least_fee: U256,
}

/// Checks a claim as the contract will.
///
/// # Errors
/// `Key`: a failure of this program, not of the claim.
pub fn claim(
    replay: &ChainState,
    circuits: &Circuits,
    json: &[u8],
    payee: Payee,
    roots: &mut Roots,
) -> Result<Result<ClaimPackage, ClaimRefused>, ExchangeError> {
    let refused = |why: ClaimRefusal, message: String| Ok(Err((why, message)));
    let package = match ClaimPackage::parse(json) {
        Ok(package) => package,
        Err(error) => return refused(ClaimRefusal::Malformed, error.to_string()),
    };
    let claim = match package.claim() {
        Ok(claim) => claim,
        Err(error) => return refused(ClaimRefusal::Encoding, error.to_string()),
    };
    let deployment = &replay.deployment;
    if (package.chain_id, package.rewards) != (deployment.chain_id, deployment.rewards) {
        let message = format!("it is for {} on chain {}", package.rewards, package.chain_id);
        return refused(ClaimRefusal::WrongDeployment, message);
    }
    if claim.fee < payee.least_fee || (!claim.fee.is_zero() && Some(claim.relayer) != payee.account) {
        return refused(ClaimRefusal::Fee, format!("it pays {} to {}", claim.fee, claim.relayer));
    }
    let (poll, chamber) = (package.poll, package.chamber);
    match reward::stage(replay, poll) {
        Ok(RewardStage::Claims) => {}
        Ok(other) => return refused(ClaimRefusal::NotClaimable, format!("the reward of poll {poll} is {other}")),
        Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
    }
    let policy = match reward::policy(replay, poll, chamber) {
        Ok(policy) => policy,
        Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
    };
    if is_paid(replay, &package) {
        return refused(ClaimRefusal::AlreadyPaid, "it was paid before".into());
    }
    let root = match roots.0.entry((poll, chamber)) {
        Entry::Occupied(known) => *known.get(),
        Entry::Vacant(new) => match reward::note_root(replay, poll, chamber) {
            Ok(root) => *new.insert(root),
            Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
        },
    };
    let terms = match reward::terms(replay, poll, chamber, policy, &claim) {
        Ok(terms) => terms,
        Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
    };
    let verifier = circuits.claim_verifier(replay.poll(poll)?.circuit_size())?;
    verifier.refuse_chain(deployment.chain_id)?;
    match reward::holds(verifier, &claim, &terms, root) {
        Ok(()) => Ok(Ok(package)),
        Err(message) => refused(ClaimRefusal::InvalidProof, message),
    }
}

/// Whether a claim's reward nullifier is paid, by this claim or another one.
pub fn is_paid(replay: &ChainState, package: &ClaimPackage) -> bool {
    let nullifier = package.claim().ok().and_then(|claim| words::to_field(claim.rewardNullifier).ok());
    let reward = replay.rewards.get(&package.poll);
    matches!((nullifier, reward), (Some(nullifier), Some(reward)) if reward.is_claimed(package.chamber, &nullifier))
}

/// The call that makes a claim.
///
/// # Errors
/// [`ClaimFileError`].
pub fn claim_call(package: &ClaimPackage) -> Result<claimCall, ClaimFileError> {
    let (poll, chamber) = (U256::from(package.poll.get()), U256::from(package.chamber.get()));
    Ok(claimCall { poll, chamber, claim_: package.claim()? })
}

/// Refuses a claim that its recipient could make dear, or fail at the relayer's expense. (An account can still get code between a look and a
/// block.) What the call would use, else.
///
/// # Errors
/// `Chain`: `Reverted`, `NodeUnreachable`, ..
pub async fn costs(
    connection: &Connection,
    from: Address,
    replay: &ChainState,
    package: &ClaimPackage,
) -> Result<Result<u64, ClaimRefused>, ExchangeError> {
    let costly = |message: &str| Ok(Err((ClaimRefusal::Costly, message.to_owned())));
    let coin = replay.reward(package.poll)?.parameters.token.is_zero();
    if coin && !connection.read_code(package.recipient).await?.is_empty() {
        return costly("its recipient has code, which could refuse the payment");
    }
    let Ok(call) = claim_call(package) else { return costly("it cannot be read") };
    let data = alloy::sol_types::SolCall::abi_encode(&call).into();
    match connection.estimate_gas_from(from, package.rewards, &data).await? {
        gas if gas > MOST_CLAIM_GAS => costly("it would use more gas than a claim does"),
        gas => Ok(Ok(gas)),
    }
}
