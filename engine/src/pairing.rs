//! Products of Miller loops over many pairs, with a scalar multiplication of each first point: the hot loop of batch
//! verification.
//!
//! The SIMD backend computes eight pairs at a time, one a lane: first the scalar multiplications in G1 (module
//! `multiples`), then the Miller loops (`miller`), with points of G2 on the twist (`twist`) and values in Fq12
//! (`tower`).

#[cfg(target_arch = "x86_64")]
mod miller;
#[cfg(target_arch = "x86_64")]
mod multiples;
#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
#[cfg(target_arch = "x86_64")]
mod tower;
#[cfg(target_arch = "x86_64")]
mod twist;

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::One;
use rayon::prelude::*;

use crate::Arithmetic;
use crate::arithmetic::Kind;
#[cfg(target_arch = "x86_64")]
use crate::lanes::vector::Ifma;

/// The field of the values of Miller loops, Fq12.
pub type Target = <Bn254 as Pairing>::TargetField;

/// A point `A` of G1, a scalar `r` and a point `B` of G2, which stand for the pair of `r·A` and `B`. Both points must
/// be in the subgroups of prime order.
pub type Pair = (G1Affine, u128, G2Affine);

/// The largest number of pairs in a job of the SIMD backend, whose lanes share squarings: their state fits a core's
/// cache.
#[cfg(target_arch = "x86_64")]
const JOB: usize = 128;
/// The number of pairs in a job of the portable backend.
const PORTABLE_JOB: usize = 16;

/// Computes the product of the Miller loops of all pairs, on all threads.
///
/// The value is determined up to factors that the final exponentiation maps to one: only after it does it equal that of
/// `Bn254::multi_miller_loop`. Pairs with infinity or a zero scalar contribute the factor one. **Takes variable time.**
pub fn miller_loops(backend: Arithmetic, pairs: &[Pair]) -> Target {
    let pairs: Vec<Pair> = pairs.iter().filter(|pair| counts(pair)).copied().collect();
    match backend.0 {
        Kind::Portable => pairs.par_chunks(PORTABLE_JOB).map(portable).product(),
        #[cfg(target_arch = "x86_64")]
        Kind::Ifma(ifma) => {
            // Whole vectors, about the same number for each thread. The pairs that do not fill a vector are a job of
            // their own.
            let (whole, rest) = pairs.split_at(pairs.len() / 8 * 8);
            let job = whole.len().div_ceil(rayon::current_num_threads()).next_multiple_of(8).clamp(8, JOB);
            let jobs: Vec<&[Pair]> = whole.chunks(job).chain(rest.chunks(8)).collect();
            jobs.into_par_iter().map(|pairs| product(&lanes(ifma, pairs)[..pairs.len().min(8)])).product()
        }
    }
}

/// Computes the Miller loop of each pair separately, with the same value as [`miller_loops`] has for it alone, on all
/// threads.
pub fn miller_values(backend: Arithmetic, pairs: &[Pair]) -> Vec<Target> {
    match backend.0 {
        Kind::Portable => pairs.par_iter().map(|pair| portable(&[*pair])).collect(),
        #[cfg(target_arch = "x86_64")]
        Kind::Ifma(ifma) => {
            let indices: Vec<usize> = (0..pairs.len()).filter(|i| counts(&pairs[*i])).collect();
            let values: Vec<Vec<Target>> = indices
                .par_chunks(8)
                .map(|indices| {
                    let pairs: Vec<Pair> = indices.iter().map(|i| pairs[*i]).collect();
                    lanes(ifma, &pairs).to_vec()
                })
                .collect();
            let mut out = vec![Target::one(); pairs.len()];
            indices.iter().zip(values.iter().flatten()).for_each(|(index, value)| out[*index] = *value);
            out
        }
    }
}

/// Returns whether a pair contributes to a product: neither point is infinity, nor is the scalar zero.
fn counts((a, r, b): &Pair) -> bool {
    !a.is_zero() && *r != 0 && !b.is_zero()
}

/// Computes a product of Miller loops with arkworks.
fn portable(pairs: &[Pair]) -> Target {
    let multiples: Vec<G1Projective> = pairs.iter().map(|(a, r, _)| *a * Fr::from(*r)).collect();
    let a = G1Projective::normalize_batch(&multiples);
    Bn254::multi_miller_loop(a, pairs.iter().map(|(_, _, b)| *b)).0
}

/// Computes the values of eight lanes, each the product over every eighth pair. All pairs must contribute. Fewer than
/// eight are padded with the first: the values of the additional lanes are to be ignored.
#[cfg(target_arch = "x86_64")]
fn lanes(ifma: Ifma, pairs: &[Pair]) -> [Target; 8] {
    let length = pairs.len().next_multiple_of(8);
    let padded = || pairs.iter().chain(std::iter::repeat(&pairs[0])).take(length);
    let firsts: Vec<(G1Affine, u128)> = padded().map(|(a, r, _)| (*a, *r)).collect();
    let seconds: Vec<G2Affine> = padded().map(|(_, _, b)| *b).collect();
    ifma.run(miller::Loops { multiples: multiples::Multiples::new(ifma, &firsts), seconds: &seconds })
}

/// Multiplies values.
#[cfg(target_arch = "x86_64")]
fn product(values: &[Target]) -> Target {
    values.iter().product()
}
