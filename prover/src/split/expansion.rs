//! From a seed to field elements: ChaCha20 (RFC 8439) with the seed as the key, a nonce of zeros, the counter from 0.
//!
//! The key stream is read in words of 32 bytes, big-endian, whose two highest bits are ignored. A word below the order
//! `r` of the scalar field is an element, any other is skipped: three of four words are used (`r / 2^254 = 0.756`). So
//! the elements are exactly uniform and independent if the stream is, and a prover that tells them from uniform ones
//! tells ChaCha20's stream from random bytes. How many words are skipped depends on the seed alone, not on the witness.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use zeroize::Zeroizing;

use super::share::SEED_BYTES;

const WORD: usize = 32;
/// Words of the key stream that are computed at once.
const WORDS_AT_ONCE: usize = 128;

/// Uniform integers below `r` from a seed. The cipher and its key stream are wiped when dropped.
struct Expansion {
    cipher: ChaCha20,
    stream: Zeroizing<[u8; WORD * WORDS_AT_ONCE]>,
    /// Words of the stream that are used.
    used: usize,
}

impl Expansion {
    fn new(seed: &[u8; SEED_BYTES]) -> Expansion {
        let cipher = ChaCha20::new(&(*seed).into(), &[0; 12].into());
        Expansion { cipher, stream: Zeroizing::new([0; WORD * WORDS_AT_ONCE]), used: WORDS_AT_ONCE }
    }

    fn next_word(&mut self) -> BigInt<4> {
        if self.used == WORDS_AT_ONCE {
            self.stream.fill(0);
            self.cipher.apply_keystream(self.stream.as_mut());
            self.used = 0;
        }
        let word = read_word(self.stream.as_chunks::<WORD>().0.get(self.used).unwrap_or(&[0xff; WORD]));
        self.used += 1;
        word
    }

    fn next_integer(&mut self) -> BigInt<4> {
        loop {
            let mut word = self.next_word();
            word.0[3] &= u64::MAX >> 2;
            if word < Fr::MODULUS {
                return word;
            }
        }
    }
}

/// Returns the first `length` elements of a seed.
pub(super) fn expand_seed(seed: &[u8; SEED_BYTES], length: usize) -> Zeroizing<Vec<Fr>> {
    let mut expansion = Expansion::new(seed);
    // Integers below `r`: the conversion never fails.
    let elements = (0..length).map(|_| Fr::from_bigint(expansion.next_integer()).unwrap_or_default());
    let mut list = Zeroizing::new(Vec::with_capacity(length));
    list.extend(elements);
    list
}

/// Subtracts the elements of a seed from these, and encodes the differences as words.
pub(super) fn subtract_expansion(elements: &[Fr], seed: &[u8; SEED_BYTES]) -> Zeroizing<Vec<u8>> {
    let mut expansion = Expansion::new(seed);
    let mut words = Zeroizing::new(vec![0; elements.len() * WORD]);
    for (element, word) in elements.iter().zip(words.as_chunks_mut::<WORD>().0) {
        let mut difference = element.into_bigint();
        if difference.sub_with_borrow(&expansion.next_integer()) {
            difference.add_with_carry(&Fr::MODULUS);
        }
        for (bytes, limb) in word.as_chunks_mut::<8>().0.iter_mut().zip(difference.0.iter().rev()) {
            *bytes = limb.to_be_bytes();
        }
    }
    words
}

/// Reads a word as a big-endian number.
fn read_word(word: &[u8; WORD]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().rev().zip(word.as_chunks::<8>().0) {
        *limb = u64::from_be_bytes(*bytes);
    }
    BigInt(limbs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stream of RFC 8439's first test vector (appendix A.1): key, nonce and counter of zeros. Its first word is
    /// above the order without its two highest bits, and the second is not.
    #[test]
    fn stream_is_that_of_the_rfc() {
        let first = "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7";
        let second = "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586";
        let word = |text: &str| {
            let mut bytes = [0; WORD];
            hex::decode_to_slice(text, &mut bytes).unwrap();
            let mut word = read_word(&bytes);
            word.0[3] &= u64::MAX >> 2;
            word
        };
        assert!(word(first) >= Fr::MODULUS && word(second) < Fr::MODULUS);
        assert_eq!(expand_seed(&[0; SEED_BYTES], 1)[0].into_bigint(), word(second));
    }

    #[test]
    fn longer_expansions_continue_shorter_ones() {
        let long = expand_seed(&[7; SEED_BYTES], 1_000);
        for length in [0, 1, 95, 96, 97, 128, 129, 999] {
            assert_eq!(*expand_seed(&[7; SEED_BYTES], length), long[..length]);
        }
        let mut sorted = long.to_vec();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 1_000, "no element occurs twice");
        assert!(expand_seed(&[8; SEED_BYTES], 1_000).iter().all(|element| !long.contains(element)));
    }

    /// Each of eight equal intervals of the field gets its share of 8,000 elements: six standard deviations are 178.
    #[test]
    fn elements_fill_the_field_evenly() {
        let mut counts = [0; 8];
        for element in expand_seed(&[9; SEED_BYTES], 8_000).iter() {
            let high = u128::from(element.into_bigint().0[3]);
            counts[(high * 8 / (u128::from(Fr::MODULUS.0[3]) + 1)) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (822..1_178).contains(count)), "{counts:?}");
    }
}
