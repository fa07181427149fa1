//! Baby Jubjub in Montgomery form `v^2 = u^3 + 168698·u^2 + u`, where an addition costs three constraints.
//!
//! The formulas are incomplete: adding points of equal `u` divides zero by zero (equal points), which leaves the
//! slope unconstrained, or divides another number by zero (opposite points), which no assignment satisfies. The
//! second only rejects a witness; the first would be a forgery. Every caller therefore argues why its operands cannot
//! be equal; see [`super::fixed_base`] and [`super::ladder`]. The argument is always the same: one operand carries a
//! multiple of an *offset*, a point whose discrete logarithm no one knows (hashed to the curve), which the other does
//! not carry, so equal operands would reveal that logarithm.

use ark_ff::{Field, One};
use psephos_protocol::{Fr, Point};

use crate::gadgets::slopes::Slopes;
use crate::{Builder, Num};
use psephos_engine::inversion::modular_inverse;

/// Returns `A` of the Montgomery form (`B` is 1).
pub(crate) fn coefficient_a() -> Fr {
    Fr::from(168_698u64)
}

/// The coefficients `a` and `d` of ERC-2494's twisted Edwards form.
pub(crate) const EDWARDS_A: u64 = 168_700;
pub(crate) const EDWARDS_D: u64 = 168_696;

/// A constant point that is neither the identity nor of order two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConstantPoint {
    pub(crate) u: Fr,
    pub(crate) v: Fr,
}

impl From<Point> for ConstantPoint {
    /// Converts a constant of the circuits.
    ///
    /// # Panics
    /// For the identity, which has no affine Montgomery coordinates; no constant of the circuits is the identity.
    fn from(p: Point) -> ConstantPoint {
        // `v = u/x` and `u = (1 + y)/(1 - y)` with one inversion.
        let inverse = modular_inverse((Fr::one() - p.y()) * p.x()).expect("a constant point is not the identity");
        let v = (Fr::one() + p.y()) * inverse;
        ConstantPoint { u: v * p.x(), v }
    }
}

/// A point in Montgomery coordinates.
#[derive(Clone)]
pub struct Montgomery {
    /// First coordinate.
    pub u: Num,
    /// Second coordinate.
    pub v: Num,
}

/// A point in the twisted Edwards coordinates that are hashed and published.
#[derive(Clone)]
pub struct Edwards {
    /// First coordinate.
    pub x: Num,
    /// Second coordinate.
    pub y: Num,
}

impl Edwards {
    /// Allocates both coordinates as free witness inputs. **Nothing is enforced**: neither the curve nor the
    /// subgroup. They count as determined from outside, like a key that a hash binds.
    pub fn allocate_free(b: &mut Builder, p: &Point) -> Edwards {
        Edwards { x: b.allocate_free(p.x()), y: b.allocate_free(p.y()) }
    }

    /// Asserts `168700·x^2 + y^2 = 1 + 168696·x^2·y^2`, for three constraints. This does not show that the point is
    /// in the subgroup.
    pub fn assert_on_curve(&self, b: &mut Builder) {
        let (x2, y2) = (b.mul(&self.x, &self.x), b.mul(&self.y, &self.y));
        let sum = (&x2.scale(EDWARDS_A) + &y2).add_constant(-Fr::one());
        b.assert_product("a key on the curve", &x2.scale(EDWARDS_D), &y2, &sum);
    }

    /// Returns `[x, y]`.
    pub fn coordinates(&self) -> [Num; 2] {
        [self.x.clone(), self.y.clone()]
    }

    /// Converts to Montgomery form, for two constraints: `u = (1 + y)/(1 - y)`, `v = u/x`.
    ///
    /// No assignment satisfies them for the identity (`y = 1`), since `2 = 0·u`. At `(0, -1)`, of order two, `v` is
    /// unconstrained: callers have points of odd order, or points whose owner only harms itself.
    pub fn to_montgomery(&self, b: &mut Builder) -> Montgomery {
        let one = Num::one();
        let u = b.div(&(&one + &self.y), &(&one - &self.y));
        let v = b.div(&u, &self.x);
        Montgomery { u, v }
    }
}

