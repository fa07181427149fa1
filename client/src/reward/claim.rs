//! Claiming: from a seed and the chain to a payment to an address that nothing links to the voter.

use psephos_chain::{Address, Connection, Sent, U256};
use psephos_protocol::{
    elements::{ClaimBinding, NoteCommitment},
    identifiers::{ChamberId, PollId},
    nullifier,
    statement::claim::{ClaimDraft, ClaimTerms, Instance, PostedClaim, Witness},
};
use psephos_prover::Proof;
use psephos_state::{ChainState, Claim, StateError};
use psephos_submission::{
    claims::build_claim_call,
    proofs::proof_to_words,
    reward::{claim_binding, find_policy},
};
use psephos_wire::proof::Statement;
use rand::rngs::OsRng;

use super::{
    ClaimPackage, RewardError,
    status::{RewardStage, reward_stage},
};
use crate::{
    KeyRing,
    parameters::inconsistent,
    progress::Observer,
    remote::Provers,
    voter::{self, RecoveredBallot, Voter},
};

/// The payees of a claim.
#[derive(Clone, Copy, Debug)]
pub struct Payout {
    /// The recipient of the reward, preferably an address that was never used.
    pub recipient: Address,
    /// The relayer that sends the claim and receives the fee; `None` to send it without one.
    pub relayer: Option<Address>,
    /// The fee, deducted from the reward, in the token's smallest unit.
    pub fee: U256,
}

/// A signed claim that is not proved yet. It holds the vote: without `Debug`.
pub struct Claiming {
    poll: PollId,
    chamber: ChamberId,
    payout: Payout,
    instance: Instance,
    witness: Witness,
    posted: PostedClaim,
}

impl Claiming {
    /// Returns the amount to be paid, in the policy's units.
    pub fn amount(&self) -> u128 {
        self.posted.amount
    }
}

/// Recovers the voter's ballot, computes its reward and its Merkle path to the notes root, and signs the claim. The
/// chain learns the reward nullifier, the amount and the chamber, and nothing else.
///
/// # Errors
/// Returns `NotClaimable`, `AlreadyClaimed`, `FeeTooHigh`; `Terms` with `NothingPaid`; `Voter` as
/// [`voter::recover_ballot`] does; and `Chain` with `Inconsistent` if the sealed notes are not those of the ballots
/// that count.
pub fn prepare_claim(
    state: &ChainState,
    voter: Voter<'_>,
    poll: PollId,
    chamber: ChamberId,
    payout: Payout,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Claiming, RewardError> {
    let reward = state.reward(poll)?;
    let stage = reward_stage(state, poll)?;
    if stage != RewardStage::Claims {
        return Err(RewardError::NotClaimable { poll, stage });
    }
    let policy = find_policy(state, poll, chamber)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let identity = voter.identity;
    let (id, nk, ctx) = (identity.commitment(), identity.nullifier_key(), frozen.ctx);
    let reward_nullifier = nullifier::derive_reward_nullifier(&nk, &id, ctx);
    if reward.is_claimed(chamber, &reward_nullifier) {
        return Err(RewardError::AlreadyClaimed { poll, chamber });
    }
    let RecoveredBallot { note, opening, .. } = voter::recover_ballot(state, voter, poll, chamber, progress)?;
    let amount = policy.compute_amount(opening.weight, &opening.x);
    if amount == 0 {
        return Err(psephos_submission::reward::RewardError::NothingPaid { poll, chamber }.into());
    }
    if payout.fee > U256::from(amount).saturating_mul(reward.unit()) {
        return Err(RewardError::FeeTooHigh { fee: payout.fee, amount, unit: reward.unit() });
    }
    let notes: Vec<NoteCommitment> = listed.ballots_by_ordinal().iter().map(|ballot| ballot.posted.note).collect();
    let tree = reward.rebuild_notes_tree(chamber, &notes).map_err(StateError::Inconsistent)?;
    let (batch, index) =
        tree.find_note(note).ok_or_else(|| inconsistent("the voter's note is in no sealed note batch"))?;
    let path = tree.prove_note(batch, index).map_err(inconsistent)?;
    let terms = ClaimTerms { ctx, policy, binding: payout_binding(state, &payout) };
    let draft = ClaimDraft::new(identity.authorising_key(), nk, opening, path, terms)?;
    if draft.posted().notes_root != tree.root() || draft.posted().reward_nullifier != reward_nullifier {
        return Err(inconsistent("the note's Merkle path does not lead to the notes root").into());
    }
    let signature = identity.sign(draft.message(), &mut OsRng);
    let (instance, witness, posted) = draft.attach_signature(signature);
    Ok(Claiming { poll, chamber, payout, instance, witness, posted })
}

/// Returns the `binding` of a payout by this deployment.
fn payout_binding(state: &ChainState, payout: &Payout) -> ClaimBinding {
    claim_binding(state, payout.recipient, payout.relayer.unwrap_or_default(), payout.fee)
}

/// Proves a claim. Blocks the thread and uses all cores.
///
/// # Errors
/// Returns `Keys` if the claim cannot be proved or its circuit's key cannot be used.
pub fn prove_claim(state: &ChainState, circuits: &KeyRing, claiming: Claiming) -> Result<ClaimPackage, RewardError> {
    let Claiming { poll, chamber, payout, instance, witness, posted } = claiming;
    let proof = circuits.prove(state.deployment.chain_id, instance, witness)?;
    Ok(build_package(state, poll, chamber, &payout, &posted, &proof))
}

/// Has a claim proved elsewhere: by one service, which learns the vote and the payees, or by two, of which neither
/// does. The proof is verified here.
///
/// # Errors
/// Returns `Remote` or `Keys`.
pub async fn prove_claim_remotely(
    state: &ChainState,
    provers: &Provers,
    circuits: &KeyRing,
    claiming: Claiming,
    observer: &dyn Observer,
) -> Result<ClaimPackage, RewardError> {
    let Claiming { poll, chamber, payout, instance, witness, posted } = claiming;
    let statement = Statement::Claim(instance, witness);
    let proof = provers.prove_statement(circuits, state.deployment.chain_id, statement, observer).await?;
    Ok(build_package(state, poll, chamber, &payout, &posted, &proof))
}

fn build_package(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    payout: &Payout,
    posted: &PostedClaim,
    proof: &Proof,
) -> ClaimPackage {
    let claim = Claim {
        reward_nullifier: posted.reward_nullifier,
        amount: U256::from(posted.amount),
        recipient: payout.recipient,
        relayer: payout.relayer.unwrap_or_default(),
        fee: payout.fee,
        h: posted.h,
        proof: proof_to_words(proof),
    };
    ClaimPackage::new(&state.deployment, poll, chamber, &claim)
}

/// Whether a claim's reward nullifier has been paid.
///
/// # Errors
/// Returns `Package`, or `Chain` with `NoReward`.
pub fn is_claim_paid(state: &ChainState, package: &ClaimPackage) -> Result<bool, RewardError> {
    let claim = package.claim()?;
    Ok(state.reward(package.poll)?.is_claimed(package.chamber, &claim.reward_nullifier))
}

/// Sends a claim. Anyone can see that the sending account sent it.
///
/// # Errors
/// Returns `Package`, or `Chain`: `Reverted` with `AlreadyClaimed`, `InvalidProof`, `PaymentFailed`, ..
pub async fn submit_claim(connection: &Connection, package: &ClaimPackage) -> Result<Sent, RewardError> {
    Ok(connection.send_call(package.rewards, &build_claim_call(package)?).await?)
}
