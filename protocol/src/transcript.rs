//! Binding posted values to proven ones: keccak challenges and polynomial evaluation (specification, sections 7, 8, 11 and 12).

use ark_ff::{PrimeField, Zero};
use sha3::{Digest, Keccak256};

use crate::{Fr, encryption::Ciphertext, field, statement::ballot::Posted};

/// `sum e_i z^i`, `i` from 0.
pub fn evaluate(elements: &[Fr], z: Fr) -> Fr {
    elements.iter().rev().fold(Fr::zero(), |sum, element| sum * z + element)
}

/// Keccak-256 of words, one after another, without lengths.
pub fn keccak_words(words: impl IntoIterator<Item = [u8; 32]>) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    for word in words {
        hasher.update(word);
    }
    hasher.finalize().into()
}

/// `z = keccak(previous, ctx, h, nullifier, digest) mod r` with the ballot's [`digest`], where `previous` is the [`fingerprint`] of the ballot that it
/// replaces, and 0 for a first one.
pub fn ballot_challenge(previous: [u8; 32], ctx: Fr, posted: &Posted) -> Fr {
    let [ctx, h, nullifier] = [ctx, posted.h, posted.nullifier].map(|element| field::to_bytes(&element));
    let digest = digest(posted.note, &posted.ciphertext);
    Fr::from_be_bytes_mod_order(&keccak_words([previous, ctx, h, nullifier, digest]))
}

/// `z = keccak(h, L) mod r` of the statements of trustees, of claims and, with the context before the notes, of lists.
pub fn challenge(h: Fr, elements: &[Fr]) -> Fr {
    let words = std::iter::once(&h).chain(elements).map(field::to_bytes);
    Fr::from_be_bytes_mod_order(&keccak_words(words))
}

/// `keccak(note, keccak(C.x, .., D_M.y))`: who knows the inner hash can show the note of a ballot without its ciphertext.
pub fn digest(note: Fr, ciphertext: &Ciphertext) -> [u8; 32] {
    keccak_words([field::to_bytes(&note), ciphertext_hash(ciphertext)])
}

/// `keccak(C.x, .., D_M.y)`.
pub fn ciphertext_hash(ciphertext: &Ciphertext) -> [u8; 32] {
    keccak_words(ciphertext.coordinates().iter().map(field::to_bytes))
}

/// What a nullifier's slot holds of the ballot that counts: the [`digest`] without its last 32 bits, in which the contract keeps the nullifier's number. Two ballots of
/// one fingerprint take `2^112` tries.
pub fn fingerprint(note: Fr, ciphertext: &Ciphertext) -> [u8; 32] {
    let mut fingerprint = digest(note, ciphertext);
    fingerprint[28..].fill(0);
    fingerprint
}
