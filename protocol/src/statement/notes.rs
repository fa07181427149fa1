//! Statement `notes` (specification, section 11): a list of notes has a root. It has no secret: it only spares the chain 37 wide hashes.

use thiserror::Error;

use crate::{
    Fr,
    note::{NoteError, NoteList},
    transcript,
};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NotesError {
    /// What was posted is no list.
    #[error("list: {0}")]
    List(#[from] NoteError),
    /// A public input is not that of the list.
    #[error("binding: the public input {name} is {expected}, the list gives {actual}")]
    Binding {
        /// The public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The list's.
        actual: Fr,
    },
}

super::instance!("`R`, the root of the list's tree, which fixes all 256 leaves.");

impl Instance {
    /// The public inputs that the contract computes: `z = keccak(R, context, n_0, .., n_{c-1}) mod r` over the `c` notes that are posted, `y = sum n_i·z^i`. Behind the last
    /// note the list is filled up with zeros, which add nothing to `y`.
    ///
    /// What is bound: `R` is chosen before `z` exists, it fixes the leaves (collisions of Poseidon aside), and `z` depends on every posted note. So the polynomial of the leaves minus that of
    /// the posted notes, of a degree of at most 255, is zero at a `z` that nobody chose: both are equal up to a probability of `255/r` a try, the places behind the last note included.
    /// `context` is hashed into `z` and is *no* coefficient of `y`: `R` does not fix it, so as a coefficient it would be free once `z` is known, and could make up for any other
    /// list. It says for which place of which poll a proof is good; another place has another `z`.
    ///
    /// # Errors
    /// [`NotesError::List`]: no note is zero, and there are 1 to 256.
    pub fn of(root: Fr, context: Fr, notes: &[Fr]) -> Result<Instance, NotesError> {
        let list = NoteList::new(notes.to_vec())?;
        let mut hashed = vec![context];
        hashed.extend(list.notes());
        let z = transcript::challenge(root, &hashed);
        Ok(Instance { h: root, z, y: transcript::evaluate(list.notes(), z) })
    }
}

/// The public inputs of a list that is sealed under `context`.
pub fn build(list: &NoteList, context: Fr) -> Instance {
    Instance::of(list.root(), context, list.notes()).expect("a list is one")
}

/// Checks the statement as the circuit does.
///
/// # Errors
/// [`NotesError::Binding`].
pub fn check(instance: &Instance, list: &NoteList) -> Result<(), NotesError> {
    let (h, y) = (list.root(), transcript::evaluate(list.notes(), instance.z));
    for (name, expected, actual) in [("h", instance.h, h), ("y", instance.y, y)] {
        if expected != actual {
            return Err(NotesError::Binding { name, expected, actual });
        }
    }
    Ok(())
}
