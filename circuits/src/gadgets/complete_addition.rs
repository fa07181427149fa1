//! The complete addition of Baby Jubjub, for operands of which nothing is known: they may be equal, opposite or the
//! identity.

use ark_ff::One;
use psephos_protocol::Fr;

use crate::gadgets::montgomery::{EDWARDS_A, EDWARDS_D, Edwards};
use crate::{Builder, Num};

/// Computes `point + other`, for six constraints. Both must be on the curve, as for [`add_if`].
pub fn add(b: &mut Builder, point: &Edwards, other: &Edwards) -> Edwards {
    add_if(b, point, &Num::one(), other)
}

/// Computes `point + bit·other`, for eight constraints: two that select the identity `(0, 1)` or `other`, six for the
/// sum.
///
/// Both must be on the curve: then no denominator `1 ± d·x1·x2·y1·y2` is zero, because `a` is a square and `d` is not,
/// and no division leaves its quotient free. Where `bit` is zero, `other` may be anything.
pub fn add_if(b: &mut Builder, point: &Edwards, bit: &Num, other: &Edwards) -> Edwards {
    let one = Num::one();
    let x = b.mul(bit, &other.x);
    let y = b.mul(bit, &(&other.y - &one)).add_constant(Fr::one());
    let xx = b.mul(&point.x, &x);
    let yy = b.mul(&point.y, &y);
    // `(x1 + y1)(x2 + y2) - x1·x2 - y1·y2 = x1·y2 + y1·x2`.
    let cross = b.mul(&(&point.x + &point.y), &(&x + &y));
    let product = b.mul(&xx.scale(EDWARDS_D), &yy);
    let sum_x = b.div(&(&(&cross - &xx) - &yy), &(&one + &product));
    let sum_y = b.div(&(&yy - &xx.scale(EDWARDS_A)), &(&one - &product));
    Edwards { x: sum_x, y: sum_y }
}