impl Montgomery {
    /// Returns a constant point.
    pub fn constant(p: ConstantPoint) -> Montgomery {
        Montgomery { u: Num::constant(p.u), v: Num::constant(p.v) }
    }

    /// Returns `-self`, at no cost.
    pub fn negate(&self) -> Montgomery {
        Montgomery { u: self.u.clone(), v: -&self.v }
    }

    /// Converts to Edwards form, for two constraints: `x = u/v`, `y = (u - 1)/(u + 1)`.
    ///
    /// `u = -1` is on no point of the curve (`168696` is not a square). `v = 0` is the point of order two, which no
    /// sum of points of odd order is.
    pub fn to_edwards(&self, b: &mut Builder) -> Edwards {
        let one = Num::one();
        let x = b.div(&self.u, &self.v);
        let y = b.div(&(&self.u - &one), &(&self.u + &one));
        Edwards { x, y }
    }

    /// Computes `self + other` on the curve with coefficient `a`, for three constraints. Incomplete: see the module.
    pub fn add(&self, b: &mut Builder, other: &Montgomery, a: &Num) -> Montgomery {
        self.add_along(b, other, a, &mut Slopes::unknown())
    }

    /// Computes `self + other` in an addition chain, as [`Montgomery::add`].
    pub(crate) fn add_along(&self, b: &mut Builder, other: &Montgomery, a: &Num, slopes: &mut Slopes) -> Montgomery {
        let slope = self.line_slope(b, other, slopes);
        self.third_point(b, &slope, &other.u, a)
    }

    /// Computes `(self + other) + self` in an addition chain, for five constraints: the `v` of the intermediate sum
    /// is never needed. Incomplete: see the module.
    pub(crate) fn double_and_add_along(
        &self,
        b: &mut Builder,
        other: &Montgomery,
        a: &Num,
        slopes: &mut Slopes,
    ) -> Montgomery {
        let slope = self.line_slope(b, other, slopes);
        let between = self.third_u(b, &slope, &other.u, a);
        // The second slope is `2·v/(u - between) - slope`: `(slope + second)·(u - between) = 2·v`.
        let sum = b.div_lazily(slopes.take_next(), || (self.v.double(), &self.u - &between));
        let second = &sum - &slope;
        self.third_point(b, &second, &between, a)
    }

    /// Computes `2·self` in an addition chain, on the curve with coefficients `a` and 1, for four constraints. `v` is
    /// not zero: callers have points of odd order.
    pub(crate) fn double_along(&self, b: &mut Builder, a: &Num, slopes: &mut Slopes) -> Montgomery {
        let w = b.mul(&self.u, &(&(&self.u.double() + &self.u) + &a.double()));
        let slope = b.div_lazily(slopes.take_next(), || (w.add_constant(Fr::one()), self.v.double()));
        self.third_point(b, &slope, &self.u, a)
    }

    /// Computes the slope of the line through `self` and `other`, for one constraint.
    fn line_slope(&self, b: &mut Builder, other: &Montgomery, slopes: &mut Slopes) -> Num {
        b.div_lazily(slopes.take_next(), || (&other.v - &self.v, &other.u - &self.u))
    }

    /// Computes the negated third point of the line through `self` with this slope and another point at `u`, for two
    /// constraints.
    fn third_point(&self, b: &mut Builder, slope: &Num, u: &Num, a: &Num) -> Montgomery {
        let new_u = self.third_u(b, slope, u, a);
        let new_v = b.allocate_witness(slope.value() * (self.u.value() - new_u.value()) - self.v.value());
        b.enforce_lazily(|| [slope.clone(), &self.u - &new_u, &new_v + &self.v]);
        Montgomery { u: new_u, v: new_v }
    }

    /// Computes the first coordinate of that point, for one constraint.
    fn third_u(&self, b: &mut Builder, slope: &Num, u: &Num, a: &Num) -> Num {
        let new_u = b.allocate_witness(slope.value().square() - a.value() - self.u.value() - u.value());
        b.enforce_lazily(|| [slope.clone(), slope.clone(), &(&new_u + a) + &(&self.u + u)]);
        new_u
    }
}
