//! Batch-affine arithmetic: operations on many points with one shared inversion.

use ark_bn254::{Fq, Fr, G1Affine, g1};
use ark_ec::AffineRepr;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero, batch_inversion};
use zeroize::Zeroizing;

/// Number of odd multiples 1, 3, 5, 7 in a point's table.
pub(crate) const TABLE: usize = 4;

/// The affine coordinates of a finite point.
pub(crate) type Finite = (Fq, Fq);

/// An entry of a point's table with its sign: `±(2·index + 1)·P`, or its image under the endomorphism.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) index: usize,
    pub(crate) negative: bool,
    pub(crate) endomorphism: bool,
}

impl Entry {
    /// Returns the entry for a digit of one of a scalar's two halves; `None` for zero.
    pub(crate) fn of(digit: i8, half: usize) -> Option<Entry> {
        let index = usize::from(digit.unsigned_abs() / 2);
        (digit != 0).then_some(Entry { index, negative: digit < 0, endomorphism: half == 1 })
    }

    /// Returns the entry's point, from the table of `P`.
    pub(crate) fn point(&self, table: &[Finite; TABLE]) -> Finite {
        let (x, y) = table[self.index];
        let x = if self.endomorphism { x * g1::Config::ENDO_COEFFS[0] } else { x };
        (x, if self.negative { -y } else { y })
    }

    /// Returns the scalar that it multiplies `P` with.
    pub(crate) fn scalar(&self) -> Fr {
        let multiple = Fr::from(2 * self.index as u64 + 1);
        let signed = if self.negative { -multiple } else { multiple };
        if self.endomorphism { signed * g1::Config::LAMBDA } else { signed }
    }
}

/// Splits a scalar by the GLV decomposition, `k = a + b·lambda`, and returns the signed digits of both halves: about
/// 127 digits in base 2 each, lowest first.
pub(crate) fn digits(k: Fr) -> [Zeroizing<Vec<i8>>; 2] {
    let halves = g1::Config::scalar_decomposition(k);
    [halves.0, halves.1].map(|(positive, half)| signed_digits(half.into_bigint(), positive))
}

