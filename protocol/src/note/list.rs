//! A list of notes and its tree.

use ark_ff::Zero;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::NoteError;
use crate::{
    Fr,
    constants::{LIST_ARITIES, LIST_NOTES},
    field, poseidon,
};

/// 1 to 256 notes that one proof seals, none of them zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteList(Vec<Fr>);

impl NoteList {
    /// A list in the order in which it was posted.
    ///
    /// # Errors
    /// [`NoteError::Length`], [`NoteError::Zero`].
    pub fn new(notes: Vec<Fr>) -> Result<NoteList, NoteError> {
        if !(1..=LIST_NOTES).contains(&notes.len()) {
            return Err(NoteError::Length { actual: notes.len() });
        }
        match notes.iter().position(Zero::is_zero) {
            Some(index) => Err(NoteError::Zero { index }),
            None => Ok(NoteList(notes)),
        }
    }

    /// The notes, without what fills the list up.
    pub fn notes(&self) -> &[Fr] {
        &self.0
    }

    /// 256 leaves: the notes, then zeros.
    ///
    /// Nobody can claim with such a zero. A claim's leaf is a Poseidon hash that its circuit computes, so it would take an input that hashes to zero.
    pub fn leaves(&self) -> Vec<Fr> {
        let mut leaves = self.0.clone();
        leaves.resize(LIST_NOTES, Fr::zero());
        leaves
    }

    /// `R`: three levels of Poseidon with 8, 8 and 4 inputs. It fixes all 256 leaves and their order.
    ///
    /// Wide nodes make a claim 810 constraints shorter than eight levels of two, and a list four times. A note is hashed with 5 or 6 inputs, so no node is ever one.
    pub fn root(&self) -> Fr {
        self.levels()[LIST_ARITIES.len()][0]
    }

    /// The way from a note to `R`. `None` where there is no note.
    pub(super) fn path(&self, index: usize) -> Option<Vec<Level>> {
        self.0.get(index)?;
        let mut position = index;
        let levels = self.levels().into_iter().zip(LIST_ARITIES).map(|(nodes, arity)| {
            let (group, place) = (position / arity, position % arity);
            let mut others = nodes[group * arity..][..arity].to_vec();
            others.remove(place);
            position = group;
            Level { others, place }
        });
        Some(levels.collect())
    }

    /// Leaves, then each level of nodes, the root last.
    fn levels(&self) -> Vec<Vec<Fr>> {
        let mut levels = vec![self.leaves()];
        for (height, arity) in LIST_ARITIES.into_iter().enumerate() {
            let above = levels[height].chunks(arity).map(poseidon::hash).collect();
            levels.push(above);
        }
        levels
    }
}

/// One level of a path: the node's brothers in order, and its place among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// All children of the parent but the node itself.
    pub others: Vec<Fr>,
    /// The node's place among the children, from 0.
    pub place: usize,
}

impl Level {
    /// The children with the node among them.
    ///
    /// # Panics
    /// If `place` is not one of theirs; [`super::NotePath::new`] looks.
    pub fn children(&self, node: Fr) -> Vec<Fr> {
        let mut children = self.others.clone();
        children.insert(self.place, node);
        children
    }

    /// Whether this is a level of so many children.
    pub(super) fn has(&self, arity: usize) -> bool {
        self.others.len() + 1 == arity && self.place < arity
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    others: Vec<String>,
    place: usize,
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let others = self.others.iter().map(field::to_hex).collect();
        Text { others, place: self.place }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        let Text { others, place } = Text::deserialize(deserializer)?;
        let others = others.iter().map(|text| field::from_hex(text)).collect::<Result<_, _>>();
        Ok(Level { others: others.map_err(de::Error::custom)?, place })
    }
}
