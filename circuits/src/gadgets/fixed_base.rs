//! Multiplication of constant points.
//!
//! Each window selects one of a few constant points by a linear combination of digits and their product, so a window
//! costs only its addition. **Soundness of the additions.** The first entry carries an offset `O` of unknown discrete
//! logarithm (hashed to the curve). The accumulator is then `O + a·G` and an entry `b·G`, or in the last window
//! `b·G - O` where the offset is subtracted again. Equal operands would give `O = (b - a)·G` or `2·O = (b - a)·G`
//! with known `a`, `b`: a discrete logarithm. Without an offset there is a forgery: the scalar `6·2^249 - l` meets
//! its own table entry in the last window.

use std::array::from_fn;

use ark_ff::Field;
use psephos_protocol::constants::KEY_SPLIT_BITS;
use psephos_protocol::scalar::power_of_two;
use psephos_protocol::{Fr, Point, Scalar};

use crate::gadgets::HALF;
use crate::gadgets::montgomery::{ConstantPoint, Montgomery, coefficient_a};
use crate::gadgets::scalar::{DigitPair, odd_digits};
use crate::gadgets::slopes::Slopes;
use crate::{Builder, Num};

/// The points `±P ± Q` that a pair of digits selects, as coefficients of `1, low, high, product`.
struct Window {
    u: [Fr; 4],
    v: [Fr; 4],
}

impl Window {
    /// Returns the window of `shift + low·p + high·q`.
    fn new(shift: Point, p: Point, q: Point) -> Window {
        let (sum, difference) = (p + q, p - q);
        let shifted = |e: Point| if shift.is_identity() { e } else { shift + e };
        let [pp, pm, mp, mm] = [sum, difference, -difference, -sum].map(|e| ConstantPoint::from(shifted(e)));
        let quarter = Fr::from(4u64).inverse().expect("4 is not 0");
        // The order of the four: low is `+ + - -`, high is `+ - + -`.
        let interpolate =
            |[a, b, c, d]: [Fr; 4]| [a + b + c + d, a + b - c - d, a - b + c - d, a - b - c + d].map(|k| k * quarter);
        Window { u: interpolate([pp.u, pm.u, mp.u, mm.u]), v: interpolate([pp.v, pm.v, mp.v, mm.v]) }
    }

    fn select_entry(&self, d: &DigitPair) -> Montgomery {
        let pick = |[k0, k1, k2, k3]: &[Fr; 4]| {
            Num::linear_combination([(*k1, &d.low), (*k2, &d.high), (*k3, &d.product)]).add_constant(*k0)
        };
        Montgomery { u: pick(&self.u), v: pick(&self.v) }
    }
}

/// Constant bases for pairs of digits: `start + sum (low_i·P_i + high_i·Q_i) + end`.
pub struct PairTable(Vec<Window>);

impl PairTable {
    /// Returns a table in which `start` is part of the first window and `end` of the last; see the module for what
    /// they must be.
    pub fn new(bases: &[(Point, Point)], start: Point, end: Point) -> PairTable {
        let last = bases.len() - 1;
        let shift = |i: usize| match i {
            0 => start,
            i if i == last => end,
            _ => Point::identity(),
        };
        PairTable(bases.iter().enumerate().map(|(i, (p, q))| Window::new(shift(i), *p, *q)).collect())
    }

    /// Returns a table for the pairs of [`super::scalar::allocate_digit_pairs`]: `k·G`, with `offset` added first and
    /// subtracted last.
    pub fn for_digit_pairs(base: Point, offset: Point) -> PairTable {
        let shifted = base.mul(&power_of_two(KEY_SPLIT_BITS));
        let mut pair = (base, shifted);
        let mut bases = Vec::new();
        for _ in 0..KEY_SPLIT_BITS {
            bases.push(pair);
            pair = (pair.0 + pair.0, pair.1 + pair.1);
        }
        PairTable::new(&bases, offset, -offset)
    }

