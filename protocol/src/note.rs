//! Notes: blinded commitments to a member's vote (specification, section 7), and the notes tree in which they are
//! sealed (section 11).

mod batch;
mod blinder;
mod opening;
mod tree;

use ark_ff::BigInt;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    Fr,
    constants::{BATCH_ARITIES, BATCH_NOTES, NOTES_TREE_DEPTH, VALUE_BITS, VALUES_PER_WORD, tag},
    elements::{Context, NoteCommitment},
    identity::IdentityCommitment,
    poseidon,
    weight::Weight,
};

pub use batch::{NoteBatch, PathLevel};
pub use blinder::NoteBlinder;
pub use opening::NoteOpening;
pub use tree::{NotePath, NotesTree};

/// The reason why notes, a note batch or a path is refused. No variant reveals the content of a note.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NoteError {
    /// The batch does not have 1 to 256 notes.
    #[error("a note batch has 1 to {BATCH_NOTES} notes, not {actual}")]
    Length {
        /// The number of notes given.
        actual: usize,
    },
    /// A note is zero, which pads a batch and is no note.
    #[error("note {index} (from 0) of the note batch is zero")]
    Zero {
        /// The index of the note, from 0.
        index: usize,
    },
    /// No note was sealed at this position.
    #[error("there is no note {index} in note batch {batch} (both from 0)")]
    NoSuchNote {
        /// The position of the batch, from 0.
        batch: usize,
        /// The index of the note in it, from 0.
        index: usize,
    },
    /// The notes tree already has `2^12` batches.
    #[error("the notes tree is full: it holds at most {} batches", 1 << NOTES_TREE_DEPTH)]
    Full,
    /// The path's levels are not those of a note batch, or there are too many siblings above them.
    #[error(
        "the Merkle path of a note must have levels of {BATCH_ARITIES:?} children in the note batch, and at most \
         {NOTES_TREE_DEPTH} siblings above it"
    )]
    PathShape,
    /// A choice does not fit 40 bits.
    #[error("a choice does not fit in {VALUE_BITS} bits")]
    ValueTooLarge,
}

/// Packs `(weight, x_1..x_M)`, six values of 40 bits per word, the first lowest: one word for `M = 3`, two for 8.
///
/// # Panics
/// Panics if a value has more than 40 bits: callers have checked it before (a programming error).
pub fn pack_values(weight: Weight, x: &[u64]) -> Vec<Fr> {
    let values: Zeroizing<Vec<u64>> = Zeroizing::new(std::iter::once(weight.get()).chain(x.iter().copied()).collect());
    values.chunks(VALUES_PER_WORD).map(pack_word).collect()
}

fn pack_word(values: &[u64]) -> Fr {
    // The last value ends at bit 240, so the fifth limb stays zero.
    let mut limbs = Zeroizing::new([0u64; 5]);
    for (i, &value) in values.iter().enumerate() {
        assert!(value >> VALUE_BITS == 0, "a packed value has more than 40 bits");
        let (limb, shift) = (VALUE_BITS * i / 64, VALUE_BITS * i % 64);
        let wide = u128::from(value) << shift;
        limbs[limb] |= wide as u64;
        limbs[limb + 1] |= (wide >> 64) as u64;
    }
    Fr::from(BigInt::new([limbs[0], limbs[1], limbs[2], limbs[3]]))
}

/// Derives the note commitment `note = Poseidon(NOTE, id, ctx, w_0, .., blinder)` over the packed weight and choice
/// (`x` padded to `M`; [`crate::rule::RuleParameters::noted_choices`] says which a ballot's note holds).
///
/// The blinder makes two notes of one choice differ, and hides the choice from parties that know the rest: all other
/// inputs can be guessed by trying members and votes.
///
/// # Panics
/// Panics if a value has more than 40 bits.
pub fn derive_commitment(
    id: &IdentityCommitment,
    ctx: Context,
    weight: Weight,
    x: &[u64],
    blinder: &NoteBlinder,
) -> NoteCommitment {
    let mut inputs = Zeroizing::new(vec![tag::note(), id.value(), ctx.to_fr()]);
    inputs.extend(pack_values(weight, x));
    inputs.push(*blinder.expose());
    NoteCommitment::from_fr(poseidon::hash(&inputs))
}
