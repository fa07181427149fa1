//! Poseidon with circomlib's parameters, as constraints. Twin of `psephos_protocol::poseidon`.
//!
//! An S-box `x^5` costs three constraints in every round; the rounds differ in the number of matrix entries, which
//! the prover pays for. Therefore the third product of an S-box is not allocated: the *next state* is, and the
//! product is the linear combination of it that the inverse matrix gives. That moves the linear layer into C and
//! keeps A and B short. S-boxes on constants cost nothing, so a leading domain tag makes a hash cheaper, not more
//! expensive.
//!
//! In witness-generation mode, `values` computes the same variables without any linear combinations.

mod parameters;
mod values;

use psephos_protocol::Fr;
use psephos_protocol::poseidon::SQUEEZE_LENGTH;

use crate::{Builder, Num};
use parameters::Parameters;

/// The number of inputs that one permutation takes; [`chain`] takes more.
pub const MAX_INPUTS: usize = 12;

/// Computes `Poseidon(inputs)` of 1 to 12 inputs.
///
/// # Panics
/// With another number of inputs, which is a mistake in a circuit and not in data.
pub fn hash(b: &mut Builder, inputs: &[Num]) -> Num {
    assert!((1..=MAX_INPUTS).contains(&inputs.len()), "Poseidon takes 1 to {MAX_INPUTS} inputs");
    if inputs.iter().any(Num::is_value_only) {
        return values::hash(b, inputs);
    }
    let (p, x) = before_last_round(b, inputs);
    last_round(b, p, &x)
}

/// Computes the first 8 elements of the state after the permutation of width 9 on these inputs and zeros. Twin of
/// `psephos_protocol::poseidon::squeeze`.
///
/// # Panics
/// With more than 8 inputs.
pub fn squeeze(b: &mut Builder, inputs: &[Num]) -> Vec<Num> {
    assert!(inputs.len() <= SQUEEZE_LENGTH, "squeezing takes at most {SQUEEZE_LENGTH} inputs");
    let mut padded = inputs.to_vec();
    padded.resize(SQUEEZE_LENGTH, Num::zero());
    if inputs.iter().any(Num::is_value_only) {
        return values::squeeze(b, &padded);
    }
    let (p, x) = before_last_round(b, &padded);
    outer_round(b, p, &x).into_iter().take(SQUEEZE_LENGTH).collect()
}

/// Computes all rounds but the last; returns the parameters and the state with the last round's constants added.
fn before_last_round(b: &mut Builder, inputs: &[Num]) -> (&'static Parameters, Vec<Num>) {
    let width = inputs.len() + 1;
    let p = Parameters::of_width(width);
    let mut state = vec![Num::zero()];
    state.extend_from_slice(inputs);
    let rounds = p.full_rounds + p.partial_rounds;
    for round in 0..rounds - 1 {
        let constants = &p.round_constants[round * width..][..width];
        let x: Vec<Num> = state.iter().zip(constants).map(|(s, k)| s.add_constant(*k)).collect();
        let full = round < p.full_rounds / 2 || round >= p.full_rounds / 2 + p.partial_rounds;
        state = match full {
            false => partial_round(b, p, x),
            true if x.iter().any(Num::is_constant) => outer_round(b, p, &x),
            true => full_round(b, p, &x),
        };
    }
    let constants = &p.round_constants[(rounds - 1) * width..];
    (p, state.iter().zip(constants).map(|(s, k)| s.add_constant(*k)).collect())
}

/// Computes `Chain(inputs)` of the specification, section 1, for any number of inputs.
pub fn chain(b: &mut Builder, inputs: &[Num]) -> Num {
    let (first, rest) = inputs.split_at(inputs.len().min(MAX_INPUTS));
    let mut h = hash(b, first);
    for part in rest.chunks(MAX_INPUTS - 1) {
        let mut next = vec![h];
        next.extend_from_slice(part);
        h = hash(b, &next);
    }
    h
}

/// Returns `x^4` and the value of `x^5`, for two constraints, or none if `x` is a constant.
fn fourth_power(b: &mut Builder, x: &Num) -> (Num, Fr) {
    let x2 = square(b, x);
    let x4 = square(b, &x2);
    let fifth = x4.value() * x.value();
    (x4, fifth)
}

fn square(b: &mut Builder, x: &Num) -> Num {
    b.mul(x, x)
}

fn apply_row(row: &[Fr], state: &[Num]) -> Num {
    Num::linear_combination(row.iter().copied().zip(state))
}

fn dot_product(row: &[Fr], values: &[Fr]) -> Fr {
    row.iter().zip(values).map(|(k, v)| *k * v).sum()
}

/// Computes a full round and allocates its products, not the next state. Used on a state that contains constants (the
/// first round), and before the output, where no later rows would grow.
fn outer_round(b: &mut Builder, p: &Parameters, x: &[Num]) -> Vec<Num> {
    let y: Vec<Num> = x
        .iter()
        .map(|x| {
            let (x4, _) = fourth_power(b, x);
            b.mul(&x4, x)
        })
        .collect();
    p.matrix.iter().map(|row| apply_row(row, &y)).collect()
}

/// Computes a full round: allocates the next state `s`, and constrains `x_i^4·x_i = (M^-1·s)_i`.
fn full_round(b: &mut Builder, p: &Parameters, x: &[Num]) -> Vec<Num> {
    let (x4, y): (Vec<Num>, Vec<Fr>) = x.iter().map(|x| fourth_power(b, x)).unzip();
    let next: Vec<Num> = p.matrix.iter().map(|row| b.allocate_witness(dot_product(row, &y))).collect();
    for i in 0..x.len() {
        b.enforce(&x4[i], &x[i], &apply_row(&p.inverse[i], &next));
    }
    next
}

/// Computes a partial round: only the first element has an S-box, so only the first element of the next state is
/// allocated.
fn partial_round(b: &mut Builder, p: &Parameters, mut x: Vec<Num>) -> Vec<Num> {
    let (x4, y) = fourth_power(b, &x[0]);
    let fifth_factor = x[0].clone();
    x[0] = Num::zero();
    let rest = apply_row(&p.matrix[0], &x);
    let next = b.allocate_witness(rest.value() + p.matrix[0][0] * y);
    // `next = m_00·x^5 + rest`, solved for `x^5`. The matrix is a Cauchy matrix, so `m_00` is not zero.
    x[0] = (&next - &rest).scale(p.corner_inverse);
    b.enforce(&x4, &fifth_factor, &x[0]);
    let mut state = vec![next];
    state.extend(p.matrix[1..].iter().map(|row| apply_row(row, &x)));
    state
}

/// Computes the last round, of which only the first output is used.
fn last_round(b: &mut Builder, p: &Parameters, x: &[Num]) -> Num {
    let fourth: Vec<(Num, Fr)> = x.iter().map(|x| fourth_power(b, x)).collect();
    let mut y = vec![Num::zero()];
    for i in 1..x.len() {
        y.push(b.mul(&fourth[i].0, &x[i]));
    }
    let rest = apply_row(&p.matrix[0], &y);
    let output = b.allocate_witness(rest.value() + p.matrix[0][0] * fourth[0].1);
    b.enforce(&fourth[0].0, &x[0], &(&output - &rest).scale(p.corner_inverse));
    output
}
