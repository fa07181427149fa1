//! Updates of ballot slots in masked polls: the owner's replacement, and masks by anyone.

use psephos_protocol::{
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
    statement::update::{UnsignedWitness, UpdateDraft},
};
use psephos_state::{Ballot, ChainState, record::ReplacedBallot};
use psephos_submission::mask::{MaskDraft, draft_mask, read_slot};
use psephos_wire::proof::Statement;
use rand::rngs::OsRng;

use super::{Voter, VoterError, vote::Vote};
use crate::parameters::{inconsistent, require_context};

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
    let MaskDraft { instance, witness, posted, old } = draft_mask(state, poll, chamber, nullifier)?;
    Ok(Vote::new(state, poll, chamber, Statement::Update(instance, witness), (posted, Some(old)))?)
}
