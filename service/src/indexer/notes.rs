//! Encoding of the note commitments of a chamber's ballots, from which batches are sealed and claims are made.
//!
//! `PSNOTES`, a version (one byte, 1), the chain id, the polls contract (20 bytes), the poll, the chamber, the number
//! of notes; then the note commitments of the ballots that count, ordered by the ordinals of their nullifiers, 32 bytes
//! each; finally the SHA-256 hash of all of that. Integers are 8 bytes, big-endian.

use psephos_protocol::{
    elements::NoteCommitment,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{
    Address, Deployment, PollChamber,
    bytes::{ByteReader, DecodeError, append_checksum, verify_checksum},
};

const MAGIC: &[u8; 8] = b"PSNOTES\x01";

/// The note commitments of one chamber of one poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notes {
    /// The chain id.
    pub chain_id: ChainId,
    /// The polls contract.
    pub polls: Address,
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The note commitments, by the ordinals of their nullifiers.
    pub notes: Vec<NoteCommitment>,
}

pub(super) fn encode_notes(deployment: &Deployment, poll: PollId, chamber: ChamberId, listed: &PollChamber) -> Vec<u8> {
    let ballots = listed.ballots_by_ordinal();
    let mut bytes = MAGIC.to_vec();
    bytes.extend(deployment.chain_id.get().to_be_bytes());
    bytes.extend(deployment.polls);
    [poll.get(), chamber.get(), ballots.len() as u64].iter().for_each(|number| bytes.extend(number.to_be_bytes()));
    ballots.iter().for_each(|ballot| bytes.extend(ballot.posted.note.to_bytes()));
    append_checksum(bytes)
}

/// Decodes notes.
///
/// # Errors
/// Returns `DecodeError` if the bytes are not an encoding of notes or their checksum is wrong.
pub fn decode_notes(bytes: &[u8]) -> Result<Notes, DecodeError> {
    if !bytes.starts_with(MAGIC) {
        return Err(DecodeError::UnknownFormat("notes"));
    }
    let mut reader = ByteReader::new(verify_checksum(bytes)?);
    reader.read_slice(MAGIC.len())?;
    let (chain_id, polls) = (ChainId::new(reader.read_u64()?), Address::new(reader.read_array()?));
    let (poll, chamber, count) = (reader.read_u64()?, reader.read_u64()?, reader.read_u64()?);
    let mut notes = Vec::new();
    while !reader.is_empty() {
        let note = NoteCommitment::from_bytes(&reader.read_array()?);
        notes.push(note.map_err(|_| DecodeError::InvalidPart("a note is not a field element"))?);
    }
    if notes.len() as u64 != count {
        return Err(DecodeError::InvalidPart("the number of notes differs from the header's"));
    }
    Ok(Notes { chain_id, polls, poll: PollId::new(poll), chamber: ChamberId::new(chamber), notes })
}
