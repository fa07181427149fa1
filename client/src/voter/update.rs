//! Updates of ballot slots in masked polls: the owner's replacement, and masks by anyone.

use psephos_protocol::{
    constants::size_for_options,
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
    rule::RuleError,
    statement::update::{SlotContent, UnsignedWitness, UpdateDraft},
};
use psephos_state::{Ballot, ChainState, PollState, record::ReplacedBallot};
use psephos_wire::proof::Statement;
use rand::rngs::OsRng;

use super::{
    Voter, VoterError,
    vote::{Vote, committee_keys, require_context},
};
use crate::parameters::{ballot_parameters, chamber_scope, inconsistent};

/// Prepares and signs the replacement of a voter's ballot in a masked poll. Its randomness follows from nothing and is
/// erased, so that the seed cannot tell it later from the masks of others. Its package can: the caller warns of it.
pub(super) fn prepare_replacement(
    state: &ChainState,
    voter: Voter<'_>,
    poll: PollId,
    chamber: ChamberId,
    choice: &[u64],
    counted: &Ballot,
) -> Result<Vote, VoterError> {
    let (_, frozen) = state.opened_chamber(poll, chamber)?;
    let member = voter.find_member(frozen, poll, chamber)?;
    let slot = read_slot(state, poll, chamber, counted)?;
    let mut x = choice.to_vec();
    x.resize(slot.old.size(), 0);
    let unsigned = UnsignedWitness {
        ak: voter.identity.authorising_key(),
        nk: voter.identity.nullifier_key(),
        weight: member.weight,
        membership: frozen.chamber.census.prove_membership(member.index).map_err(inconsistent)?,
        x,
    };
    let draft = UpdateDraft::replace(slot, unsigned, &mut OsRng)?;
    require_context(frozen, draft.ctx(), poll, chamber)?;
    let signature = voter.identity.sign(draft.message(), &mut OsRng);
    let (instance, witness, posted) = draft.attach_signature(signature);
    let old = ReplacedBallot::from_posted(&counted.posted, counted.previous);
    Ok(Vote::new(state, poll, chamber, Statement::Update(instance, witness), (posted, Some(old)))?)
}

/// Prepares a mask of a slot: its ballot encrypted anew, without a change of any total. Anyone can; nothing tells it
/// from a replacement by the slot's owner. Each call draws fresh randomness: a mask that is made again after another
/// update of the slot must be a new one.
///
/// # Errors
/// Returns `Chain` with `UnknownPollChamber`, or with `WrongPollState` if the poll is not open; `NotMasked`;
/// `EmptySlot`.
pub fn prepare_mask(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    nullifier: &Nullifier,
) -> Result<Vote, VoterError> {
    state.require_poll_state(poll, PollState::Open)?;
    if !state.poll(poll)?.is_masked() {
        return Err(VoterError::NotMasked(poll));
    }
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let empty = || VoterError::EmptySlot { poll, nullifier: nullifier.to_hex() };
    let counted = listed.counted_ballot(nullifier).ok_or_else(empty)?;
    let slot = read_slot(state, poll, chamber, counted)?;
    let (instance, witness, posted) = UpdateDraft::mask(slot, &mut OsRng)?;
    require_context(frozen, witness.compute_context()?, poll, chamber)?;
    let old = ReplacedBallot::from_posted(&counted.posted, counted.previous);
    Ok(Vote::new(state, poll, chamber, Statement::Update(instance, witness), (posted, Some(old)))?)
}

/// Reads what an update needs to know of a slot, all of which is public.
fn read_slot(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    counted: &Ballot,
) -> Result<SlotContent, VoterError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let rule = ballot_parameters(entry, listed)?;
    let fits = size_for_options(rule.options) == Some(counted.posted.ciphertext.size());
    if !fits {
        let actual = counted.posted.ciphertext.size();
        return Err(RuleError::Length { expected: rule.options, actual }.into());
    }
    Ok(SlotContent {
        nullifier: counted.posted.nullifier,
        note: counted.posted.note,
        old: counted.posted.ciphertext.clone(),
        previous: counted.fingerprint(),
        root: frozen.root,
        scope: chamber_scope(state, poll, chamber)?,
        rule,
        keys: committee_keys(state, entry)?.clone(),
    })
}
