//! Ballot records and replacements as they travel in calldata (specification, section 9).
//!
//! Decoding is strict: the exact length for the poll's circuit size, every word below its field's order, every pair of
//! coordinates a point of the subgroup. Whether a proof verifies is not decided here.

use alloy_primitives::{U256, uint};
use psephos_protocol::{
    constants::{CIRCUIT_SIZES, RECORD_PROOF_WORDS, WORD_BYTES, record_bytes, replacement_words},
    elements::NoteCommitment,
    encryption::{Ciphertext, EncryptionError},
    field::{self, NonCanonical},
    statement::ballot::{PostedBallot, PostedBallotError},
    transcript,
};

/// The order of BN254's base field, to which the coordinates of a proof belong.
const BASE_FIELD: U256 = uint!(21888242871839275222246405745257275088696311157297823662689037894645226208583_U256);
const PROOF_BYTES: usize = RECORD_PROOF_WORDS * WORD_BYTES;

/// Why bytes are not a ballot record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// No circuit has this size.
    #[error("there is no circuit of size {0}: sizes are {CIRCUIT_SIZES:?}")]
    UnknownSize(usize),
    /// The length is not a whole number of records of this size.
    #[error("expected {what} of {unit} bytes, got {actual} bytes")]
    WrongLength {
        /// The length in bytes.
        actual: usize,
        /// The length of one, in bytes.
        unit: usize,
        /// What was expected.
        what: &'static str,
    },
    /// A word of the proof is not below the base field's order.
    #[error("word {0} of the proof is not below the field's order")]
    ProofWord(usize),
    /// The posted part does not decode.
    #[error(transparent)]
    Posted(#[from] PostedBallotError),
    /// The note commitment of the replaced ballot is not a field element.
    #[error("replaced note commitment: {0}")]
    ReplacedNote(NonCanonical),
    /// A word of the replaced ciphertext is not a field element.
    #[error("replaced ciphertext, word {index}: {source}")]
    ReplacedWord {
        /// The index of the word, from 0.
        index: usize,
        /// What is wrong with it.
        source: NonCanonical,
    },
    /// The replaced ciphertext is not a ciphertext.
    #[error("replaced ciphertext: {0}")]
    ReplacedCiphertext(EncryptionError),
}

/// A proof with the posted part that it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotRecord {
    /// `A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y`, each below the base field's order.
    pub proof: [U256; RECORD_PROOF_WORDS],
    /// `h`, nullifier, note commitment and ciphertext.
    pub posted: PostedBallot,
}

impl BallotRecord {
    /// Encodes the record.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.proof.iter().flat_map(U256::to_be_bytes::<32>).collect();
        bytes.extend(self.posted.to_bytes());
        bytes
    }

    /// Decodes the record of a poll of circuit size `size`.
    ///
    /// # Errors
    /// [`RecordError`] for anything but the one canonical encoding.
    pub fn from_bytes(bytes: &[u8], size: usize) -> Result<Self, RecordError> {
        check_length(bytes.len(), record_length(size)?, "a ballot record")?;
        let proof = read_proof(&bytes[..PROOF_BYTES]).map_err(RecordError::ProofWord)?;
        Ok(Self { proof, posted: PostedBallot::from_bytes(&bytes[PROOF_BYTES..])? })
    }
}

/// The ballot that a replacement takes back: its nullifier's slot holds this ballot's fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedBallot {
    /// Its note commitment.
    pub note: NoteCommitment,
    /// The fingerprint of the ballot that it had replaced; zeros if it was the first one.
    pub previous: [u8; 32],
    /// Its ciphertext.
    pub ciphertext: Ciphertext,
}

impl ReplacedBallot {
    /// Returns the part of a posted ballot that its slot commits to. `previous` is the fingerprint of the ballot that
    /// it had replaced.
    pub fn from_posted(posted: &PostedBallot, previous: [u8; 32]) -> Self {
        Self { note: posted.note, previous, ciphertext: posted.ciphertext.clone() }
    }

    /// Returns its own fingerprint.
    pub fn fingerprint(&self) -> [u8; 32] {
        transcript::ballot_fingerprint(self.note, self.previous, &self.ciphertext)
    }

