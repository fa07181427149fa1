//! Claiming: from a seed and the chain to a payment at an address that nothing links to the voter.

use psephos_chain::{Address, Connection, Sent, U256};
use psephos_exchange::{
    proof::{ProofRequest, Statement},
    relay::claim_call,
};
use psephos_protocol::{
    Fr,
    identifiers::{ChamberId, PollId},
    identity::Identity,
    nullifier,
    reward::Policy,
    statement::claim::{Draft, Instance, Posted, Terms, Witness},
};
use psephos_prover::Proof;
use psephos_state::{ChainState, bindings::IRewards::Claim, words};
use rand::rngs::OsRng;

use super::{
    ClaimPackage,
    status::{RewardStage, stage},
};
use crate::{
    error::ClientError,
    keys::{Circuits, proof_words},
    progress::Observer,
    remote::RemoteProver,
    voter::{self, Recovered, inconsistent, opened_chamber},
};

/// Whom a claim pays.
#[derive(Clone, Copy, Debug)]
pub struct Payout {
    /// Who gets the reward: best an address that was never used.
    pub recipient: Address,
    /// Who sends the claim and gets the fee; `None` if it is sent without one.
    pub relayer: Option<Address>,
    /// The fee, out of the reward, in the token's smallest parts.
    pub fee: U256,
}

/// A signed claim that is still to be proved. It holds the vote: without `Debug`.
pub struct Claiming {
    poll: PollId,
    chamber: ChamberId,
    payout: Payout,
    instance: Instance,
    witness: Witness,
    posted: Posted,
}

impl Claiming {
    /// What will be paid, in the policy's units.
    pub fn amount(&self) -> u128 {
        self.posted.amount
    }
}

/// The policy of a chamber whose claims are open.
pub(super) fn policy(replay: &ChainState, poll: PollId, chamber: ChamberId) -> Result<Policy, ClientError> {
    Ok(psephos_exchange::reward::policy(replay, poll, chamber)?)
}

/// Finds the voter's ballot again, what it is paid, and its way to the root of all sealed notes, and signs the claim. The reward nullifier, the amount and the chamber are
/// all that the chain learns.
///
/// # Errors
/// `NotClaimable`, `NothingPaid`, `AlreadyClaimed`, `FeeTooHigh`; as [`voter::recover`]; `Inconsistent`.
pub fn prepare(
    replay: &ChainState,
    identity: &Identity,
    poll: PollId,
    chamber: ChamberId,
    payout: Payout,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Claiming, ClientError> {
    let reward = replay.reward(poll)?;
    let stage = stage(replay, poll)?;
    if stage != RewardStage::Claims {
        return Err(ClientError::NotClaimable { poll, stage });
    }
    let policy = policy(replay, poll, chamber)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let (id, nk, ctx) = (identity.commitment(), identity.nullifier_key(), frozen.ctx);
    let reward_nullifier = nullifier::reward(&nk, &id, ctx);
    if reward.is_claimed(chamber, &reward_nullifier) {
        return Err(ClientError::AlreadyClaimed { poll, chamber });
    }
    let Recovered { note, opening, .. } = voter::recover(replay, identity, poll, chamber, progress)?;
    let amount = policy.amount(opening.weight, &opening.x);
    if amount == 0 {
        return Err(ClientError::NothingPaid { poll, chamber });
    }
    if payout.fee > U256::from(amount).saturating_mul(reward.unit()) {
        return Err(ClientError::FeeTooHigh { fee: payout.fee, amount, unit: reward.unit() });
    }
    let notes: Vec<Fr> = listed.ballots_by_ordinal().iter().map(|ballot| ballot.posted.note).collect();
    let tree = reward.rebuild_notes_tree(chamber, &notes).map_err(ClientError::Inconsistent)?;
    let (list, index) = tree.find(note).ok_or_else(|| inconsistent("the voter's note is in no sealed list"))?;
    let path = tree.prove(list, index).map_err(inconsistent)?;
    let terms = Terms { ctx, policy, binding: binding(replay, &payout) };
    let draft = Draft::new(identity.authorising_key(), nk, opening, path, terms)?;
    if draft.posted().note_root != tree.root() || draft.posted().reward_nullifier != reward_nullifier {
        return Err(inconsistent("the note's path does not lead to the root of the sealed notes"));
    }
    let signature = identity.sign(draft.message(), &mut OsRng);
    let (instance, witness, posted) = draft.finish(signature);
    Ok(Claiming { poll, chamber, payout, instance, witness, posted })
}

/// `binding` of a payout by this deployment.
pub(super) fn binding(replay: &ChainState, payout: &Payout) -> Fr {
    psephos_exchange::reward::binding(replay, payout.recipient, payout.relayer.unwrap_or_default(), payout.fee)
}

/// Proves a claim. Takes about a quarter of a second of all cores.
///
/// # Errors
/// `Prove`, `Key`.
pub fn prove(replay: &ChainState, circuits: &Circuits, claiming: Claiming) -> Result<ClaimPackage, ClientError> {
    let Claiming { poll, chamber, payout, instance, witness, posted } = claiming;
    let proof = circuits.prove_claim(replay.deployment.chain_id, instance, witness)?;
    Ok(packed(replay, poll, chamber, &payout, &posted, &proof))
}

/// Has a claim proved by a service, which learns how its voter had voted and whom the claim pays; the proof is verified here.
///
/// # Errors
/// `Remote`, `Key`.
pub async fn prove_remotely(
    replay: &ChainState,
    prover: &RemoteProver,
    circuits: &Circuits,
    claiming: Claiming,
    observer: &dyn Observer,
) -> Result<ClaimPackage, ClientError> {
    let Claiming { poll, chamber, payout, instance, witness, posted } = claiming;
    let statement = Statement::Claim(instance, witness);
    let verifier = circuits.verifying_key(statement.circuit())?;
    let request = ProofRequest { chain_id: replay.deployment.chain_id, statement };
    let proof = prover.prove(&request, verifier, observer).await?;
    Ok(packed(replay, poll, chamber, &payout, &posted, &proof))
}

fn packed(
    replay: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    payout: &Payout,
    posted: &Posted,
    proof: &Proof,
) -> ClaimPackage {
    let claim = Claim {
        rewardNullifier: words::from_field(&posted.reward_nullifier),
        amount: U256::from(posted.amount),
        recipient: payout.recipient,
        relayer: payout.relayer.unwrap_or_default(),
        fee: payout.fee,
        h: words::from_field(&posted.h),
        proof: proof_words(proof),
    };
    ClaimPackage::new(&replay.deployment, poll, chamber, &claim)
}

/// Whether a claim's reward nullifier is paid.
///
/// # Errors
/// `ClaimFile`, `Chain` with `NoReward`.
pub fn is_paid(replay: &ChainState, package: &ClaimPackage) -> Result<bool, ClientError> {
    let nullifier = words::to_field(package.claim()?.rewardNullifier)?;
    Ok(replay.reward(package.poll)?.is_claimed(package.chamber, &nullifier))
}

/// Sends a claim. The sending account is seen to have sent it.
///
/// # Errors
/// `ClaimFile`; `Chain`: `Reverted` with `AlreadyClaimed`, `InvalidProof`, `NotPaid`, ..
pub async fn submit(connection: &Connection, package: &ClaimPackage) -> Result<Sent, ClientError> {
    Ok(connection.send_call(package.rewards, &claim_call(package)?).await?)
}
