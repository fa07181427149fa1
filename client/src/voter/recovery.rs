//! The contents of a voter's ballot, recovered from its seed and the chain.

use psephos_protocol::{
    elements::{Context, NoteCommitment},
    identifiers::{ChamberId, PollId},
    note::NoteOpening,
    nullifier,
    recovery::CastBallot,
};
use psephos_state::ChainState;

use super::{Voter, VoterError};
use crate::parameters::{ballot_parameters, committee_keys};

/// A voter's ballot that counts, with its contents. It holds the vote: without `Debug`.
#[derive(Clone)]
pub struct RecoveredBallot {
    /// The chamber's context.
    pub ctx: Context,
    /// The ballot's note commitment.
    pub note: NoteCommitment,
    /// The opening of the note commitment: the weight in the frozen census, the choices padded to the circuit's size,
    /// the blinder.
    pub opening: NoteOpening,
}

/// Finds the voter's ballot that counts and recovers its contents. Nothing but the seed and the account is needed:
/// neither a file that the voter has stored nor, once the poll is open, any state of it.
///
/// `progress` receives the steps done and their total of the search for the ballot's randomness, from several threads;
/// rules with few choices need no search.
///
/// # Errors
/// Returns `Chain` with `UnknownPollChamber`, or with `WrongPollState` before the poll is opened; `NotMember`;
/// `OtherIdentity`; `NoBallot`; and `Recovery` with `UnknownRandomness` for a ballot that was made by other software.
pub fn recover_ballot(
    state: &ChainState,
    voter: Voter<'_>,
    poll: PollId,
    chamber: ChamberId,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<RecoveredBallot, VoterError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let identity = voter.identity;
    let member = voter.find_member(frozen, poll, chamber)?;
    let nullifier = nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx);
    let ballot = listed.counted_ballot(&nullifier).ok_or(VoterError::NoBallot { poll })?;
    // The updates of a masked poll keep the note of the first ballot, whose ciphertext its blinder follows from.
    let noted = match entry.is_masked() {
        true => listed.ballots.iter().find(|first| first.posted.nullifier == nullifier).unwrap_or(ballot),
        false => ballot,
    };
    let cast = CastBallot {
        rule: &ballot_parameters(entry, listed)?,
        keys: committee_keys(state, entry)?,
        ctx: frozen.ctx,
        previous: noted.previous,
        ciphertext: &noted.posted.ciphertext,
        note: ballot.posted.note,
        weight: member.weight,
    };
    let opening = cast.recover_opening(identity, progress)?;
    Ok(RecoveredBallot { ctx: frozen.ctx, note: ballot.posted.note, opening })
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