/// Returns digits 0, ±1, ±3, ±5, ±7 in base 2, lowest first; of any four in a row at most one is not zero (width-4
/// NAF).
fn signed_digits(mut n: BigInt<4>, positive: bool) -> Zeroizing<Vec<i8>> {
    // Allocated once for the longest scalar: a list that grew would leave its first digits behind in freed memory.
    let mut digits = Zeroizing::new(Vec::with_capacity(260));
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

/// Computes the table of odd multiples of every finite point; `None` for infinity.
pub(crate) fn tables(points: &[G1Affine]) -> Vec<Option<[Finite; TABLE]>> {
    let finite: Vec<Finite> = points.iter().filter(|p| !p.is_zero()).map(|p| (p.x, p.y)).collect();
    let mut scratch = Scratch::default();
    let mut twice = finite.clone();
    scratch.double(&mut twice);
    // 2P is neither P nor -P, nor is it 3P or 5P up to the sign: the order is a large prime.
    let mut multiples = [finite, Vec::new(), Vec::new(), Vec::new()];
    for index in 1..TABLE {
        let mut next = multiples[index - 1].clone();
        scratch.add(&mut next, |i| twice[i]);
        multiples[index] = next;
    }
    let mut place = 0;
    let mut table = |point: &G1Affine| {
        (!point.is_zero()).then(|| {
            place += 1;
            std::array::from_fn(|index| multiples[index][place - 1])
        })
    };
    points.iter().map(&mut table).collect()
}

/// A reusable buffer for shared inversions.
#[derive(Default)]
pub(crate) struct Scratch {
    denominators: Vec<Fq>,
}

impl Scratch {
    /// Doubles all points: `P := 2P`. No point has `y = 0`, as the order is odd.
    pub(crate) fn double(&mut self, points: &mut [Finite]) {
        self.denominators.clear();
        self.denominators.extend(points.iter().map(|(_, y)| y.double()));
        batch_inversion(&mut self.denominators);
        for ((x, y), inverse) in points.iter_mut().zip(&self.denominators) {
            let square = x.square();
            let slope = (square.double() + square) * inverse;
            let next = slope.square() - x.double();
            *y = slope * (*x - next) - *y;
            *x = next;
        }
    }

    /// Adds to all points: `P := P + Q`, where `P` must be neither `Q` nor `-Q`.
    pub(crate) fn add(&mut self, points: &mut [Finite], other: impl Fn(usize) -> Finite) {
        let others: Vec<Finite> = (0..points.len()).map(other).collect();
        self.denominators.clear();
        self.denominators.extend(points.iter().zip(&others).map(|((x, _), (other, _))| *other - x));
        batch_inversion(&mut self.denominators);
        for ((point, other), inverse) in points.iter_mut().zip(&others).zip(&self.denominators) {
            *point = chord(*point, *other, inverse);
        }
    }

    /// Adds points to sums, any of which may be infinity, equal or opposite to the point. No sum may occur twice in
    /// `lanes`.
    pub(crate) fn accumulate(&mut self, sums: &mut [Option<Finite>], lanes: &[(usize, Finite)]) {
        // An exceptional case has a zero denominator, which a batch inversion leaves as it is.
        self.denominators.clear();
        let denominator = |(sum, (x, _)): &(usize, Finite)| sums[*sum].map_or(Fq::ZERO, |(own, _)| *x - own);
        self.denominators.extend(lanes.iter().map(denominator));
        batch_inversion(&mut self.denominators);
        for ((sum, other), inverse) in lanes.iter().zip(&self.denominators) {
            let sum = &mut sums[*sum];
            *sum = match *sum {
                None => Some(*other),
                Some(own) if !inverse.is_zero() => Some(chord(own, *other, inverse)),
                Some(own) => exceptional(own, *other),
            };
        }
    }
}

/// Adds points with different `x`, given `1 / (x2 - x1)`.
fn chord((x, y): Finite, (other_x, other_y): Finite, inverse: &Fq) -> Finite {
    let slope = (other_y - y) * inverse;
    let next = slope.square() - x - other_x;
    (next, slope * (x - next) - y)
}

/// Adds points with equal `x`: an exceptional case of the addition formula.
fn exceptional(own: Finite, other: Finite) -> Option<Finite> {
    if own.1 != other.1 {
        return None;
    }
    let mut doubled = [own];
    Scratch::default().double(&mut doubled);
    Some(doubled[0])
}

/// Converts a point to arkworks' type.
pub(crate) fn affine(point: Option<Finite>) -> G1Affine {
    point.map_or_else(G1Affine::zero, |(x, y)| G1Affine::new_unchecked(x, y))
}

#[cfg(test)]
mod tests {
    use ark_bn254::G1Projective;
    use ark_ec::CurveGroup;
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn digits_sum_to_the_scalar() {
        for n in [1u64, 2, 7, 8, 9, 15, 16, 255, 0xdead_beef, u64::MAX] {
            let digits = signed_digits(BigInt::from(n), true);
            let value = digits.iter().rev().fold(0i128, |sum, digit| 2 * sum + i128::from(*digit));
            assert_eq!(value, i128::from(n));
            assert!(digits.iter().all(|digit| *digit == 0 || digit % 2 != 0));
        }
    }

    #[test]
    fn accumulate_handles_exceptional_cases() {
        let p: G1Affine = G1Projective::rand(&mut StdRng::seed_from_u64(1)).into_affine();
        let (own, minus) = ((p.x, p.y), (p.x, -p.y));
        let mut sums = [None, Some(own), Some(own), Some(own)];
        let double: G1Affine = (p + p).into();
        let lanes = [(0, own), (1, own), (2, minus), (3, (double.x, double.y))];
        Scratch::default().accumulate(&mut sums, &lanes);
        let expected = [p, double, G1Affine::zero(), (double + p).into()];
        assert!(sums.map(affine) == expected);
    }
}
