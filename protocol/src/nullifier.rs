//! Nullifiers: one value per member, chamber and poll (specification, sections 7 and 12).

use crate::{
    constants::tag,
    elements::{Context, Nullifier, RewardNullifier},
    identity::{IdentityCommitment, NullifierKey},
    poseidon,
};

/// Derives `nullifier = Poseidon(NULLIFIER, nk, id, ctx)`.
///
/// With `nk` alone, an attacker who learned a member's `nk` could register it under a key of its own, obtain the same
/// nullifier, and replace that member's ballot.
pub fn derive(nk: &NullifierKey, id: &IdentityCommitment, ctx: Context) -> Nullifier {
    Nullifier::from_fr(poseidon::hash(&[tag::nullifier(), *nk.expose(), id.value(), ctx.to_fr()]))
}

/// Derives `reward_nullifier = Poseidon(REWARD, nk, id, ctx)`: one reward per member, chamber and poll.
///
/// Without `nk`, it cannot be linked to its ballot. As `id` is in it, an attacker who has learned `nk` cannot use it up
/// under a key of its own.
pub fn reward(nk: &NullifierKey, id: &IdentityCommitment, ctx: Context) -> RewardNullifier {
    RewardNullifier::from_fr(poseidon::hash(&[tag::reward(), *nk.expose(), id.value(), ctx.to_fr()]))
}
