//! Sealing: the notes of the ballots that count, in the order of their numbers, 256 to a list.

use psephos_chain::{B256, Connection, Sent, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr,
    constants::LIST_NOTES,
    context,
    identifiers::{ChamberId, PollId},
    note::NoteList,
    transcript,
};
use psephos_state::{Ballot, ChainState, bindings::IRewards::sealNotesCall, words};

use crate::{
    error::ClientError,
    keys::{Circuits, proof_words},
    progress::{Observer, Phase},
    voter::opened_chamber,
};

/// A list that was sealed.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The chamber.
    pub chamber: ChamberId,
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
    circuits: &Circuits,
    poll: PollId,
    observer: &dyn Observer,
) -> Result<Vec<Sealed>, ClientError> {
    circuits.guard(connection, &replay.deployment, &[Name::Notes]).await?;
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
        match connection.send_call(replay.deployment.rewards, &call).await.map_err(ClientError::from) {
            Ok(sent) => sealed.push(Sealed { chamber, list, notes: ballots.len(), sent }),
            // Anyone may seal, and somebody did.
            Err(error) if matches!(error.revert_name(), Some("WrongListLength" | "NotTheNote")) => {}
            Err(error) => return Err(error),
        }
        observer.advance(Phase::Seal, 1);
    }
    observer.end(Phase::Seal);
    Ok(sealed)
}

fn call(
    replay: &ChainState,
    circuits: &Circuits,
    poll: PollId,
    chamber: ChamberId,
    list: usize,
    ballots: &[&Ballot],
) -> Result<sealNotesCall, ClientError> {
    let deployment = &replay.deployment;
    let contract = deployment.rewards.into_array();
    let context = context::sealing_context(deployment.chain_id, contract, poll.get(), chamber.get(), list as u64);
    let notes = NoteList::new(ballots.iter().map(|ballot| ballot.posted.note).collect());
    let notes = notes.map_err(|error| ClientError::Inconsistent(error.to_string()))?;
    let root = notes.root();
    let words_of =
        |element: fn(&Ballot) -> &Fr| ballots.iter().map(|ballot| words::from_field(element(ballot))).collect();
    Ok(sealNotesCall {
        poll: U256::from(poll.get()),
        chamber: U256::from(chamber.get()),
        nullifiers: words_of(|ballot| &ballot.posted.nullifier),
        notes: words_of(|ballot| &ballot.posted.note),
        ciphertextHashes: ballots
            .iter()
            .map(|ballot| B256::from(transcript::ciphertext_hash(&ballot.posted.ciphertext)))
            .collect(),
        root: words::from_field(&root),
        proof: proof_words(&circuits.prove_notes(deployment.chain_id, notes, context)?),
    })
}