    /// Returns a table for neighbouring digits `2·b_i - 1` of an `n`-bit number `u`: `u·G + start`.
    ///
    /// The digits give `(2·u - (2^n - 1))·H`; with `H = G/2` the constant `(2^n - 1)·H` is added back.
    pub fn for_value_bits(base: Point, n: usize, start: Point) -> PairTable {
        let half = base.mul(&Scalar::from(2u64).inverse().expect("l is odd"));
        let constant = half.mul(&(power_of_two(n) - Scalar::from(1u64)));
        let mut p = half;
        let mut bases = Vec::new();
        for _ in 0..n / 2 {
            bases.push((p, p + p));
            p = p + p + p + p;
        }
        PairTable::new(&bases, start + constant, Point::identity())
    }

    /// Computes the multiple, for three constraints per pair after the first.
    pub fn multiply(&self, b: &mut Builder, digits: &[DigitPair]) -> Montgomery {
        assert_eq!(digits.len(), self.0.len(), "each window takes one pair of digits");
        let a = Num::constant(coefficient_a());
        let entries: Vec<Montgomery> = self.0.iter().zip(digits).map(|(w, d)| w.select_entry(d)).collect();
        let (first, rest) = entries.split_first().expect("a table has windows");
        let mut slopes = Slopes::precompute(b, first, &a, rest.len(), |chain| {
            rest.iter().for_each(|e| chain.add(e.u.value(), e.v.value()));
        });
        rest.iter().fold(first.clone(), |sum, e| sum.add_along(b, e, &a, &mut slopes))
    }
}

/// Windows of three bits, a sign and a magnitude, for a scalar that is used nowhere else in the circuit.
pub struct SignedTable {
    /// The odd multiples 1, 3, 5, 7 of `8^i·G`; of the last window only 1 and 3 are used.
    windows: Vec<[ConstantPoint; 4]>,
    /// The eight points of the first window, which carry the offset: positive ones, negative ones.
    first: [[ConstantPoint; 4]; 2],
}

/// 83 windows of three digits and one of two represent the odd numbers of absolute value below `2^251`.
const SIGNED_WINDOWS: usize = 84;
const SIGNED_DIGITS: usize = 251;

impl SignedTable {
    /// Returns a table for `offset + k·base`. The offset remains in the result.
    pub fn new(base: Point, offset: Point) -> SignedTable {
        let mut p = base;
        let mut windows = Vec::with_capacity(SIGNED_WINDOWS);
        let odd = |p: Point| {
            let twice = p + p;
            let three = p + twice;
            let five = three + twice;
            [p, three, five, five + twice]
        };
        let first = odd(base);
        for _ in 0..SIGNED_WINDOWS {
            windows.push(odd(p).map(ConstantPoint::from));
            p = p.double_times(3);
        }
        SignedTable { windows, first: [first.map(|e| (offset + e).into()), first.map(|e| (offset - e).into())] }
    }

    /// Computes `offset + k·base`, for eight constraints per window.
    ///
    /// The digits are unconstrained: whichever digits a prover chooses, they represent some scalar `k`, and a
    /// signature's response need not be more than that.
    pub fn multiply(&self, b: &mut Builder, k: &Scalar) -> Montgomery {
        let a = Num::constant(coefficient_a());
        let digits = odd_digits(k, SIGNED_DIGITS);
        let first = SignedDigit::new(b, &digits[..3]).select_from_first(b, &self.first);
        let rest = || self.windows.iter().zip(digits.chunks(3)).skip(1);
        let mut slopes = Slopes::precompute(b, &first, &a, SIGNED_WINDOWS - 1, |chain| {
            rest()
                .map(|(table, digits)| SignedDigit::selected_constant(digits, table))
                .for_each(|p| chain.add(p.u, p.v));
        });
        rest().fold(first, |sum, (table, digits)| {
            let entry = SignedDigit::new(b, digits).select_point(b, table);
            sum.add_along(b, &entry, &a, &mut slopes)
        })
    }
}

