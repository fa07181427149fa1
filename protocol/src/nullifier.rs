//! Nullifiers: one value a member, chamber and poll (specification, sections 7 and 12).

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

/// `reward_nullifier = Poseidon(REWARD, nk, id, ctx)`: one reward a member, chamber and poll. Nobody without `nk` can tell to which ballot it belongs, and with `id`
/// in it nobody who has come to know `nk` can use it up under a key of its own.
pub fn reward(nk: &NullifierKey, id: &IdentityCommitment, ctx: Fr) -> Fr {
    poseidon::hash(&[tag::reward(), *nk.expose(), id.value(), ctx])
}