    /// Encodes note commitment, previous fingerprint and ciphertext, word by word.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.note.to_bytes().to_vec();
        bytes.extend(self.previous);
        bytes.extend(self.ciphertext.coordinates().iter().flat_map(field::to_bytes));
        bytes
    }

    /// Decodes note commitment, previous fingerprint and ciphertext of a poll of circuit size `size`.
    ///
    /// # Errors
    /// [`RecordError`] for anything but the one canonical encoding.
    pub fn from_bytes(bytes: &[u8], size: usize) -> Result<Self, RecordError> {
        check_length(
            bytes.len(),
            replacement_length(size)? - record_length(size)?,
            "a replaced note, fingerprint and ciphertext",
        )?;
        let (words, _) = bytes.as_chunks::<WORD_BYTES>();
        let [note, previous, coordinates @ ..] = words else { return Err(RecordError::UnknownSize(size)) };
        let note = NoteCommitment::from_bytes(note).map_err(RecordError::ReplacedNote)?;
        let coordinates = coordinates
            .iter()
            .enumerate()
            .map(|(index, word)| field::from_bytes(word).map_err(|source| RecordError::ReplacedWord { index, source }))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            note,
            previous: *previous,
            ciphertext: Ciphertext::from_coordinates(&coordinates).map_err(RecordError::ReplacedCiphertext)?,
        })
    }
}

/// A record and the ballot that it replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The new ballot.
    pub record: BallotRecord,
    /// The replaced ballot.
    pub old: ReplacedBallot,
}

impl Replacement {
    /// Encodes the replacement.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.record.to_bytes();
        bytes.extend(self.old.to_bytes());
        bytes
    }

    /// Decodes the replacement of a poll of circuit size `size`.
    ///
    /// # Errors
    /// [`RecordError`] for anything but the one canonical encoding.
    pub fn from_bytes(bytes: &[u8], size: usize) -> Result<Self, RecordError> {
        check_length(bytes.len(), replacement_length(size)?, "a replacement")?;
        let (record, old) = bytes.split_at(record_length(size)?);
        Ok(Self { record: BallotRecord::from_bytes(record, size)?, old: ReplacedBallot::from_bytes(old, size)? })
    }
}

/// Reads the words of a proof.
///
/// # Errors
/// The index of the first word that is not below the base field's order.
pub(crate) fn read_proof(bytes: &[u8]) -> Result<[U256; RECORD_PROOF_WORDS], usize> {
    let (words, _) = bytes.as_chunks::<WORD_BYTES>();
    let mut proof = [U256::ZERO; RECORD_PROOF_WORDS];
    for (index, (target, word)) in proof.iter_mut().zip(words).enumerate() {
        *target = U256::from_be_bytes(*word);
        if *target >= BASE_FIELD {
            return Err(index);
        }
    }
    Ok(proof)
}

/// Splits the `records` of a batch.
///
/// # Errors
/// [`RecordError`] if the length is not a multiple of a record's.
pub fn split_records(bytes: &[u8], size: usize) -> Result<Vec<&[u8]>, RecordError> {
    split_exactly(bytes, record_length(size)?, "ballot records")
}

/// Splits the `replacements` of a batch.
///
/// # Errors
/// [`RecordError`] if the length is not a multiple of a replacement's.
pub fn split_replacements(bytes: &[u8], size: usize) -> Result<Vec<&[u8]>, RecordError> {
    split_exactly(bytes, replacement_length(size)?, "replacements")
}

/// Returns the part of a record that events carry: everything but the proof.
pub fn without_proof(record: &[u8]) -> &[u8] {
    record.get(PROOF_BYTES..).unwrap_or_default()
}

/// Returns the length of a record in bytes.
///
/// # Errors
/// [`RecordError::UnknownSize`] if no circuit has this size.
pub fn record_length(size: usize) -> Result<usize, RecordError> {
    if CIRCUIT_SIZES.contains(&size) { Ok(record_bytes(size)) } else { Err(RecordError::UnknownSize(size)) }
}

/// Returns the length of a replacement in bytes.
///
/// # Errors
/// [`RecordError::UnknownSize`] if no circuit has this size.
pub fn replacement_length(size: usize) -> Result<usize, RecordError> {
    if CIRCUIT_SIZES.contains(&size) {
        Ok(replacement_words(size) * WORD_BYTES)
    } else {
        Err(RecordError::UnknownSize(size))
    }
}

fn split_exactly<'a>(bytes: &'a [u8], unit: usize, what: &'static str) -> Result<Vec<&'a [u8]>, RecordError> {
    if !bytes.len().is_multiple_of(unit) {
        return Err(RecordError::WrongLength { actual: bytes.len(), unit, what });
    }
    Ok(bytes.chunks_exact(unit).collect())
}

fn check_length(actual: usize, unit: usize, what: &'static str) -> Result<(), RecordError> {
    if actual == unit { Ok(()) } else { Err(RecordError::WrongLength { actual, unit, what }) }
}

#[cfg(test)]
mod tests;
