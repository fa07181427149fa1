//! The witness share of one of two provers.

use ark_bn254::Fr;
use zeroize::Zeroizing;

use super::expansion::expand_seed;
use crate::encoding::from_word;

/// Length of a seed in bytes.
pub const SEED_BYTES: usize = 32;

/// One of two witness shares. Alone it is uniform; with the other one it is the witness. Without `Debug`, wiped when
/// dropped.
pub struct WitnessShare(Zeroizing<Vec<Fr>>);

/// Why a list of words is not a witness share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// It is not as long as the circuit's witness with its quotient.
    #[error("a witness share of this circuit has {expected} elements, not {actual}")]
    Length {
        /// Number of elements of the circuit's shares.
        expected: usize,
        /// Actual number of elements; of whole ones, if the last one is cut.
        actual: usize,
    },
    /// A word is not below the order of the scalar field.
    #[error("element {index} of the witness share is not below the order of the field")]
    NotCanonical {
        /// Its position, from 0.
        index: usize,
    },
}

impl WitnessShare {
    /// Expands the share of a seed.
    pub fn from_seed(seed: &[u8; SEED_BYTES], length: usize) -> WitnessShare {
        WitnessShare(expand_seed(seed, length))
    }

    /// Parses a share of exactly `length` elements, big-endian words.
    ///
    /// # Errors
    /// Returns [`ShareError`].
    pub fn from_bytes(bytes: &[u8], length: usize) -> Result<WitnessShare, ShareError> {
        let (words, rest) = bytes.as_chunks::<32>();
        if words.len() != length || !rest.is_empty() {
            return Err(ShareError::Length { expected: length, actual: words.len() });
        }
        let mut elements = Zeroizing::new(Vec::with_capacity(length));
        for (index, word) in words.iter().enumerate() {
            elements.push(from_word(word).map_err(|_| ShareError::NotCanonical { index })?);
        }
        Ok(WitnessShare(elements))
    }

    /// Returns the elements: of the assignment, then of the quotient.
    pub(super) fn elements(&self) -> &[Fr] {
        &self.0
    }
}
