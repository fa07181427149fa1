//! Where a poll's reward stands, and what the contract knows of a claim of it.

use std::fmt;

use psephos_chain::{Address, ChainError};
use psephos_protocol::{
    context,
    elements::{ClaimBinding, Element, NoteCommitment, NotesRoot},
    identifiers::{ChainId, ChamberId, PollId},
    reward::{Policy, PolicyError},
    statement::claim::{ClaimTerms, Instance, PostedClaim},
};
use psephos_prover::VerifyingKey;
use psephos_state::{ChainState, PollState, StateError, bindings::IRewards::Claim, words};
use serde::{Deserialize, Serialize};

use crate::keys::words_proof;

/// How far a reward is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardStage {
    /// The poll takes ballots, or will.
    Voting,
    /// Notes are to be sealed.
    Sealing,
    /// All notes are sealed; the poll is being counted, or a later one is to name the option that earns the bonus.
    Settling,
    /// Claims can be opened.
    Opening,
    /// Claims are taken.
    Claims,
    /// The claim deadline has passed.
    Over,
}

impl fmt::Display for RewardStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Voting => "waiting for the poll to close",
            Self::Sealing => "waiting for notes to be sealed",
            Self::Settling => "waiting for the count or for ratification",
            Self::Opening => "ready to open claims",
            Self::Claims => "open for claims",
            Self::Over => "over",
        })
    }
}

/// Why nothing can be said of a claim.
#[derive(Debug, thiserror::Error)]
pub enum RewardError {
    /// No such poll, or it has no reward.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Ballots of this chamber are paid nothing.
    #[error("poll {poll} pays nothing for ballots in chamber {chamber}")]
    NothingPaid {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
    },
    /// The policy is none.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl From<StateError> for RewardError {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

/// How far a poll's reward is, at the time of the last block.
///
/// # Errors
/// `Chain` with `NoReward`, `UnknownPoll`.
pub fn stage(replay: &ChainState, poll: PollId) -> Result<RewardStage, ChainError> {
    let (reward, entry) = (replay.reward(poll)?, replay.poll(poll)?);
    let parameters = &reward.parameters;
    if replay.time > parameters.claimDeadline {
        return Ok(RewardStage::Over);
    }
    if reward.worst_case.is_some() {
        return Ok(RewardStage::Claims);
    }
    let state = replay.poll_state(poll)?;
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
    let settled = reward.ratified.is_some() || replay.time > parameters.ratificationDeadline;
    Ok(if state == PollState::Closed || !settled { RewardStage::Settling } else { RewardStage::Opening })
}

/// The policy of a chamber whose claims are open.
///
/// # Errors
/// [`RewardError`].
pub fn policy(replay: &ChainState, poll: PollId, chamber: ChamberId) -> Result<Policy, RewardError> {
    let reward = replay.reward(poll)?;
    let (listed, _) = replay.opened_chamber(poll, chamber)?;
    let policy = reward.chamber_policy(chamber, listed.tally.is_some());
    Ok(policy.ok_or(RewardError::NothingPaid { poll, chamber })??)
}

/// The root of a chamber's sealed notes, which are those of the ballots that count.
///
/// # Errors
/// [`RewardError`].
pub fn note_root(replay: &ChainState, poll: PollId, chamber: ChamberId) -> Result<NotesRoot, RewardError> {
    let (listed, _) = replay.opened_chamber(poll, chamber)?;
    let notes: Vec<NoteCommitment> = listed.ballots_by_ordinal().iter().map(|ballot| ballot.posted.note).collect();
    Ok(replay.reward(poll)?.rebuild_notes_tree(chamber, &notes).map_err(StateError::Inconsistent)?.root())
}

/// What a claim is bound to beside the ballot: this deployment, whom it pays, and for which fee.
pub fn binding(replay: &ChainState, recipient: Address, relayer: Address, fee: psephos_chain::U256) -> ClaimBinding {
    let deployment = &replay.deployment;
    let [vault, recipient, relayer] = [deployment.rewards, recipient, relayer].map(Address::into_array);
    context::derive_claim_binding(ChainId::new(deployment.chain_id), vault, recipient, relayer, fee.to_be_bytes())
}

/// What the contract knows of a claim.
///
/// # Errors
/// [`RewardError`].
pub fn terms(
    replay: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    policy: Policy,
    claim: &Claim,
) -> Result<ClaimTerms, RewardError> {
    let (_, frozen) = replay.opened_chamber(poll, chamber)?;
    Ok(ClaimTerms { ctx: frozen.ctx, policy, binding: binding(replay, claim.recipient, claim.relayer, claim.fee) })
}

/// Whether a claim's proof holds.
///
/// # Errors
/// Why not.
pub fn holds(verifier: &VerifyingKey, claim: &Claim, terms: &ClaimTerms, note_root: NotesRoot) -> Result<(), String> {
    fn field<E: Element>(word: psephos_chain::U256) -> Result<E, String> {
        words::to_field(word).map_err(|error| error.to_string())
    }
    let amount = u128::try_from(claim.amount).map_err(|_| "an amount that no policy gives".to_owned())?;
    if amount < u128::from(terms.policy.terms().base) {
        return Err("an amount below the policy's base".into());
    }
    let posted = PostedClaim { h: field(claim.h)?, note_root, reward_nullifier: field(claim.rewardNullifier)?, amount };
    let proof = words_proof(&claim.proof).map_err(|error| error.to_string())?;
    let inputs = Instance::from_posted(&posted, terms).to_inputs();
    verifier.verify(&proof, &inputs).map_err(|_| {
        "its proof does not hold here: it was made for another poll, chamber, recipient, contract or chain, or was changed".into()
    })
}
