//! Precomputed slopes (batch inversion) for an addition chain, used in witness generation.
//!
//! Each addition divides by a difference of coordinates that the previous one has computed. Followed step by step, a
//! chain therefore costs one inversion per slope, which would be most of the time of witness generation. In Jacobian
//! coordinates, `u = U/Z^2 - a/3` and `v = V/Z^3`, it needs none: each step multiplies `Z` by a factor, and its slope
//! is a numerator over the new `Z`. So the inverse of the last `Z` gives all slopes, from the last to the first.
//!
//! The formulas are those of [`super::montgomery`] with the denominators cleared. None of them uses the curve's
//! equation, so they hold for any coordinates that a malicious prover assigns. Where any denominator is zero, no
//! slope is precomputed, and the circuit's own divisions decide the result.

use std::sync::LazyLock;

use ark_ff::{AdditiveGroup, Field, One};
use psephos_protocol::Fr;
use zeroize::Zeroizing;

use crate::gadgets::montgomery::Montgomery;
use crate::{Builder, Num};
use psephos_engine::inversion::modular_inverse;

/// The constant `1/3`.
static THIRD: LazyLock<Fr> = LazyLock::new(|| modular_inverse(Fr::from(3u64)).expect("3 is not 0"));

/// The state of an addition chain in Jacobian coordinates. Twin of the methods of [`Montgomery`] that take
/// [`Slopes`].
pub(crate) struct AdditionChain {
    u: Fr,
    v: Fr,
    z: Fr,
    /// The shift `a/3` of the first coordinate: in shifted coordinates the curve's equation has no square term, and
    /// additions do not need the coefficient.
    a_over_three: Fr,
    /// For each step, the factor of `Z` and the numerator of the slope.
    steps: Zeroizing<Vec<[Fr; 2]>>,
}

impl AdditionChain {
    fn new(start: &Montgomery, a: &Num, slopes: usize) -> AdditionChain {
        let third = a.value() * *THIRD;
        let steps = Zeroizing::new(Vec::with_capacity(slopes));
        AdditionChain { u: start.u.value() + third, v: start.v.value(), z: Fr::one(), a_over_three: third, steps }
    }

    /// Adds a point. Twin of [`Montgomery::add_along`].
    pub(crate) fn add(&mut self, u: Fr, v: Fr) {
        let Line { numerator, u: own, v: own_v, third_u: third } = self.line_through(u, v);
        self.u = third;
        self.v = numerator * (own - third) - own_v;
    }

    /// Adds a point and then the previous sum once more. Twin of [`Montgomery::double_and_add_along`].
    pub(crate) fn double_and_add(&mut self, u: Fr, v: Fr) {
        let Line { numerator: first, u: own, v: own_v, third_u: between } = self.line_through(u, v);
        let factor = own - between;
        let sum = own_v.double();
        self.push_slope(factor, sum);
        let second = sum - first * factor;
        let square = factor.square();
        let cube = square * factor;
        let own = own * square;
        self.u = second.square() - own.double() + cube;
        self.v = second * (own - self.u) - own_v * cube;
    }

    /// Doubles the current point. Twin of [`Montgomery::double_along`].
    pub(crate) fn double(&mut self) {
        // `3·u^2 + 2·a·u + 1` of the shifted coordinate.
        let coefficient = Fr::one() - self.a_over_three.square() * Fr::from(3u64);
        let square = self.u.square();
        let numerator = square.double() + square + coefficient * self.z.square().square();
        let factor = self.v.double();
        let own = self.u * factor.square();
        let own_v = self.v * factor.square() * factor;
        self.push_slope(factor, numerator);
        self.u = numerator.square() - own.double();
        self.v = numerator * (own - self.u) - own_v;
    }

    /// Appends a slope: `numerator` over the old `Z` times `factor`.
    fn push_slope(&mut self, factor: Fr, numerator: Fr) {
        self.z *= factor;
        self.steps.push([factor, numerator]);
    }

    /// Returns the line through the current point and another one.
    fn line_through(&mut self, u: Fr, v: Fr) -> Line {
        let square = self.z.square();
        let factor = (u + self.a_over_three) * square - self.u;
        let numerator = v * (square * self.z) - self.v;
        self.push_slope(factor, numerator);
        let square = factor.square();
        let cube = square * factor;
        let (own, own_v) = (self.u * square, self.v * cube);
        Line { numerator, u: own, v: own_v, third_u: numerator.square() - cube - own.double() }
    }

    fn into_slopes(mut self) -> Slopes {
        let Some(mut inverse) = modular_inverse(self.z) else { return Slopes::unknown() };
        for [factor, slope] in self.steps.iter_mut().rev() {
            *slope *= inverse;
            inverse *= factor;
        }
        Slopes { steps: self.steps, next: 0 }
    }
}

/// A line through two points, with coordinates relative to the new `Z`.
struct Line {
    numerator: Fr,
    /// The coordinates of the first point.
    u: Fr,
    v: Fr,
    /// The first coordinate of the third point on the line.
    third_u: Fr,
}

/// Slopes in the order in which additions use them; if there are none, additions divide.
pub(crate) struct Slopes {
    steps: Zeroizing<Vec<[Fr; 2]>>,
    next: usize,
}

impl Slopes {
    /// Precomputes the slopes of `divisions` divisions in a chain that starts at `start` on the curve with
    /// coefficient `a`. In setup mode none are precomputed: values are then computed as the circuit prescribes.
    pub(crate) fn precompute(
        b: &Builder,
        start: &Montgomery,
        a: &Num,
        divisions: usize,
        walk: impl FnOnce(&mut AdditionChain),
    ) -> Slopes {
        if !b.is_witness_generation() {
            return Slopes::unknown();
        }
        let mut chain = AdditionChain::new(start, a, divisions);
        walk(&mut chain);
        chain.into_slopes()
    }

    /// Returns no slopes, for an addition outside a chain.
    pub(crate) fn unknown() -> Slopes {
        Slopes { steps: Zeroizing::default(), next: 0 }
    }

    /// Returns the next slope, if any.
    pub(crate) fn take_next(&mut self) -> Option<Fr> {
        let [_, slope] = self.steps.get(self.next)?;
        self.next += 1;
        Some(*slope)
    }
}
