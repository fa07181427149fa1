//! STUB until merged.
use super::{opened_chamber, parameters};
use crate::error::ClientError;
use psephos_chain::Replay;
use psephos_protocol::{constants::size_for, identity::Identity, note::Opening, nullifier};
/// Stub.
pub fn recover(
    replay: &Replay,
    identity: &Identity,
    poll: u64,
    chamber: u64,
    _progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Opening, ClientError> {
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let id = identity.commitment();
    let nullifier = nullifier::derive(&identity.nullifier_key(), &id, frozen.ctx);
    let ballot = listed.ballot(&nullifier).ok_or(ClientError::NothingToReplace { poll })?;
    let (_, member) = frozen.chamber.find(&id).ok_or(ClientError::NothingToReplace { poll })?;
    let rule = parameters(replay.poll(poll)?, listed)?;
    let size = size_for(rule.options).unwrap_or(8);
    let blinder = identity.note_blinder(frozen.ctx, &ballot.posted.ciphertext.c);
    let choices = rule.choices(size, member.weight.get(), 1 << 20).unwrap_or_default();
    Opening::find(ballot.posted.note, &id, frozen.ctx, member.weight.get(), blinder, choices)
        .ok_or(ClientError::NothingToReplace { poll })
}
