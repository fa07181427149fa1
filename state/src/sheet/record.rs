//! Sheet records and replacements as they travel in calldata: those of ballots with more points.

use alloy_primitives::U256;
use psephos_protocol::{
    constants::{RECORD_PROOF_WORDS, SHEET_SIZES, WORD_BYTES, sheet_points, sheet_record_words},
    elements::NoteCommitment,
    encryption::EncryptionError,
    field::{self, NonCanonical},
    sheet::EncryptedSheet,
    statement::sheet::{PostedSheet, PostedSheetError},
    transcript,
};

use crate::record;

/// Why bytes are not a sheet record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetRecordError {
    /// The length is not that of a record of this size.
    #[error("expected a sheet record of {expected} bytes, got {actual}")]
    Length {
        /// The length of a record in bytes.
        expected: usize,
        /// The given length.
        actual: usize,
    },
    /// A word of the proof is not below the base field's order.
    #[error("word {0} of the proof is not below the field's order")]
    ProofWord(usize),
    /// There is no sheet of this many cells.
    #[error("there is no sheet of {0} cells: sizes are {SHEET_SIZES:?}")]
    Size(usize),
    /// A word of the replaced sheet is not a field element.
    #[error("replaced sheet, word {index}: {source}")]
    ReplacedWord {
        /// The index of the word, from 0.
        index: usize,
        /// What is wrong with it.
        source: NonCanonical,
    },
    /// The replaced ciphertexts are none.
    #[error("replaced ciphertexts: {0}")]
    ReplacedCiphertext(EncryptionError),
    /// The posted part does not decode.
    #[error(transparent)]
    Posted(#[from] PostedSheetError),
}

/// A proof with the posted sheet that it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRecord {
    /// `A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y`, each below the base field's order.
    pub proof: [U256; RECORD_PROOF_WORDS],
    /// `h`, nullifier, note commitment and ciphertexts.
    pub posted: PostedSheet,
}

/// The sheet that a replacement takes back: its nullifier's slot holds this sheet's fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedSheet {
    /// Its note commitment.
    pub note: NoteCommitment,
    /// The fingerprint of the sheet that it had replaced; zeros if it was the first one.
    pub previous: [u8; 32],
    /// Its ciphertexts.
    pub ciphertext: EncryptedSheet,
}

impl SheetRecord {
    /// Encodes the record.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.proof.iter().flat_map(U256::to_be_bytes::<32>).collect();
        bytes.extend(self.posted.to_bytes());
        bytes
    }

    /// Decodes the record of a sheet of `size` cells.
    ///
    /// # Errors
    /// [`SheetRecordError`] for anything but the one canonical encoding.
    pub fn from_bytes(bytes: &[u8], size: usize) -> Result<Self, SheetRecordError> {
        check_size(size)?;
        let (expected, actual) = (record_length(size), bytes.len());
        let Some((proof, posted)) =
            bytes.split_at_checked(RECORD_PROOF_WORDS * WORD_BYTES).filter(|_| actual == expected)
        else {
            return Err(SheetRecordError::Length { expected, actual });
        };
        let proof = record::read_proof(proof).map_err(SheetRecordError::ProofWord)?;
        Ok(Self { proof, posted: PostedSheet::from_bytes(posted)? })
    }
}

impl ReplacedSheet {
    /// Returns the part of a posted sheet that its slot commits to. `previous` is the fingerprint of the sheet that it
    /// had replaced.
    pub fn from_posted(posted: &PostedSheet, previous: [u8; 32]) -> Self {
        Self { note: posted.note, previous, ciphertext: posted.ciphertext.clone() }
    }

    /// Returns its own fingerprint.
    pub fn fingerprint(&self) -> [u8; 32] {
        transcript::sheet_fingerprint(self.note, self.previous, &self.ciphertext)
    }

    /// Decodes note commitment, previous fingerprint and ciphertexts of a sheet of `size` cells.
    ///
    /// # Errors
    /// [`SheetRecordError`] for anything but the one canonical encoding.
    pub fn from_bytes(bytes: &[u8], size: usize) -> Result<Self, SheetRecordError> {
        check_size(size)?;
        let (expected, actual) = (replacement_length(size) - record_length(size), bytes.len());
        let (words, _) = bytes.as_chunks::<WORD_BYTES>();
        let [note, previous, coordinates @ ..] = words else {
            return Err(SheetRecordError::Length { expected, actual });
        };
        if actual != expected {
            return Err(SheetRecordError::Length { expected, actual });
        }
        let refuse = |index| move |source| SheetRecordError::ReplacedWord { index, source };
        let note = NoteCommitment::from_bytes(note).map_err(refuse(0))?;
        let read = |(index, word)| field::from_bytes(word).map_err(refuse(index + 2));
        let coordinates = coordinates.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        let ciphertext =
            EncryptedSheet::from_coordinates(&coordinates).map_err(SheetRecordError::ReplacedCiphertext)?;
        Ok(Self { note, previous: *previous, ciphertext })
    }

    /// Encodes note commitment, previous fingerprint and ciphertexts, word by word.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.note.to_bytes().to_vec();
        bytes.extend(self.previous);
        bytes.extend(self.ciphertext.coordinates().iter().flat_map(field::to_bytes));
        bytes
    }
}

fn check_size(size: usize) -> Result<(), SheetRecordError> {
    if SHEET_SIZES.contains(&size) { Ok(()) } else { Err(SheetRecordError::Size(size)) }
}

/// Returns the length in bytes of a record of a sheet of `size` cells: 1,632 for 16, 3,360 for 40.
pub fn record_length(size: usize) -> usize {
    sheet_record_words(size) * WORD_BYTES
}

/// Returns the length in bytes of a replacement: a record, and note, fingerprint and ciphertexts of the replaced sheet.
pub fn replacement_length(size: usize) -> usize {
    record_length(size) + (2 + 2 * sheet_points(size)) * WORD_BYTES
}
