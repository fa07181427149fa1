//! Sealing: the note commitments of the ballots that count, in the order of their ordinals, 256 per note batch.

use alloy::sol_types::SolCall;
use async_trait::async_trait;
use psephos_chain::{
    Address, B256, ChainError, Connection, Sent, U256,
    plan::{Postcondition, Step},
};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    constants::BATCH_NOTES,
    context,
    elements::{NoteCommitment, Nullifier},
    identifiers::{ChainId, ChamberId, PollId},
    note::NoteBatch,
    statement, transcript,
};
use psephos_state::{
    Ballot, ChainState, FundingStatus, StateError,
    bindings::IRewards::{chamberCall, sealNotesCall},
    sheet::CastSheet,
    words,
};
use psephos_submission::{proofs::proof_to_words, verifiers::check_contracts};

use super::{RewardError, RewardStage};
use crate::{
    KeyRing,
    parameters::inconsistent,
    progress::{Observer, Phase},
};

/// A note batch that was sealed.
#[derive(Clone, Debug)]
pub struct SealedBatch {
    /// The chamber.
    pub chamber: ChamberId,
    /// Index among the chamber's note batches, from 0.
    pub batch: usize,
    /// Number of notes.
    pub notes: usize,
    /// The transaction.
    pub sent: Sent,
}

/// A note batch that is to be sealed, with its proof.
pub struct PreparedSeal {
    /// The chamber.
    pub chamber: ChamberId,
    /// Index among the chamber's note batches, from 0.
    pub batch: usize,
    /// Number of notes.
    pub notes: usize,
    rewards: Address,
    call: sealNotesCall,
    /// How many notes of the chamber are sealed with it.
    sealed: usize,
}

impl PreparedSeal {
    /// Returns it as a step of a plan. It is done once the chamber has the notes of this batch and of those before it
    /// sealed, by whatever proof: anyone may seal.
    pub fn to_step(&self) -> Step {
        let name = format!("seal note batch {} of chamber {}", self.batch, self.chamber);
        let done = Sealed {
            rewards: self.rewards,
            call: chamberCall { poll: self.call.poll, chamberId: self.call.chamber },
            notes: self.sealed,
        };
        let data = self.call.abi_encode().into();
        Step { name, to: Some(self.rewards), value: U256::ZERO, data, done: Some(Box::new(done)) }
    }
}

/// At least this number of a chamber's notes is sealed.
struct Sealed {
    rewards: Address,
    call: chamberCall,
    notes: usize,
}

#[async_trait]
impl Postcondition for Sealed {
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError> {
        Ok(connection.call(self.rewards, &self.call).await?.sealedBallots as usize >= self.notes)
    }

    fn ignores_calldata(&self) -> bool {
        true
    }
}

/// Proves every note batch of a poll's chambers that is not sealed yet.
///
/// # Errors
/// Returns `Keys`, `NotClaimable` if the reward is void, or `Chain`: `NoReward`, `Inconsistent` if the sealed notes are
/// not those of the ballots, ..
pub async fn prepare_seals(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    observer: &dyn Observer,
) -> Result<Vec<PreparedSeal>, RewardError> {
    check_contracts(circuits, connection, &state.deployment, &[Name::Notes]).await?;
    if state.reward_funding(poll)?.status == FundingStatus::Void {
        return Err(RewardError::NotClaimable { poll, stage: RewardStage::Void });
    }
    let reward = state.reward(poll)?;
    let mut due = Vec::new();
    for (&chamber, batches) in &reward.batches {
        let (listed, _) = state.opened_chamber(poll, chamber)?;
        let ballots = listed.ballots_by_ordinal();
        let notes: Vec<NoteCommitment> = ballots.iter().map(|ballot| ballot.posted.note).collect();
        reward.rebuild_notes_tree(chamber, &notes).map_err(StateError::Inconsistent)?;
        let mut sealed = reward.sealed_notes(chamber);
        let rest = ballots.get(sealed..).unwrap_or_default();
        for (index, part) in rest.chunks(BATCH_NOTES).enumerate() {
            sealed += part.len();
            due.push((chamber, batches.len() + index, part.to_vec(), sealed));
        }
    }
    observer.begin(Phase::Seal, due.len() as u64);
    let mut prepared = Vec::new();
    for (chamber, batch, ballots, sealed) in due {
        let items: Vec<SealedNote> = ballots.iter().map(|ballot| SealedNote::of_ballot(ballot)).collect();
        let rewards = state.deployment.rewards;
        let call = build_call(circuits, (state.deployment.chain_id, rewards), poll, chamber, batch, &items)?;
        prepared.push(PreparedSeal { chamber, batch, notes: ballots.len(), rewards, call, sealed });
        observer.advance(Phase::Seal, 1);
    }
    observer.end(Phase::Seal);
    Ok(prepared)
}

