//! Scalars as digits `+1` and `-1`.
//!
//! A digit is linear in its bit, so adding or subtracting a point by it costs one product for the sign. Every odd integer of
//! absolute value below `2^n` has exactly one form `sum d_i·2^i` with `n` such digits. A scalar `k < l` is taken as the odd one
//! of `k` and `k - l`; both are the same multiple of a point of order `l`. A prover may take another representative (`k + 2l`
//! say): it acts on points of order `l` only, and one vector of digits is used wherever the scalar is meant, so nothing can
//! differ.

use ark_ff::{BigInteger, One};
use psephos_protocol::constants::{KEY_SPLIT_BITS, SCALAR_DIGITS};
use psephos_protocol::scalar::odd_form;
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::HALF;
use crate::gadgets::bits::digit;
use crate::{Builder, Num};

/// Two digits and their product, which every base that meets them shares.
#[derive(Clone)]
pub struct Pair {
    /// The digit of less weight.
    pub low: Num,
    /// The digit of more weight.
    pub high: Num,
    /// `low·high`.
    pub product: Num,
}

impl Pair {
    /// One constraint.
    pub fn new(b: &mut Builder, low: &Num, high: &Num) -> Pair {
        Pair { low: low.clone(), high: high.clone(), product: b.mul(low, high) }
    }
}

/// The pairs `(d_i, d_(126+i))` of a scalar: `k = sum d_i·2^i + 2^126·sum d_(126+i)·2^i`. 378 constraints.
pub fn split_pairs(b: &mut Builder, k: &Scalar) -> Vec<Pair> {
    let digits: Vec<Num> = odd_digits(k, SCALAR_DIGITS).into_iter().map(|bit| digit(&b.bit(bit))).collect();
    let (low, high) = digits.split_at(KEY_SPLIT_BITS);
    low.iter().zip(high).map(|(l, h)| Pair::new(b, l, h)).collect()
}

/// The bits of `tau`, lowest first, of the scalar with these digits: `2·tau - (2^252 - 1)`. Free.
pub fn bits(pairs: &[Pair]) -> Vec<Num> {
    let bit = |digit: &Num| digit.add_constant(Fr::one()).scale(*HALF);
    pairs.iter().map(|p| bit(&p.low)).chain(pairs.iter().map(|p| bit(&p.high))).collect()
}

/// The `n` digits of the odd representative of `k` as bits: bit `i` is 1 where digit `i` is `+1`.
pub(crate) fn odd_digits(k: &Scalar, n: usize) -> Vec<bool> {
    let tau = odd_form(k, n);
    (0..n).map(|i| tau.get_bit(i)).collect()
}
