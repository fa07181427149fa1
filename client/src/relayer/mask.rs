//! Masks of a masked poll's ballots, and replacements that are carried in place of them.

use std::collections::BTreeSet;

use psephos_protocol::{
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
};
use psephos_state::ChainState;
use psephos_submission::{
    RelayReport, Submission,
    ballots::{ValidBallot, check_ballots},
};
use rand::{rngs::OsRng, seq::SliceRandom};

use super::RelayerError;
use crate::{
    KeyRing, Package,
    progress::{Observer, Phase},
    voter::{self, MaskError, VoterError},
};

/// A slot of a poll.
type Slot = (ChamberId, Nullifier);

/// What a run of a masker sends.
pub struct MaskedRun {
    /// Packages of voters and masks, in random order.
    pub packages: Vec<Submission>,
    /// The names of packages that are not sent: an update that does not apply to what counts now, or a second one of
    /// the same slot.
    pub held_back: Vec<String>,
}

/// Adds a mask of every ballot of a masked poll to these packages, except of those that one of the packages updates: a
/// replacement that a voter handed over goes in place of a mask, so that each slot that had a ballot before the run
/// gets one update in it. What would break that is held back: an update that does not apply (its slot is masked, or a
/// slot without an update would tell of it), and further ones of a slot. Masks are packages like any other.
///
/// The promise to voters rests on the party that masks: it must send masks and replacements from one account, in the
/// same batches, and keep no record of which is which.
///
/// # Errors
/// `Voter` with `Mask` and `NotMasked`, or `Chain` with `WrongPollState`, if the poll takes no masks; and if a mask
/// cannot be proved.
pub fn mask_poll(
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    carried: Vec<Submission>,
    observer: &dyn Observer,
) -> Result<MaskedRun, RelayerError> {
    if !state.poll(poll).map_err(VoterError::from)?.is_masked() {
        return Err(VoterError::from(MaskError::NotMasked(poll)).into());
    }
    let (mut run, updated) = select_carried(state, circuits, poll, carried)?;
    let slots = list_slots(state, poll, &updated);
    observer.begin(Phase::Prove, slots.len() as u64);
    for (number, (chamber, nullifier)) in (1..).zip(slots) {
        let mask: Package = voter::prove_ballot(circuits, voter::prepare_mask(state, poll, chamber, &nullifier)?)?;
        run.packages.push(Submission { name: format!("mask {number}"), json: mask.to_json().into_bytes() });
        observer.advance(Phase::Prove, 1);
    }
    observer.end(Phase::Prove);
    run.packages.shuffle(&mut OsRng);
    Ok(run)
}

/// Selects the packages that are sent, and returns the slots that they update. Packages that are no valid updates of
/// this poll stay as they are: whether they are sent, the relaying decides.
fn select_carried(
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    carried: Vec<Submission>,
) -> Result<(MaskedRun, BTreeSet<Slot>), RelayerError> {
    let valid = check_ballots(state, circuits, &carried, &mut RelayReport::pending(&carried))?;
    let (mut updated, mut held) = (BTreeSet::new(), BTreeSet::new());
    for ballot in valid.iter().filter(|ballot| ballot.poll == poll && ballot.contents.old.is_some()) {
        let slot = (ballot.chamber, ballot.contents.record.posted.nullifier);
        if !(applies(state, ballot) && updated.insert(slot)) {
            held.insert(ballot.index);
        }
    }
    let mut run = MaskedRun { packages: Vec::new(), held_back: Vec::new() };
    for (index, submission) in carried.into_iter().enumerate() {
        match held.contains(&index) {
            true => run.held_back.push(submission.name),
            false => run.packages.push(submission),
        }
    }
    Ok((run, updated))
}

/// Returns whether an update is of the content that counts now.
fn applies(state: &ChainState, ballot: &ValidBallot) -> bool {
    let chamber = state.polls.get(&ballot.poll).and_then(|poll| poll.chambers.get(&ballot.chamber));
    let nullifier = &ballot.contents.record.posted.nullifier;
    chamber.is_some_and(|listed| listed.counted_fingerprint(nullifier) == ballot.contents.previous())
}

/// Returns all slots with a ballot but these.
fn list_slots(state: &ChainState, poll: PollId, without: &BTreeSet<Slot>) -> Vec<Slot> {
    let chambers = state.polls.get(&poll).into_iter().flat_map(|poll| &poll.chambers);
    let slots =
        chambers.flat_map(|(&chamber, listed)| listed.latest.keys().map(move |&nullifier| (chamber, nullifier)));
    slots.filter(|slot| !without.contains(slot)).collect()
}
