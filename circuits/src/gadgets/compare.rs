//! Comparison of two variables.

use ark_ff::{BigInteger256, One};
use psephos_protocol::Fr;

use crate::gadgets::bits::{allocate_bits, pack_bits};
use crate::gadgets::power_of_two;
use crate::{Builder, Num};
use psephos_engine::inversion::modular_inverse;

/// Returns 1 if `a >= c`, otherwise 0, where `a - c` must be above `-2^n` and below `2^n`: `n` constraints, and an
/// assertion named `name`.
///
/// `a - c + 2^n` has `n + 1` bits, of which the highest is the result. Only the lower ones are allocated; the highest
/// is the remainder, and the assertion shows that it is a bit. It also shows that the difference *is* in that range,
/// as an integer: it does not wrap around the field.
///
/// `lower` is the value that a malicious prover assigns to the lower bits.
pub fn is_at_least(
    b: &mut Builder,
    name: &'static str,
    a: &Num,
    c: &Num,
    n: usize,
    lower: Option<BigInteger256>,
) -> Num {
    let power = power_of_two(n);
    let shifted = (a - c).add_constant(power);
    let lower = allocate_bits(b, lower.unwrap_or_else(|| shifted.value().into()), n);
    let inverse = modular_inverse(power).expect("a power of two is not 0");
    let highest = (&shifted - &pack_bits(&lower)).scale(inverse);
    b.assert_product(name, &highest, &highest.add_constant(-Fr::one()), &Num::zero());
    highest
}
