//! Batch-affine addition: many independent pairs of points at once, in affine coordinates with shared inversions.
//!
//! An affine addition needs one inversion, one squaring and two products. With Montgomery's trick a batch shares one
//! inversion at three products a pair: six products in all, fewer than with any projective formula.
//!
//! Points have one of two formats: single, as they are picked from tables, or in vectors, so that sums are added again
//! without being unpacked.

use ark_bn254::Fr;
use ark_ec::CurveConfig;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use zeroize::Zeroize;

pub(crate) mod portable;
#[cfg(target_arch = "x86_64")]
pub(crate) mod simd;

/// One of the curves `y^2 = x^3 + b` of BN254, with an endomorphism that multiplies `x` by a constant.
pub trait EndomorphismCurve: SWCurveConfig<ScalarField = Fr> + GLVConfig {
    /// Returns the cube root of unity `beta` for which `(x, y) -> (beta·x, y)` is multiplication by the `lambda` of
    /// scalar decomposition.
    fn endomorphism_coefficient() -> Self::BaseField;
}

impl EndomorphismCurve for ark_bn254::g1::Config {
    fn endomorphism_coefficient() -> ark_bn254::Fq {
        Self::ENDO_COEFFS[0]
    }
}

impl EndomorphismCurve for ark_bn254::g2::Config {
    /// arkworks' constant has the other eigenvalue; its square has `lambda`.
    fn endomorphism_coefficient() -> ark_bn254::Fq2 {
        Self::ENDO_COEFFS[0] * Self::ENDO_COEFFS[0]
    }
}

/// A flag in the index of a point: its negative is meant.
pub(crate) const NEGATE_FLAG: u32 = 1 << 31;

/// The indices of exceptional pairs: their `x` are equal, or may be, so the affine formula does not give their sum. The
/// caller adds them.
pub(crate) type ExceptionalPairs = Vec<u32>;

/// The field of the coordinates of an adder's curve.
pub(crate) type BaseField<A> = <<A as BatchAdder>::Curve as CurveConfig>::BaseField;

/// Batch-affine addition on a curve, with a backend's format of points. No point may be infinity.
pub(crate) trait BatchAdder: Copy + Send + Sync {
    /// The number of points in a vector.
    const LANES: usize;
    /// The largest number of entries that a list of pairs is padded with.
    const MAX_PADDING: usize;
    /// The curve.
    type Curve: EndomorphismCurve;
    /// A single point.
    type Point: Copy + Default + Send + Sync + Zeroize;
    /// A vector of [`BatchAdder::LANES`] points.
    type Vector: Copy + Default + Send + Sync + Zeroize;
    /// Memory for intermediate values.
    type Scratch: Default + Send;

    /// Converts a point, which must not be infinity, to the backend's format.
    fn encode_point(self, point: &Affine<Self::Curve>) -> Self::Point;
    /// Converts a point back from the backend's format.
    fn decode_point(self, point: &Self::Point) -> Affine<Self::Curve>;
    /// Returns the point's image under the endomorphism: its `x` multiplied by `beta`, an element in arkworks' form.
    fn apply_endomorphism(self, point: &Self::Point, beta: &BaseField<Self>) -> Self::Point;
    /// Returns the point's negative.
    fn negate_point(self, point: &Self::Point) -> Self::Point;
    /// Returns a point of a vector.
    fn extract_lane(self, vector: &Self::Vector, lane: usize) -> Affine<Self::Curve>;
    /// Replaces a point of a vector.
    fn set_lane(self, vector: &mut Self::Vector, lane: usize, point: &Affine<Self::Curve>);
    /// Appends the first `count` points of vectors to `points`.
    fn unpack_points(self, vectors: &[Self::Vector], count: usize, points: &mut Vec<Self::Point>);

    /// Writes `from[left[i]] + from[right[i]]` to lane `i` of `to`, lanes counted over all vectors. Either index may
    /// have [`NEGATE_FLAG`] set. `to` is extended if it is too short, and may be longer. The lists of pairs may be
    /// padded.
    fn add_points(
        self,
        from: &[Self::Point],
        pairs: [&mut Vec<u32>; 2],
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> ExceptionalPairs;

    /// Writes `from[left] + from[right]` for each pair of vectors to `to`, which is extended if it is too short, and
    /// may be longer. The list of pairs may be padded.
    fn add_vectors(
        self,
        from: &[Self::Vector],
        pairs: &mut Vec<[u32; 2]>,
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> ExceptionalPairs;

    /// Doubles all points in place. None has order two, as the curves' orders are odd.
    fn double_points(self, points: &mut [Self::Point], scratch: &mut Self::Scratch);
}
