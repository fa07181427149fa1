//! GLV decomposition: a scalar `k` as two half-length ones with `k = k1 + lambda·k2`, where `lambda` is the eigenvalue
//! of the curves' endomorphism (Gallant, Lambert, Vanstone, 2001).
//!
//! 1. The pairs `(x, y)` with `x + lambda·y = 0` modulo the group order form a lattice. `(A, -B)` and `(B, A + B)` are
//!    a short basis.
//! 2. Babai rounding finds the lattice point nearest to `(k, 0)`: its coefficients are `k·(A + B)/r` and `k·B/r`,
//!    rounded.
//! 3. That point subtracted from `(k, 0)` leaves `(k1, k2)`.
//!
//! The halves are signed and below 2^127 in absolute value: `k2` stays below 1.02·2^126, `k1` below 0.9·2^126. Small
//! scalars, including negative ones, are their own first half.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use rayon::prelude::*;
use zeroize::Zeroizing;

/// The longer entry of the lattice basis, 127 bits.
const A: u128 = 147_946_756_881_789_319_000_765_030_803_803_410_728;
/// The shorter entry, 64 bits.
const B: u128 = 9_931_322_734_385_697_763;
/// `round(2^256·(A + B)/r)` and `round(2^256·B/r)`, little-endian: they replace the divisions by `r` with
/// multiplications and shifts.
const ROUNDING_FACTORS: [[u64; 3]; 2] =
    [[0x5398_fd03_00ff_6565, 0x4cce_f014_a773_d2d2, 2], [0xd91d_232e_c7e0_b3d7, 2, 0]];

/// The bits of a half-length scalar, including its sign.
pub(crate) const HALF_SCALAR_BITS: u32 = 128;

/// The half-length scalars `[k1, k2]` of a GLV decomposition.
pub type HalfScalars = [i128; 2];

/// Decomposes scalars, on all threads. The halves are as secret as the scalars.
pub fn decompose_scalars(scalars: &[Fr]) -> Zeroizing<Vec<HalfScalars>> {
    Zeroizing::new(scalars.par_iter().with_min_len(1024).map(|k| decompose_scalar(*k)).collect())
}

fn decompose_scalar(scalar: Fr) -> HalfScalars {
    decompose_limbs(&scalar.into_bigint().0)
}

/// Decomposes an integer below twice the group order, in little-endian 64-bit limbs.
pub(crate) fn decompose_limbs(k: &[u64; 4]) -> HalfScalars {
    let [c1, c2] = ROUNDING_FACTORS.map(|nearest| mul_and_round(k, &nearest));
    let low = u128::from(k[0]) | u128::from(k[1]) << 64;
    // Modulo 2^128: the results are known to fit.
    let k1 = low.wrapping_sub(c1.wrapping_mul(A)).wrapping_sub(c2.wrapping_mul(B));
    let k2 = c1.wrapping_mul(B).wrapping_sub(c2.wrapping_mul(A + B));
    [k1 as i128, k2 as i128]
}

/// Returns `k·factor / 2^256`, rounded to the nearest integer.
fn mul_and_round(k: &[u64; 4], factor: &[u64; 3]) -> u128 {
    let mut product = [0u64; 7];
    // Adding half of 2^256 rounds to nearest.
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

    fn from_signed(half: i128) -> Fr {
        let magnitude = Fr::from(half.unsigned_abs());
        if half < 0 { -magnitude } else { magnitude }
    }

    #[test]
    fn decomposition_is_short_and_recombines() {
        let mut rng = StdRng::seed_from_u64(1);
        let small = (0..70).flat_map(|n| [Fr::from(n as u64), -Fr::from(n as u64)]);
        let powers = (0..254).map(|n| Fr::from(2u64).pow([n]));
        let lambda = g1::Config::LAMBDA;
        let near = [lambda, -lambda, lambda.square(), Fr::from(2u64).inverse().unwrap_or_default()];
        for k in small.chain(powers).chain(near).chain((0..20_000).map(|_| Fr::rand(&mut rng))) {
            // Integers above the order as well: their halves may differ, but are as short.
            let mut above = k.into_bigint();
            above.add_with_carry(&Fr::MODULUS);
            for [k1, k2] in [decompose_scalar(k), decompose_limbs(&above.0)] {
                assert_eq!(from_signed(k1) + lambda * from_signed(k2), k);
                assert!(k1.unsigned_abs() < 1 << 126 && k2.unsigned_abs() < 1 << 127, "{k}");
            }
        }
        for n in [0u64, 1, 2, 1 << 20, u64::MAX] {
            assert_eq!(decompose_scalar(Fr::from(n)), [i128::from(n), 0]);
            assert_eq!(decompose_scalar(-Fr::from(n)), [-i128::from(n), 0]);
        }
    }
}
