//! The values of a sheet that are posted on chain beside the proof.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::list_elements;
use crate::{
    Fr,
    constants::{RECORD_PROOF_WORDS, SHEET_SIZES, WORD_BYTES, sheet_record_words},
    elements::{Context, NoteCommitment, Nullifier, StatementHash},
    encryption::EncryptionError,
    field::{self, NonCanonical},
    sheet::EncryptedSheet,
    transcript,
};

/// The reason why bytes are not a posted sheet.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PostedSheetError {
    /// The number of bytes is not that of any size.
    #[error("a posted sheet has 1376 bytes (16 cells) or 3104 (40 cells), not {actual}")]
    Length {
        /// The given number of bytes.
        actual: usize,
    },
    /// A word is not a field element.
    #[error("word {index} (from 0) of the posted sheet: {source}")]
    Word {
        /// The index of the word, from 0.
        index: usize,
        /// The reason why it is not a field element.
        source: NonCanonical,
    },
    /// The words are field elements, but not those of ciphertexts.
    #[error("ciphertexts: {0}")]
    Ciphertext(#[from] EncryptionError),
}

/// A sheet record without its proof: the values that are posted on chain beside it, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedSheet {
    /// The hash `Chain(SHEET-HASH, ctx, nullifier, note, C_0.x, ..)`, which fixes the proven values before `z` exists.
    pub h: StatementHash,
    /// The nullifier: one value per member, chamber and poll.
    pub nullifier: Nullifier,
    /// The note commitment, of the weight 1 and no answers.
    pub note: NoteCommitment,
    /// The encrypted turnout and cells.
    pub ciphertext: EncryptedSheet,
}

impl PostedSheet {
    /// Returns `h, nullifier, note, C_0.x, C_0.y, D_0.x, ..`: 43 elements for 16 cells, 97 for 40.
    pub fn words(&self) -> Vec<Fr> {
        let mut words = vec![self.h.to_fr(), self.nullifier.to_fr(), self.note.to_fr()];
        words.extend(self.ciphertext.coordinates());
        words
    }

    /// Returns [`PostedSheet::words`] as 32 big-endian bytes each: a sheet record without its proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.words().iter().flat_map(field::to_bytes).collect()
    }

    /// Decodes a posted sheet.
    ///
    /// # Errors
    /// Returns [`PostedSheetError`] if the length is not that of any size, a word is not a field element, or a pair of
    /// words is not a point.
    pub fn from_bytes(bytes: &[u8]) -> Result<PostedSheet, PostedSheetError> {
        Self::decode_with(bytes, EncryptedSheet::from_coordinates)
    }

    /// Decodes a posted sheet from bytes that were accepted before, and that cannot have been changed since: the
    /// points' subgroup checks are skipped.
    ///
    /// # Errors
    /// Returns [`PostedSheetError`] if the length is not that of any size, a word is not a field element, or a pair of
    /// words is not on the curve.
    pub fn from_checked_bytes(bytes: &[u8]) -> Result<PostedSheet, PostedSheetError> {
        Self::decode_with(bytes, EncryptedSheet::from_checked_coordinates)
    }

    fn decode_with(
        bytes: &[u8],
        ciphertext: impl Fn(&[Fr]) -> Result<EncryptedSheet, EncryptionError>,
    ) -> Result<PostedSheet, PostedSheetError> {
        let length = |size: usize| WORD_BYTES * (sheet_record_words(size) - RECORD_PROOF_WORDS);
        if !SHEET_SIZES.iter().any(|size| bytes.len() == length(*size)) {
            return Err(PostedSheetError::Length { actual: bytes.len() });
        }
        let (words, _) = bytes.as_chunks::<WORD_BYTES>();
        let word = |(index, word)| field::from_bytes(word).map_err(|source| PostedSheetError::Word { index, source });
        let words = words.iter().enumerate().map(word).collect::<Result<Vec<_>, _>>()?;
        let ciphertext = ciphertext(&words[3..])?;
        Ok(PostedSheet {
            h: StatementHash::from_fr(words[0]),
            nullifier: Nullifier::from_fr(words[1]),
            note: NoteCommitment::from_fr(words[2]),
            ciphertext,
        })
    }

    /// Returns the fingerprint: the content of the nullifier's slot once this sheet has replaced the one of the
    /// fingerprint `previous` (zeros for a first sheet), without the nullifier's ordinal.
    pub fn fingerprint(&self, previous: [u8; 32]) -> [u8; 32] {
        transcript::sheet_fingerprint(self.note, previous, &self.ciphertext)
    }

    /// Returns the proven elements in the order of `h` and `y`: `ctx, nullifier, note, C_0.x, ..`.
    pub fn elements(&self, ctx: Context) -> Vec<Fr> {
        list_elements(ctx, self.nullifier, self.note, &self.ciphertext)
    }
}
