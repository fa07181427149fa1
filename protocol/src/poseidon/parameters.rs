//! Round constants and matrices of each width, in the sparse form.

use std::sync::LazyLock;

use ark_ff::{Field, Zero};
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;

use super::MAX_INPUTS;
use crate::Fr;

type Matrix = Vec<Vec<Fr>>;

/// The part of a partial round after its S-box: the constant that is added to the first element alone, then the sparse
/// matrix with `corner` and `row` as its first row, `corner` and `column` as its first column, and ones elsewhere on
/// the diagonal.
pub(super) struct PartialRound {
    pub(super) constant: Fr,
    pub(super) corner: Fr,
    pub(super) row: Vec<Fr>,
    pub(super) column: Vec<Fr>,
}

/// The constants of the permutation for one state width.
pub(super) struct WidthParameters {
    pub(super) mds: Matrix,
    /// The matrix of the full round before the partial rounds.
    pub(super) pre_sparse: Matrix,
    pub(super) first_full: Vec<Vec<Fr>>,
    /// The vector added to the whole state before the first partial S-box.
    pub(super) partial_start: Vec<Fr>,
    pub(super) partial: Vec<PartialRound>,
    pub(super) last_full: Vec<Vec<Fr>>,
}

impl WidthParameters {
    /// Returns the parameters for 1 to 12 inputs, computed on first use.
    pub(super) fn for_inputs(n: usize) -> &'static WidthParameters {
        static WIDTHS: [LazyLock<WidthParameters>; MAX_INPUTS] = [
            LazyLock::new(|| WidthParameters::derive_for_width(2)),
            LazyLock::new(|| WidthParameters::derive_for_width(3)),
            LazyLock::new(|| WidthParameters::derive_for_width(4)),
            LazyLock::new(|| WidthParameters::derive_for_width(5)),
            LazyLock::new(|| WidthParameters::derive_for_width(6)),
            LazyLock::new(|| WidthParameters::derive_for_width(7)),
            LazyLock::new(|| WidthParameters::derive_for_width(8)),
            LazyLock::new(|| WidthParameters::derive_for_width(9)),
            LazyLock::new(|| WidthParameters::derive_for_width(10)),
            LazyLock::new(|| WidthParameters::derive_for_width(11)),
            LazyLock::new(|| WidthParameters::derive_for_width(12)),
            LazyLock::new(|| WidthParameters::derive_for_width(13)),
        ];
        &WIDTHS[n - 1]
    }

    fn derive_for_width(width: u8) -> WidthParameters {
        let source = get_poseidon_parameters::<Fr>(width).expect("parameters exist for widths 2 to 13");
        let rounds: Vec<Vec<Fr>> = source.ark.chunks_exact(source.width).map(<[Fr]>::to_vec).collect();
        let half = source.full_rounds / 2;
        let (first_full, rest) = rounds.split_at(half);
        let (middle, last_full) = rest.split_at(source.partial_rounds);
        let mds = source.mds;

        let (start, constants) = move_constants_back(middle, &invert_matrix(&mds));
        let (dense, mut partial) = factor_sparse(&mds, source.partial_rounds);
        let (pre_sparse, partial_start) = (multiply_matrices(&dense, &mds), multiply_vector(&dense, &start));
        for (round, constant) in partial.iter_mut().zip(constants) {
            round.constant = constant;
        }
        let (first_full, last_full) = (first_full.to_vec(), last_full.to_vec());
        WidthParameters { mds, pre_sparse, first_full, partial_start, partial, last_full }
    }
}

/// Moves the constants of partial rounds to the front.
///
/// A partial S-box leaves all but the first element unchanged, so a constant that a round adds to those can be added
/// before the previous round's matrix instead, as `M^-1` of it. One constant after each S-box and one vector before
/// the first remain.
fn move_constants_back(rounds: &[Vec<Fr>], inverse: &Matrix) -> (Vec<Fr>, Vec<Fr>) {
    let mut carried = rounds.last().expect("there are partial rounds").clone();
    let mut constants = vec![Fr::zero()];
    for round in rounds[..rounds.len() - 1].iter().rev() {
        let moved = multiply_vector(inverse, &carried);
        constants.push(moved[0]);
        carried = round.clone();
        for (constant, addition) in carried.iter_mut().zip(moved).skip(1) {
            *constant += addition;
        }
    }
    constants.reverse();
    (carried, constants)
}

/// Writes each partial round's matrix as `sparse · dense`, where `dense` fixes the first element, so that it commutes
/// with the S-box and joins the matrix of the round before. Returns the last `dense` matrix, which joins the last full
/// round and the vector that is added after it.
fn factor_sparse(mds: &Matrix, rounds: usize) -> (Matrix, Vec<PartialRound>) {
    let mut dense = identity_matrix(mds.len());
    let mut partial = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let joined = multiply_matrices(&dense, mds);
        let minor: Matrix = joined[1..].iter().map(|row| row[1..].to_vec()).collect();
        let inverse = invert_matrix(&minor);
        let row = (0..minor.len()).map(|j| (0..minor.len()).map(|i| joined[0][i + 1] * inverse[i][j]).sum()).collect();
        let column = joined[1..].iter().map(|row| row[0]).collect();
        partial.push(PartialRound { constant: Fr::zero(), corner: joined[0][0], row, column });

        dense = identity_matrix(mds.len());
        for (target, source) in dense[1..].iter_mut().zip(&minor) {
            target[1..].copy_from_slice(source);
        }
    }
    partial.reverse();
    (dense, partial)
}

fn identity_matrix(n: usize) -> Matrix {
    (0..n).map(|row| (0..n).map(|column| Fr::from(row == column)).collect()).collect()
}

fn multiply_vector(matrix: &Matrix, vector: &[Fr]) -> Vec<Fr> {
    matrix.iter().map(|row| row.iter().zip(vector).map(|(a, b)| *a * b).sum()).collect()
}

fn multiply_matrices(left: &Matrix, right: &Matrix) -> Matrix {
    let entry = |row: &Vec<Fr>, column: usize| row.iter().zip(right).map(|(a, other)| *a * other[column]).sum();
    left.iter().map(|row| (0..right.len()).map(|column| entry(row, column)).collect()).collect()
}

/// Inverts a matrix by Gauss-Jordan elimination. Every matrix here is invertible: Poseidon's are maximum distance
/// separable.
fn invert_matrix(matrix: &Matrix) -> Matrix {
    let n = matrix.len();
    let mut rows: Matrix =
        matrix.iter().zip(identity_matrix(n)).map(|(row, unit)| [&row[..], &unit].concat()).collect();
    for column in 0..n {
        let pivot = (column..n).find(|&row| !rows[row][column].is_zero()).expect("the matrix is invertible");
        rows.swap(column, pivot);
        let inverse = rows[column][column].inverse().expect("the pivot is not zero");
        rows[column].iter_mut().for_each(|entry| *entry *= inverse);
        let source = rows[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(index, _)| *index != column) {
            let factor = row[column];
            row.iter_mut().zip(&source).for_each(|(entry, other)| *entry -= factor * other);
        }
    }
    rows.into_iter().map(|row| row[n..].to_vec()).collect()
}
