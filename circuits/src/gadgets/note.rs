//! Notes, and the tree in which they are sealed. Twin of `psephos_protocol::note`.

use psephos_protocol::Fr;
use psephos_protocol::constants::{BATCH_ARITIES, VALUE_BITS, VALUES_PER_WORD, tag};
use psephos_protocol::note::PathLevel;

use crate::gadgets::{poseidon, power_of_two};
use crate::{Builder, Num};

/// Computes `Poseidon(NOTE, id, ctx, packed(weight, x).., blinder)`. Twin of
/// `psephos_protocol::note::derive_commitment`.
///
/// The caller must have constrained weight and choices to 40 bits: with more, two lists of values would pack to one
/// word.
pub fn derive(b: &mut Builder, id: &Num, ctx: &Num, weight: &Num, x: &[Num], blinder: &Num) -> Num {
    let values: Vec<&Num> = std::iter::once(weight).chain(x).collect();
    let word = |part: &[&Num]| {
        Num::linear_combination(part.iter().enumerate().map(|(i, v)| (power_of_two(VALUE_BITS * i), *v)))
    };
    let mut inputs = vec![Num::constant(tag::note()), id.clone(), ctx.clone()];
    inputs.extend(values.chunks(VALUES_PER_WORD).map(word));
    inputs.push(blinder.clone());
    poseidon::hash(b, &inputs)
}

/// Computes the root of the note batch that `note` is in, for 409 constraints per level of eight children and 300 for
/// one of four. Twin of the first part of `psephos_protocol::note::NotePath::compute_root`.
///
/// A level allocates all children and constrains one of them to be the node. Which one, the hash itself fixes, and
/// nothing depends on it.
///
/// `leaf` is the value that a malicious prover assigns at the note's position in the lowest level.
pub fn batch_root_from(b: &mut Builder, note: &Num, levels: &[PathLevel], leaf: Option<Fr>) -> Num {
    let mut leaf = leaf;
    levels.iter().fold(note.clone(), |node, level| {
        let own = leaf.take().unwrap_or(node.value());
        hash_parent(b, &node, level, own)
    })
}

/// Computes the parent of a node: `prod (child_i - node) = 0`, and the hash.
fn hash_parent(b: &mut Builder, node: &Num, level: &PathLevel, own: Fr) -> Num {
    let values = level.children_with(own);
    let child =
        |(i, value): (usize, &Fr)| if i == level.index { b.allocate_witness(*value) } else { b.allocate_free(*value) };
    let children: Vec<Num> = values.iter().enumerate().map(child).collect();
    let apart: Vec<Num> = children.iter().map(|child| child - node).collect();
    if let [first, middle @ .., last] = &apart[..] {
        let product = middle.iter().fold(first.clone(), |product, difference| b.mul(&product, difference));
        b.enforce(&product, last, &Num::zero());
    }
    poseidon::hash(b, &children)
}

/// Computes the root of the note batch with these 256 leaves: 36 hashes of eight, one of four. Twin of
/// `psephos_protocol::note::NoteBatch::root`.
pub fn root_of_leaves(b: &mut Builder, leaves: &[Num]) -> Num {
    let mut nodes = leaves.to_vec();
    for arity in BATCH_ARITIES {
        nodes = nodes.chunks(arity).map(|children| poseidon::hash(b, children)).collect();
    }
    nodes[0].clone()
}
