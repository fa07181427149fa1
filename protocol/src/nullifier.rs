//! Nullifiers: one value a member, chamber and poll (specification, section 7).

use crate::{
    Fr,
    constants::tag,
    identity::{IdentityCommitment, NullifierKey},
    poseidon,
};

/// `nullifier = Poseidon(NULLIFIER, nk, id, ctx)`.
///
/// With `nk` alone, whoever came to know a member's `nk` could register it under a key of its own, have the same nullifier, and replace
/// that member's ballot.
pub fn derive(nk: &NullifierKey, id: &IdentityCommitment, ctx: Fr) -> Fr {
    poseidon::hash(&[tag::nullifier(), *nk.expose(), id.value(), ctx])
}
