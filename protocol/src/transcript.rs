//! Fiat-Shamir challenges that bind posted values to proven ones, by keccak and polynomial evaluation (specification,
//! sections 7, 8, 11 and 12).

use ark_ff::{PrimeField, Zero};
use sha3::{Digest, Keccak256};

use crate::{
    Fr,
    elements::{Challenge, Context, Evaluation, NoteCommitment, Nullifier, StatementHash},
    encryption::Ciphertext,
    field,
    sheet::EncryptedSheet,
    statement::{ballot::PostedBallot, sheet::PostedSheet},
};

/// Evaluates the polynomial `sum e_i z^i`, `i` from 0.
pub fn evaluate(elements: &[Fr], z: Challenge) -> Evaluation {
    let z = z.to_fr();
    Evaluation::from_fr(elements.iter().rev().fold(Fr::zero(), |sum, element| sum * z + element))
}

/// Returns the Keccak-256 hash of concatenated 32-byte words, without lengths.
pub fn keccak_words(words: impl IntoIterator<Item = [u8; 32]>) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    for word in words {
        hasher.update(word);
    }
    hasher.finalize().into()
}

/// Derives the challenge of a sheet, like that of a ballot: `z = keccak(previous, ctx, h, nullifier, digest) mod r`,
/// with the sheet's [`sheet_digest`].
pub fn derive_sheet_challenge(previous: [u8; 32], ctx: Context, posted: &PostedSheet) -> Challenge {
    let digest = sheet_digest(posted.note, previous, &posted.ciphertext);
    derive_slot_challenge(previous, ctx, posted.h, posted.nullifier, digest)
}

fn derive_slot_challenge(
    previous: [u8; 32],
    ctx: Context,
    h: StatementHash,
    nullifier: Nullifier,
    digest: [u8; 32],
) -> Challenge {
    reduce(&keccak_words([previous, ctx.to_bytes(), h.to_bytes(), nullifier.to_bytes(), digest]))
}

/// Derives the challenge of a ballot, `z = keccak(previous, ctx, h, nullifier, digest) mod r`, with the ballot's
/// [`ballot_digest`]. `previous` is the [`ballot_fingerprint`] of the ballot that it replaces, and 0 for a first one.
pub fn derive_ballot_challenge(previous: [u8; 32], ctx: Context, posted: &PostedBallot) -> Challenge {
    let digest = ballot_digest(posted.note, previous, &posted.ciphertext);
    derive_slot_challenge(previous, ctx, posted.h, posted.nullifier, digest)
}

/// Derives the challenge `z = keccak(h, L) mod r` of the statements of trustees, of claims and, with the context before
/// the notes, of note batches.
pub fn derive_challenge(h: StatementHash, elements: &[Fr]) -> Challenge {
    let words = std::iter::once(h.to_bytes()).chain(elements.iter().map(field::to_bytes));
    reduce(&keccak_words(words))
}

/// Reduces a hash modulo `r`: a challenge is near to uniform, and not an encoding of anything.
fn reduce(digest: &[u8; 32]) -> Challenge {
    Challenge::from_fr(Fr::from_be_bytes_mod_order(digest))
}

/// Returns a ballot's digest, `keccak(note, content hash)`: with the [`hash_content`], the note of a ballot can be
/// shown without its ciphertext.
pub fn ballot_digest(note: NoteCommitment, previous: [u8; 32], ciphertext: &Ciphertext) -> [u8; 32] {
    keccak_words([note.to_bytes(), hash_content(previous, ciphertext)])
}

/// Returns the content hash `keccak(previous, C.x, .., D_M.y)` of a ballot that replaced the one of the fingerprint
/// `previous` (zeros for a first ballot). The ballots of a slot are a hash chain: none of its contents ever returns,
/// even if a ciphertext does.
pub fn hash_content(previous: [u8; 32], ciphertext: &Ciphertext) -> [u8; 32] {
    hash_coordinates(previous, &ciphertext.coordinates())
}

/// Returns a sheet's digest, `keccak(note, keccak(previous, C_0.x, .., D_B,8.y))`: that of a ballot with more points.
pub fn sheet_digest(note: NoteCommitment, previous: [u8; 32], ciphertext: &EncryptedSheet) -> [u8; 32] {
    keccak_words([note.to_bytes(), hash_sheet_content(previous, ciphertext)])
}

/// Returns the content hash `keccak(previous, C_0.x, .., D_B,8.y)` of a sheet, as [`hash_content`] of a ballot.
pub fn hash_sheet_content(previous: [u8; 32], ciphertext: &EncryptedSheet) -> [u8; 32] {
    hash_coordinates(previous, &ciphertext.coordinates())
}

fn hash_coordinates(previous: [u8; 32], coordinates: &[Fr]) -> [u8; 32] {
    keccak_words(std::iter::once(previous).chain(coordinates.iter().map(field::to_bytes)))
}

/// Returns a ballot's fingerprint as its nullifier's ballot slot holds it: the [`ballot_digest`] without its last 32
/// bits, in which the contract stores the nullifier's ordinal. Finding two ballots of one fingerprint takes `2^112`
/// tries.
pub fn ballot_fingerprint(note: NoteCommitment, previous: [u8; 32], ciphertext: &Ciphertext) -> [u8; 32] {
    clear_ordinal(ballot_digest(note, previous, ciphertext))
}

/// Returns a sheet's fingerprint, as [`ballot_fingerprint`].
pub fn sheet_fingerprint(note: NoteCommitment, previous: [u8; 32], ciphertext: &EncryptedSheet) -> [u8; 32] {
    clear_ordinal(sheet_digest(note, previous, ciphertext))
}

fn clear_ordinal(mut digest: [u8; 32]) -> [u8; 32] {
    digest[28..].fill(0);
    digest
}
