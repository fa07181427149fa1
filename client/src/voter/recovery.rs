//! What a voter's ballot holds, from its seed and the chain.

use psephos_protocol::{Fr, identity::Identity, note::Opening, nullifier, recovery::Cast};
use psephos_state::ChainState;

use super::ballot::{keys, member, opened_chamber, parameters};
use crate::error::ClientError;

/// A voter's ballot that counts, and what it holds. It holds the vote: without `Debug`.
#[derive(Clone)]
pub struct Recovered {
    /// The chamber's context.
    pub ctx: Fr,
    /// The ballot's note.
    pub note: Fr,
    /// What opens the note: the weight in the frozen census, the choices padded to the circuit's size, the blinder.
    pub opening: Opening,
}

/// Finds the voter's ballot that counts and what it holds. Nothing but the seed is needed; neither a file that the voter has kept nor, once the poll is open, any state of it.
///
/// `progress` is told of the search for the ballot's randomness (how much is done, of how much), from several threads; rules with few choices do without.
///
/// # Errors
/// `UnknownChamber`, `WrongState` before the poll is opened, `NotMember`; `NoBallot`; `Recovery` with `Underived` for a ballot that was made by other software.
pub fn recover(
    replay: &ChainState,
    identity: &Identity,
    poll: u64,
    chamber: u64,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<Recovered, ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let id = identity.commitment();
    let member = member(frozen, &id, poll, chamber)?;
    let nullifier = nullifier::derive(&identity.nullifier_key(), &id, frozen.ctx);
    let ballot = listed.counted_ballot(&nullifier).ok_or(ClientError::NoBallot { poll })?;
    let cast = Cast {
        rule: &parameters(entry, listed)?,
        keys: keys(replay, entry)?,
        ctx: frozen.ctx,
        previous: ballot.previous,
        ciphertext: &ballot.posted.ciphertext,
        note: ballot.posted.note,
        weight: member.weight.get(),
    };
    let opening = cast.recover(identity, progress)?;
    Ok(Recovered { ctx: frozen.ctx, note: ballot.posted.note, opening })
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
