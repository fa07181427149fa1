//! Membership in a LeanIMT. Twin of `psephos_protocol::census::MembershipProof::root_from`.

use ark_ff::Zero;
use psephos_protocol::Fr;
use psephos_protocol::census::Sibling;

use crate::gadgets::poseidon;
use crate::{Builder, Num};

/// Levels go in blocks that are used or skipped whole; sums of a subset give every length from 0 to 20, the depth of a census.
pub const CENSUS: &[usize] = &[1, 2, 4, 5, 8];

/// The same for 0 to 12, the depth of the tree of sealed lists.
pub const LISTS: &[usize] = &[1, 2, 4, 5];

/// The root that `leaf` and its 0 to 20 siblings give, in a census.
pub fn root(b: &mut Builder, leaf: &Num, siblings: &[Sibling]) -> Num {
    root_of(b, leaf, siblings, CENSUS)
}

/// The root that `leaf` and its siblings give: 241 constraints a level, and one a block.
///
/// A level witnesses both children and says that one of them is the node so far. No bit tells which: nothing in the protocol
/// depends on the position of a leaf, and which side a sibling stands on the hash itself fixes.
///
/// Whoever could present an inner node as a leaf, or a leaf of another length of path, would be a member of its own making:
/// leaves are hashed with three inputs and nodes with two, so the one is never the other.
pub fn root_of(b: &mut Builder, leaf: &Num, siblings: &[Sibling], blocks: &[usize]) -> Num {
    let used = used_blocks(siblings.len(), blocks);
    let mut siblings = siblings.iter();
    let mut node = leaf.clone();
    for (levels, used) in blocks.iter().zip(used) {
        let start = node.clone();
        for _ in 0..*levels {
            let sibling = if used { siblings.next() } else { None };
            node = parent(b, &node, sibling);
        }
        // `(out - start)·(out - node) = 0`: the block is used or skipped.
        let out = b.witness(if used { node.value() } else { start.value() });
        b.enforce(&(&out - &start), &(&out - &node), &Num::zero());
        node = out;
    }
    node
}

/// One level: `(left - node)·(right - node) = 0`, and the hash.
fn parent(b: &mut Builder, node: &Num, sibling: Option<&Sibling>) -> Num {
    let (value, on_left) = sibling.map_or((Fr::zero(), false), |s| (s.value, s.on_left));
    let (left, right) = match on_left {
        true => (b.given(value), b.witness(node.value())),
        false => {
            let left = b.witness(node.value());
            (left, b.given(value))
        }
    };
    b.enforce(&(&left - node), &(&right - node), &Num::zero());
    poseidon::hash(b, &[left, right])
}

/// Which blocks make up a path of this length. More siblings than there are levels use every block and are cut: the root then differs.
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
