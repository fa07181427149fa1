//! Note batches and their trees (specification, section 11).

use ark_ff::Zero;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::NoteError;
use crate::{
    Fr,
    constants::{BATCH_ARITIES, BATCH_NOTES},
    elements::{BatchRoot, NoteCommitment},
    field, poseidon,
};

/// A note batch: 1 to 256 notes that one proof seals, none of them zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteBatch(Vec<NoteCommitment>);

impl NoteBatch {
    /// Returns a batch in the order in which it was posted.
    ///
    /// # Errors
    /// Returns [`NoteError::Length`] unless there are 1 to 256 notes, and [`NoteError::Zero`] if one is zero.
    pub fn new(notes: Vec<NoteCommitment>) -> Result<NoteBatch, NoteError> {
        if !(1..=BATCH_NOTES).contains(&notes.len()) {
            return Err(NoteError::Length { actual: notes.len() });
        }
        match notes.iter().position(|note| note.to_fr().is_zero()) {
            Some(index) => Err(NoteError::Zero { index }),
            None => Ok(NoteBatch(notes)),
        }
    }

    /// Returns the notes, without the zeros that pad the batch.
    pub fn notes(&self) -> &[NoteCommitment] {
        &self.0
    }

    /// Returns 256 leaves: the notes, then zeros.
    ///
    /// Such a zero cannot be claimed. A claim's leaf is a Poseidon hash that its circuit computes, so it would take an
    /// input that hashes to zero.
    pub fn leaves(&self) -> Vec<Fr> {
        let mut leaves: Vec<Fr> = self.0.iter().map(|note| note.to_fr()).collect();
        leaves.resize(BATCH_NOTES, Fr::zero());
        leaves
    }

    /// Returns the batch's root `R`: three levels of Poseidon with 8, 8 and 4 inputs. It fixes all 256 leaves and their
    /// order.
    ///
    /// Wide nodes make a claim 810 constraints smaller than eight binary levels would, and a batch four times smaller.
    /// A note is hashed with 5 or 6 inputs, so no node is ever a note.
    pub fn root(&self) -> BatchRoot {
        BatchRoot::from_fr(self.levels()[BATCH_ARITIES.len()][0])
    }

    /// Returns the Merkle path from a note to `R`, or `None` if there is no note at this index.
    pub(super) fn path_to_root(&self, index: usize) -> Option<Vec<PathLevel>> {
        self.0.get(index)?;
        let mut position = index;
        let levels = self.levels().into_iter().zip(BATCH_ARITIES).map(|(nodes, arity)| {
            let (group, index) = (position / arity, position % arity);
            let mut siblings = nodes[group * arity..][..arity].to_vec();
            siblings.remove(index);
            position = group;
            PathLevel { siblings, index }
        });
        Some(levels.collect())
    }

    /// Returns the leaves, then each level of nodes, the root last.
    fn levels(&self) -> Vec<Vec<Fr>> {
        let mut levels = vec![self.leaves()];
        for (height, arity) in BATCH_ARITIES.into_iter().enumerate() {
            let above = levels[height].chunks(arity).map(poseidon::hash).collect();
            levels.push(above);
        }
        levels
    }
}

/// One level of a Merkle path in a note batch: the node's siblings in order, and its index among the children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathLevel {
    /// All children of the parent except the node itself.
    pub siblings: Vec<Fr>,
    /// The node's index among the children, from 0.
    pub index: usize,
}

impl PathLevel {
    /// Returns the children of the parent, with the node among them.
    ///
    /// # Panics
    /// Panics if the index is out of range; [`super::NotePath::new`] checks it.
    pub fn children_with(&self, node: Fr) -> Vec<Fr> {
        let mut children = self.siblings.clone();
        children.insert(self.index, node);
        children
    }

    /// Returns whether this is a level with this number of children.
    pub(super) fn has_arity(&self, arity: usize) -> bool {
        self.siblings.len() + 1 == arity && self.index < arity
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelFields {
    siblings: Vec<String>,
    index: usize,
}

impl Serialize for PathLevel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let siblings = self.siblings.iter().map(field::to_hex).collect();
        LevelFields { siblings, index: self.index }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PathLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PathLevel, D::Error> {
        let LevelFields { siblings, index } = LevelFields::deserialize(deserializer)?;
        let siblings = siblings.iter().map(|text| field::from_hex(text)).collect::<Result<_, _>>();
        Ok(PathLevel { siblings: siblings.map_err(de::Error::custom)?, index })
    }
}
