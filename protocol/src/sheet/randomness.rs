//! The randomness of a sheet: one scalar for each block, and the note's blinder.

use rand::{CryptoRng, RngCore};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Scalar, constants::sheet_blocks, note::NoteBlinder, scalar};

/// Two blocks of a sheet have related randomness: the difference (or the sum) of their ciphertexts would show the
/// difference (or the sum) of the answers to anyone.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("blocks {first} and {second} (from 0) of the sheet have equal or opposite randomness: draw it again")]
pub struct RelatedRandomness {
    /// The index of the first block.
    pub first: usize,
    /// The index of the second block.
    pub second: usize,
}

/// A sheet's randomness: the encryption randomness `r_0..r_B` of its blocks and the blinder of its note. It opens the
/// sheet, so it is erased on drop, without `Debug`. Nothing recovers it: a sheet's note holds no answers, so a claim
/// needs the blinder only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SheetRandomness {
    scalars: Vec<Scalar>,
    blinder: NoteBlinder,
}

impl SheetRandomness {
    /// Draws fresh randomness for a sheet of `size` cells; no scalar is zero.
    pub fn random(size: usize, rng: &mut (impl RngCore + CryptoRng)) -> SheetRandomness {
        let scalars = (0..sheet_blocks(size)).map(|_| scalar::random_nonzero_scalar(rng)).collect();
        SheetRandomness { scalars, blinder: NoteBlinder::random(rng) }
    }

    /// Returns randomness of given values.
    pub fn from_parts(scalars: Vec<Scalar>, blinder: NoteBlinder) -> SheetRandomness {
        SheetRandomness { scalars, blinder }
    }

    /// Returns the secret `r_0..r_B`.
    pub fn expose(&self) -> &[Scalar] {
        &self.scalars
    }

    /// Returns the secret blinder of the note.
    pub fn blinder(&self) -> &NoteBlinder {
        &self.blinder
    }

    /// Checks that no two scalars are equal or opposite. The statement does not ask for it: only the voter is harmed. A
    /// scalar of zero, which encrypts nothing, is opposite to itself and refused too, as a pair of one block.
    ///
    /// # Errors
    /// Returns [`RelatedRandomness`] with the first two that are.
    pub fn check_unrelated(&self) -> Result<(), RelatedRandomness> {
        for (second, r) in self.scalars.iter().enumerate() {
            let related = |(first, other): (usize, &Scalar)| *r == -*other || (first != second && r == other);
            if let Some(first) = self.scalars[..=second].iter().enumerate().position(related) {
                return Err(RelatedRandomness { first, second });
            }
        }
        Ok(())
    }
}
