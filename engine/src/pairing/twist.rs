//! Vectors of eight points on the twist, in homogeneous projective coordinates, and the lines through them.
//!
//! The formulas are those of Aranha, Barreto, Longa and Ricardini, "The realm of the pairings" (2013), as arkworks has
//! them, but doubled points are scaled by 4 instead of halving values. Scaling a point by an element of Fq scales its
//! lines by elements of Fq, which the final exponentiation maps to one.

use ark_bn254::{Config, Fq2, g2};
use ark_ec::bn::BnConfig;
use ark_ec::short_weierstrass::SWCurveConfig;

use crate::simd::coordinate::Coordinate;
use crate::simd::fq::Fq8;
use crate::simd::fq2::Fq2x8;
use crate::simd::prime::encode_radix52;
use crate::simd::vector::Ifma;

/// A line evaluated at a point of G1: its coefficients of `1`, `w` and `w^3`, below `1.1·p`.
pub(crate) struct Line(pub(crate) [Fq2x8; 3]);

/// A point of G1 at which lines are evaluated, in affine coordinates: `x` below `1.1·p` and **minus** `y`, at most
/// `2·p`.
#[derive(Clone, Copy)]
pub(crate) struct EvaluationPoint {
    pub(crate) x: Fq8,
    pub(crate) minus_y: Fq8,
}

/// A point on the twist in affine coordinates, below `1.06·p`.
#[derive(Clone, Copy)]
pub(crate) struct TwistAffine {
    pub(crate) x: Fq2x8,
    pub(crate) y: Fq2x8,
}

/// A point `(x/z, y/z)` on the twist in projective coordinates, below `1.06·p`: the running point of a Miller loop.
#[derive(Clone, Copy)]
pub(crate) struct TwistProjective {
    x: Fq2x8,
    y: Fq2x8,
    z: Fq2x8,
}

/// The curve's constants in the formulas, in 52-bit limbs.
pub(crate) struct TwistConstants {
    three_b: [[u64; 5]; 2],
    frobenius_x: [[u64; 5]; 2],
    frobenius_y: [[u64; 5]; 2],
}

impl TwistConstants {
    pub(crate) fn new() -> TwistConstants {
        let limbs = |element: Fq2| [encode_radix52(element.c0), encode_radix52(element.c1)];
        let b = g2::Config::COEFF_B;
        TwistConstants {
            three_b: limbs(b + b + b),
            frobenius_x: limbs(Config::TWIST_MUL_BY_Q_X),
            frobenius_y: limbs(Config::TWIST_MUL_BY_Q_Y),
        }
    }
}

impl TwistAffine {
    /// Returns the negative.
    #[inline(always)]
    pub(crate) fn negate(&self, ifma: Ifma) -> TwistAffine {
        let zero = self.y.sub(ifma, &self.y, 0);
        TwistAffine { x: self.x, y: zero.sub_reduced(ifma, &self.y, 2) }
    }

    /// Returns the image under the Frobenius endomorphism, mapped back to the twist: the multiple by the field's
    /// characteristic.
    #[inline(always)]
    pub(crate) fn apply_frobenius(&self, ifma: Ifma, twist: &TwistConstants) -> TwistAffine {
        let (x, y) = (self.x.conjugate(ifma), self.y.conjugate(ifma));
        let factors = [Fq2x8::splat(ifma, &twist.frobenius_x), Fq2x8::splat(ifma, &twist.frobenius_y)];
        // Below (2 + 2/42)·p.
        let [x, y] = Fq2x8::mul_many(ifma, [&x, &y], [&factors[0], &factors[1]]);
        TwistAffine { x: x.reduce_element(ifma), y: y.reduce_element(ifma) }
    }
}

impl TwistProjective {
    /// Converts a point from affine coordinates.
    #[inline(always)]
    pub(crate) fn new(ifma: Ifma, at: &TwistAffine) -> TwistProjective {
        TwistProjective { x: at.x, y: at.y, z: Fq2x8::one(ifma) }
    }