/// Seals every note batch of a poll's chambers that is not sealed yet. If interrupted, the next run continues after the
/// last sealed batch. Anyone may seal.
///
/// # Errors
/// As [`prepare_seals`], and `Chain` with `Reverted` by `PollHasNotEnded`, ..
pub async fn seal_notes(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    observer: &dyn Observer,
) -> Result<Vec<SealedBatch>, RewardError> {
    let mut sealed = Vec::new();
    for seal in prepare_seals(connection, state, circuits, poll, observer).await? {
        let PreparedSeal { chamber, batch, notes, .. } = seal;
        match connection.send_call(seal.rewards, &seal.call).await {
            Ok(sent) => sealed.push(SealedBatch { chamber, batch, notes, sent }),
            // Anyone may seal, and someone else did.
            Err(error) if matches!(error.revert_name(), Some("WrongBatchLength" | "WrongNote")) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(sealed)
}

/// What a note batch says of one ballot or sheet that counts.
pub(crate) struct SealedNote {
    nullifier: Nullifier,
    note: NoteCommitment,
    content_hash: [u8; 32],
}

impl SealedNote {
    fn of_ballot(ballot: &Ballot) -> Self {
        let content_hash = transcript::hash_content(ballot.previous, &ballot.posted.ciphertext);
        Self { nullifier: ballot.posted.nullifier, note: ballot.posted.note, content_hash }
    }

    /// Returns what is said of a sheet.
    pub(crate) fn of_sheet(cast: &CastSheet) -> Self {
        let content_hash = transcript::hash_sheet_content(cast.previous, &cast.posted.ciphertext);
        Self { nullifier: cast.posted.nullifier, note: cast.posted.note, content_hash }
    }
}

/// Proves a note batch, and builds the call that seals it in a contract of rewards. `poll` is the number that the
/// contract has for what it pays.
pub(crate) fn build_call(
    circuits: &KeyRing,
    (chain_id, rewards): (ChainId, Address),
    poll: PollId,
    chamber: ChamberId,
    batch: usize,
    items: &[SealedNote],
) -> Result<sealNotesCall, RewardError> {
    let context = context::derive_sealing_context(chain_id, rewards.into_array(), poll, chamber, batch as u64);
    let notes = NoteBatch::new(items.iter().map(|item| item.note).collect()).map_err(inconsistent)?;
    let root = notes.root();
    let proof = circuits.prove(chain_id, statement::notes::build_instance(&notes, context), notes)?;
    Ok(sealNotesCall {
        poll: U256::from(poll.get()),
        chamber: U256::from(chamber.get()),
        nullifiers: items.iter().map(|item| words::from_field(&item.nullifier)).collect(),
        notes: items.iter().map(|item| words::from_field(&item.note)).collect(),
        contentHashes: items.iter().map(|item| B256::from(item.content_hash)).collect(),
        root: words::from_field(&root),
        proof: proof_to_words(&proof),
    })
}
