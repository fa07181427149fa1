//! The notes tree: a LeanIMT whose leaves are the roots of sealed note batches (specification, section 11).

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{NoteBatch, NoteError, PathLevel};
use crate::{
    census::{Census, MembershipProof},
    constants::{BATCH_ARITIES, NOTES_TREE_DEPTH},
    elements::{CensusLeaf, NoteCommitment, NotesRoot},
    poseidon,
};

/// The notes tree: sealed batches in the order of their sealing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotesTree {
    batches: Vec<NoteBatch>,
    /// The same LeanIMT as a census, with batches' roots as its leaves.
    roots: Census,
}

impl NotesTree {
    /// The greatest number of batches, `2^12`.
    pub const CAPACITY: usize = 1 << NOTES_TREE_DEPTH;

    /// Returns a tree without any batch.
    pub fn new() -> NotesTree {
        NotesTree::default()
    }

    /// Appends a batch and returns its position.
    ///
    /// # Errors
    /// Returns [`NoteError::Full`] if the tree has `2^12` batches.
    pub fn append_batch(&mut self, batch: NoteBatch) -> Result<usize, NoteError> {
        if self.batches.len() == Self::CAPACITY {
            return Err(NoteError::Full);
        }
        // Never fails: `2^12` is far below a census's capacity, and a root of zero would take a preimage of zero.
        let leaf = CensusLeaf::from_fr(batch.root().to_fr());
        let position = self.roots.insert_leaf(leaf).map_err(|_| NoteError::Full)?;
        self.batches.push(batch);
        Ok(position)
    }

    /// Returns the notes root `R`, or 0 before any batch is sealed.
    pub fn root(&self) -> NotesRoot {
        NotesRoot::from_fr(self.roots.root().to_fr())
    }

    /// Returns the sealed batches.
    pub fn batches(&self) -> &[NoteBatch] {
        &self.batches
    }

    /// Returns the position of a note: its batch, and its index in the batch.
    pub fn find_note(&self, note: NoteCommitment) -> Option<(usize, usize)> {
        let mut batches = self.batches.iter().enumerate();
        batches.find_map(|(batch, notes)| Some((batch, notes.notes().iter().position(|other| *other == note)?)))
    }

    /// Returns the Merkle path from a note to [`NotesTree::root`].
    ///
    /// # Errors
    /// Returns [`NoteError::NoSuchNote`] if there is no such note; also for the zeros after a batch's last note.
    pub fn prove_note(&self, batch: usize, index: usize) -> Result<NotePath, NoteError> {
        let missing = NoteError::NoSuchNote { batch, index };
        let levels = self.batches.get(batch).and_then(|notes| notes.path_to_root(index)).ok_or(missing)?;
        let above = self.roots.prove_membership(batch).map_err(|_| missing)?;
        Ok(NotePath { levels, above })
    }
}

/// The Merkle path from a note to the notes root: three wide levels, then 0 to 12 binary siblings. Part of a witness:
/// it reveals which note is claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotePath {
    levels: Vec<PathLevel>,
    above: MembershipProof,
}

impl NotePath {
    /// Returns a path of the circuits' shape.
    ///
    /// # Errors
    /// Returns [`NoteError::PathShape`] if the path has another shape.
    pub fn new(levels: Vec<PathLevel>, above: MembershipProof) -> Result<NotePath, NoteError> {
        let wide = levels.len() == BATCH_ARITIES.len()
            && levels.iter().zip(BATCH_ARITIES).all(|(level, arity)| level.has_arity(arity));
        match wide && above.siblings.len() <= NOTES_TREE_DEPTH {
            true => Ok(NotePath { levels, above }),
            false => Err(NoteError::PathShape),
        }
    }

    /// Returns the levels within the batch, from the note up.
    pub fn levels(&self) -> &[PathLevel] {
        &self.levels
    }

    /// Returns the path from the batch's root up.
    pub fn upper_path(&self) -> &MembershipProof {
        &self.above
    }

    /// Returns the root to which this path leads from a note.
    pub fn compute_root(&self, note: NoteCommitment) -> NotesRoot {
        let root = self.levels.iter().fold(note.to_fr(), |node, level| poseidon::hash(&level.children_with(node)));
        NotesRoot::from_fr(self.above.compute_root(CensusLeaf::from_fr(root)).to_fr())
    }
}

impl<'de> Deserialize<'de> for NotePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NotePath, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            levels: Vec<PathLevel>,
            above: MembershipProof,
        }
        let Fields { levels, above } = Fields::deserialize(deserializer)?;
        NotePath::new(levels, above).map_err(de::Error::custom)
    }
}
