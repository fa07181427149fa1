//! Baby Jubjub in Montgomery form `v^2 = u^3 + 168698·u^2 + u`, where an addition costs three constraints.
//!
//! The formulas are incomplete: adding points of equal `u` divides zero by zero (equal points) and leaves the slope free, or
//! divides something else by zero (opposite points) and cannot be satisfied. The second only refuses a witness; the first
//! would be a forgery. Every caller therefore argues why its operands cannot be equal; see [`super::fixed_base`] and
//! [`super::ladder`]. The argument is always the same: one operand carries a multiple of an *offset*, a point whose logarithm
//! nobody knows (hashed to the curve), which the other does not, so equal operands would give away that logarithm.

use ark_ff::{Field, One};
use psephos_protocol::{Fr, Point};

use crate::gadgets::slopes::Slopes;
use crate::{Builder, Num};
use psephos_engine::inverse::inverse;

/// `A` of the Montgomery form (`B` is 1).
pub(crate) fn coefficient_a() -> Fr {
    Fr::from(168_698u64)
}

/// `a` and `d` of ERC-2494's twisted Edwards form.
const EDWARDS_A: u64 = 168_700;
const EDWARDS_D: u64 = 168_696;

/// A constant point, not the identity and not of order two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Constant {
    pub(crate) u: Fr,
    pub(crate) v: Fr,
}

impl From<Point> for Constant {
    /// # Panics
    /// For the identity, which has no affine Montgomery coordinates: constants are chosen by us.
    fn from(p: Point) -> Constant {
        // `v = u/x` and `u = (1 + y)/(1 - y)` with one inversion.
        let inverse = inverse((Fr::one() - p.y()) * p.x()).expect("a constant point is not the identity");
        let v = (Fr::one() + p.y()) * inverse;
        Constant { u: v * p.x(), v }
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
    /// Both coordinates as statement inputs. **Nothing is enforced**: not the curve, not the subgroup. They count as
    /// determined from outside, as a key that a hash binds.
    pub fn given(b: &mut Builder, p: &Point) -> Edwards {
        Edwards { x: b.given(p.x()), y: b.given(p.y()) }
    }

    /// Asserts `168700·x^2 + y^2 = 1 + 168696·x^2·y^2`: three constraints. Says nothing about the subgroup.
    pub fn assert_on_curve(&self, b: &mut Builder) {
        let (x2, y2) = (b.mul(&self.x, &self.x), b.mul(&self.y, &self.y));
        let sum = (&x2.scale(EDWARDS_A) + &y2).add_constant(-Fr::one());
        b.assert("a key on the curve", &x2.scale(EDWARDS_D), &y2, &sum);
    }

    /// `[x, y]`.
    pub fn coordinates(&self) -> [Num; 2] {
        [self.x.clone(), self.y.clone()]
    }

    /// To Montgomery form, two constraints: `u = (1 + y)/(1 - y)`, `v = u/x`.
    ///
    /// The identity (`y = 1`) cannot be satisfied, since `2 = 0·u`. At `(0, -1)`, of order two, `v` is free: callers have points
    /// of odd order, or points whose owner only harms itself.
    pub fn to_montgomery(&self, b: &mut Builder) -> Montgomery {
        let one = Num::one();
        let u = b.div(&(&one + &self.y), &(&one - &self.y));
        let v = b.div(&u, &self.x);
        Montgomery { u, v }
    }
}

impl Montgomery {
    /// A constant.
    pub fn constant(p: Constant) -> Montgomery {
        Montgomery { u: Num::constant(p.u), v: Num::constant(p.v) }
    }

    /// `-self`: free.
    pub fn negate(&self) -> Montgomery {
        Montgomery { u: self.u.clone(), v: -&self.v }
    }

    /// To Edwards form, two constraints: `x = u/v`, `y = (u - 1)/(u + 1)`.
    ///
    /// `u = -1` is on no point of the curve (`168696` is not a square). `v = 0` is the point of order two, which no sum of
    /// points of odd order is.
    pub fn to_edwards(&self, b: &mut Builder) -> Edwards {
        let one = Num::one();
        let x = b.div(&self.u, &self.v);
        let y = b.div(&(&self.u - &one), &(&self.u + &one));
        Edwards { x, y }
    }

    /// `self + other` on the curve with coefficient `a`, three constraints. Incomplete: see the module.
    pub fn add(&self, b: &mut Builder, other: &Montgomery, a: &Num) -> Montgomery {
        self.add_along(b, other, a, &mut Slopes::unknown())
    }

    /// [`Montgomery::add`] in a chain.
    pub(crate) fn add_along(&self, b: &mut Builder, other: &Montgomery, a: &Num, slopes: &mut Slopes) -> Montgomery {
        let slope = self.slope(b, other, slopes);
        self.third(b, &slope, &other.u, a)
    }

    /// `(self + other) + self` in a chain, five constraints: the `v` of the sum in between is never needed. Incomplete: see the module.
    pub(crate) fn double_and_add_along(
        &self,
        b: &mut Builder,
        other: &Montgomery,
        a: &Num,
        slopes: &mut Slopes,
    ) -> Montgomery {
        let slope = self.slope(b, other, slopes);
        let between = self.third_u(b, &slope, &other.u, a);
        // The second slope is `2·v/(u - between) - slope`: `(slope + second)·(u - between) = 2·v`.
        let sum = b.quotient(slopes.take(), || (self.v.double(), &self.u - &between));
        let second = &sum - &slope;
        self.third(b, &second, &between, a)
    }

    /// `2·self` in a chain, on the curve with coefficients `a` and 1, four constraints. `v` is not zero: callers have points of odd order.
    pub(crate) fn double_along(&self, b: &mut Builder, a: &Num, slopes: &mut Slopes) -> Montgomery {
        let w = b.mul(&self.u, &(&(&self.u.double() + &self.u) + &a.double()));
        let slope = b.quotient(slopes.take(), || (w.add_constant(Fr::one()), self.v.double()));
        self.third(b, &slope, &self.u, a)
    }

    /// The slope of the line through `self` and `other`: one constraint.
    fn slope(&self, b: &mut Builder, other: &Montgomery, slopes: &mut Slopes) -> Num {
        b.quotient(slopes.take(), || (&other.v - &self.v, &other.u - &self.u))
    }

    /// The third point of the line through `self` with this slope and another point at `u`, negated: two constraints.
    fn third(&self, b: &mut Builder, slope: &Num, u: &Num, a: &Num) -> Montgomery {
        let new_u = self.third_u(b, slope, u, a);
        let new_v = b.witness(slope.value() * (self.u.value() - new_u.value()) - self.v.value());
        b.constrain(|| [slope.clone(), &self.u - &new_u, &new_v + &self.v]);
        Montgomery { u: new_u, v: new_v }
    }

    /// The first coordinate of that: one constraint.
    fn third_u(&self, b: &mut Builder, slope: &Num, u: &Num, a: &Num) -> Num {
        let new_u = b.witness(slope.value().square() - a.value() - self.u.value() - u.value());
        b.constrain(|| [slope.clone(), slope.clone(), &(&new_u + a) + &(&self.u + u)]);
        new_u
    }
}
