//! Membership in a LeanIMT. Twin of `psephos_protocol::census::MembershipProof::compute_root`.

use ark_ff::Zero;
use psephos_protocol::Fr;
use psephos_protocol::census::Sibling;

use crate::gadgets::poseidon;
use crate::{Builder, Num};

/// The block sizes for a census. Levels come in blocks that are used or skipped as a whole; sums of subsets give
/// every length from 0 to 20, the depth of a census.
pub const CENSUS_BLOCKS: &[usize] = &[1, 2, 4, 5, 8];

/// The block sizes for the notes tree: sums of subsets give every length from 0 to 12, the depth of the LeanIMT over
/// note batches.
pub const NOTES_TREE_BLOCKS: &[usize] = &[1, 2, 4, 5];

/// Computes the census root from `leaf` and its 0 to 20 siblings.
pub fn census_root_from(b: &mut Builder, leaf: &Num, siblings: &[Sibling]) -> Num {
    root_from(b, leaf, siblings, CENSUS_BLOCKS)
}

/// Computes the root from `leaf` and its siblings, for 241 constraints per level and one per block.
///
/// A level allocates both children and constrains one of them to be the current node. No bit says which one: nothing
/// in the protocol depends on the position of a leaf, and the hash itself fixes the side on which a sibling is.
///
/// An attacker who could present an inner node as a leaf, or a leaf at another depth, would be a member of its own
/// making. But leaves are hashed with three inputs and nodes with two, so a leaf is never a node.
pub fn root_from(b: &mut Builder, leaf: &Num, siblings: &[Sibling], blocks: &[usize]) -> Num {
    let used = used_blocks(siblings.len(), blocks);
    let mut siblings = siblings.iter();
    let mut node = leaf.clone();
    for (levels, used) in blocks.iter().zip(used) {
        let start = node.clone();
        for _ in 0..*levels {
            let sibling = if used { siblings.next() } else { None };
            node = hash_parent(b, &node, sibling);
        }
        // `(out - start)·(out - node) = 0`: the block is either used or skipped.
        let out = b.allocate_witness(if used { node.value() } else { start.value() });
        b.enforce(&(&out - &start), &(&out - &node), &Num::zero());
        node = out;
    }
    node
}

/// Computes the parent of a node: `(left - node)·(right - node) = 0`, and the hash.
fn hash_parent(b: &mut Builder, node: &Num, sibling: Option<&Sibling>) -> Num {
    let (value, on_left) = sibling.map_or((Fr::zero(), false), |s| (s.value, s.on_left));
    let (left, right) = match on_left {
        true => (b.allocate_free(value), b.allocate_witness(node.value())),
        false => {
            let left = b.allocate_witness(node.value());
            (left, b.allocate_free(value))
        }
    };
    b.enforce(&(&left - node), &(&right - node), &Num::zero());
    poseidon::hash(b, &[left, right])
}

/// Returns which blocks make up a path of this length. A path with more siblings than there are levels uses every
/// block and is truncated: the root then differs.
fn used_blocks(length: usize, blocks: &[usize]) -> Vec<bool> {
    let mut need = length.min(blocks.iter().sum());
    let mut used = vec![false; blocks.len()];
    for i in (0..blocks.len()).rev() {
        let below: usize = blocks[..i].iter().sum();
        if need >= blocks[i] && need - blocks[i] <= below {
            used[i] = true;
            need -= blocks[i];
        }
    }
    used
}