    /// Doubles the point and returns the tangent at it, evaluated at `p`.
    #[inline(always)]
    pub(crate) fn double_with_line(&mut self, ifma: Ifma, twist: &TwistConstants, p: &EvaluationPoint) -> Line {
        let TwistProjective { x, y, z } = self;
        // Squares below 1.13p, products below 2.03p. The critical path leads through `e`: it starts first, and
        // independent values are computed in between.
        let [c, b, xx] = Fq2x8::square_many(ifma, [z, y, x]);
        let three_b = Fq2x8::splat(ifma, &twist.three_b);
        let [e, xy, yz] = Fq2x8::mul_many(ifma, [&c, x, y], [&three_b, y, z]);
        let yz2 = yz.double(ifma);
        let l0 = yz2.mul_by_fq(ifma, &p.minus_y);
        let l1 = xx.triple(ifma).mul_by_fq(ifma, &p.x);
        let e = e.reduce_element(ifma);
        // Below 3.2p.
        let f = e.triple(ifma);
        // Below 16.3p, 4.1p and 5.2p: products below 2.6p.
        let yz8 = yz2.double(ifma).double(ifma);
        let (xy2, difference) = (xy.double(ifma), b.sub(ifma, &f, 4));
        let [z3, x3] = Fq2x8::mul_many(ifma, [&b, &xy2], [&yz8, &difference]);
        // Below 1.13p, and for 2e, which is below 2.12p, below 1.32p.
        let [ee4, g] = Fq2x8::square_many(ifma, [&e.double(ifma), &b.add_reduced(ifma, &f)]);
        let y3 = g.sub_reduced(ifma, &ee4.triple(ifma), 4);
        let line = [l0, l1, e.sub_reduced(ifma, &b, 2)];
        *self = TwistProjective { x: x3.reduce_element(ifma), y: y3, z: z3.reduce_element(ifma) };
        Line(line)
    }

    /// Adds `q` and returns the line through both points, evaluated at `p`.
    #[inline(always)]
    pub(crate) fn add_with_line(&mut self, ifma: Ifma, q: &TwistAffine, p: &EvaluationPoint) -> Line {
        let TwistProjective { x, y, z } = self;
        // Below 2.03p.
        let [yqz, xqz] = Fq2x8::mul_many(ifma, [&q.y, &q.x], [z, z]);
        let (theta, lambda) = (y.sub_reduced(ifma, &yqz, 3), x.sub_reduced(ifma, &xqz, 3));
        // Below 1.13p.
        let [c, d] = Fq2x8::square_many(ifma, [&theta, &lambda]);
        // Below 2.03p.
        let [e, f, g, theta_x, lambda_y] =
            Fq2x8::mul_many(ifma, [&lambda, z, x, &theta, &lambda], [&d, &c, &d, &q.x, &q.y]);
        let g = g.reduce_element(ifma);
        // e + f is below 4.1p, 2g below 2.2p.
        let h = e.add(ifma, &f).sub_two(ifma, &g, &g, 3);
        // g - h is below 3.1p: below 2.16p.
        let [x3, left, right, z3] = Fq2x8::mul_many(ifma, [&lambda, &theta, &e, z], [&h, &g.sub(ifma, &h, 2), y, &e]);
        // Relative to the formulas all three coefficients are negated: lambda·-y and theta·x, and the third
        // accordingly.
        let line =
            [lambda.mul_by_fq(ifma, &p.minus_y), theta.mul_by_fq(ifma, &p.x), lambda_y.sub_reduced(ifma, &theta_x, 3)];
        *self = TwistProjective {
            x: x3.reduce_element(ifma),
            y: left.sub_reduced(ifma, &right, 3),
            z: z3.reduce_element(ifma),
        };
        Line(line)
    }
}
