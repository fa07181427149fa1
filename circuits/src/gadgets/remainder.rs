//! Values of polynomials modulo `l`, over integers that exceed the field.
//!
//! `t = sum tau_k·i^k = s + l·kappa` as integers: they have up to 314 bits, so an equation in the field is not
//! enough. It is asserted modulo `r` and modulo `2^64`. Both sides are below `r·2^64` for every supported point and
//! number of coefficients, so they are equal.
//!
//! The attacker who benefits without it is a dealer whose shares are inconsistent. That `s` is below `l` is *not*
//! asserted, only that it has 251 bits: `s + l` with `kappa - 1` is the same share. A commitment that binds `s` must
//! therefore bind `kappa` as well.

use ark_ff::{BigInteger256, PrimeField};
use psephos_protocol::constants::SCALAR_DIGITS;
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::bits::{allocate_bits, pack_bits};
use crate::gadgets::power_of_two;
use crate::{Builder, Num};

/// The bits of a remainder: `l` has 251.
const REMAINDER_BITS: usize = 251;
/// The second modulus is `2^LOW_MODULUS_BITS`.
pub const LOW_MODULUS_BITS: usize = 64;

/// The remainder and the quotient that a prover claims for a division.
pub struct Division {
    /// `s`.
    pub remainder: BigInteger256,
    /// `kappa`.
    pub quotient: u64,
}

/// A coefficient as its integer `tau` of 252 bits, and the lowest 64 bits of `tau`.
pub struct Coefficient<'a> {
    /// `tau`.
    pub whole: &'a Num,
    /// `tau mod 2^64`.
    pub low: &'a Num,
}

/// A remainder and a quotient, as variables.
pub struct Remainder {
    /// `s`, below `2^251`.
    pub remainder: Num,
    /// `kappa`.
    pub quotient: Num,
}

/// Computes `sum tau_k·i^k mod l`, for one constraint per bit of remainder, quotient and carry, and two assertions.
///
/// # Panics
/// If this number of coefficients at this point could give a quotient of more than 62 bits; the sizes of the
/// project's circuits do not allow it.
pub fn evaluate_modulo_l(b: &mut Builder, coefficients: &[Coefficient], point: u64, division: &Division) -> Remainder {
    let powers = coefficients.iter().fold(0u128, |sum, _| sum * u128::from(point) + 1);
    let quotient_bits = quotient_bits(powers);
    let s = allocate_bits(b, division.remainder, REMAINDER_BITS);
    let kappa = pack_bits(&allocate_bits(b, division.quotient, quotient_bits));
    let remainder = pack_bits(&s);
    let at = |part: fn(&Coefficient) -> Num| {
        coefficients.iter().rev().fold(Num::zero(), |sum, c| &sum.scale(point) + &part(c))
    };
    let whole = at(|c| c.whole.clone());
    b.assert_zero("a remainder modulo the field's order", &(&(&whole - &remainder) - &kappa.scale(subgroup_order())));

    // The low parts differ by a multiple of 2^64, the carry, which is at least `-(1 + 2^quotient_bits)` and below the
    // sum of powers.
    let low = &(&at(|c| c.low.clone()) - &pack_bits(&s[..LOW_MODULUS_BITS])) - &kappa.scale(Scalar::MODULUS.0[0]);
    let offset = (1u128 << quotient_bits) + 1;
    let carry_bits = (u128::BITS - (powers + offset).leading_zeros()) as usize;
    let carry = compute_carry(low.value(), offset);
    let carry = pack_bits(&allocate_bits(b, Fr::from(carry), carry_bits)).add_constant(-Fr::from(offset));
    b.assert_zero("a remainder modulo 2^64", &(&low - &carry.scale(power_of_two(LOW_MODULUS_BITS))));
    Remainder { remainder, quotient: kappa }
}

/// Returns the number of bits of the greatest quotient, for the sum of the powers of a point.
fn quotient_bits(powers: u128) -> usize {
    // `tau < 2^252 < 2.65·l`.
    let greatest = powers * 265 / 100;
    let bits = (u128::BITS - greatest.leading_zeros()) as usize;
    assert!(bits <= psephos_protocol::constants::QUOTIENT_BITS, "quotients of {bits} bits do not fit in a word");
    debug_assert_eq!(SCALAR_DIGITS, 252);
    bits
}

/// Returns `(low + offset·2^64) / 2^64` for an integer `low` that is given modulo `r`; rounded down if a malicious
/// prover's values leave a remainder.
fn compute_carry(low: Fr, offset: u128) -> u128 {
    let shifted = (low + Fr::from(offset) * power_of_two(LOW_MODULUS_BITS)).into_bigint();
    u128::from(shifted.0[2]) << 64 | u128::from(shifted.0[1])
}

fn subgroup_order() -> Fr {
    Fr::from_bigint(Scalar::MODULUS).expect("l is below r")
}
