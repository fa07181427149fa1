//! Scalars as two halves: `k = k1 + lambda·k2`, with the curves' endomorphism of eigenvalue `lambda` (Gallant, Lambert, Vanstone, 2001).
//!
//! `(A, -B)` and `(B, A + B)` are a short basis of the pairs `(x, y)` with `x + lambda·y = 0` modulo the order; the pair nearest to `(k, 0)` is
//! taken away from it. The halves are signed and below 2^127: `k2` stays below 1.02·2^126, `k1` below 0.9·2^126. Small numbers, also negative ones,
//! are their own first half.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use rayon::prelude::*;
use zeroize::Zeroizing;

/// The longer entry of the basis, 127 bits.
const A: u128 = 147_946_756_881_789_319_000_765_030_803_803_410_728;
/// The shorter, 64 bits.
const B: u128 = 9_931_322_734_385_697_763;
/// `round(2^256·(A + B)/r)` and `round(2^256·B/r)`.
const NEAREST: [[u64; 3]; 2] = [[0x5398_fd03_00ff_6565, 0x4cce_f014_a773_d2d2, 2], [0xd91d_232e_c7e0_b3d7, 2, 0]];

/// Bits of a half, with its sign.
pub(crate) const BITS: u32 = 128;

/// Both halves of a scalar.
pub type Halves = [i128; 2];

/// Splits scalars. The halves are as secret as they.
pub fn split_all(scalars: &[Fr]) -> Zeroizing<Vec<Halves>> {
    Zeroizing::new(scalars.par_iter().with_min_len(1024).map(|k| split(*k)).collect())
}

fn split(scalar: Fr) -> Halves {
    split_words(&scalar.into_bigint().0)
}

/// Splits a number below twice the order.
pub(crate) fn split_words(k: &[u64; 4]) -> Halves {
    let [c1, c2] = NEAREST.map(|nearest| rounded(k, &nearest));
    let low = u128::from(k[0]) | u128::from(k[1]) << 64;
    // Modulo 2^128, as the results are known to fit.
    let k1 = low.wrapping_sub(c1.wrapping_mul(A)).wrapping_sub(c2.wrapping_mul(B));
    let k2 = c1.wrapping_mul(B).wrapping_sub(c2.wrapping_mul(A + B));
    [k1 as i128, k2 as i128]
}

/// `k·factor / 2^256`, rounded.
fn rounded(k: &[u64; 4], factor: &[u64; 3]) -> u128 {
    let mut product = [0u64; 7];
    // Half of 2^256 rounds.
    product[3] = 1 << 63;
    for (i, f) in factor.iter().enumerate() {
        let mut carry = 0u128;
        for (j, k) in k.iter().enumerate() {
            let sum = u128::from(product[i + j]) + u128::from(*f) * u128::from(*k) + carry;
            product[i + j] = sum as u64;
            carry = sum >> 64;
        }
        product[i + 4] = product[i + 4].wrapping_add(carry as u64);
    }
    u128::from(product[4]) | u128::from(product[5]) << 64
}

#[cfg(test)]
mod tests {
    use ark_bn254::g1;
    use ark_ec::scalar_mul::glv::GLVConfig;
    use ark_ff::{BigInteger, Field, UniformRand};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn signed(half: i128) -> Fr {
        let magnitude = Fr::from(half.unsigned_abs());
        if half < 0 { -magnitude } else { magnitude }
    }

    #[test]
    fn halves_are_short_and_sum_up() {
        let mut rng = StdRng::seed_from_u64(1);
        let small = (0..70).flat_map(|n| [Fr::from(n as u64), -Fr::from(n as u64)]);
        let powers = (0..254).map(|n| Fr::from(2u64).pow([n]));
        let lambda = g1::Config::LAMBDA;
        let near = [lambda, -lambda, lambda.square(), Fr::from(2u64).inverse().unwrap_or_default()];
        for k in small.chain(powers).chain(near).chain((0..20_000).map(|_| Fr::rand(&mut rng))) {
            // Above the order too; the halves may be others then, and as short.
            let mut above = k.into_bigint();
            above.add_with_carry(&Fr::MODULUS);
            for [k1, k2] in [split(k), split_words(&above.0)] {
                assert_eq!(signed(k1) + lambda * signed(k2), k);
                assert!(k1.unsigned_abs() < 1 << 126 && k2.unsigned_abs() < 1 << 127, "{k}");
            }
        }
        for n in [0u64, 1, 2, 1 << 20, u64::MAX] {
            assert_eq!(split(Fr::from(n)), [i128::from(n), 0]);
            assert_eq!(split(-Fr::from(n)), [-i128::from(n), 0]);
        }
    }
}
