//! Products of Miller loops over many pairs, with a scalar multiplication of each first point: the hot loop of batch
//! verification.
//!
//! The SIMD backend computes eight pairs at a time, one a lane: first the scalar multiplications in G1 (module
//! `scalar_mul`), then the Miller loops (`miller`), with points of G2 on the twist (`twist`) and values in Fq12
//! (`fq12`).

#[cfg(target_arch = "x86_64")]
mod fq12;
#[cfg(target_arch = "x86_64")]
mod miller;
#[cfg(target_arch = "x86_64")]
mod scalar_mul;
#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
#[cfg(target_arch = "x86_64")]
mod twist;

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::One;
use rayon::prelude::*;

use crate::Backend;
use crate::backend::BackendKind;
#[cfg(target_arch = "x86_64")]
use crate::simd::vector::Ifma;

/// The field of the values of Miller loops, Fq12.
pub type MillerValue = <Bn254 as Pairing>::TargetField;

/// A point `A` of G1, a scalar `r` and a point `B` of G2, which stand for the pair of `r·A` and `B`. Both points must
/// be in the subgroups of prime order.
pub type ScaledPair = (G1Affine, u128, G2Affine);

/// The largest number of pairs in a job of the SIMD backend, whose lanes share squarings: their state fits a core's
/// cache.
#[cfg(target_arch = "x86_64")]
const SIMD_JOB: usize = 128;
/// The number of pairs in a job of the portable backend.
const PORTABLE_JOB: usize = 16;

/// Computes the product of the Miller loops of all pairs, on all threads.
///
/// The value is determined up to factors that the final exponentiation maps to one: only after it does it equal that of
/// `Bn254::multi_miller_loop`. Pairs with infinity or a zero scalar contribute the factor one. **Takes variable time.**
pub fn miller_loops(backend: Backend, pairs: &[ScaledPair]) -> MillerValue {
    let pairs: Vec<ScaledPair> = pairs.iter().filter(|pair| is_nontrivial(pair)).copied().collect();
    match backend.0 {
        BackendKind::Portable => pairs.par_chunks(PORTABLE_JOB).map(portable_miller_loop).product(),
        #[cfg(target_arch = "x86_64")]
        BackendKind::Ifma(ifma) => {
            // Whole vectors, about the same number for each thread. The pairs that do not fill a vector are a job of
            // their own.
            let (whole, rest) = pairs.split_at(pairs.len() / 8 * 8);
            let job = whole.len().div_ceil(rayon::current_num_threads()).next_multiple_of(8).clamp(8, SIMD_JOB);
            let jobs: Vec<&[ScaledPair]> = whole.chunks(job).chain(rest.chunks(8)).collect();
            jobs.into_par_iter()
                .map(|pairs| multiply_values(&simd_miller_loops(ifma, pairs)[..pairs.len().min(8)]))
                .product()
        }
    }
}

/// Computes the Miller loop of each pair separately, with the same value as [`miller_loops`] has for it alone, on all
/// threads.
pub fn miller_values(backend: Backend, pairs: &[ScaledPair]) -> Vec<MillerValue> {
    match backend.0 {
        BackendKind::Portable => pairs.par_iter().map(|pair| portable_miller_loop(&[*pair])).collect(),
        #[cfg(target_arch = "x86_64")]
        BackendKind::Ifma(ifma) => {
            let indices: Vec<usize> = (0..pairs.len()).filter(|i| is_nontrivial(&pairs[*i])).collect();
            let values: Vec<Vec<MillerValue>> = indices
                .par_chunks(8)
                .map(|indices| {
                    let pairs: Vec<ScaledPair> = indices.iter().map(|i| pairs[*i]).collect();
                    simd_miller_loops(ifma, &pairs).to_vec()
                })
                .collect();
            let mut out = vec![MillerValue::one(); pairs.len()];
            indices.iter().zip(values.iter().flatten()).for_each(|(index, value)| out[*index] = *value);
            out
        }
    }
}

/// Returns whether a pair contributes to a product: neither point is infinity, nor is the scalar zero.
fn is_nontrivial((a, r, b): &ScaledPair) -> bool {
    !a.is_zero() && *r != 0 && !b.is_zero()
}

/// Computes a product of Miller loops with arkworks.
fn portable_miller_loop(pairs: &[ScaledPair]) -> MillerValue {
    let multiples: Vec<G1Projective> = pairs.iter().map(|(a, r, _)| *a * Fr::from(*r)).collect();
    let a = G1Projective::normalize_batch(&multiples);
    Bn254::multi_miller_loop(a, pairs.iter().map(|(_, _, b)| *b)).0
}

/// Computes the values of eight lanes, each the product over every eighth pair. All pairs must contribute. Fewer than
/// eight are padded with the first: the values of the additional lanes are to be ignored.
#[cfg(target_arch = "x86_64")]
fn simd_miller_loops(ifma: Ifma, pairs: &[ScaledPair]) -> [MillerValue; 8] {
    let length = pairs.len().next_multiple_of(8);
    let padded = || pairs.iter().chain(std::iter::repeat(&pairs[0])).take(length);
    let firsts: Vec<(G1Affine, u128)> = padded().map(|(a, r, _)| (*a, *r)).collect();
    let seconds: Vec<G2Affine> = padded().map(|(_, _, b)| *b).collect();
    ifma.run_kernel(miller::MillerLoops {
        multiples: scalar_mul::ScalarMultiples::new(ifma, &firsts),
        g2_points: &seconds,
    })
}

/// Multiplies values.
#[cfg(target_arch = "x86_64")]
fn multiply_values(values: &[MillerValue]) -> MillerValue {
    values.iter().product()
}
