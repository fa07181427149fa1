//! Points of Baby Jubjub's subgroup of order `l` (specification, section 1).

mod fixed_base;

use std::ops::{Add, Neg, Sub};

use ark_ec::{AffineRepr, CurveGroup, twisted_edwards::TECurveConfig};
use ark_ff::{BigInteger, Field, One, PrimeField};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha3::{Digest, Keccak256};
use taceo_ark_babyjubjub::{EdwardsAffine, EdwardsConfig, EdwardsProjective};
use thiserror::Error;

use crate::{Fr, Scalar, field};

pub(crate) use fixed_base::FixedBaseTable;

/// The reason why two coordinates are not a [`Point`].
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PointError {
    /// The curve's equation does not hold.
    #[error("the coordinates are not on the curve")]
    NotOnCurve,
    /// The point is on the curve, but its order does not divide `l`.
    #[error("the point is not in the subgroup of prime order")]
    NotInSubgroup,
}

/// An affine point of Baby Jubjub, always on the curve and in the subgroup of order `l`. The identity is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point(EdwardsAffine);

impl Point {
    /// Returns `G`, ERC-2494's `Base8`.
    pub fn generator() -> Point {
        Point(EdwardsAffine::generator())
    }

    /// Returns the identity element `(0, 1)`.
    pub fn identity() -> Point {
        Point(EdwardsAffine::zero())
    }

    /// Returns whether this is the identity element.
    pub fn is_identity(&self) -> bool {
        self.0.is_zero()
    }

    /// Returns the first affine coordinate.
    pub fn x(&self) -> Fr {
        self.0.x
    }

    /// Returns the second affine coordinate.
    pub fn y(&self) -> Fr {
        self.0.y
    }

    /// Returns the point with these affine coordinates, first and second.
    ///
    /// # Errors
    /// Returns [`PointError`] if they are not on the curve or not in the subgroup of order `l`.
    pub fn from_coordinates([x, y]: [Fr; 2]) -> Result<Point, PointError> {
        let point = EdwardsAffine::new_unchecked(x, y);
        if !point.is_on_curve() {
            return Err(PointError::NotOnCurve);
        }
        if !point.is_in_correct_subgroup_assuming_on_curve() {
            return Err(PointError::NotInSubgroup);
        }
        Ok(Point(point))
    }

    /// Returns the point with coordinates that [`Point::from_coordinates`] has accepted before, and that cannot have
    /// been changed since. The subgroup check, which is nearly all of the work, is skipped.
    ///
    /// # Errors
    /// Returns [`PointError::NotOnCurve`] if the coordinates are not on the curve.
    pub fn from_checked_coordinates([x, y]: [Fr; 2]) -> Result<Point, PointError> {
        let point = EdwardsAffine::new_unchecked(x, y);
        if point.is_on_curve() { Ok(Point(point)) } else { Err(PointError::NotOnCurve) }
    }

    /// Returns `scalar · self`, by a Montgomery ladder over all bits: the sequence of field operations does not depend
    /// on the scalar.
    pub fn mul(&self, scalar: &Scalar) -> Point {
        Point((self.0 * scalar).into_affine())
    }

    /// Returns `value · self` for a short public or secret number.
    pub fn mul_u64(&self, value: u64) -> Point {
        Point(self.0.mul_bigint([value]).into_affine())
    }

    /// Returns `2^bits · self`.
    pub fn double_times(&self, bits: usize) -> Point {
        let mut point = self.0.into_group();
        for _ in 0..bits {
            ark_ec::AdditiveGroup::double_in_place(&mut point);
        }
        Point(point.into_affine())
    }

    pub(crate) fn as_affine(&self) -> EdwardsAffine {
        self.0
    }
}

/// A running sum of points, in projective coordinates that need no inversion.
#[derive(Clone, Copy, Default)]
pub(crate) struct PointSum(EdwardsProjective);

impl PointSum {
    pub(crate) fn add_point(&mut self, point: &Point) {
        self.0 += point.0;
    }

    pub(crate) fn as_point(&self) -> Point {
        Point(self.0.into_affine())
    }
}

impl Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point((self.0 + other.0).into_affine())
    }
}

impl Sub for Point {
    type Output = Point;
    fn sub(self, other: Point) -> Point {
        Point((self.0 - other.0).into_affine())
    }
}

impl Neg for Point {
    type Output = Point;
    fn neg(self) -> Point {
        Point(-self.0)
    }
}

impl Serialize for Point {
    /// Serialises a point as `["0x<x>", "0x<y>"]`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [field::to_hex(&self.x()), field::to_hex(&self.y())].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Point, D::Error> {
        let [x, y] = <[String; 2]>::deserialize(deserializer)?;
        let x = field::from_hex(&x).map_err(de::Error::custom)?;
        let y = field::from_hex(&y).map_err(de::Error::custom)?;
        Point::from_coordinates([x, y]).map_err(de::Error::custom)
    }
}

/// Hashes a label to a point whose discrete logarithm is unknown: the circuits' offsets.
///
/// For `counter = 0, 1, ..`: `y = keccak256(utf8(label) || counter) >> 8` with the counter as four big-endian bytes; if
/// `(1 - y^2) / (a - d·y^2)` is a square, `x` is its root whose canonical integer is even, and the result is `8·(x, y)`
/// unless that is the identity.
pub fn hash_to_point(label: &str) -> Point {
    (0u32..)
        .find_map(|counter| {
            let digest = Keccak256::new().chain_update(label.as_bytes()).chain_update(counter.to_be_bytes()).finalize();
            lift_y(field::truncate_digest(&digest.into()))
        })
        .expect("half of all attempts succeed")
}

fn lift_y(y: Fr) -> Option<Point> {
    let y2 = y.square();
    let denominator = (EdwardsConfig::COEFF_A - EdwardsConfig::COEFF_D * y2).inverse()?;
    let mut x = ((Fr::one() - y2) * denominator).sqrt()?;
    if x.into_bigint().is_odd() {
        x = -x;
    }
    let point = Point(EdwardsAffine::new_unchecked(x, y).clear_cofactor());
    (!point.is_identity()).then_some(point)
}
