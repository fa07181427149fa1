//! Batch-affine arithmetic: operations on many points with one shared inversion.

use ark_bn254::{Fq, Fr, G1Affine, g1};
use ark_ec::AffineRepr;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero, batch_inversion};
use zeroize::Zeroizing;

/// Number of odd multiples 1, 3, 5, 7 in a point's table.
pub(crate) const TABLE_SIZE: usize = 4;

/// The affine coordinates of a finite point.
pub(crate) type FinitePoint = (Fq, Fq);

/// An entry of a point's table with its sign: `±(2·index + 1)·P`, or its image under the endomorphism.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TableEntry {
    pub(crate) index: usize,
    pub(crate) negative: bool,
    pub(crate) endomorphism: bool,
}

impl TableEntry {
    /// Returns the entry for a digit of one of a scalar's two halves; `None` for zero.
    pub(crate) fn from_digit(digit: i8, half: usize) -> Option<TableEntry> {
        let index = usize::from(digit.unsigned_abs() / 2);
        (digit != 0).then_some(TableEntry { index, negative: digit < 0, endomorphism: half == 1 })
    }

    /// Returns the entry's point, from the table of `P`.
    pub(crate) fn select_point(&self, table: &[FinitePoint; TABLE_SIZE]) -> FinitePoint {
        let (x, y) = table[self.index];
        let x = if self.endomorphism { x * g1::Config::ENDO_COEFFS[0] } else { x };
        (x, if self.negative { -y } else { y })
    }

    /// Returns the scalar that it multiplies `P` with.
    pub(crate) fn as_scalar(&self) -> Fr {
        let multiple = Fr::from(2 * self.index as u64 + 1);
        let signed = if self.negative { -multiple } else { multiple };
        if self.endomorphism { signed * g1::Config::LAMBDA } else { signed }
    }
}

/// Splits a scalar by the GLV decomposition, `k = a + b·lambda`, and returns the signed digits of both halves: about
/// 127 digits in base 2 each, lowest first.
pub(crate) fn glv_digits(k: Fr) -> [Zeroizing<Vec<i8>>; 2] {
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
pub(crate) fn build_tables(points: &[G1Affine]) -> Vec<Option<[FinitePoint; TABLE_SIZE]>> {
    let finite: Vec<FinitePoint> = points.iter().filter(|p| !p.is_zero()).map(|p| (p.x, p.y)).collect();
    let mut scratch = InversionBuffer::default();
    let mut twice = finite.clone();
    scratch.double_all(&mut twice);
    // 2P is neither P nor -P, nor is it 3P or 5P up to the sign: the order is a large prime.
    let mut multiples = [finite, Vec::new(), Vec::new(), Vec::new()];
    for index in 1..TABLE_SIZE {
        let mut next = multiples[index - 1].clone();
        scratch.add_all(&mut next, |i| twice[i]);
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
pub(crate) struct InversionBuffer {
    denominators: Vec<Fq>,
}

impl InversionBuffer {
    /// Doubles all points: `P := 2P`. No point has `y = 0`, as the order is odd.
    pub(crate) fn double_all(&mut self, points: &mut [FinitePoint]) {
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
    pub(crate) fn add_all(&mut self, points: &mut [FinitePoint], other: impl Fn(usize) -> FinitePoint) {
        let others: Vec<FinitePoint> = (0..points.len()).map(other).collect();
        self.denominators.clear();
        self.denominators.extend(points.iter().zip(&others).map(|((x, _), (other, _))| *other - x));
        batch_inversion(&mut self.denominators);
        for ((point, other), inverse) in points.iter_mut().zip(&others).zip(&self.denominators) {
            *point = add_distinct(*point, *other, inverse);
        }
    }

    /// Adds points to sums, any of which may be infinity, equal or opposite to the point. No sum may occur twice in
    /// `lanes`.
    pub(crate) fn accumulate_sums(&mut self, sums: &mut [Option<FinitePoint>], lanes: &[(usize, FinitePoint)]) {
        // An exceptional case has a zero denominator, which a batch inversion leaves as it is.
        self.denominators.clear();
        let denominator = |(sum, (x, _)): &(usize, FinitePoint)| sums[*sum].map_or(Fq::ZERO, |(own, _)| *x - own);
        self.denominators.extend(lanes.iter().map(denominator));
        batch_inversion(&mut self.denominators);
        for ((sum, other), inverse) in lanes.iter().zip(&self.denominators) {
            let sum = &mut sums[*sum];
            *sum = match *sum {
                None => Some(*other),
                Some(own) if !inverse.is_zero() => Some(add_distinct(own, *other, inverse)),
                Some(own) => add_exceptional(own, *other),
            };
        }
    }
}

/// Adds points with different `x`, given `1 / (x2 - x1)`.
fn add_distinct((x, y): FinitePoint, (other_x, other_y): FinitePoint, inverse: &Fq) -> FinitePoint {
    let slope = (other_y - y) * inverse;
    let next = slope.square() - x - other_x;
    (next, slope * (x - next) - y)
}

/// Adds points with equal `x`: an exceptional case of the addition formula.
fn add_exceptional(own: FinitePoint, other: FinitePoint) -> Option<FinitePoint> {
    if own.1 != other.1 {
        return None;
    }
    let mut doubled = [own];
    InversionBuffer::default().double_all(&mut doubled);
    Some(doubled[0])
}

/// Converts a point to arkworks' type.
pub(crate) fn to_affine(point: Option<FinitePoint>) -> G1Affine {
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
        InversionBuffer::default().accumulate_sums(&mut sums, &lanes);
        let expected = [p, double, G1Affine::zero(), (double + p).into()];
        assert!(sums.map(to_affine) == expected);
    }
}
