//! A trustee's share of the election keys, found again from the dealings on chain.

use psephos_protocol::committee::{KeyShare, TransportSecret};
use psephos_state::{ChainState, Committee};

use super::{Refusal, forming::trustee_context};
use crate::error::ClientError;

/// The sum of what all dealings hold for the trustee of this index, each part compared with its dealing's commitments.
///
/// # Errors
/// `Refused` with [`Refusal::OtherKeys`] if the registered key is another, [`Refusal::BadDealing`] if a dealing does not hold what it commits to.
pub fn key_share(
    replay: &ChainState,
    committee: u64,
    index: u64,
    secret: &TransportSecret,
) -> Result<KeyShare, ClientError> {
    let entry = replay.committee(committee)?;
    let Some(place) = place(entry, index, secret) else {
        return Err(Refusal::OtherKeys { committee }.into());
    };
    let point = index + 1;
    let mut sum = KeyShare::zero();
    for dealing in &entry.dealings {
        let bad = || Refusal::BadDealing { committee, dealer: dealing.trustee };
        let ctx = trustee_context(replay, committee, dealing.trustee);
        let share = dealing.shares.get(place).ok_or_else(bad)?;
        let part = share.open(secret, ctx, point, &dealing.ephemeral, dealing.commitments.threshold());
        if part.public() != dealing.commitments.at(point) {
            return Err(bad().into());
        }
        sum = &sum + &part;
    }
    Ok(sum)
}

/// Where in a dealing our share is, if the key that is registered for us is ours.
fn place(entry: &Committee, index: u64, secret: &TransportSecret) -> Option<usize> {
    let registered = entry.registration(index)?;
    (registered.key == secret.public())
        .then(|| entry.registrations.iter().filter(|registration| registration.index < index).count())
}
