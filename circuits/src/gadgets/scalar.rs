//! Scalars as digits `+1` and `-1`.
//!
//! A digit is linear in its bit, so adding or subtracting a point according to it costs one product for the sign.
//! Every odd integer of absolute value below `2^n` has exactly one representation `sum d_i·2^i` with `n` such digits.
//! A scalar `k < l` is represented by the odd one of `k` and `k - l`; both give the same multiple of a point of order
//! `l`. A prover may use another representative (for instance `k + 2l`): it multiplies points of order `l` only, and
//! one vector of digits is used wherever the scalar occurs, so no two results can differ.

use ark_ff::{BigInteger, One};
use psephos_protocol::constants::{KEY_SPLIT_BITS, SCALAR_DIGITS};
use psephos_protocol::scalar::to_odd_form;
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::HALF;
use crate::gadgets::bits::bit_to_digit;
use crate::{Builder, Num};

/// Two digits and their product, which is shared by all bases that they multiply.
#[derive(Clone)]
pub struct DigitPair {
    /// The digit of lower significance.
    pub low: Num,
    /// The digit of higher significance.
    pub high: Num,
    /// `low·high`.
    pub product: Num,
}

impl DigitPair {
    /// Computes the product, for one constraint.
    pub fn new(b: &mut Builder, low: &Num, high: &Num) -> DigitPair {
        DigitPair { low: low.clone(), high: high.clone(), product: b.mul(low, high) }
    }
}

/// Allocates the pairs `(d_i, d_(126+i))` of a scalar `k = sum d_i·2^i + 2^126·sum d_(126+i)·2^i`, for 378
/// constraints.
pub fn allocate_digit_pairs(b: &mut Builder, k: &Scalar) -> Vec<DigitPair> {
    let digits: Vec<Num> =
        odd_digits(k, SCALAR_DIGITS).into_iter().map(|bit| bit_to_digit(&b.allocate_bit(bit))).collect();
    let (low, high) = digits.split_at(KEY_SPLIT_BITS);
    low.iter().zip(high).map(|(l, h)| DigitPair::new(b, l, h)).collect()
}

/// Returns the bits of `tau`, lowest first, for the scalar `2·tau - (2^252 - 1)` that has these digits, at no cost.
pub fn tau_bits(pairs: &[DigitPair]) -> Vec<Num> {
    let bit = |digit: &Num| digit.add_constant(Fr::one()).scale(*HALF);
    pairs.iter().map(|p| bit(&p.low)).chain(pairs.iter().map(|p| bit(&p.high))).collect()
}

/// Returns the `n` digits of the odd representative of `k` as bits: bit `i` is 1 where digit `i` is `+1`.
pub(crate) fn odd_digits(k: &Scalar, n: usize) -> Vec<bool> {
    let tau = to_odd_form(k, n);
    (0..n).map(|i| tau.get_bit(i)).collect()
}