/// One of `±1, ±3, ±5, ±7` (or `±1, ±3`), as a sign and the bits of `(magnitude - 1)/2` with their product.
struct SignedDigit {
    sign: Num,
    bits: [Num; 2],
    product: Num,
}

impl SignedDigit {
    /// Allocates from digits `±1`, lowest first: their weighted sum is odd, and its sign is that of the highest
    /// digit.
    fn new(b: &mut Builder, digits: &[bool]) -> SignedDigit {
        let positive = digits[digits.len() - 1];
        // Below the highest digit `+4` (or `+2`) the others count from `-3` (or `-1`) in steps of 2; mirrored if
        // negative.
        let magnitude_bit = |i: usize| digits[i] == positive;
        let sign = crate::gadgets::bits::bit_to_digit(&b.allocate_bit(positive));
        let low = b.allocate_bit(magnitude_bit(0));
        if digits.len() == 2 {
            return SignedDigit { sign, bits: [low, Num::zero()], product: Num::zero() };
        }
        let high = b.allocate_bit(magnitude_bit(1));
        let product = b.mul(&low, &high);
        SignedDigit { sign, bits: [low, high], product }
    }

    /// Returns the value that [`SignedDigit::new`] and [`SignedDigit::select_point`] would select.
    fn selected_constant(digits: &[bool], table: &[ConstantPoint; 4]) -> ConstantPoint {
        let (positive, magnitude) = digits.split_last().expect("a window has digits");
        let index = magnitude.iter().rev().fold(0, |sum, digit| 2 * sum + usize::from(digit == positive));
        let ConstantPoint { u, v } = table[index];
        ConstantPoint { u, v: if *positive { v } else { -v } }
    }

    /// Returns the coefficients of `1, bit_0, bit_1, product` for values at the magnitudes 1, 3, 5, 7.
    fn interpolation_coefficients(t: [Fr; 4]) -> [Fr; 4] {
        [t[0], t[1] - t[0], t[2] - t[0], t[3] - t[2] - t[1] + t[0]]
    }

    fn interpolate_magnitude(&self, t: [Fr; 4]) -> Num {
        let [k0, k1, k2, k3] = SignedDigit::interpolation_coefficients(t);
        Num::linear_combination([(k1, &self.bits[0]), (k2, &self.bits[1]), (k3, &self.product)]).add_constant(k0)
    }

    /// Selects a point, for one constraint: negation flips only `v`.
    fn select_point(&self, b: &mut Builder, table: &[ConstantPoint; 4]) -> Montgomery {
        let v = self.interpolate_magnitude(table.map(|p| p.v));
        Montgomery { u: self.interpolate_magnitude(table.map(|p| p.u)), v: b.mul(&self.sign, &v) }
    }

    /// Selects one of eight unrelated points, positive and negative: three products with the sign, shared by both
    /// coordinates.
    fn select_from_first(&self, b: &mut Builder, tables: &[[ConstantPoint; 4]; 2]) -> Montgomery {
        let signed = [&Num::one(), &self.bits[0], &self.bits[1], &self.product].map(|n| b.mul(&self.sign, n));
        let pick = |coordinate: fn(&ConstantPoint) -> Fr| {
            let [plus, minus] = from_fn(|i| tables[i].each_ref().map(coordinate));
            let mean = self.interpolate_magnitude(from_fn(|i| (plus[i] + minus[i]) * *HALF));
            let difference = SignedDigit::interpolation_coefficients(from_fn(|i| (plus[i] - minus[i]) * *HALF));
            &mean + &Num::linear_combination(difference.into_iter().zip(&signed))
        };
        Montgomery { u: pick(|p| p.u), v: pick(|p| p.v) }
    }
}
