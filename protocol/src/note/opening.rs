//! The opening of a note, and how its voter recovers it.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{NoteBlinder, NoteError, derive_commitment};
use crate::{
    constants::VALUE_BITS,
    elements::{Context, NoteCommitment},
    identity::IdentityCommitment,
    weight::Weight,
};

/// The opening of a note: the part of a vote that it hides. Erased on drop, without `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct NoteOpening {
    /// The voter's weight.
    pub weight: Weight,
    /// The choices `x_1..x_M`, each below `2^40`, zeros after the poll's options.
    pub x: Vec<u64>,
    /// The note's blinder.
    pub blinder: NoteBlinder,
}

impl NoteOpening {
    /// Returns the note commitment that this opens.
    ///
    /// # Errors
    /// Returns [`NoteError::ValueTooLarge`] if a choice does not fit 40 bits.
    pub fn compute_note(&self, id: &IdentityCommitment, ctx: Context) -> Result<NoteCommitment, NoteError> {
        match self.x.iter().any(|value| value >> VALUE_BITS != 0) {
            true => Err(NoteError::ValueTooLarge),
            false => Ok(derive_commitment(id, ctx, self.weight, &self.x, &self.blinder)),
        }
    }

    /// Finds the opening of `note`, a note of the voter `id` of this weight, among candidate choices padded to `M`.
    /// Returns `None` if no candidate matches.
    ///
    /// The seed and the chain are enough: the blinder is [`crate::identity::Identity::derive_note_blinder`] of the
    /// ballot, and
    /// [`crate::rule::RuleParameters::enumerate_choices`] enumerates all choices of a rule, where they are few enough.
    pub fn find_opening(
        note: NoteCommitment,
        id: &IdentityCommitment,
        ctx: Context,
        weight: Weight,
        blinder: NoteBlinder,
        choices: impl IntoIterator<Item = Vec<u64>>,
    ) -> Option<NoteOpening> {
        let openings = choices.into_iter().map(|x| NoteOpening { weight, x, blinder: blinder.clone() });
        openings.into_iter().find(|opening| opening.compute_note(id, ctx) == Ok(note))
    }
}
