//! A chamber's census: a LeanIMT of identity commitments and weights (specification, section 3).

mod batch;
mod proof;

use ark_ff::Zero;
use rayon::prelude::*;
use thiserror::Error;

use crate::{
    Fr,
    constants::{CENSUS_DEPTH, tag},
    elements::{CensusLeaf, CensusRoot},
    identity::IdentityCommitment,
    poseidon,
    weight::Weight,
};

pub use proof::{MembershipProof, Sibling};

/// The reason why a census operation is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CensusError {
    /// The leaf is zero, which is the leaf of a removed member.
    #[error("a census leaf must not be zero, which marks a removed member")]
    ZeroLeaf,
    /// The census already has `2^20` leaves.
    #[error("the census is full: it holds at most {capacity} leaves")]
    Full {
        /// The greatest number of leaves.
        capacity: usize,
    },
    /// No leaf was ever inserted at this index.
    #[error("there is no leaf at index {index}: the census has {len} leaves")]
    NoSuchLeaf {
        /// The requested index.
        index: usize,
        /// The number of leaves.
        len: usize,
    },
    /// The member at this index was removed; its leaf stays empty.
    #[error("the leaf at index {index} was removed")]
    Removed {
        /// The requested index.
        index: usize,
    },
    /// The proof has more siblings than the circuits accept.
    #[error("a membership proof of {actual} siblings is too deep: the circuits accept at most {max}")]
    TooDeep {
        /// The circuits' depth.
        max: usize,
        /// The number of siblings given.
        actual: usize,
    },
}

/// Returns a member's leaf, `Poseidon(LEAF, id, weight)`. It has three inputs, where an inner node has two: a node
/// cannot be presented as a leaf.
pub fn hash_leaf(id: &IdentityCommitment, weight: Weight) -> CensusLeaf {
    CensusLeaf::from_fr(poseidon::hash(&[tag::leaf(), id.value(), weight.to_fr()]))
}

/// A chamber's census: a LeanIMT, root-compatible with `@zk-kit/lean-imt`. A node with one child is that child, and
/// there is no node without children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// `levels[0]` are the leaves; each level has half the nodes of the one below, rounded up; the last has the root
    /// alone.
    levels: Vec<Vec<Fr>>,
}

impl Default for Census {
    fn default() -> Census {
        Census::new()
    }
}

impl Census {
    /// The greatest number of leaves, `2^20`.
    pub const CAPACITY: usize = 1 << CENSUS_DEPTH;

    /// Returns an empty census.
    pub fn new() -> Census {
        Census { levels: vec![Vec::new()] }
    }

    /// Builds the census of these leaves in their order, zeros being removed members. Hashes on all cores.
    ///
    /// # Errors
    /// Returns [`CensusError::Full`] if there are more than `2^20` leaves.
    pub fn from_leaves(leaves: Vec<CensusLeaf>) -> Result<Census, CensusError> {
        if leaves.len() > Self::CAPACITY {
            return Err(CensusError::Full { capacity: Self::CAPACITY });
        }
        let mut levels = vec![leaves.into_iter().map(CensusLeaf::to_fr).collect::<Vec<Fr>>()];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below.par_chunks(2).with_min_len(64).map(hash_children).collect();
            levels.push(above);
        }
        Ok(Census { levels })
    }

    /// Appends a leaf and returns its index.
    ///
    /// # Errors
    /// Returns [`CensusError::ZeroLeaf`] if the leaf is zero, and [`CensusError::Full`] if there are `2^20` leaves
    /// already.
    pub fn insert_leaf(&mut self, leaf: CensusLeaf) -> Result<usize, CensusError> {
        if leaf.is_removed() {
            return Err(CensusError::ZeroLeaf);
        }
        let index = self.len();
        if index == Self::CAPACITY {
            return Err(CensusError::Full { capacity: Self::CAPACITY });
        }
        self.write_leaf(index, leaf.to_fr());
        Ok(index)
    }

    /// Replaces a member's leaf.
    ///
    /// # Errors
    /// Returns [`CensusError::ZeroLeaf`] if the new leaf is zero, [`CensusError::NoSuchLeaf`] if the index was never
    /// used, and [`CensusError::Removed`] if its member was removed.
    pub fn update_leaf(&mut self, index: usize, leaf: CensusLeaf) -> Result<(), CensusError> {
        if leaf.is_removed() {
            return Err(CensusError::ZeroLeaf);
        }
        self.find_member(index)?;
        self.write_leaf(index, leaf.to_fr());
        Ok(())
    }

    /// Removes a member: its leaf becomes zero, and its index is not used again.
    ///
    /// # Errors
    /// Returns [`CensusError::NoSuchLeaf`] if the index was never used, and [`CensusError::Removed`] if its member was
    /// removed before.
    pub fn remove_leaf(&mut self, index: usize) -> Result<(), CensusError> {
        self.find_member(index)?;
        self.write_leaf(index, Fr::zero());
        Ok(())
    }

    /// Returns the census root, or 0 for an empty census.
    pub fn root(&self) -> CensusRoot {
        CensusRoot::from_fr(self.levels.last().and_then(|top| top.first()).copied().unwrap_or_default())
    }

    /// Returns the number of leaves that were ever inserted, removed ones included.
    pub fn len(&self) -> usize {
        self.levels[0].len()
    }

    /// Returns whether no leaf was ever inserted.
    pub fn is_empty(&self) -> bool {
        self.levels[0].is_empty()
    }

    /// Returns the leaf at an index, which is zero if its member was removed, or `None` if the index was never used.
    pub fn leaf(&self, index: usize) -> Option<CensusLeaf> {
        self.levels[0].get(index).copied().map(CensusLeaf::from_fr)
    }

    /// Returns the membership proof of the leaf at an index.
    ///
    /// # Errors
    /// Returns [`CensusError::NoSuchLeaf`] if the index was never used, and [`CensusError::Removed`] if its member was
    /// removed.
    pub fn prove_membership(&self, index: usize) -> Result<MembershipProof, CensusError> {
        self.find_member(index)?;
        let siblings = self.levels.iter().enumerate().filter_map(|(height, level)| {
            let node = index >> height;
            let value = *level.get(node ^ 1)?;
            Some(Sibling { value, on_left: node & 1 == 1 })
        });
        Ok(MembershipProof { siblings: siblings.collect() })
    }

    /// Returns the leaf at an index, if it is a member's.
    fn find_member(&self, index: usize) -> Result<CensusLeaf, CensusError> {
        match self.leaf(index) {
            None => Err(CensusError::NoSuchLeaf { index, len: self.len() }),
            Some(leaf) if leaf.is_removed() => Err(CensusError::Removed { index }),
            Some(leaf) => Ok(leaf),
        }
    }

    /// Writes a leaf at `index <= len` and rehashes every node above it.
    fn write_leaf(&mut self, index: usize, leaf: Fr) {
        let mut node = leaf;
        let mut height = 0;
        loop {
            let position = index >> height;
            let level = &mut self.levels[height];
            if position == level.len() {
                level.push(node)
            } else {
                level[position] = node
            }
            if level.len() == 1 {
                break;
            }
            let first = position & !1;
            node = hash_children(&level[first..level.len().min(first + 2)]);
            height += 1;
            if height == self.levels.len() {
                self.levels.push(Vec::new());
            }
        }
    }
}

fn hash_children(children: &[Fr]) -> Fr {
    match children {
        [left, right] => hash_node(*left, *right),
        _ => children[0],
    }
}

fn hash_node(left: Fr, right: Fr) -> Fr {
    poseidon::hash(&[left, right])
}
