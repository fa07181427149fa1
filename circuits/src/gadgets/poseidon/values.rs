//! Witness generation for a Poseidon permutation: the values of the variables that [`super`] allocates, in the same
//! order, without constraints.
//!
//! Partial rounds use the moving basis of [`PartialRounds`], in which each costs two products per element.

use ark_ff::Field;
use psephos_protocol::Fr;
use psephos_protocol::poseidon::SQUEEZE_LENGTH;

use super::MAX_INPUTS;
use super::parameters::{Matrix, Parameters, PartialRounds, dot_product};
use crate::{Builder, Num};

/// The state, on the stack, of which the first `width` elements are used.
type State = [Fr; MAX_INPUTS + 1];

/// Computes the hash. Twin of [`super::hash`], for inputs that are not all constants.
pub(super) fn hash(b: &mut Builder, inputs: &[Num]) -> Num {
    let (p, mut state) = before_last_round(b, inputs);
    let y = &mut state[..=inputs.len()];
    y.iter_mut().for_each(|x| *x *= fourth_power(b, *x));
    y[1..].iter().for_each(|y| b.record_value(*y));
    b.allocate_witness(dot_product(&p.matrix[0], y))
}

/// Computes the squeezed elements. Twin of [`super::squeeze`], for padded inputs that are not all constants.
pub(super) fn squeeze(b: &mut Builder, inputs: &[Num]) -> Vec<Num> {
    let (p, mut state) = before_last_round(b, inputs);
    let y = &mut state[..=inputs.len()];
    y.iter_mut().for_each(|x| *x = outer_s_box(b, *x));
    p.matrix.iter().take(SQUEEZE_LENGTH).map(|row| Num::from_value(dot_product(row, y))).collect()
}

/// Computes all rounds but the last. Twin of [`super::before_last_round`].
fn before_last_round(b: &mut Builder, inputs: &[Num]) -> (&'static Parameters, State) {
    let width = inputs.len() + 1;
    let p = Parameters::of_width(width);
    let constants = |round: usize| &p.round_constants[round * width..][..width];
    let (half, rounds) = (p.full_rounds / 2, p.full_rounds + p.partial_rounds);

    let mut state = State::default();
    let s = &mut state[..width];
    first_round(b, p, inputs, s);
    (1..half).for_each(|round| full_round(b, &p.matrix, constants(round), s));
    partial_rounds(b, &p.partial, s);
    (half + p.partial_rounds..rounds - 1).for_each(|round| full_round(b, &p.matrix, constants(round), s));
    s.iter_mut().zip(constants(rounds - 1)).for_each(|(s, k)| *s += k);
    (p, state)
}

/// Computes the first round, on the inputs that follow the capacity element, which is the constant zero. Twin of
/// [`super::outer_round`]. S-boxes on constants allocate nothing.
fn first_round(b: &mut Builder, p: &Parameters, inputs: &[Num], s: &mut [Fr]) {
    let mut y = State::default();
    let y = &mut y[..s.len()];
    y.copy_from_slice(&p.round_constants[..s.len()]);
    y[0] *= y[0].square().square();
    for (y, input) in y[1..].iter_mut().zip(inputs) {
        let x = *y + input.value();
        *y = if input.is_constant() { x.square().square() * x } else { outer_s_box(b, x) };
    }
    multiply_state(&p.matrix, y, s);
}

/// Computes a full round, including the addition of its constants. Twin of [`super::full_round`].
fn full_round(b: &mut Builder, matrix: &Matrix, constants: &[Fr], s: &mut [Fr]) {
    let mut y = State::default();
    let y = &mut y[..s.len()];
    for ((y, s), k) in y.iter_mut().zip(&*s).zip(constants) {
        let x = *s + k;
        *y = fourth_power(b, x) * x;
    }
    multiply_state(matrix, y, s);
    s.iter().for_each(|s| b.record_value(*s));
}

/// Computes all partial rounds, including the addition of their constants. Twin of all [`super::partial_round`]s.
fn partial_rounds(b: &mut Builder, p: &PartialRounds, s: &mut [Fr]) {
    for round in &p.rounds {
        let x = s[0] + round.constant;
        s[0] = fourth_power(b, x) * x;
        let next = dot_product(&round.row, s) + round.sum_constant;
        b.record_value(next);
        let (first, others) = s.split_at_mut(1);
        others.iter_mut().zip(&round.column).for_each(|(q, k)| *q += first[0] * k);
        s[0] = next;
    }
    let mut q = State::default();
    let (q, others) = (&mut q[1..s.len()], &mut s[1..]);
    q.copy_from_slice(others);
    multiply_state(&p.matrix, q, others);
    others.iter_mut().zip(&p.constants).for_each(|(s, k)| *s += k);
}

/// Returns `x^4`. Twin of [`super::fourth_power`].
fn fourth_power(b: &mut Builder, x: Fr) -> Fr {
    let x2 = x.square();
    let x4 = x2.square();
    b.record_value(x2);
    b.record_value(x4);
    x4
}

/// Returns `x^5`, and assigns all three products of the S-box.
fn outer_s_box(b: &mut Builder, x: Fr) -> Fr {
    let x5 = fourth_power(b, x) * x;
    b.record_value(x5);
    x5
}

fn multiply_state(matrix: &Matrix, y: &[Fr], s: &mut [Fr]) {
    s.iter_mut().zip(matrix).for_each(|(s, row)| *s = dot_product(row, y));
}
