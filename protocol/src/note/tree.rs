//! The tree of all sealed lists: the roots of lists are the leaves of a LeanIMT.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Level, NoteError, NoteList};
use crate::{
    Fr,
    census::{Census, MembershipProof},
    constants::{LIST_ARITIES, LISTS_DEPTH},
    poseidon,
};

/// Sealed lists in the order of their sealing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteTree {
    lists: Vec<NoteList>,
    roots: Census,
}

impl NoteTree {
    /// The greatest number of lists, `2^12`.
    pub const CAPACITY: usize = 1 << LISTS_DEPTH;

    /// A tree without any list.
    pub fn new() -> NoteTree {
        NoteTree::default()
    }

    /// Appends a list and returns its position.
    ///
    /// # Errors
    /// [`NoteError::Full`].
    pub fn insert(&mut self, list: NoteList) -> Result<usize, NoteError> {
        if self.lists.len() == Self::CAPACITY {
            return Err(NoteError::Full);
        }
        // Far below a census's capacity, and a root that is zero would be a preimage of zero.
        let position = self.roots.insert(list.root()).map_err(|_| NoteError::Full)?;
        self.lists.push(list);
        Ok(position)
    }

    /// `note_root`; 0 before any list is sealed.
    pub fn root(&self) -> Fr {
        self.roots.root()
    }

    /// The sealed lists.
    pub fn lists(&self) -> &[NoteList] {
        &self.lists
    }

    /// Where a note stands: its list, and its place in it.
    pub fn find(&self, note: Fr) -> Option<(usize, usize)> {
        let mut lists = self.lists.iter().enumerate();
        lists.find_map(|(list, notes)| Some((list, notes.notes().iter().position(|other| *other == note)?)))
    }

    /// The way from a note to [`NoteTree::root`].
    ///
    /// # Errors
    /// [`NoteError::NoSuchNote`], for the zeros behind a list's last note too.
    pub fn prove(&self, list: usize, index: usize) -> Result<NotePath, NoteError> {
        let missing = NoteError::NoSuchNote { list, index };
        let levels = self.lists.get(list).and_then(|notes| notes.path(index)).ok_or(missing)?;
        let above = self.roots.prove(list).map_err(|_| missing)?;
        Ok(NotePath { levels, above })
    }
}

/// The way from a note to the root of all lists: three wide levels, then 0 to 12 siblings of two. Part of a witness: it says which note is
/// claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotePath {
    levels: Vec<Level>,
    above: MembershipProof,
}

impl NotePath {
    /// A path of the circuits' shape.
    ///
    /// # Errors
    /// [`NoteError::Path`].
    pub fn new(levels: Vec<Level>, above: MembershipProof) -> Result<NotePath, NoteError> {
        let wide = levels.len() == LIST_ARITIES.len()
            && levels.iter().zip(LIST_ARITIES).all(|(level, arity)| level.has(arity));
        match wide && above.siblings.len() <= LISTS_DEPTH {
            true => Ok(NotePath { levels, above }),
            false => Err(NoteError::Path),
        }
    }

    /// The levels within the list, from the note up.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// From the list's root up.
    pub fn above(&self) -> &MembershipProof {
        &self.above
    }

    /// The root that this path leads to from a note.
    pub fn root_from(&self, note: Fr) -> Fr {
        let list = self.levels.iter().fold(note, |node, level| poseidon::hash(&level.children(node)));
        self.above.root_from(list)
    }
}

impl<'de> Deserialize<'de> for NotePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NotePath, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            levels: Vec<Level>,
            above: MembershipProof,
        }
        let Fields { levels, above } = Fields::deserialize(deserializer)?;
        NotePath::new(levels, above).map_err(de::Error::custom)
    }
}
