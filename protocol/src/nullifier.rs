//! Nullifiers: one value a member, chamber and poll (specification, section 7).

use crate::{Fr, constants::tag, identity::NullifierKey, poseidon};

/// `nullifier = Poseidon(NULLIFIER, nk, ctx)`.
pub fn derive(nk: &NullifierKey, ctx: Fr) -> Fr {
    poseidon::hash(&[tag::nullifier(), *nk.expose(), ctx])
}
