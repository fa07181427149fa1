//! Checks of claims before a relayer pays for them.

use std::collections::{BTreeMap, btree_map::Entry};

use alloy_sol_types::SolCall;
use psephos_chain::{Address, Connection, U256};
use psephos_protocol::{
    elements::NotesRoot,
    identifiers::{ChamberId, PollId},
    statement::claim::Witness,
};
use psephos_prover::KeyRing;
use psephos_state::{ChainState, bindings::IRewards::claimCall};
use psephos_wire::{ClaimPackage, PackageError};
use serde::{Deserialize, Serialize};

use crate::{
    SubmissionError,
    reward::{self, RewardStage},
};

/// The maximum gas of a claim that is worth sending. A claim uses about 331,000, and more only if the token's transfer
/// is expensive.
pub const MAX_CLAIM_GAS: u64 = 450_000;

/// The code of the reason why a claim is not worth sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimRefusal {
    /// Not a claim package: truncated, too large, unknown fields, or another version.
    Malformed,
    /// A number that is not canonically encoded.
    Encoding,
    /// It is for another chain or contract.
    WrongDeployment,
    /// It pays another relayer, or too little.
    Fee,
    /// The poll's reward does not accept claims, or not any more.
    NotClaimable,
    /// Its proof does not hold.
    InvalidProof,
    /// Its recipient can make it expensive, or make it fail at the sender's expense.
    Costly,
    /// It was paid before.
    AlreadyPaid,
}

/// The reason of a refusal, and a sentence that explains it.
pub type RefusedClaim = (ClaimRefusal, String);

/// The notes roots of chambers, by poll and chamber. Claims open once all notes are sealed, so a root does not change.
#[derive(Clone, Debug, Default)]
pub struct NotesRoots(BTreeMap<(PollId, ChamberId), NotesRoot>);

/// The fee that a relayer asks for.
#[derive(Clone, Copy, Debug)]
pub struct FeePolicy {
    /// The relayer's account; `None` for a relayer that only accepts claims without a fee.
    pub account: Option<Address>,
    /// The minimum fee of a claim that is worth sending, in the token's smallest denomination.
    pub min_fee: U256,
}

/// Checks a claim as the contract will. The inner result is that of the claim.
///
/// # Errors
/// Returns `Keys` or `Chain`: a failure of this program, not of the claim.
pub fn check_claim(
    chain_state: &ChainState,
    keys: &KeyRing,
    json: &[u8],
    fee_policy: FeePolicy,
    roots: &mut NotesRoots,
) -> Result<Result<ClaimPackage, RefusedClaim>, SubmissionError> {
    let refused = |reason: ClaimRefusal, message: String| Ok(Err((reason, message)));
    let package = match ClaimPackage::parse(json) {
        Ok(package) => package,
        Err(error) => return refused(ClaimRefusal::Malformed, error.to_string()),
    };
    let claim = match package.claim() {
        Ok(claim) => claim,
        Err(error) => return refused(ClaimRefusal::Encoding, error.to_string()),
    };
    let deployment = &chain_state.deployment;
    if (package.chain_id, package.rewards) != (deployment.chain_id, deployment.rewards) {
        let message = format!("it is for the contract {} on chain {}", package.rewards, package.chain_id);
        return refused(ClaimRefusal::WrongDeployment, message);
    }
    if claim.fee < fee_policy.min_fee || (!claim.fee.is_zero() && Some(claim.relayer) != fee_policy.account) {
        let message = format!("its fee of {} for {} is too low, or not for this relayer", claim.fee, claim.relayer);
        return refused(ClaimRefusal::Fee, message);
    }
    let (poll, chamber) = (package.poll, package.chamber);
    match reward::find_stage(chain_state, poll) {
        Ok(RewardStage::Claims) => {}
        Ok(other) => return refused(ClaimRefusal::NotClaimable, format!("the reward of poll {poll} is {other}")),
        Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
    }
    let policy = match reward::find_policy(chain_state, poll, chamber) {
        Ok(policy) => policy,
        Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
    };
    if is_paid(chain_state, &package) {
        return refused(ClaimRefusal::AlreadyPaid, "it was paid before".into());
    }
    let root = match roots.0.entry((poll, chamber)) {
        Entry::Occupied(known) => *known.get(),
        Entry::Vacant(new) => match reward::compute_notes_root(chain_state, poll, chamber) {
            Ok(root) => *new.insert(root),
            Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
        },
    };
    let terms = match reward::claim_terms(chain_state, poll, chamber, policy, &claim) {
        Ok(terms) => terms,
        Err(error) => return refused(ClaimRefusal::NotClaimable, error.to_string()),
    };
    let verifier = keys.verifying_key_for::<Witness>(Some(chain_state.poll(poll)?.circuit_size()))?;
    verifier.check_chain(deployment.chain_id)?;
    match reward::verify_claim(verifier, &claim, &terms, root) {
        Ok(()) => Ok(Ok(package)),
        Err(message) => refused(ClaimRefusal::InvalidProof, message),
    }
}

/// Returns whether a claim's reward nullifier is paid, by this claim or another one.
pub fn is_paid(chain_state: &ChainState, package: &ClaimPackage) -> bool {
    let (Ok(claim), Some(reward)) = (package.claim(), chain_state.rewards.get(&package.poll)) else { return false };
    reward.is_claimed(package.chamber, &claim.reward_nullifier)
}

/// Builds the call of a claim.
///
/// # Errors
/// Returns [`PackageError::Field`] if the claim does not decode.
pub fn build_claim_call(package: &ClaimPackage) -> Result<claimCall, PackageError> {
    let (poll, chamber) = (U256::from(package.poll.get()), U256::from(package.chamber.get()));
    Ok(claimCall { poll, chamber, claim_: package.claim()?.into() })
}

/// Simulates a claim and returns its gas. A claim that its recipient could make expensive, or make fail at the
/// relayer's expense, is refused. (An account can still get code between this simulation and the block.)
///
/// # Errors
/// Returns `Chain`, for example `Reverted` or `NodeUnreachable`.
pub async fn simulate_claim(
    connection: &Connection,
    from: Address,
    chain_state: &ChainState,
    package: &ClaimPackage,
) -> Result<Result<u64, RefusedClaim>, SubmissionError> {
    let refused = |message: &str| Ok(Err((ClaimRefusal::Costly, message.to_owned())));
    let pays_native_token = chain_state.reward(package.poll)?.parameters.token.is_zero();
    if pays_native_token && !connection.read_code(package.recipient).await?.is_empty() {
        return refused("its recipient has code, which could refuse the payment");
    }
    let Ok(call) = build_claim_call(package) else { return refused("it does not decode") };
    match connection.estimate_gas_from(from, package.rewards, &call.abi_encode().into()).await? {
        gas if gas > MAX_CLAIM_GAS => refused("it would use more gas than a claim needs"),
        gas => Ok(Ok(gas)),
    }
}
