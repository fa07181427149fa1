//! What a note hides, and how its voter finds it again.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{NoteError, derive};
use crate::{Fr, constants::VALUE_BITS, identity::IdentityCommitment};

/// What a note hides of a vote. Erased on drop, without `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Opening {
    /// The voter's weight, below `2^40`.
    pub weight: u64,
    /// `x_1..x_M`, each below `2^40`, zeros behind the poll's options.
    pub x: Vec<u64>,
    /// The note's blinder.
    pub blinder: Fr,
}

impl Opening {
    /// The note that this opens.
    ///
    /// # Errors
    /// [`NoteError::Value`].
    pub fn note(&self, id: &IdentityCommitment, ctx: Fr) -> Result<Fr, NoteError> {
        let wide = |value: &u64| value >> VALUE_BITS != 0;
        match wide(&self.weight) || self.x.iter().any(wide) {
            true => Err(NoteError::Value),
            false => Ok(derive(id, ctx, self.weight, &self.x, &self.blinder)),
        }
    }

    /// Finds what the voter `id` of this weight had voted in the ballot of `note`, among choices padded to `M`. Seed and chain are enough: the blinder is
    /// [`crate::identity::Identity::note_blinder`] of the ballot, and [`crate::rule::Parameters::choices`] are all choices that a rule has, where these can be counted.
    pub fn find(
        note: Fr,
        id: &IdentityCommitment,
        ctx: Fr,
        weight: u64,
        blinder: Fr,
        choices: impl IntoIterator<Item = Vec<u64>>,
    ) -> Option<Opening> {
        let openings = choices.into_iter().map(|x| Opening { weight, x, blinder });
        openings.into_iter().find(|opening| opening.note(id, ctx) == Ok(note))
    }
}
