//! Vectors of eight points on the twist, in homogeneous projective coordinates, and the lines through them.
//!
//! The formulas are those of Aranha, Barreto, Longa and Ricardini, "The realm of the pairings" (2013), as arkworks has
//! them, but doubled points are scaled by 4 instead of halving values. Scaling a point by an element of Fq scales its
//! lines by elements of Fq, which the final exponentiation maps to one.

use ark_bn254::{Config, Fq2, g2};
use ark_ec::bn::BnConfig;
use ark_ec::short_weierstrass::SWCurveConfig;

use crate::lanes::base::Base;
use crate::lanes::coordinate::Coordinate;
use crate::lanes::prime::limbs_of;
use crate::lanes::quadratic::Quadratic;
use crate::lanes::vector::Ifma;

/// A line evaluated at a point of G1: its coefficients of `1`, `w` and `w^3`, below `1.1·p`.
pub(crate) struct Line(pub(crate) [Quadratic; 3]);

/// A point of G1 at which lines are evaluated, in affine coordinates: `x` below `1.1·p` and **minus** `y`, at most
/// `2·p`.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) x: Base,
    pub(crate) minus_y: Base,
}

/// A point on the twist in affine coordinates, below `1.06·p`.
#[derive(Clone, Copy)]
pub(crate) struct Fixed {
    pub(crate) x: Quadratic,
    pub(crate) y: Quadratic,
}

/// A point `(x/z, y/z)` on the twist in projective coordinates, below `1.06·p`: the running point of a Miller loop.
#[derive(Clone, Copy)]
pub(crate) struct Moving {
    x: Quadratic,
    y: Quadratic,
    z: Quadratic,
}

/// The curve's constants in the formulas, in 52-bit limbs.
pub(crate) struct Twist {
    three_b: [[u64; 5]; 2],
    frobenius_x: [[u64; 5]; 2],
    frobenius_y: [[u64; 5]; 2],
}

impl Twist {
    pub(crate) fn new() -> Twist {
        let limbs = |element: Fq2| [limbs_of(element.c0), limbs_of(element.c1)];
        let b = g2::Config::COEFF_B;
        Twist {
            three_b: limbs(b + b + b),
            frobenius_x: limbs(Config::TWIST_MUL_BY_Q_X),
            frobenius_y: limbs(Config::TWIST_MUL_BY_Q_Y),
        }
    }
}

impl Fixed {
    /// Returns the negative.
    #[inline(always)]
    pub(crate) fn negate(&self, ifma: Ifma) -> Fixed {
        let zero = self.y.sub(ifma, &self.y, 0);
        Fixed { x: self.x, y: zero.sub_reduced(ifma, &self.y, 2) }
    }

    /// Returns the image under the Frobenius endomorphism, mapped back to the twist: the multiple by the field's
    /// characteristic.
    #[inline(always)]
    pub(crate) fn frobenius(&self, ifma: Ifma, twist: &Twist) -> Fixed {
        let (x, y) = (self.x.conjugate(ifma), self.y.conjugate(ifma));
        let factors = [Quadratic::splat(ifma, &twist.frobenius_x), Quadratic::splat(ifma, &twist.frobenius_y)];
        // Below (2 + 2/42)·p.
        let [x, y] = Quadratic::products(ifma, [&x, &y], [&factors[0], &factors[1]]);
        Fixed { x: x.reduced(ifma), y: y.reduced(ifma) }
    }
}

impl Moving {
    /// Converts a point from affine coordinates.
    #[inline(always)]
    pub(crate) fn new(ifma: Ifma, at: &Fixed) -> Moving {
        Moving { x: at.x, y: at.y, z: Quadratic::one(ifma) }
    }

    /// Doubles the point and returns the tangent at it, evaluated at `p`.
    #[inline(always)]
    pub(crate) fn double(&mut self, ifma: Ifma, twist: &Twist, p: &Place) -> Line {
        let Moving { x, y, z } = self;
        // Squares below 1.13p, products below 2.03p. The critical path leads through `e`: it starts first, and
        // independent values are computed in between.
        let [c, b, xx] = Quadratic::squares(ifma, [z, y, x]);
        let three_b = Quadratic::splat(ifma, &twist.three_b);
        let [e, xy, yz] = Quadratic::products(ifma, [&c, x, y], [&three_b, y, z]);
        let yz2 = yz.double(ifma);
        let l0 = yz2.times(ifma, &p.minus_y);
        let l1 = xx.triple(ifma).times(ifma, &p.x);
        let e = e.reduced(ifma);
        // Below 3.2p.
        let f = e.triple(ifma);
        // Below 16.3p, 4.1p and 5.2p: products below 2.6p.
        let yz8 = yz2.double(ifma).double(ifma);
        let (xy2, difference) = (xy.double(ifma), b.sub(ifma, &f, 4));
        let [z3, x3] = Quadratic::products(ifma, [&b, &xy2], [&yz8, &difference]);
        // Below 1.13p, and for 2e, which is below 2.12p, below 1.32p.
        let [ee4, g] = Quadratic::squares(ifma, [&e.double(ifma), &b.add_reduced(ifma, &f)]);
        let y3 = g.sub_reduced(ifma, &ee4.triple(ifma), 4);
        let line = [l0, l1, e.sub_reduced(ifma, &b, 2)];
        *self = Moving { x: x3.reduced(ifma), y: y3, z: z3.reduced(ifma) };
        Line(line)
    }

    /// Adds `q` and returns the line through both points, evaluated at `p`.
    #[inline(always)]
    pub(crate) fn add(&mut self, ifma: Ifma, q: &Fixed, p: &Place) -> Line {
        let Moving { x, y, z } = self;
        // Below 2.03p.
        let [yqz, xqz] = Quadratic::products(ifma, [&q.y, &q.x], [z, z]);
        let (theta, lambda) = (y.sub_reduced(ifma, &yqz, 3), x.sub_reduced(ifma, &xqz, 3));
        // Below 1.13p.
        let [c, d] = Quadratic::squares(ifma, [&theta, &lambda]);
        // Below 2.03p.
        let [e, f, g, theta_x, lambda_y] =
            Quadratic::products(ifma, [&lambda, z, x, &theta, &lambda], [&d, &c, &d, &q.x, &q.y]);
        let g = g.reduced(ifma);
        // e + f is below 4.1p, 2g below 2.2p.
        let h = e.add(ifma, &f).sub_two(ifma, &g, &g, 3);
        // g - h is below 3.1p: below 2.16p.
        let [x3, left, right, z3] =
            Quadratic::products(ifma, [&lambda, &theta, &e, z], [&h, &g.sub(ifma, &h, 2), y, &e]);
        // Relative to the formulas all three coefficients are negated: lambda·-y and theta·x, and the third
        // accordingly.
        let line = [lambda.times(ifma, &p.minus_y), theta.times(ifma, &p.x), lambda_y.sub_reduced(ifma, &theta_x, 3)];
        *self = Moving { x: x3.reduced(ifma), y: left.sub_reduced(ifma, &right, 3), z: z3.reduced(ifma) };
        Line(line)
    }
}
