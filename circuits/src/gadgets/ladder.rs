//! Multiplication of variable points.
//!
//! Both ladders start from an offset `T`, a constant of unknown discrete logarithm, and step `acc := (acc + Q) + acc`
//! with `Q` a small multiple of the base. **Soundness of the additions.** Before step `i` the accumulator is
//! `2^i·T + a·P`, with `a` known to the prover, and `Q = b·P`. The unconstrained case of the first addition,
//! `acc = Q`, gives `T` as a known multiple of `P`; that of the second, `acc + Q = acc`, requires `Q` to be the
//! identity. So a malicious prover must know a relation between `T` and `P`. A prover that knows the discrete
//! logarithm of `P` would find that of `T`; and no other prover can have chosen `P`:
//!
//! - committee keys are sums of multiples of `G` whose scalars their dealers have proved to know, and transport keys
//!   come with a proof of possession. Being on the curve and in the subgroup is *not* enough: with a key chosen as
//!   `T` the slope is unconstrained;
//! - the total's `C` is a sum of points `r·G` whose provers know `r`;
//! - a member may choose its own `ak` freely, and then can only sign messages that it may sign anyway.

use std::sync::LazyLock;

use ark_ff::One;
use psephos_protocol::Fr;
use psephos_protocol::constants::KEY_SPLIT_BITS;
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::scalar::power_of_two;

use crate::gadgets::HALF;
use crate::gadgets::montgomery::{ConstantPoint, Edwards, Montgomery, coefficient_a};
use crate::gadgets::scalar::DigitPair;
use crate::gadgets::slopes::Slopes;
use crate::{Builder, Num};

/// Computes `2^n·offset + (sum d_i·2^i)·base` for digits `±1`, lowest first: six constraints per digit.
pub fn multiply_single(b: &mut Builder, digits: &[Num], base: &Montgomery, offset: ConstantPoint) -> Montgomery {
    let a = Num::constant(coefficient_a());
    let offset = Montgomery::constant(offset);
    let mut slopes = Slopes::precompute(b, &offset, &a, 2 * digits.len(), |chain| {
        digits.iter().rev().for_each(|d| chain.double_and_add(base.u.value(), d.value() * base.v.value()));
    });
    digits.iter().rev().fold(offset, |acc, d| {
        let v = b.mul(d, &base.v);
        acc.double_and_add_along(b, &Montgomery { u: base.u.clone(), v }, &a, &mut slopes)
    })
}

/// Computes `2^126·offset + k·base` for the pairs of [`super::scalar::allocate_digit_pairs`] and
/// `shifted = 2^126·base`: seven constraints per pair and 16 more.
///
/// A pair selects `±base ± shifted`, that is `high·S` if the digits agree and `high·D` otherwise, with
/// `S = shifted + base`, `D = shifted - base`. To select both coordinates with one product, the curve is rescaled by
/// `(u, v) -> (k^2·u, k^3·v)` with `k = (u_S - u_D)/(v_S - v_D)`, after which `S` and `D` differ by the same amount
/// in both coordinates.
///
/// `base` has prime order `l`, so `S` and `D` are neither the identity nor equal nor opposite (`2^126` is neither
/// `±1` nor 0 mod `l`): the two additions are safe, and `k` is not zero. A `k` of zero would collapse every point to
/// one.
pub fn multiply_joint(
    b: &mut Builder,
    digits: &[DigitPair],
    base: &Montgomery,
    shifted: &Montgomery,
    offset: ConstantPoint,
) -> Montgomery {
    let a = Num::constant(coefficient_a());
    let sum = base.add(b, shifted, &a);
    let difference = base.negate().add(b, shifted, &a);
    let scale = Rescaling::new(b, &sum, &difference);
    let start = scale.rescale_point(b, &difference);
    let step = &b.mul(&scale.squared, &sum.u) - &start.u;
    let a = scale.squared.scale(coefficient_a());
    let offset = Montgomery { u: scale.squared.scale(offset.u), v: scale.cubed.scale(offset.v) };
    let agree = |d: &DigitPair| d.product.add_constant(Fr::one()).scale(*HALF);
    let mut slopes = Slopes::precompute(b, &offset, &a, 2 * digits.len(), |chain| {
        for d in digits.iter().rev() {
            let shift = agree(d).value() * step.value();
            chain.double_and_add(start.u.value() + shift, d.high.value() * (start.v.value() + shift));
        }
    });
    let result = digits.iter().rev().fold(offset, |acc, d| {
        let shift = b.mul(&agree(d), &step);
        let v = b.mul(&d.high, &(&start.v + &shift));
        acc.double_and_add_along(b, &Montgomery { u: &start.u + &shift, v }, &a, &mut slopes)
    });
    Montgomery { u: b.div(&result.u, &scale.squared), v: b.div(&result.v, &scale.cubed) }
}

