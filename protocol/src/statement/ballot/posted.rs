//! The values of a ballot that are posted on chain beside the proof.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::list_elements;
use crate::{
    Fr,
    constants::CIRCUIT_SIZES,
    elements::{Context, NoteCommitment, Nullifier, StatementHash},
    encryption::{Ciphertext, EncryptionError},
    field::{self, NonCanonical},
    transcript,
};

/// The reason why bytes are not a posted ballot.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PostedBallotError {
    /// The number of bytes is not that of any size.
    #[error("a posted ballot has 352 bytes (circuit size 3) or 672 (size 8), not {actual}")]
    Length {
        /// The given number of bytes.
        actual: usize,
    },
    /// A word is not a field element.
    #[error("word {index} (from 0) of the posted ballot: {source}")]
    Word {
        /// The index of the word, from 0.
        index: usize,
        /// The reason why it is not a field element.
        source: NonCanonical,
    },
    /// The words are field elements, but not those of a ciphertext.
    #[error("ciphertext: {0}")]
    Ciphertext(#[from] EncryptionError),
}

/// A ballot record without its proof: the values that are posted on chain beside it, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedBallot {
    /// The hash `Chain(BALLOT-HASH, ctx, nullifier, note, C.x, ..)`, which fixes the proven values before `z`
    /// exists.
    pub h: StatementHash,
    /// The nullifier: one value per member, chamber and poll.
    pub nullifier: Nullifier,
    /// The note commitment, a blinded commitment to weight and choice.
    pub note: NoteCommitment,
    /// The encrypted counted values.
    pub ciphertext: Ciphertext,
}

impl PostedBallot {
    /// Returns `h, nullifier, note, C.x, C.y, D_1.x, ..`: `5 + 2M` elements.
    pub fn words(&self) -> Vec<Fr> {
        let mut words = vec![self.h.to_fr(), self.nullifier.to_fr(), self.note.to_fr()];
        words.extend(self.ciphertext.coordinates());
        words
    }

    /// Returns [`PostedBallot::words`] as 32 big-endian bytes each: a ballot record without its proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.words().iter().flat_map(field::to_bytes).collect()
    }

    /// Decodes a posted ballot.
    ///
    /// # Errors
    /// Returns [`PostedBallotError`] if the length is not that of any size, a word is not a field element, or a pair of
    /// words is not a point.
    pub fn from_bytes(bytes: &[u8]) -> Result<PostedBallot, PostedBallotError> {
        Self::decode_with(bytes, Ciphertext::from_coordinates)
    }

    /// Decodes a posted ballot from bytes that were accepted before, and that cannot have been changed since: the
    /// points' subgroup checks are skipped.
    ///
    /// # Errors
    /// Returns [`PostedBallotError`] if the length is not that of any size, a word is not a field element, or a pair of
    /// words is not on the curve.
    pub fn from_checked_bytes(bytes: &[u8]) -> Result<PostedBallot, PostedBallotError> {
        Self::decode_with(bytes, Ciphertext::from_checked_coordinates)
    }

    fn decode_with(
        bytes: &[u8],
        ciphertext: impl Fn(&[Fr]) -> Result<Ciphertext, EncryptionError>,
    ) -> Result<PostedBallot, PostedBallotError> {
        if !CIRCUIT_SIZES.iter().any(|size| bytes.len() == 32 * (5 + 2 * size)) {
            return Err(PostedBallotError::Length { actual: bytes.len() });
        }
        let (words, _) = bytes.as_chunks::<32>();
        let word = |(index, word)| field::from_bytes(word).map_err(|source| PostedBallotError::Word { index, source });
        let words = words.iter().enumerate().map(word).collect::<Result<Vec<_>, _>>()?;
        let ciphertext = ciphertext(&words[3..])?;
        Ok(PostedBallot {
            h: StatementHash::from_fr(words[0]),
            nullifier: Nullifier::from_fr(words[1]),
            note: NoteCommitment::from_fr(words[2]),
            ciphertext,
        })
    }

    /// Returns the fingerprint: the content of the nullifier's ballot slot once this ballot has replaced the one of the
    /// fingerprint `previous` (zeros for a first ballot), without the nullifier's ordinal.
    pub fn fingerprint(&self, previous: [u8; 32]) -> [u8; 32] {
        transcript::ballot_fingerprint(self.note, previous, &self.ciphertext)
    }

    /// Returns the proven elements in the order of `h` and `y`: `ctx, nullifier, note, C.x, ..`.
    pub fn elements(&self, ctx: Context) -> Vec<Fr> {
        list_elements(ctx, self.nullifier, self.note, &self.ciphertext)
    }
}
