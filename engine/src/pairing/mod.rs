//! Products of Miller loops of many pairs, the first of each multiplied by a number: what batch verification spends its time on.
//!
//! On vectors eight pairs are computed at a time, one a lane: the multiples ([`multiples`]), then the loops ([`miller`]) with points of
//! the twist ([`twist`]) and values in Fq12 ([`tower`]).

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

/// Where values of Miller loops are: Fq12.
pub type Target = <Bn254 as Pairing>::TargetField;

/// A point `A` of G1, a number `r` and a point `B` of G2: the pair of `r·A` and `B`. Both points are of the groups of prime order.
pub type Pair = (G1Affine, u128, G2Affine);

/// Pairs that share their squarings: what is kept of so many stays in a core's cache.
#[cfg(target_arch = "x86_64")]
const JOB: usize = 128;
/// The same of arkworks' loop.
const PORTABLE_JOB: usize = 16;

/// The product of the Miller loops of all pairs, up to factors that the final exponentiation takes to one: equal to
/// `Bn254::multi_miller_loop` after it only. Pairs with infinity, or with the number zero, count for nothing. Computes on all threads.
pub fn miller_loops(arithmetic: Arithmetic, pairs: &[Pair]) -> Target {
    let pairs: Vec<Pair> = pairs.iter().filter(|pair| counts(pair)).copied().collect();
    match arithmetic.0 {
        Kind::Portable => pairs.par_chunks(PORTABLE_JOB).map(portable).product(),
        #[cfg(target_arch = "x86_64")]
        Kind::Ifma(ifma) => {
            // Whole vectors, about as many for each thread; what is left of the last has a value of its own.
            let (whole, rest) = pairs.split_at(pairs.len() / 8 * 8);
            let job = whole.len().div_ceil(rayon::current_num_threads()).next_multiple_of(8).clamp(8, JOB);
            let jobs: Vec<&[Pair]> = whole.chunks(job).chain(rest.chunks(8)).collect();
            jobs.into_par_iter().map(|pairs| product(&lanes(ifma, pairs)[..pairs.len().min(8)])).product()
        }
    }
}

/// The value of each pair's Miller loop, as [`miller_loops`] of it alone.
pub fn miller_values(arithmetic: Arithmetic, pairs: &[Pair]) -> Vec<Target> {
    match arithmetic.0 {
        Kind::Portable => pairs.par_iter().map(|pair| portable(&[*pair])).collect(),
        #[cfg(target_arch = "x86_64")]
        Kind::Ifma(ifma) => {
            let places: Vec<usize> = (0..pairs.len()).filter(|i| counts(&pairs[*i])).collect();
            let values: Vec<Vec<Target>> = places
                .par_chunks(8)
                .map(|places| {
                    let pairs: Vec<Pair> = places.iter().map(|i| pairs[*i]).collect();
                    lanes(ifma, &pairs).to_vec()
                })
                .collect();
            let mut out = vec![Target::one(); pairs.len()];
            places.iter().zip(values.iter().flatten()).for_each(|(place, value)| out[*place] = *value);
            out
        }
    }
}

fn counts((a, r, b): &Pair) -> bool {
    !a.is_zero() && *r != 0 && !b.is_zero()
}

fn portable(pairs: &[Pair]) -> Target {
    let multiples: Vec<G1Projective> = pairs.iter().map(|(a, r, _)| *a * Fr::from(*r)).collect();
    let a = G1Projective::normalize_batch(&multiples);
    Bn254::multi_miller_loop(a, pairs.iter().map(|(_, _, b)| *b)).0
}

/// Values of eight lanes for pairs that count: of some vectors, or of less than one, whose last lanes say nothing.
#[cfg(target_arch = "x86_64")]
fn lanes(ifma: Ifma, pairs: &[Pair]) -> [Target; 8] {
    let full = pairs.len().next_multiple_of(8);
    let filled = || pairs.iter().chain(std::iter::repeat(&pairs[0])).take(full);
    let firsts: Vec<(G1Affine, u128)> = filled().map(|(a, r, _)| (*a, *r)).collect();
    let seconds: Vec<G2Affine> = filled().map(|(_, _, b)| *b).collect();
    ifma.run(miller::Loops { multiples: multiples::Multiples::new(ifma, &firsts), seconds: &seconds })
}

#[cfg(target_arch = "x86_64")]
fn product(values: &[Target]) -> Target {
    values.iter().product()
}
