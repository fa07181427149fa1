//! Poseidon with circomlib's parameters, as constraints. Twin of `psephos_protocol::poseidon`.
//!
//! An S-box `x^5` costs three constraints wherever it stands; what differs is how many entries the matrices get, which is what
//! a prover pays for. So the third product of an S-box is not allocated: the *next state* is, and the product is the linear
//! combination of it that the inverse matrix gives. That moves the linear layer into C and leaves A and B short. S-boxes on
//! constants are free, so a leading domain tag makes a hash cheaper, not dearer.

use std::sync::OnceLock;

use ark_ff::{Field, Zero};
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;
use psephos_protocol::Fr;
use psephos_protocol::poseidon::SQUEEZED;

use crate::{Builder, Num};

/// Inputs that one permutation takes; more go through [`chain`].
pub const MAX_INPUTS: usize = 12;

struct Parameters {
    round_constants: Vec<Fr>,
    matrix: Vec<Vec<Fr>>,
    inverse: Vec<Vec<Fr>>,
    full_rounds: usize,
    partial_rounds: usize,
}

fn parameters(width: usize) -> &'static Parameters {
    static CACHE: [OnceLock<Parameters>; MAX_INPUTS + 2] = [const { OnceLock::new() }; MAX_INPUTS + 2];
    CACHE[width].get_or_init(|| {
        // Width 2 to 13 only, checked by the caller: the tables exist.
        let p = get_poseidon_parameters::<Fr>(width as u8).expect("circomlib's parameters for widths 2 to 13");
        Parameters {
            inverse: invert(&p.mds),
            round_constants: p.ark,
            matrix: p.mds,
            full_rounds: p.full_rounds,
            partial_rounds: p.partial_rounds,
        }
    })
}

/// `Poseidon(inputs)`, 1 to 12 inputs.
///
/// # Panics
/// With another number of inputs: a mistake in a circuit, not in data.
pub fn hash(b: &mut Builder, inputs: &[Num]) -> Num {
    assert!((1..=MAX_INPUTS).contains(&inputs.len()), "Poseidon takes 1 to {MAX_INPUTS} inputs");
    let (p, x) = before_last_round(b, inputs);
    last_round(b, p, &x)
}

/// The first 8 elements of the state after the permutation of width 9 on these inputs and zeros. Twin of `psephos_protocol::poseidon::squeeze`.
///
/// # Panics
/// With more than 8 inputs.
pub fn squeeze(b: &mut Builder, inputs: &[Num]) -> Vec<Num> {
    assert!(inputs.len() <= SQUEEZED, "at most {SQUEEZED} inputs are squeezed");
    let mut padded = inputs.to_vec();
    padded.resize(SQUEEZED, Num::zero());
    let (p, x) = before_last_round(b, &padded);
    outer_round(b, p, &x).into_iter().take(SQUEEZED).collect()
}

/// All rounds but the last, and the constants of that.
fn before_last_round(b: &mut Builder, inputs: &[Num]) -> (&'static Parameters, Vec<Num>) {
    let width = inputs.len() + 1;
    let p = parameters(width);
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

/// `Chain(inputs)` of the specification, section 1: for any number of inputs.
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

/// `(x^4, x^5's value)`: two constraints, none for a constant.
fn fourth_power(b: &mut Builder, x: &Num) -> (Num, Fr) {
    let x2 = square(b, x);
    let x4 = square(b, &x2);
    let fifth = x4.value() * x.value();
    (x4, fifth)
}

fn square(b: &mut Builder, x: &Num) -> Num {
    b.mul(x, x)
}

fn combine(row: &[Fr], state: &[Num]) -> Num {
    Num::linear(row.iter().copied().zip(state))
}

fn dot(row: &[Fr], values: &[Fr]) -> Fr {
    row.iter().zip(values).map(|(k, v)| *k * v).sum()
}

/// A full round on a state with constants in it (the first), or before the output (nothing comes after it whose rows would grow): the products are
/// allocated, not the next state.
fn outer_round(b: &mut Builder, p: &Parameters, x: &[Num]) -> Vec<Num> {
    let y: Vec<Num> = x
        .iter()
        .map(|x| {
            let (x4, _) = fourth_power(b, x);
            b.mul(&x4, x)
        })
        .collect();
    p.matrix.iter().map(|row| combine(row, &y)).collect()
}

/// A full round: allocates the next state `s`, and says `x_i^4·x_i = (M^-1·s)_i`.
fn full_round(b: &mut Builder, p: &Parameters, x: &[Num]) -> Vec<Num> {
    let (x4, y): (Vec<Num>, Vec<Fr>) = x.iter().map(|x| fourth_power(b, x)).unzip();
    let next: Vec<Num> = p.matrix.iter().map(|row| b.witness(dot(row, &y))).collect();
    for i in 0..x.len() {
        b.enforce(&x4[i], &x[i], &combine(&p.inverse[i], &next));
    }
    next
}

/// A partial round: only the first element has an S-box, so only the next first element is allocated.
fn partial_round(b: &mut Builder, p: &Parameters, mut x: Vec<Num>) -> Vec<Num> {
    let (x4, y) = fourth_power(b, &x[0]);
    let fifth_factor = x[0].clone();
    x[0] = Num::zero();
    let rest = combine(&p.matrix[0], &x);
    let next = b.witness(rest.value() + p.matrix[0][0] * y);
    // `next = m_00·x^5 + rest`, solved for `x^5`. The matrix is Cauchy's, so `m_00` is not zero.
    x[0] = (&next - &rest).scale(inverse(p.matrix[0][0]));
    b.enforce(&x4, &fifth_factor, &x[0]);
    let mut state = vec![next];
    state.extend(p.matrix[1..].iter().map(|row| combine(row, &x)));
    state
}

/// The last round: only the first output is wanted.
fn last_round(b: &mut Builder, p: &Parameters, x: &[Num]) -> Num {
    let fourth: Vec<(Num, Fr)> = x.iter().map(|x| fourth_power(b, x)).collect();
    let mut y = vec![Num::zero()];
    for i in 1..x.len() {
        y.push(b.mul(&fourth[i].0, &x[i]));
    }
    let rest = combine(&p.matrix[0], &y);
    let output = b.witness(rest.value() + p.matrix[0][0] * fourth[0].1);
    b.enforce(&fourth[0].0, &x[0], &(&output - &rest).scale(inverse(p.matrix[0][0])));
    output
}

fn inverse(x: Fr) -> Fr {
    x.inverse().expect("entries of a Cauchy matrix are not zero")
}

/// Inverse of a square matrix by Gauss and Jordan.
fn invert(matrix: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    let n = matrix.len();
    let unit = |i: usize| (0..n).map(move |j| Fr::from(i == j));
    let mut rows: Vec<Vec<Fr>> =
        matrix.iter().enumerate().map(|(i, row)| row.iter().copied().chain(unit(i)).collect()).collect();
    for i in 0..n {
        let pivot = (i..n).find(|k| !rows[*k][i].is_zero()).expect("an MDS matrix is invertible");
        rows.swap(i, pivot);
        let scale = inverse(rows[i][i]);
        rows[i].iter_mut().for_each(|x| *x *= scale);
        let pivot_row = rows[i].clone();
        for (k, row) in rows.iter_mut().enumerate() {
            let factor = row[i];
            if k != i && !factor.is_zero() {
                row.iter_mut().zip(&pivot_row).for_each(|(x, p)| *x -= factor * p);
            }
        }
    }
    rows.into_iter().map(|row| row[n..].to_vec()).collect()
}
