//! The stage of a poll's reward, and the verification of a claim with what the contract knows.

use std::fmt;

use psephos_protocol::{
    context,
    elements::{ClaimBinding, NoteCommitment, NotesRoot},
    identifiers::{ChamberId, PollId},
    reward::{Policy, PolicyError},
    statement::claim::{ClaimTerms, Instance, PostedClaim},
};
use psephos_prover::VerifyingKey;
use psephos_state::{Address, ChainState, Claim, FundingStatus, PollState, StateError, U256};
use serde::{Deserialize, Serialize};

use crate::proofs::proof_from_words;

/// The stage of a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardStage {
    /// The poll accepts ballots, or will.
    Voting,
    /// The pool was too small when the poll opened, or the poll cannot open: nothing is paid.
    Void,
    /// Notes have to be sealed.
    Sealing,
    /// All notes are sealed; the poll is being tallied, or a later poll has to name the option that earns the bonus.
    Settling,
    /// Claims can be opened.
    Opening,
    /// Claims are accepted.
    Claims,
    /// The claim deadline has passed.
    Over,
}

impl fmt::Display for RewardStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Voting => "waiting for the poll to close",
            Self::Void => "void, so that the poll pays nothing",
            Self::Sealing => "waiting for notes to be sealed",
            Self::Settling => "waiting for the tally or for ratification",
            Self::Opening => "ready to open claims",
            Self::Claims => "open for claims",
            Self::Over => "over",
        })
    }
}

/// The reason why a claim cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum RewardError {
    /// There is no such poll, or it has no reward.
    #[error(transparent)]
    State(#[from] StateError),
    /// Ballots of this chamber are paid nothing.
    #[error("poll {poll} pays nothing for ballots in chamber {chamber}")]
    NothingPaid {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
    },
    /// A reward policy is invalid.
    #[error("the reward policy is invalid: {0}")]
    Policy(#[from] PolicyError),
}

/// Finds the stage of a poll's reward, at the time of the last block.
///
/// # Errors
/// Returns `NoReward` or `UnknownPoll`.
pub fn find_stage(chain_state: &ChainState, poll: PollId) -> Result<RewardStage, StateError> {
    let (reward, entry) = (chain_state.reward(poll)?, chain_state.poll(poll)?);
    let parameters = &reward.parameters;
    if chain_state.time > parameters.claim_deadline {
        return Ok(RewardStage::Over);
    }
    if reward.worst_case.is_some() {
        return Ok(RewardStage::Claims);
    }
    if chain_state.reward_funding(poll)?.status == FundingStatus::Void {
        return Ok(RewardStage::Void);
    }
    let state = chain_state.poll_state(poll)?;
    if matches!(state, PollState::Created | PollState::Open) {
        return Ok(RewardStage::Voting);
    }
    let unsealed = |&chamber: &ChamberId| {
        let ballots = entry.chambers.get(&chamber).map_or(0, |listed| listed.latest.len());
        reward.sealed_notes(chamber) < ballots
    };
    if reward.batches.keys().any(unsealed) {
        return Ok(RewardStage::Sealing);
    }
    let settled = reward.ratified.is_some() || chain_state.time > parameters.ratification_deadline;
    Ok(if state == PollState::Closed || !settled { RewardStage::Settling } else { RewardStage::Opening })
}

/// Finds the reward policy of a chamber whose claims are open.
///
/// # Errors
/// Returns [`RewardError`].
pub fn find_policy(chain_state: &ChainState, poll: PollId, chamber: ChamberId) -> Result<Policy, RewardError> {
    let reward = chain_state.reward(poll)?;
    let (listed, _) = chain_state.opened_chamber(poll, chamber)?;
    let policy = reward.chamber_policy(chamber, listed.tally.is_some());
    Ok(policy.ok_or(RewardError::NothingPaid { poll, chamber })??)
}

/// Computes the notes root of a chamber. Its notes are those of the ballots that count.
///
/// # Errors
/// Returns [`RewardError`].
pub fn compute_notes_root(
    chain_state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<NotesRoot, RewardError> {
    let (listed, _) = chain_state.opened_chamber(poll, chamber)?;
    let notes: Vec<NoteCommitment> = listed.ballots_by_ordinal().iter().map(|ballot| ballot.posted.note).collect();
    Ok(chain_state.reward(poll)?.rebuild_notes_tree(chamber, &notes).map_err(StateError::Inconsistent)?.root())
}

/// Returns the binding of a claim: the hash of deployment, recipient, relayer and fee, which the claim signs beside the
/// ballot.
pub fn claim_binding(chain_state: &ChainState, recipient: Address, relayer: Address, fee: U256) -> ClaimBinding {
    let deployment = &chain_state.deployment;
    let [vault, recipient, relayer] = [deployment.rewards, recipient, relayer].map(Address::into_array);
    context::derive_claim_binding(deployment.chain_id, vault, recipient, relayer, fee.to_be_bytes())
}

/// Returns the terms of a claim, as the contract computes them.
///
/// # Errors
/// Returns [`RewardError`].
pub fn claim_terms(
    chain_state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    policy: Policy,
    claim: &Claim,
) -> Result<ClaimTerms, RewardError> {
    let (_, frozen) = chain_state.opened_chamber(poll, chamber)?;
    Ok(ClaimTerms {
        ctx: frozen.ctx,
        policy,
        binding: claim_binding(chain_state, claim.recipient, claim.relayer, claim.fee),
    })
}

/// Verifies a claim: its amount, and its proof with its encoding.
///
/// # Errors
/// Returns the reason for a rejection, in a sentence.
pub fn verify_claim(
    verifier: &VerifyingKey,
    claim: &Claim,
    terms: &ClaimTerms,
    notes_root: NotesRoot,
) -> Result<(), String> {
    let amount = u128::try_from(claim.amount).map_err(|_| "its amount is larger than any policy pays".to_owned())?;
    if amount < u128::from(terms.policy.terms().base) {
        return Err("its amount is below the base amount of the policy".into());
    }
    let posted = PostedClaim { h: claim.h, notes_root, reward_nullifier: claim.reward_nullifier, amount };
    let proof = proof_from_words(&claim.proof).map_err(|error| error.to_string())?;
    let inputs = Instance::from_posted(&posted, terms).to_inputs();
    verifier.verify(&proof, &inputs).map_err(|_| {
        "its proof does not hold here: it was made for another poll, chamber, recipient, contract or chain, or was \
         changed"
            .into()
    })
}
