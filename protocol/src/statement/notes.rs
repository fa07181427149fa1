//! The statement `notes` (specification, section 11): the root of a note batch. It has no secret: it only saves the
//! chain 37 wide hashes.

use thiserror::Error;

use crate::{
    Fr,
    elements::{BatchRoot, NoteCommitment, SealingContext, StatementHash},
    note::{NoteBatch, NoteError},
    transcript,
};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NotesError {
    /// The posted notes are not a valid batch.
    #[error("note batch: {0}")]
    Batch(#[from] NoteError),
    /// A public input differs from that of the batch.
    #[error("binding: the public input {name} is {expected}, the note batch gives {actual}")]
    Binding {
        /// The name of the public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The value that the batch gives.
        actual: Fr,
    },
}

super::instance!("The batch's root `R`, which fixes all 256 leaves.");

impl Instance {
    /// Computes the public inputs, as the contract does: `z = keccak(R, context, n_0, .., n_{c-1}) mod r` over the `c`
    /// posted notes, `y = sum n_i·z^i`. After the last note the batch is padded with zeros, which add nothing to `y`.
    ///
    /// Soundness: `R` is chosen before `z` exists, it fixes the leaves (collisions of Poseidon aside), and `z`
    /// depends on every posted note. So the polynomial of the leaves minus that of the posted notes, of a degree of at
    /// most 255, is zero at a `z` that no party chose: by Schwartz-Zippel both are equal up to a probability of `255/r`
    /// a try, the leaves after the last note included. `context` is hashed into `z` and is *not* a coefficient of `y`:
    /// `R` does not fix it, so as a coefficient it could still be chosen once `z` is known, and could compensate for
    /// any other batch. It binds a proof to one position in one poll; another position has another `z`.
    ///
    /// # Errors
    /// Returns [`NotesError::Batch`] unless there are 1 to 256 notes, none of them zero.
    pub fn from_notes(
        root: BatchRoot,
        context: SealingContext,
        notes: &[NoteCommitment],
    ) -> Result<Instance, NotesError> {
        let batch = NoteBatch::new(notes.to_vec())?;
        let (h, elements) = (hash(root), elements(&batch));
        let z = transcript::derive_challenge(h, &[&[context.to_fr()], &elements[..]].concat());
        Ok(Instance { h, z, y: transcript::evaluate(&elements, z) })
    }
}

/// Returns `h = R`.
fn hash(root: BatchRoot) -> StatementHash {
    StatementHash::from_fr(root.to_fr())
}

/// Returns the coefficients of `y`, the notes in their order.
fn elements(batch: &NoteBatch) -> Vec<Fr> {
    batch.notes().iter().map(|note| note.to_fr()).collect()
}

/// Computes the public inputs of a batch that is sealed under `context`.
pub fn build_instance(batch: &NoteBatch, context: SealingContext) -> Instance {
    Instance::from_notes(batch.root(), context, batch.notes()).expect("a note batch is valid by construction")
}

/// Checks the statement as the circuit does.
///
/// # Errors
/// Returns [`NotesError::Binding`] if a public input differs from that of the batch.
pub fn check(instance: &Instance, batch: &NoteBatch) -> Result<(), NotesError> {
    let (h, y) = (hash(batch.root()), transcript::evaluate(&elements(batch), instance.z));
    for (name, expected, actual) in [("h", instance.h.to_fr(), h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())] {
        if expected != actual {
            return Err(NotesError::Binding { name, expected, actual });
        }
    }
    Ok(())
}
