//! The gadgets: reusable pieces of circuits, each with its cost and the argument why a malicious prover gains nothing
//! from it.

pub mod bits;
pub mod compare;
pub mod complete_addition;
pub mod elgamal;
pub mod fixed_base;
pub mod ladder;
pub mod lean_imt;
pub mod member;
pub mod montgomery;
pub mod note;
pub mod poseidon;
pub mod remainder;
pub mod rule;
pub mod scalar;
pub mod sheet;
pub mod signature;
mod slopes;

use std::sync::LazyLock;

use psephos_protocol::Fr;

use crate::{Builder, Num};
use psephos_engine::inversion::modular_inverse;

/// Constrains `result` to be `sum e_i·z^i`, by Horner's rule: one constraint for each element after the first, of
/// which the last one determines `result`.
///
/// Twin of `psephos_protocol::transcript::evaluate`.
pub fn evaluate(b: &mut Builder, elements: &[Num], z: &Num, result: &Num) {
    let Some((first, rest)) = elements.split_first() else { return b.enforce_equal(&Num::zero(), result) };
    let Some((last, middle)) = rest.split_last() else { return b.enforce_equal(first, result) };
    let tail = middle.iter().rev().fold(last.clone(), |sum, e| &b.mul(&sum, z) + e);
    b.enforce(&tail, z, &(result - first));
}

/// The constant `1/2`.
pub(crate) static HALF: LazyLock<Fr> = LazyLock::new(|| modular_inverse(Fr::from(2u64)).expect("2 is not 0"));

/// Returns `2^n` as a field element.
pub(crate) fn power_of_two(n: usize) -> Fr {
    use ark_ff::Field;
    Fr::from(2u64).pow([n as u64])
}
