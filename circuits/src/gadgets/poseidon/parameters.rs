//! Poseidon's constants by width, and values derived from them.

use std::sync::OnceLock;

use ark_ff::{Field, Zero};
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;
use psephos_protocol::Fr;

use super::MAX_INPUTS;

pub(super) type Matrix = Vec<Vec<Fr>>;

pub(super) struct Parameters {
    pub(super) round_constants: Vec<Fr>,
    pub(super) matrix: Matrix,
    pub(super) inverse: Matrix,
    /// The inverse of the matrix's first entry. The matrix is a Cauchy matrix, so no entry is zero.
    pub(super) corner_inverse: Fr,
    pub(super) full_rounds: usize,
    pub(super) partial_rounds: usize,
    pub(super) partial: PartialRounds,
}

impl Parameters {
    /// Returns the parameters of a width from 2 to 13, computed on first use.
    pub(super) fn of_width(width: usize) -> &'static Parameters {
        static CACHE: [OnceLock<Parameters>; MAX_INPUTS + 2] = [const { OnceLock::new() }; MAX_INPUTS + 2];
        CACHE[width].get_or_init(|| {
            // The caller has checked that the width is from 2 to 13: the tables exist.
            let p = get_poseidon_parameters::<Fr>(width as u8).expect("circomlib has parameters for widths 2 to 13");
            let first = p.full_rounds / 2 * width;
            Parameters {
                inverse: invert_matrix(&p.mds),
                corner_inverse: inverse_of(p.mds[0][0]),
                partial: PartialRounds::new(&p.mds, &p.ark[first..first + p.partial_rounds * width]),
                round_constants: p.ark,
                matrix: p.mds,
                full_rounds: p.full_rounds,
                partial_rounds: p.partial_rounds,
            }
        })
    }
}

/// The partial rounds in a moving basis.
///
/// With the matrix `[m, v; w, M]`, round `i` takes the first element `s` and the others `r` to
/// `s' = m·y + v·(r + c_i)` and `r' = w·y + M·(r + c_i)` for `y = (s + k_i)^5`. Written as `r = M^i·(q + D_i)`, with
/// `D_0 = 0` and `D_(i+1) = D_i + M^-i·c_i`, the others only accumulate multiples: `q' = q + M^-(i+1)·w·y`, and
/// `s' = m·y + v·M^i·q + v·E_i` with `E_i = M^i·D_(i+1) = M·E_(i-1) + c_i`.
pub(super) struct PartialRounds {
    pub(super) rounds: Vec<PartialRound>,
    /// `M^R`, applied after the last of `R` rounds, and `M^R·D_R`.
    pub(super) matrix: Matrix,
    pub(super) constants: Vec<Fr>,
}

/// The constants and factors of one round.
pub(super) struct PartialRound {
    /// `k_i`.
    pub(super) constant: Fr,
    /// `m` and `v·M^i`.
    pub(super) row: Vec<Fr>,
    /// `v·E_i`.
    pub(super) sum_constant: Fr,
    /// `M^-(i+1)·w`.
    pub(super) column: Vec<Fr>,
}

impl PartialRounds {
    fn new(matrix: &Matrix, round_constants: &[Fr]) -> PartialRounds {
        let minor: Matrix = matrix[1..].iter().map(|row| row[1..].to_vec()).collect();
        let inverse = invert_matrix(&minor);
        let first_row = &matrix[0][1..];
        let mut row = first_row.to_vec();
        let mut column: Vec<Fr> = matrix[1..].iter().map(|row| row[0]).collect();
        let mut constants = vec![Fr::zero(); minor.len()];
        let rounds: Vec<PartialRound> = round_constants
            .chunks(matrix.len())
            .map(|added| {
                // `constants` is `M·E_(i-1)` before this step and `E_i` after it.
                constants.iter_mut().zip(&added[1..]).for_each(|(sum, c)| *sum += c);
                column = multiply_vector(&inverse, &column);
                let round = PartialRound {
                    constant: added[0],
                    row: [&[matrix[0][0]], &row[..]].concat(),
                    sum_constant: dot_product(first_row, &constants),
                    column: column.clone(),
                };
                row = multiply_vector(&transpose_matrix(&minor), &row);
                constants = multiply_vector(&minor, &constants);
                round
            })
            .collect();
        PartialRounds { matrix: matrix_power(&minor, rounds.len()), rounds, constants }
    }
}

/// Returns `sum row_i·values_i` of two slices of equal length. Three products share one modular reduction.
pub(super) fn dot_product(row: &[Fr], values: &[Fr]) -> Fr {
    let ((a, a_rest), (b, b_rest)) = (row.as_chunks::<3>(), values.as_chunks::<3>());
    let threes = a.iter().zip(b).map(|(a, b)| Fr::sum_of_products(a, b));
    let rest = match (a_rest, b_rest) {
        ([a], [b]) => *a * b,
        ([a, c], [b, d]) => Fr::sum_of_products(&[*a, *c], &[*b, *d]),
        _ => Fr::zero(),
    };
    threes.sum::<Fr>() + rest
}

fn multiply_vector(matrix: &Matrix, vector: &[Fr]) -> Vec<Fr> {
    matrix.iter().map(|row| dot_product(row, vector)).collect()
}

fn transpose_matrix(matrix: &Matrix) -> Matrix {
    (0..matrix.len()).map(|j| matrix.iter().map(|row| row[j]).collect()).collect()
}

fn multiply_matrices(left: &Matrix, right: &Matrix) -> Matrix {
    let columns = transpose_matrix(right);
    left.iter().map(|row| multiply_vector(&columns, row)).collect()
}

/// Returns `matrix^exponent` for an exponent that is not zero.
fn matrix_power(matrix: &Matrix, exponent: usize) -> Matrix {
    match exponent {
        1 => matrix.clone(),
        _ if exponent.is_multiple_of(2) => matrix_power(&multiply_matrices(matrix, matrix), exponent / 2),
        _ => multiply_matrices(&matrix_power(matrix, exponent - 1), matrix),
    }
}

fn inverse_of(x: Fr) -> Fr {
    x.inverse().expect("entries of a Cauchy matrix, and pivots, are not zero")
}

/// Returns the inverse of a square matrix, by Gauss-Jordan elimination.
fn invert_matrix(matrix: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    let n = matrix.len();
    let unit = |i: usize| (0..n).map(move |j| Fr::from(i == j));
    let mut rows: Vec<Vec<Fr>> =
        matrix.iter().enumerate().map(|(i, row)| row.iter().copied().chain(unit(i)).collect()).collect();
    for i in 0..n {
        let pivot = (i..n).find(|k| !rows[*k][i].is_zero()).expect("an MDS matrix is invertible");
        rows.swap(i, pivot);
        let scale = inverse_of(rows[i][i]);
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
