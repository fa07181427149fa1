//! Bits, ranges and comparison with constants.

use ark_ff::{AdditiveGroup, BigInteger, BigInteger256, One, Zero};
use psephos_protocol::Fr;

use crate::{Builder, Num};

/// The lowest `n` bits of `value` as variables, lowest first; `n` constraints.
///
/// Nothing ties them to a variable that holds `value`: the caller equates [`pack`] of them, or uses [`pack`] instead of it. A
/// value of more than `n` bits is cut, so that equation then fails.
pub fn bits(b: &mut Builder, value: impl Into<BigInteger256>, n: usize) -> Vec<Num> {
    let value = value.into();
    (0..n).map(|i| b.bit(value.get_bit(i))).collect()
}

/// `sum 2^i·bit_i`: free.
pub fn pack(bits: &[Num]) -> Num {
    if bits.iter().any(Num::is_value) {
        return Num::known(bits.iter().rev().fold(Fr::zero(), |sum, bit| sum.double() + bit.value()));
    }
    let mut k = Fr::one();
    let mut parts = Vec::with_capacity(bits.len());
    for bit in bits {
        parts.push((k, bit));
        k.double_in_place();
    }
    Num::linear(parts)
}

/// The digit `+1` or `-1` of a bit, `2·bit - 1`: free.
pub fn digit(bit: &Num) -> Num {
    bit.double().add_constant(-Fr::one())
}

/// Asserts that the number of these bits (lowest first) is at most `bound`, a constant of as many bits.
///
/// Walking down from the top, `tight` is 1 while every bit under a one of `bound` is one, so while the number has not become
/// smaller than `bound`. Where `bound` has a zero, a one while tight makes the number larger. Each run of zeros gives one
/// product; all of them are non-negative and small, so one assertion says that all are zero. About one constraint a bit. Below the last zero
/// nothing can be larger.
pub fn at_most_constant(b: &mut Builder, bits: &[Num], bound: impl BigInteger) {
    let mut tight = Num::one();
    let mut excess = Num::zero();
    let mut i = bits.len();
    let last = (0..i).find(|i| !bound.get_bit(*i)).unwrap_or(i);
    while i > last {
        i -= 1;
        if bound.get_bit(i) {
            tight = b.mul(&tight, &bits[i]);
            continue;
        }
        let mut run = bits[i].clone();
        while i > 0 && !bound.get_bit(i - 1) {
            i -= 1;
            run = &run + &bits[i];
        }
        excess = &excess + &b.mul(&tight, &run);
    }
    b.assert_zero("at most a constant", &excess);
}