/// A variable point `P` with `2^126·P`, which [`multiply_joint`] needs. For a point that is multiplied by several
/// scalars, or by one where `2^126·P` is not an input.
pub struct VariableBase {
    point: Montgomery,
    shifted: Montgomery,
}

/// The offset of [`VariableBase::multiply`], a point of unknown discrete logarithm.
static SHARE_OFFSET: LazyLock<Point> = LazyLock::new(|| hash_to_point("psephos.v1.offset.share"));

impl VariableBase {
    /// Computes `2^126·P` of a point of order `l`, for 506 constraints.
    pub fn new(b: &mut Builder, point: &Edwards) -> VariableBase {
        let point = point.to_montgomery(b);
        let shifted = double_times(b, &point);
        VariableBase { point, shifted }
    }

    /// Computes `k·P` for the pairs of [`super::scalar::allocate_digit_pairs`], by [`multiply_joint`], and subtracts
    /// that function's offset. The operands `2^126·T + k·P` and `-2^126·T` are equal only if `T` is a known multiple of
    /// `P`.
    pub fn multiply(&self, b: &mut Builder, digits: &[DigitPair]) -> Edwards {
        static RESIDUE: LazyLock<ConstantPoint> =
            LazyLock::new(|| ConstantPoint::from(-offset_residue(*SHARE_OFFSET, KEY_SPLIT_BITS)));
        let multiple = multiply_joint(b, digits, &self.point, &self.shifted, ConstantPoint::from(*SHARE_OFFSET));
        multiple.add(b, &Montgomery::constant(*RESIDUE), &Num::constant(coefficient_a())).to_edwards(b)
    }
}

/// Computes `2^126·P` of a point of order `l`, for 504 constraints: doublings of a point of odd order never reach a
/// point with `v = 0`.
pub fn double_times(b: &mut Builder, point: &Montgomery) -> Montgomery {
    let a = Num::constant(coefficient_a());
    let mut slopes =
        Slopes::precompute(b, point, &a, KEY_SPLIT_BITS, |chain| (0..KEY_SPLIT_BITS).for_each(|_| chain.double()));
    (0..KEY_SPLIT_BITS).fold(point.clone(), |p, _| p.double_along(b, &a, &mut slopes))
}

struct Rescaling {
    squared: Num,
    cubed: Num,
}

impl Rescaling {
    fn new(b: &mut Builder, s: &Montgomery, d: &Montgomery) -> Rescaling {
        let k = b.div(&(&s.u - &d.u), &(&s.v - &d.v));
        let squared = b.mul(&k, &k);
        let cubed = b.mul(&squared, &k);
        Rescaling { squared, cubed }
    }

    fn rescale_point(&self, b: &mut Builder, p: &Montgomery) -> Montgomery {
        Montgomery { u: b.mul(&self.squared, &p.u), v: b.mul(&self.cubed, &p.v) }
    }
}

/// Returns `2^n·offset`, which a ladder of `n` digits adds to the multiple.
pub(crate) fn offset_residue(offset: Point, n: usize) -> Point {
    offset.mul(&power_of_two(n))
}
