//! Sealing: the notes of the ballots that count, in the order of their numbers, 256 to a list.

use psephos_chain::{B256, Connection, Sent, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{Fr, constants::LIST_NOTES, context, note::NoteList, statement, transcript};
use psephos_state::{Ballot, ChainState, bindings::IRewards::sealNotesCall, words};
use psephos_submission::{proofs::proof_to_words, verifiers::check_verifiers};

use crate::{
    KeyRing,
    error::ClientError,
    progress::{Observer, Phase},
    voter::opened_chamber,
};

/// A list that was sealed.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The chamber.
    pub chamber: u64,
    /// Its place among the chamber's lists, from 0.
    pub list: usize,
    /// How many notes it has.
    pub notes: usize,
    /// The transaction.
    pub sent: Sent,
}

/// Seals every list of a poll's chambers that is not sealed yet. Stopped in between, it goes on where it was. Anyone may.
///
/// # Errors
/// `Inconsistent` if what is sealed is not what the ballots give; `Prove`, `Key`; `Chain`: `NoReward`, `Reverted` with `PollHasNotEnded`, ..
pub async fn seal(
    connection: &Connection,
    replay: &ChainState,
    circuits: &KeyRing,
    poll: u64,
    observer: &dyn Observer,
) -> Result<Vec<Sealed>, ClientError> {
    check_verifiers(circuits, connection, &replay.deployment, &[Name::Notes]).await?;
    let reward = replay.reward(poll)?;
    let mut due = Vec::new();
    for (&chamber, lists) in &reward.batches {
        let (listed, _) = opened_chamber(replay, poll, chamber)?;
        let ballots = listed.ballots_by_ordinal();
        let notes: Vec<Fr> = ballots.iter().map(|ballot| ballot.posted.note).collect();
        reward.rebuild_notes_tree(chamber, &notes).map_err(ClientError::Inconsistent)?;
        let rest = ballots.get(reward.sealed_notes(chamber)..).unwrap_or_default();
        let parts = rest.chunks(LIST_NOTES).enumerate();
        due.extend(parts.map(|(index, part)| (chamber, lists.len() + index, part.to_vec())));
    }
    observer.begin(Phase::Seal, due.len() as u64);
    let mut sealed = Vec::new();
    for (chamber, list, ballots) in due {
        let call = call(replay, circuits, poll, chamber, list, &ballots)?;
        match connection.send(replay.deployment.rewards, &call).await.map_err(ClientError::from) {
            Ok(sent) => sealed.push(Sealed { chamber, list, notes: ballots.len(), sent }),
            // Anyone may seal, and somebody did.
            Err(error) if matches!(error.revert_name(), Some("WrongBatchLength" | "WrongNote")) => {}
            Err(error) => return Err(error),
        }
        observer.advance(Phase::Seal, 1);
    }
    observer.end(Phase::Seal);
    Ok(sealed)
}

fn call(
    replay: &ChainState,
    circuits: &KeyRing,
    poll: u64,
    chamber: u64,
    list: usize,
    ballots: &[&Ballot],
) -> Result<sealNotesCall, ClientError> {
    let deployment = &replay.deployment;
    let contract = deployment.rewards.into_array();
    let context = context::sealing_context(deployment.chain_id, contract, poll, chamber, list as u64);
    let notes = NoteList::new(ballots.iter().map(|ballot| ballot.posted.note).collect());
    let notes = notes.map_err(|error| ClientError::Inconsistent(error.to_string()))?;
    let root = notes.root();
    let proof = circuits.prove(deployment.chain_id, statement::notes::build(&notes, context), notes)?;
    let words_of =
        |element: fn(&Ballot) -> &Fr| ballots.iter().map(|ballot| words::from_field(element(ballot))).collect();
    Ok(sealNotesCall {
        poll: U256::from(poll),
        chamber: U256::from(chamber),
        nullifiers: words_of(|ballot| &ballot.posted.nullifier),
        notes: words_of(|ballot| &ballot.posted.note),
        ciphertextHashes: ballots
            .iter()
            .map(|ballot| B256::from(transcript::ciphertext_hash(&ballot.posted.ciphertext)))
            .collect(),
        root: words::from_field(&root),
        proof: proof_to_words(&proof),
    })
}
