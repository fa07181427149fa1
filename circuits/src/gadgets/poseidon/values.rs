//! The variables of a permutation without its constraints: those that [`super`] allocates, in the same order.
//!
//! Partial rounds take the moving basis of [`Partial`], in which an element costs them two products.

use ark_ff::Field;
use psephos_protocol::Fr;
use psephos_protocol::poseidon::SQUEEZED;

use super::MAX_INPUTS;
use super::parameters::{Matrix, Parameters, Partial, dot};
use crate::{Builder, Num};

/// On the stack, as far as it is wide.
type State = [Fr; MAX_INPUTS + 1];

/// Twin of [`super::hash`]. Not all inputs are constants.
pub(super) fn hash(b: &mut Builder, inputs: &[Num]) -> Num {
    let (p, mut state) = before_last_round(b, inputs);
    let y = &mut state[..=inputs.len()];
    y.iter_mut().for_each(|x| *x *= fourth_power(b, *x));
    y[1..].iter().for_each(|y| b.record(*y));
    b.witness(dot(&p.matrix[0], y))
}

/// Twin of [`super::squeeze`], of the padded inputs. Not all of them are constants.
pub(super) fn squeeze(b: &mut Builder, inputs: &[Num]) -> Vec<Num> {
    let (p, mut state) = before_last_round(b, inputs);
    let y = &mut state[..=inputs.len()];
    y.iter_mut().for_each(|x| *x = outer_box(b, *x));
    p.matrix.iter().take(SQUEEZED).map(|row| Num::known(dot(row, y))).collect()
}

/// Twin of [`super::before_last_round`].
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

/// Twin of [`super::outer_round`] on the inputs behind the capacity, which is the constant zero. S-boxes on constants allocate nothing.
fn first_round(b: &mut Builder, p: &Parameters, inputs: &[Num], s: &mut [Fr]) {
    let mut y = State::default();
    let y = &mut y[..s.len()];
    y.copy_from_slice(&p.round_constants[..s.len()]);
    y[0] *= y[0].square().square();
    for (y, input) in y[1..].iter_mut().zip(inputs) {
        let x = *y + input.value();
        *y = if input.is_constant() { x.square().square() * x } else { outer_box(b, x) };
    }
    multiply(&p.matrix, y, s);
}

/// Twin of [`super::full_round`], with its constants.
fn full_round(b: &mut Builder, matrix: &Matrix, constants: &[Fr], s: &mut [Fr]) {
    let mut y = State::default();
    let y = &mut y[..s.len()];
    for ((y, s), k) in y.iter_mut().zip(&*s).zip(constants) {
        let x = *s + k;
        *y = fourth_power(b, x) * x;
    }
    multiply(matrix, y, s);
    s.iter().for_each(|s| b.record(*s));
}

/// Twin of all [`super::partial_round`]s, with their constants.
fn partial_rounds(b: &mut Builder, p: &Partial, s: &mut [Fr]) {
    for round in &p.rounds {
        let x = s[0] + round.constant;
        s[0] = fourth_power(b, x) * x;
        let next = dot(&round.row, s) + round.sum_constant;
        b.record(next);
        let (first, others) = s.split_at_mut(1);
        others.iter_mut().zip(&round.column).for_each(|(q, k)| *q += first[0] * k);
        s[0] = next;
    }
    let mut q = State::default();
    let (q, others) = (&mut q[1..s.len()], &mut s[1..]);
    q.copy_from_slice(others);
    multiply(&p.matrix, q, others);
    others.iter_mut().zip(&p.constants).for_each(|(s, k)| *s += k);
}

/// Twin of [`super::fourth_power`].
fn fourth_power(b: &mut Builder, x: Fr) -> Fr {
    let x2 = x.square();
    let x4 = x2.square();
    b.record(x2);
    b.record(x4);
    x4
}

/// All three products of an S-box.
fn outer_box(b: &mut Builder, x: Fr) -> Fr {
    let x5 = fourth_power(b, x) * x;
    b.record(x5);
    x5
}

fn multiply(matrix: &Matrix, y: &[Fr], s: &mut [Fr]) {
    s.iter_mut().zip(matrix).for_each(|(s, row)| *s = dot(row, y));
}
