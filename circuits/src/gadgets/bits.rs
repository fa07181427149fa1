//! Bits, ranges and comparisons with constants.

use ark_ff::{AdditiveGroup, BigInteger, BigInteger256, One, Zero};
use psephos_protocol::Fr;

use crate::{Builder, Num};

/// Allocates the lowest `n` bits of `value`, lowest first; `n` constraints.
///
/// No constraint relates them to a variable that holds `value`: the caller equates [`pack_bits`] of them with it, or
/// uses
/// [`pack_bits`] in its place. A value of more than `n` bits is truncated, so that such an equation then fails.
pub fn allocate_bits(b: &mut Builder, value: impl Into<BigInteger256>, n: usize) -> Vec<Num> {
    let value = value.into();
    (0..n).map(|i| b.allocate_bit(value.get_bit(i))).collect()
}

/// Returns `sum 2^i·bit_i`, at no cost.
pub fn pack_bits(bits: &[Num]) -> Num {
    if bits.iter().any(Num::is_value_only) {
        return Num::from_value(bits.iter().rev().fold(Fr::zero(), |sum, bit| sum.double() + bit.value()));
    }
    let mut k = Fr::one();
    let mut parts = Vec::with_capacity(bits.len());
    for bit in bits {
        parts.push((k, bit));
        k.double_in_place();
    }
    Num::linear_combination(parts)
}

/// Returns the digit `+1` or `-1` of a bit, `2·bit - 1`, at no cost.
pub fn bit_to_digit(bit: &Num) -> Num {
    bit.double().add_constant(-Fr::one())
}

/// Asserts that the number with these bits (lowest first) is at most `bound`, a constant of as many bits.
///
/// Going from the highest bit down, `tight` is 1 as long as every bit at a one of `bound` is one, so as long as the
/// number has not become smaller than `bound`. Where `bound` has a zero, a one while `tight` is 1 makes the number
/// larger. Each run of zeros gives one product; all products are non-negative and small, so one assertion shows that
/// all are zero. The cost is about one constraint per bit. Below the lowest zero of `bound` no bit can make the
/// number larger.
pub fn assert_at_most_constant(b: &mut Builder, bits: &[Num], bound: impl BigInteger) {
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
