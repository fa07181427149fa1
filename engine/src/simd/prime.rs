//! Constants of the primes in radix 2^52, and conversions of single elements between arkworks' Montgomery form and that
//! of the lanes.
//!
//! arkworks' form has `R = 2^256`, that of the lanes `R = 2^260`: the limbs of an element differ by the factor 16.

use ark_ff::{BigInteger, Fp, MontBackend, MontConfig};

/// The low 52 bits.
pub(super) const LIMB_MASK: u64 = (1 << 52) - 1;

/// A 254-bit prime, by the configuration of its arkworks field.
pub(crate) trait Prime: MontConfig<4> {
    /// The limbs of `k·p`, by `k`.
    const MULTIPLES: [[u64; 5]; 8] = compute_multiples(Self::MODULUS.0);
    /// [`Self::MULTIPLES`] transposed: for each limb, its value in `k·p` by `k`.
    const MULTIPLES_BY_LIMB: [[u64; 8]; 5] = transpose_multiples(Self::MULTIPLES);
    /// One in Montgomery form: `2^260` modulo `p`, from arkworks' `2^256`.
    const ONE: [u64; 5] = to_radix52(mul_by_sixteen(Self::R.0, Self::MODULUS.0));
    /// `-1/p` modulo 2^52.
    const NEGATED_INVERSE: u64 = Self::INV & LIMB_MASK;
}

impl<T: MontConfig<4>> Prime for T {}

/// An element of the field in arkworks' form.
pub(crate) type PrimeFieldElement<M> = Fp<MontBackend<M, 4>, 4>;

/// Converts four 64-bit limbs to five 52-bit limbs, lowest first.
pub(super) const fn to_radix52(x: [u64; 4]) -> [u64; 5] {
    [
        x[0] & LIMB_MASK,
        (x[0] >> 52 | x[1] << 12) & LIMB_MASK,
        (x[1] >> 40 | x[2] << 24) & LIMB_MASK,
        (x[2] >> 28 | x[3] << 36) & LIMB_MASK,
        x[3] >> 16,
    ]
}

/// Returns `16·x` modulo `p`, by doubling four times. `x` must be below `p`, and `p` below 2^254.
const fn mul_by_sixteen(mut x: [u64; 4], p: [u64; 4]) -> [u64; 4] {
    let mut n = 0;
    while n < 4 {
        let doubled = [x[0] << 1, x[1] << 1 | x[0] >> 63, x[2] << 1 | x[1] >> 63, x[3] << 1 | x[2] >> 63];
        let (mut less, mut borrow, mut i) = ([0; 4], false, 0);
        while i < 4 {
            let (d, b) = doubled[i].overflowing_sub(p[i]);
            let (d, c) = d.overflowing_sub(borrow as u64);
            less[i] = d;
            borrow = b || c;
            i += 1;
        }
        x = if borrow { doubled } else { less };
        n += 1;
    }
    x
}

/// Computes the limbs of `0·p` to `7·p`.
const fn compute_multiples(p: [u64; 4]) -> [[u64; 5]; 8] {
    let (p, mut out) = (to_radix52(p), [[0; 5]; 8]);
    let mut k = 0;
    while k < 8 {
        let (mut carry, mut i) = (0, 0);
        while i < 5 {
            let sum = p[i] * k as u64 + carry;
            out[k][i] = sum & LIMB_MASK;
            carry = sum >> 52;
            i += 1;
        }
        k += 1;
    }
    out
}

/// Transposes the limbs of multiples.
const fn transpose_multiples(multiples: [[u64; 5]; 8]) -> [[u64; 8]; 5] {
    let mut out = [[0; 8]; 5];
    let mut k = 0;
    while k < 8 {
        let mut i = 0;
        while i < 5 {
            out[i][k] = multiples[k][i];
            i += 1;
        }
        k += 1;
    }
    out
}

/// Converts an element to 64-bit limbs in the lanes' Montgomery form, below the prime.
pub(crate) fn encode_limbs<M: Prime>(element: PrimeFieldElement<M>) -> [u64; 4] {
    (element * PrimeFieldElement::<M>::from(16u64)).0.0
}

/// Converts an element to 52-bit limbs in the lanes' Montgomery form, below the prime.
pub(crate) fn encode_radix52<M: Prime>(element: PrimeFieldElement<M>) -> [u64; 5] {
    to_radix52(encode_limbs(element))
}

/// Returns the element with these 64-bit limbs in the lanes' Montgomery form. Any representative below 2^256 is
/// accepted.
pub(crate) fn decode_limbs<M: Prime>(words: &[u64; 4]) -> PrimeFieldElement<M> {
    decode_unscaled::<M>(words) * inverse_of_sixteen::<M>()
}

/// Returns 16 times the element with these 64-bit limbs in the lanes' Montgomery form, which saves the conversion.
pub(crate) fn decode_unscaled<M: Prime>(words: &[u64; 4]) -> PrimeFieldElement<M> {
    let mut words = ark_ff::BigInt::<4>(*words);
    while words >= M::MODULUS {
        words.sub_with_borrow(&M::MODULUS);
    }
    PrimeFieldElement::<M>::new_unchecked(words)
}

/// Returns the 64-bit limbs of a sixteenth of an element in the lanes' Montgomery form, which saves the conversion.
pub(crate) fn encode_unscaled<M: Prime>(element: PrimeFieldElement<M>) -> [u64; 4] {
    element.0.0
}

/// Returns `1/16`.
fn inverse_of_sixteen<M: Prime>() -> PrimeFieldElement<M> {
    // (p + 1)/2 is 1/2.
    let mut half = M::MODULUS;
    half.div2();
    let half = PrimeFieldElement::<M>::new(half) + PrimeFieldElement::<M>::from(1u64);
    half * half * (half * half)
}
