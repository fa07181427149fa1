//! Addition of many pairs of points at once, in affine coordinates with shared inversions: six products a pair, less than any other way.
//!
//! Points stand in one of two forms: one by one, where they are picked from tables, or in vectors, where what was added before is added
//! again without being taken apart.

use ark_bn254::Fr;
use ark_ec::CurveConfig;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use zeroize::Zeroize;

#[cfg(target_arch = "x86_64")]
pub(crate) mod lanes;
pub(crate) mod portable;

/// One of the curves `y^2 = x^3 + b` of BN254, with an endomorphism that multiplies `x` by a constant.
pub trait Curve: SWCurveConfig<ScalarField = Fr> + GLVConfig {
    /// The constant whose eigenvalue is the one that scalars are split by, on this curve.
    fn beta() -> Self::BaseField;
}

impl Curve for ark_bn254::g1::Config {
    fn beta() -> ark_bn254::Fq {
        Self::ENDO_COEFFS[0]
    }
}

impl Curve for ark_bn254::g2::Config {
    /// arkworks' own has the other eigenvalue, and its square this one.
    fn beta() -> ark_bn254::Fq2 {
        Self::ENDO_COEFFS[0] * Self::ENDO_COEFFS[0]
    }
}

/// Set in the number of a point: its opposite is meant.
pub(crate) const NEGATIVE: u32 = 1 << 31;

/// Numbers of pairs whose sum is not as the formula says, as their `x` are equal, or seem to be. They are the caller's to add.
pub(crate) type Exceptions = Vec<u32>;

/// The field of an adder's coordinates.
pub(crate) type BaseField<A> = <<A as Adder>::Curve as CurveConfig>::BaseField;

/// A curve's points in the form that some arithmetic keeps them in, and what is done with many of them. None of the points is infinity.
pub(crate) trait Adder: Copy + Send + Sync {
    /// Points of a vector.
    const WIDTH: usize;
    /// By how many entries, at most, a list of pairs is made longer.
    const PADDING: usize;
    /// The curve.
    type Curve: Curve;
    /// A point.
    type Point: Copy + Default + Send + Sync + Zeroize;
    /// So many points.
    type Vector: Copy + Default + Send + Sync + Zeroize;
    /// Memory for intermediate values.
    type Scratch: Default + Send;

    /// A point, which must not be infinity.
    fn encode(self, point: &Affine<Self::Curve>) -> Self::Point;
    /// The point.
    fn decode(self, point: &Self::Point) -> Affine<Self::Curve>;
    /// The point with another `x`: times `beta`, an element of the field in arkworks' form.
    fn stretch(self, point: &Self::Point, beta: &BaseField<Self>) -> Self::Point;
    /// Its opposite.
    fn negate(self, point: &Self::Point) -> Self::Point;
    /// A point of a vector.
    fn lane(self, vector: &Self::Vector, lane: usize) -> Affine<Self::Curve>;
    /// Puts a point into a vector.
    fn set_lane(self, vector: &mut Self::Vector, lane: usize, point: &Affine<Self::Curve>);
    /// Takes the first points of vectors apart.
    fn take_apart(self, vectors: &[Self::Vector], count: usize, points: &mut Vec<Self::Point>);

    /// Writes `from[left[i]] + from[right[i]]`, either possibly [`NEGATIVE`], side by side to `to`, which is as long as that takes or longer.
    fn add_points(
        self,
        from: &[Self::Point],
        pairs: [&mut Vec<u32>; 2],
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> Exceptions;

    /// Writes `from[left] + from[right]` for pairs of vectors to `to`, which is as long as that takes or longer.
    fn add_vectors(
        self,
        from: &[Self::Vector],
        pairs: &mut Vec<[u32; 2]>,
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> Exceptions;

    /// Doubles all points. None has order two, as the curves' orders are odd.
    fn double(self, points: &mut [Self::Point], scratch: &mut Self::Scratch);
}
