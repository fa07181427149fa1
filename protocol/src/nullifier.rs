//! Nullifiers: one value per member, chamber and poll (specification, sections 7 and 12).

use crate::{
    Fr,
    constants::tag,
    identity::{IdentityCommitment, NullifierKey},
    poseidon,
};

/// Derives `nullifier = Poseidon(NULLIFIER, nk, id, ctx)`.
///
/// With `nk` alone, an attacker who learned a member's `nk` could register it under a key of its own, obtain the same
/// nullifier, and replace that member's ballot.
pub fn derive(nk: &NullifierKey, id: &IdentityCommitment, ctx: Fr) -> Fr {
    poseidon::hash(&[tag::nullifier(), *nk.expose(), id.value(), ctx])
}

/// Derives `reward_nullifier = Poseidon(REWARD, nk, id, ctx)`: one reward per member, chamber and poll.
///
/// Without `nk`, it cannot be linked to its ballot. As `id` is in it, an attacker who has learned `nk` cannot use it up
/// under a key of its own.
pub fn reward(nk: &NullifierKey, id: &IdentityCommitment, ctx: Fr) -> Fr {
    poseidon::hash(&[tag::reward(), *nk.expose(), id.value(), ctx])
}
