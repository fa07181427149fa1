//! Scalars as digits `+1` and `-1`.
//!
//! A digit is linear in its bit, so adding or subtracting a point by it costs one product for the sign. Every odd integer of
//! absolute value below `2^n` has exactly one form `sum d_i·2^i` with `n` such digits. A scalar `k < l` is taken as the odd one
//! of `k` and `k - l`; both are the same multiple of a point of order `l`. A prover may take another representative (`k + 2l`
//! say): it acts on points of order `l` only, and one vector of digits is used wherever the scalar is meant, so nothing can
//! differ.

use ark_ff::{BigInteger, BigInteger256, PrimeField};
use psephos_protocol::Scalar;
use psephos_protocol::constants::KEY_SPLIT_BITS;

use crate::gadgets::bits::digit;
use crate::{Builder, Num};

/// Digits of a full scalar: `l < 2^251`, so 252 are enough and halve evenly.
pub const DIGITS: usize = 2 * KEY_SPLIT_BITS;

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
    let digits: Vec<Num> = odd_digits(k, DIGITS).into_iter().map(|bit| digit(&b.bit(bit))).collect();
    let (low, high) = digits.split_at(KEY_SPLIT_BITS);
    low.iter().zip(high).map(|(l, h)| Pair::new(b, l, h)).collect()
}

/// Bits of the digits of the odd representative of `k`: bit `i` is 1 where digit `i` is `+1`.
pub(crate) fn odd_digits(k: &Scalar, n: usize) -> Vec<bool> {
    // `sum (2·t_i - 1)·2^i = 2·t - (2^n - 1)`, so `t = (v + 2^n - 1)/2` for the odd representative `v`.
    let mut t = BigInteger256::from(1u64) << n as u32;
    t.sub_with_borrow(&BigInteger256::from(1u64));
    let k = k.into_bigint();
    t.add_with_carry(&k);
    if k.is_even() {
        t.sub_with_borrow(&Scalar::MODULUS);
    }
    t.div2();
    (0..n).map(|i| t.get_bit(i)).collect()
}
