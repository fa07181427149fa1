//! Lagrange coefficients at zero, as short integers over one denominator (specification, section 10).
//!
//! On chain the cost of a scalar multiplication grows with the scalar's bits, so the fractions `prod k/(k - i)` are not
//! reduced modulo `l`: for points up to 16, numerators and denominator have from a few to some twenty bits.

use ark_ff::Field;
use thiserror::Error;

use crate::{Point, Scalar, constants::MAX_TRUSTEES};

/// The reason why points have no Lagrange coefficients.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum LagrangeError {
    /// There is no point.
    #[error("there are no points to combine: at least one is needed")]
    NoPoints,
    /// A point is not in `1..=16`.
    #[error("point {0} is out of range: trustees have points 1 to {MAX_TRUSTEES}")]
    OutOfRange(u64),
    /// Points are not in ascending order, so one may be repeated.
    #[error("point {0} is not greater than the one before it: points must be ascending")]
    NotAscending(u64),
}

/// Lagrange coefficients `c_i/d`: the factors by which the values of a polynomial at some points give its value at 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LagrangeCoefficients {
    denominator: u64,
    numerators: Vec<i64>,
}

impl LagrangeCoefficients {
    /// Computes the coefficients for these points, which must be in ascending order.
    ///
    /// # Errors
    /// Returns [`LagrangeError`] if there is no point, a point is not in `1..=16`, or points are not ascending.
    pub fn at_zero(points: &[u64]) -> Result<LagrangeCoefficients, LagrangeError> {
        if points.is_empty() {
            return Err(LagrangeError::NoPoints);
        }
        for (position, &point) in points.iter().enumerate() {
            if !(1..=MAX_TRUSTEES as u64).contains(&point) {
                return Err(LagrangeError::OutOfRange(point));
            }
            if position > 0 && points[position - 1] >= point {
                return Err(LagrangeError::NotAscending(point));
            }
        }
        let fractions: Vec<(i128, i128)> = points.iter().map(|&i| reduce_fraction(i, points)).collect();
        let denominator = fractions.iter().fold(1, |all, (_, below)| all / gcd(all, *below) * below);
        // Products of up to fifteen numbers up to 16 in lowest terms are far below `2^63`; a test covers all sets.
        let numerators = fractions.iter().map(|(above, below)| (above * (denominator / below)) as i64).collect();
        Ok(LagrangeCoefficients { denominator: denominator as u64, numerators })
    }

    /// Returns the denominator `d`, which is positive.
    pub fn denominator(&self) -> u64 {
        self.denominator
    }

    /// Returns the numerators `c_i`, in the order of the points.
    pub fn numerators(&self) -> &[i64] {
        &self.numerators
    }

    /// Combines shares: returns `sum c_i/d·P_i`.
    ///
    /// # Panics
    /// Panics if the number of curve points differs from that of the coefficients (a programming error).
    pub fn combine_shares(&self, points: &[Point]) -> Point {
        assert_eq!(points.len(), self.numerators.len(), "one share per coefficient");
        self.scalars().zip(points).fold(Point::identity(), |sum, (lambda, point)| sum + point.mul(&lambda))
    }

    /// Combines scalars: returns `sum c_i/d·s_i`.
    ///
    /// # Panics
    /// Panics if their number differs from that of the coefficients (a programming error).
    pub fn combine_scalars(&self, values: &[Scalar]) -> Scalar {
        assert_eq!(values.len(), self.numerators.len(), "one scalar per coefficient");
        self.scalars().zip(values).map(|(lambda, value)| lambda * value).sum()
    }

    /// Iterates over the coefficients as scalars.
    fn scalars(&self) -> impl Iterator<Item = Scalar> {
        let inverse =
            Scalar::from(self.denominator).inverse().expect("a number below 2^64 and not 0 is not 0 modulo l");
        self.numerators.iter().map(move |&c| Scalar::from(c) * inverse)
    }
}

/// Returns `prod k/(k - i)` over the other points, in lowest terms with a positive denominator.
fn reduce_fraction(i: u64, points: &[u64]) -> (i128, i128) {
    let others = points.iter().filter(|&&k| k != i);
    others.fold((1, 1), |(above, below), &k| {
        let (above, below) = (above * i128::from(k), below * (i128::from(k) - i128::from(i)));
        let common = gcd(above, below) * below.signum();
        (above / common, below / common)
    })
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All 65,535 sets of points have exact and short coefficients.
    #[test]
    fn every_point_set_has_exact_short_coefficients() {
        let mut longest = 0;
        for set in 1u32..1 << MAX_TRUSTEES {
            let points: Vec<u64> = (1..=MAX_TRUSTEES as u64).filter(|point| set >> (point - 1) & 1 == 1).collect();
            let found = LagrangeCoefficients::at_zero(&points).unwrap();
            let d = i128::from(found.denominator);
            assert!(d > 0);
            for (&i, &c) in points.iter().zip(&found.numerators) {
                let others = || points.iter().filter(|&&k| k != i).map(|&k| i128::from(k));
                let differences: i128 = others().map(|k| k - i128::from(i)).product();
                assert_eq!(i128::from(c) * differences, d * others().product::<i128>(), "{points:?}");
                longest = longest.max(64 - c.unsigned_abs().leading_zeros());
            }
        }
        assert!(longest <= 32, "{longest} bits");
        println!("at most {longest} bits");
    }

    #[test]
    fn at_zero_rejects_points_out_of_range_or_order() {
        assert_eq!(LagrangeCoefficients::at_zero(&[]), Err(LagrangeError::NoPoints));
        assert_eq!(LagrangeCoefficients::at_zero(&[0, 1]), Err(LagrangeError::OutOfRange(0)));
        assert_eq!(LagrangeCoefficients::at_zero(&[1, 17]), Err(LagrangeError::OutOfRange(17)));
        assert_eq!(LagrangeCoefficients::at_zero(&[3, 3]), Err(LagrangeError::NotAscending(3)));
        assert_eq!(LagrangeCoefficients::at_zero(&[4, 3]), Err(LagrangeError::NotAscending(3)));
        let three = LagrangeCoefficients::at_zero(&[1, 2, 3]).unwrap();
        assert_eq!((three.denominator(), three.numerators()), (1, &[3, -3, 1][..]));
    }
}
