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

/// `z = keccak(previous, ctx, h, nullifier, note, C.x, C.y, D_1.x, ..) mod r`, where `previous` is what the nullifier's slot holds
/// before this ballot: 0 for a first one, else [`slot`] of the ballot it replaces.
pub fn ballot_challenge(previous: [u8; 32], ctx: Fr, posted: &Posted) -> Fr {
    let elements = [ctx, posted.h, posted.nullifier, posted.note].into_iter().chain(posted.ciphertext.coordinates());
    let words = std::iter::once(previous).chain(elements.map(|element| field::to_bytes(&element)));
    Fr::from_be_bytes_mod_order(&keccak_words(words))
}

/// `z = keccak(h, L) mod r` of the statements of trustees, of claims and, with the context before the notes, of lists.
pub fn challenge(h: Fr, elements: &[Fr]) -> Fr {
    let words = std::iter::once(&h).chain(elements).map(field::to_bytes);
    Fr::from_be_bytes_mod_order(&keccak_words(words))
}

/// What a nullifier's slot holds once this ballot counts: `keccak(note, C.x, .., D_M.y)`.
pub fn slot(note: Fr, ciphertext: &Ciphertext) -> [u8; 32] {
    keccak_words(std::iter::once(note).chain(ciphertext.coordinates()).map(|element| field::to_bytes(&element)))
}
