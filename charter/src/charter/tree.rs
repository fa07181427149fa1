//! The Merkle tree of principles, in the form that OpenZeppelin's `MerkleProof` verifies.
//!
//! A pair is hashed with the smaller hash first, as `MerkleProof` does, so a proof needs no directions. A principle's
//! place is in its leaf instead. Leaves are hashed twice, so no inner node is a leaf. The last node of a level without
//! a partner moves up as it is.

use super::Charter;
use crate::hash::Hash32;

/// A proof that does not lead to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the proof of statement {index} leads to {computed}, not to the root {root}: the principle is not in this charter"
)]
pub struct ProofError {
    /// The statement's place in the agenda, from 0.
    pub index: u64,
    /// The hash to which the proof leads.
    pub computed: Hash32,
    /// The root.
    pub root: Hash32,
}

/// Returns the leaf of a principle: `keccak256(keccak256(index, keccak256(text)))`, `index` its place in the
/// agenda, from 0.
pub fn hash_leaf(index: u64, text: &str) -> Hash32 {
    let inner = Hash32::of_words(&[Hash32::from_number(index), Hash32::of(text.as_bytes())]);
    Hash32::of_words(&[inner])
}

/// Returns the parent of two nodes, in either order.
pub fn hash_pair(a: Hash32, b: Hash32) -> Hash32 {
    Hash32::of_words(&[a.min(b), a.max(b)])
}

/// Returns the siblings from a principle's leaf up to the root; `None` if the statement at this place of the agenda,
/// from 0, is no principle.
pub fn prove_principle(charter: &Charter, index: usize) -> Option<Vec<Hash32>> {
    let mut place = charter.principles().iter().position(|principle| principle.index == index)?;
    let (mut level, mut proof) = (charter.leaves(), Vec::new());
    while level.len() > 1 {
        proof.extend(level.get(place ^ 1));
        level = raise_level(&level);
        place /= 2;
    }
    Some(proof)
}

/// Verifies that a text is the statement at a place of the agenda, from 0, and a principle of the charter with this
/// root.
///
/// # Errors
/// [`ProofError`] with the hash to which the proof leads instead.
pub fn verify_principle(root: Hash32, index: u64, text: &str, proof: &[Hash32]) -> Result<(), ProofError> {
    let computed = proof.iter().fold(hash_leaf(index, text), |node, sibling| hash_pair(node, *sibling));
    if computed == root { Ok(()) } else { Err(ProofError { index, computed, root }) }
}

/// Returns the root of leaves; zero if there are none.
pub(super) fn compute_root(leaves: &[Hash32]) -> Hash32 {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = raise_level(&level);
    }
    level.first().copied().unwrap_or_default()
}

fn raise_level(level: &[Hash32]) -> Vec<Hash32> {
    let parents = level.chunks(2).map(|pair| match pair {
        [a, b] => hash_pair(*a, *b),
        single => single[0],
    });
    parents.collect()
}
