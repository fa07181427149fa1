//! Many points, one scalar: what a contribution's time goes to.
//!
//! The scalar is split by the curve's endomorphism into two halves of 127 bits, and both are written with signed digits. All points
//! take the same turns, so every doubling and addition is done for a whole chunk at once in affine coordinates, with one shared
//! inversion: about seven products a doubling and six an addition, and nothing to normalise at the end.
//!
//! Affine addition has exceptions (equal or opposite operands). Whether one is met depends on the scalar alone, as all points have the
//! same prime order: the turns are tried on numbers first, and a scalar that meets one (0, 1, 3, ..) goes another way.

use ark_bn254::{Fq, Fr, G1Affine, G1Projective, g1};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero, batch_inversion};
use rayon::prelude::*;

/// Points that share an inversion: enough that its cost is spread, few enough that all of it stays in the cache.
const CHUNK: usize = 512;
/// Odd multiples 1, 3, 5, 7 of each point.
const TABLE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Starts with an entry of the table.
    Start(Entry),
    Double,
    Add(Entry),
}

/// `±(2·index + 1)·P`, or its image under the endomorphism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    index: usize,
    negative: bool,
    endomorphism: bool,
}

/// `k·P` for every point. Not in constant time: whoever contributes does so on a machine of its own.
pub fn scale(points: &[G1Affine], k: Fr) -> Vec<G1Affine> {
    let Some(turns) = plan(k) else {
        let scaled: Vec<G1Projective> = points.par_iter().map(|point| *point * k).collect();
        return G1Projective::normalize_batch(&scaled);
    };
    points.par_chunks(CHUNK).flat_map_iter(|chunk| scale_chunk(chunk, &turns)).collect()
}

/// The turns for a scalar, or `None` if one of them would be an exception.
fn plan(k: Fr) -> Option<Vec<Turn>> {
    let halves = g1::Config::scalar_decomposition(k);
    let digits = [halves.0, halves.1].map(|(positive, half)| signed_digits(half.into_bigint(), positive));
    let length = digits.iter().map(Vec::len).max()?;
    let mut turns = Vec::new();
    for position in (0..length).rev() {
        if !turns.is_empty() {
            turns.push(Turn::Double);
        }
        for (endomorphism, digits) in digits.iter().enumerate() {
            let digit = digits.get(position).copied().unwrap_or_default();
            if digit == 0 {
                continue;
            }
            let index = usize::from(digit.unsigned_abs() / 2);
            let entry = Entry { index, negative: digit < 0, endomorphism: endomorphism == 1 };
            turns.push(if turns.is_empty() { Turn::Start(entry) } else { Turn::Add(entry) });
        }
    }
    (meets_no_exception(&turns) && !turns.is_empty()).then_some(turns)
}

/// Digits 0, ±1, ±3, ±5, ±7 of base 2, lowest first; of any four in a row one at most is not zero.
fn signed_digits(mut n: BigInt<4>, positive: bool) -> Vec<i8> {
    let mut digits = Vec::with_capacity(130);
    while !n.is_zero() {
        let mut digit = 0i8;
        if n.is_odd() {
            digit = (n.0[0] % 16) as i8;
            if digit > 8 {
                digit -= 16;
                n.add_with_carry(&BigInt::from(digit.unsigned_abs()));
            } else {
                n.sub_with_borrow(&BigInt::from(digit.unsigned_abs()));
            }
        }
        digits.push(if positive { digit } else { -digit });
        n.div2();
    }
    digits
}

fn meets_no_exception(turns: &[Turn]) -> bool {
    let scalar = |entry: &Entry| {
        let multiple = Fr::from(2 * entry.index as u64 + 1);
        let signed = if entry.negative { -multiple } else { multiple };
        if entry.endomorphism { signed * g1::Config::LAMBDA } else { signed }
    };
    let mut sum = Fr::zero();
    turns.iter().all(|turn| {
        let (next, fine) = match turn {
            Turn::Start(entry) => (scalar(entry), true),
            Turn::Double => (sum.double(), true),
            Turn::Add(entry) => (sum + scalar(entry), sum != scalar(entry) && sum != -scalar(entry)),
        };
        sum = next;
        fine
    })
}

