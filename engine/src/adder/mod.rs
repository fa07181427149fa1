//! Addition of many pairs of points at once, in affine coordinates with shared inversions: six products a pair, less than any other way.

use ark_bn254::Fr;
use ark_ec::CurveConfig;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use zeroize::{Zeroize, Zeroizing};

#[cfg(target_arch = "x86_64")]
pub(crate) mod lanes;
pub(crate) mod portable;

/// One of the curves `y^2 = x^3 + b` of BN254, with an endomorphism that multiplies `x` by a constant.
pub trait Curve: SWCurveConfig<ScalarField = Fr> + GLVConfig {
    /// The constant whose eigenvalue is that of [`crate::split`] on this curve.
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

/// Set in an operand of a pair: the point's opposite is meant.
pub(crate) const NEGATIVE: u32 = 1 << 31;

/// Pairs of points, by their numbers, and where their sums go.
#[derive(Default)]
pub(crate) struct Pairs {
    /// First operands, possibly [`NEGATIVE`].
    pub(crate) left: Zeroizing<Vec<u32>>,
    /// Second operands, possibly [`NEGATIVE`].
    pub(crate) right: Zeroizing<Vec<u32>>,
    /// Numbers of the sums.
    pub(crate) to: Vec<u32>,
    /// Pairs whose sum is not as the formula says, as the operands have the same `x`, or seem to: left to the caller.
    pub(crate) exceptions: Vec<u32>,
}

impl Pairs {
    pub(crate) fn push(&mut self, left: u32, right: u32, to: u32) {
        self.left.push(left);
        self.right.push(right);
        self.to.push(to);
    }

    pub(crate) fn clear(&mut self) {
        self.left.clear();
        self.right.clear();
        self.to.clear();
        self.exceptions.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.to.len()
    }
}

/// A curve's points in the form that some arithmetic keeps them in, and what is done with many of them.
pub(crate) trait Adder: Copy + Send + Sync {
    /// The curve.
    type Curve: Curve;
    /// A point that is not infinity.
    type Point: Copy + Default + Send + Sync + Zeroize;
    /// Memory for intermediate values.
    type Scratch: Default + Send;

    /// A point, which must not be infinity.
    fn encode(self, point: &Affine<Self::Curve>) -> Self::Point;
    /// The point.
    fn decode(self, point: &Self::Point) -> Affine<Self::Curve>;
    /// The point with another `x`: times `beta`, an element of the field in arkworks' form.
    fn stretch(self, point: &Self::Point, beta: &BaseField<Self>) -> Self::Point;
    /// Its opposite, for a point of a table.
    fn negate(self, point: &Self::Point) -> Self::Point;
    /// Writes the sums of pairs of `from`; names the exceptions, whose sums it does not write right.
    fn add(self, from: &[Self::Point], to: &mut [Self::Point], pairs: &mut Pairs, scratch: &mut Self::Scratch);
    /// Doubles all points. None has order two, as the curves' orders are odd.
    fn double(self, points: &mut [Self::Point], scratch: &mut Self::Scratch);
}

/// The field of an adder's coordinates.
pub(crate) type BaseField<A> = <<A as Adder>::Curve as CurveConfig>::BaseField;

/// The sum of a pair as arkworks computes it, for exceptions.
pub(crate) fn sum_of<A: Adder>(adder: A, from: &[A::Point], left: u32, right: u32) -> Affine<A::Curve> {
    let point = |operand: u32| {
        let point = adder.decode(&from[(operand & !NEGATIVE) as usize]);
        if operand & NEGATIVE == 0 { point } else { -point }
    };
    (point(left) + point(right)).into()
}
