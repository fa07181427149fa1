//! A trustee's share of the election keys, recomputed from the dealings on chain.

use psephos_protocol::committee::{KeyShare, TransportSecret};
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{ChainState, Committee, StateError};

use super::{Refusal, TrusteeError, forming::trustee_context};
use crate::parameters::inconsistent;

/// Returns the sum of the shares that all dealings contain for the trustee of this index, each compared with the
/// commitments of its dealing.
///
/// # Errors
/// Returns `Refused` with [`Refusal::UnregisteredKey`] if the registered key is another, or with
/// [`Refusal::InvalidDealing`] if a dealing contradicts its commitments.
pub fn recover_key_share(
    state: &ChainState,
    committee: CommitteeId,
    index: u64,
    secret: &TransportSecret,
) -> Result<KeyShare, TrusteeError> {
    let entry = state.committee(committee)?;
    let Some(position) = find_position(entry, index, secret) else {
        return Err(Refusal::UnregisteredKey { committee }.into());
    };
    let point = index + 1;
    let mut sum = KeyShare::zero();
    for dealing in &entry.dealings {
        let invalid = || Refusal::InvalidDealing { committee, dealer: dealing.trustee };
        let ctx = trustee_context(state, committee, dealing.trustee);
        let share = dealing.shares.get(position).ok_or_else(invalid)?;
        let part = share.decrypt_values(secret, ctx, point, &dealing.ephemeral, dealing.commitments.threshold());
        if part.public_keys() != dealing.commitments.evaluate_at(point) {
            return Err(invalid().into());
        }
        sum = &sum + &part;
    }
    Ok(sum)
}

/// Returns the position of the trustee's share in a dealing, if the registered key is the trustee's.
fn find_position(entry: &Committee, index: u64, secret: &TransportSecret) -> Option<usize> {
    let registered = entry.registration(index)?;
    (registered.key == secret.transport_key())
        .then(|| entry.registrations.iter().filter(|registration| registration.index < index).count())
}

/// Returns the hash of the trustee's verification keys beyond the first three, which the contract needs to recompute
/// its verification key.
pub(crate) fn hash_other_keys(committee: &Committee, index: u64) -> Result<[u8; 32], StateError> {
    let missing = || inconsistent("the events have too few dealings of the poll's committee");
    Ok(committee.commitments().ok_or_else(missing)?.key_hashes_at(index + 1)[1])
}