fn scale_chunk(points: &[G1Affine], turns: &[Turn]) -> Vec<G1Affine> {
    // Infinity stays infinity, and has no place in affine formulas.
    let finite: Vec<usize> = (0..points.len()).filter(|i| !points[*i].is_zero()).collect();
    let first: Vec<(Fq, Fq)> = finite.iter().map(|i| (points[*i].x, points[*i].y)).collect();
    let mut scratch = Scratch { denominators: vec![Fq::zero(); first.len()] };
    let mut twice = first.clone();
    scratch.double(&mut twice);
    let mut table = vec![first];
    for _ in 1..TABLE {
        let mut next = table[table.len() - 1].clone();
        scratch.add(&mut next, |i| twice[i]);
        table.push(next);
    }
    let lookup = |entry: &Entry, i: usize| {
        let (x, y) = table[entry.index][i];
        let x = if entry.endomorphism { x * g1::Config::ENDO_COEFFS[0] } else { x };
        (x, if entry.negative { -y } else { y })
    };
    let mut sums = Vec::new();
    for turn in turns {
        match turn {
            Turn::Start(entry) => sums = (0..finite.len()).map(|i| lookup(entry, i)).collect(),
            Turn::Double => scratch.double(&mut sums),
            Turn::Add(entry) => scratch.add(&mut sums, |i| lookup(entry, i)),
        }
    }
    let mut out = vec![G1Affine::zero(); points.len()];
    finite.iter().zip(sums).for_each(|(i, (x, y))| out[*i] = G1Affine::new_unchecked(x, y));
    out
}

/// Affine arithmetic on many points, with one inversion for all.
struct Scratch {
    denominators: Vec<Fq>,
}

impl Scratch {
    /// `P := 2P`. No point has `y = 0`: the order is odd.
    fn double(&mut self, points: &mut [(Fq, Fq)]) {
        self.denominators.iter_mut().zip(&*points).for_each(|(d, (_, y))| *d = y.double());
        batch_inversion(&mut self.denominators);
        for ((x, y), inverse) in points.iter_mut().zip(&self.denominators) {
            let square = x.square();
            let slope = (square.double() + square) * inverse;
            let next = slope.square() - x.double();
            *y = slope * (*x - next) - *y;
            *x = next;
        }
    }

    /// `P := P + Q`, where `P` is neither `Q` nor `-Q`.
    fn add(&mut self, points: &mut [(Fq, Fq)], other: impl Fn(usize) -> (Fq, Fq)) {
        let others: Vec<(Fq, Fq)> = (0..points.len()).map(other).collect();
        let denominators = self.denominators.iter_mut().zip(points.iter().zip(&others));
        denominators.for_each(|(d, ((x, _), (other, _)))| *d = *other - x);
        batch_inversion(&mut self.denominators);
        for (((x, y), (other_x, other_y)), inverse) in points.iter_mut().zip(&others).zip(&self.denominators) {
            let slope = (*other_y - *y) * inverse;
            let next = slope.square() - *x - other_x;
            *y = slope * (*x - next) - *y;
            *x = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{One, UniformRand};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn points(count: usize) -> Vec<G1Affine> {
        let mut rng = StdRng::seed_from_u64(1);
        let mut points: Vec<G1Affine> = (0..count).map(|_| G1Projective::rand(&mut rng).into_affine()).collect();
        points[count / 2] = G1Affine::zero();
        points
    }

    fn check(points: &[G1Affine], k: Fr) {
        let expected: Vec<G1Affine> = points.iter().map(|point| (*point * k).into_affine()).collect();
        assert!(scale(points, k) == expected, "{k}");
    }

    #[test]
    fn any_scalar() {
        let mut rng = StdRng::seed_from_u64(2);
        for k in (0..6).map(|_| Fr::rand(&mut rng)) {
            assert!(plan(k).is_some(), "no exception is met by chance");
            check(&points(CHUNK + 9), k);
        }
    }

    #[test]
    fn scalars_that_meet_exceptions() {
        let points = points(5);
        let lambda = g1::Config::LAMBDA;
        for k in (0..40u64).map(Fr::from).chain([lambda, lambda + Fr::one(), lambda.inverse().unwrap_or_default()]) {
            check(&points, k);
            check(&points, -k);
        }
    }

    #[test]
    fn digits_sum_up() {
        for n in [1u64, 2, 7, 8, 9, 15, 16, 255, 0xdead_beef, u64::MAX] {
            let digits = signed_digits(BigInt::from(n), true);
            let value = digits.iter().rev().fold(0i128, |sum, digit| 2 * sum + i128::from(*digit));
            assert_eq!(value, i128::from(n));
            assert!(digits.iter().all(|digit| *digit == 0 || digit % 2 != 0));
        }
    }
}
