//! The direction in which the answers of a pilot differ most: the first principal direction.
//!
//! Answers are 1, -1 and 0; where a statement was not seen, the mean of those who answered it stands. With the columns
//! centred, the direction is the eigenvector of the greatest eigenvalue of `X^T X`. It is computed by cyclic Jacobi
//! rotations (Golub, Van Loan, Matrix Computations, section 8.5), which use `+ - * /` and `sqrt` of IEEE 754 in a fixed
//! order and nothing else, so that every machine gets the same bits; no library of linear algebra promises that.

use crate::pilot::Pilot;

/// Sweeps after which rotations have converged many times over; in practice it takes fewer than ten.
const MAX_SWEEPS: usize = 60;
/// Rotations end when what is off the diagonal is below this part of the whole matrix (squares): far below rounding.
const CONVERGED: f64 = 1e-30;
/// Least distance of the two greatest eigenvalues, as a part of the greatest: below it, rounding errors of `1e-16`
/// could reach a weight's rounding.
const LEAST_GAP: f64 = 1e-6;
/// Two greatest components of opposite signs that are closer than this leave the sign of the direction open.
const SIGN_MARGIN: f64 = 1e-9;

/// Answers without a first principal direction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectionError {
    /// All people answered alike.
    #[error("all people of the pilot answered alike: there is no direction in which they differ")]
    Constant,
    /// Two directions are equally strong, or the sign of one is open.
    #[error(
        "the people of the pilot differ in two directions equally: an axis would be arbitrary; draw more people by lot"
    )]
    Ambiguous,
}

/// A direction of unit length, of which the greatest component is positive, and the mean of each statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Direction {
    pub(super) components: Vec<f64>,
    pub(super) means: Vec<f64>,
}

/// Returns the first principal direction of a pilot.
pub(super) fn find_direction(pilot: &Pilot) -> Result<Direction, DirectionError> {
    let count = pilot.statements();
    let means: Vec<f64> = (0..count).map(|column| find_mean(pilot, column)).collect();
    let mut matrix = vec![vec![0.0; count]; count];
    for row in pilot.rows() {
        // What was not seen has the mean, which is 0 once it is centred.
        let number = |column: usize| row[column].map_or(0.0, |answer| f64::from(answer.to_number()) - means[column]);
        let centred: Vec<f64> = (0..count).map(number).collect();
        for (i, line) in matrix.iter_mut().enumerate() {
            for (j, entry) in line.iter_mut().enumerate() {
                *entry += centred[i] * centred[j];
            }
        }
    }
    // Integers and their means: what is no more than rounding is 0.
    let trace: f64 = (0..count).map(|i| matrix[i][i]).sum();
    if trace < 1e-9 {
        return Err(DirectionError::Constant);
    }
    let (values, vectors) = diagonalise(matrix);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|i, j| values[*j].total_cmp(&values[*i]));
    if values[order[0]] - values[order[1]] < LEAST_GAP * values[order[0]] {
        return Err(DirectionError::Ambiguous);
    }
    let components = vectors.iter().map(|line| line[order[0]]).collect();
    Ok(Direction { components: orient(components)?, means })
}

/// Returns the mean of the answers to a statement; 0 if there are none.
fn find_mean(pilot: &Pilot, column: usize) -> f64 {
    let (mut sum, mut count) = (0_i32, 0_i32);
    for answer in pilot.rows().iter().filter_map(|row| row[column]) {
        sum += i32::from(answer.to_number());
        count += 1;
    }
    if count == 0 { 0.0 } else { f64::from(sum) / f64::from(count) }
}

/// Returns a direction or its opposite: the one whose greatest component is positive.
fn orient(components: Vec<f64>) -> Result<Vec<f64>, DirectionError> {
    let greatest = |sign: f64| components.iter().map(|value| sign * value).fold(0.0_f64, f64::max);
    let (positive, negative) = (greatest(1.0), greatest(-1.0));
    if (positive - negative).abs() < SIGN_MARGIN * positive.max(negative) {
        return Err(DirectionError::Ambiguous);
    }
    let sign = if positive > negative { 1.0 } else { -1.0 };
    Ok(components.into_iter().map(|value| sign * value).collect())
}

/// Returns the eigenvalues of a symmetric matrix and, as columns, its eigenvectors.
fn diagonalise(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let count = matrix.len();
    let mut vectors: Vec<Vec<f64>> =
        (0..count).map(|i| (0..count).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let squares = |matrix: &[Vec<f64>], diagonal: bool| -> f64 {
        let all = (0..count).flat_map(|i| (0..count).map(move |j| (i, j)));
        all.filter(|(i, j)| diagonal || i != j).map(|(i, j)| matrix[i][j] * matrix[i][j]).sum()
    };
    let whole = squares(&matrix, true);
    for _ in 0..MAX_SWEEPS {
        if squares(&matrix, false) <= CONVERGED * whole {
            break;
        }
        for p in 0..count {
            for q in p + 1..count {
                rotate(&mut matrix, &mut vectors, p, q);
            }
        }
    }
    ((0..count).map(|i| matrix[i][i]).collect(), vectors)
}

/// Rotates the plane of two axes so that the entry `(p, q)` becomes 0.
fn rotate(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    let entry = matrix[p][q];
    if entry == 0.0 {
        return;
    }
    let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * entry);
    // The smaller of the two rotations. If theta squared exceeds the range, the tangent is 0, which is what it rounds
    // to.
    let size = 1.0 / (theta.abs() + (theta * theta + 1.0).sqrt());
    let tangent = if theta < 0.0 { -size } else { size };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let turn = |line: &mut Vec<f64>| {
        let (a, b) = (line[p], line[q]);
        line[p] = cosine * a - sine * b;
        line[q] = sine * a + cosine * b;
    };
    matrix.iter_mut().for_each(turn);
    // The same turn of the two lines: p is before q.
    let (upper, lower) = matrix.split_at_mut(q);
    for (first, second) in upper[p].iter_mut().zip(&mut lower[0]) {
        let (a, b) = (*first, *second);
        *first = cosine * a - sine * b;
        *second = sine * a + cosine * b;
    }
    // Exactly, so that the matrix stays symmetric where it counts.
    matrix[p][q] = 0.0;
    matrix[q][p] = 0.0;
    vectors.iter_mut().for_each(turn);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_solve_their_equation() {
        let count = 12;
        let entry = |i: usize, j: usize| f64::from(((i * 7 + j * 7 + i * j * 3) % 11) as u32) - 5.0;
        let matrix: Vec<Vec<f64>> = (0..count).map(|i| (0..count).map(|j| entry(i, j)).collect()).collect();
        let (values, vectors) = diagonalise(matrix.clone());
        for k in 0..count {
            let length: f64 = vectors.iter().map(|line| line[k] * line[k]).sum();
            assert!((length - 1.0).abs() < 1e-12);
            for (i, line) in matrix.iter().enumerate() {
                let product: f64 = line.iter().zip(&vectors).map(|(a, vector)| a * vector[k]).sum();
                assert!((product - values[k] * vectors[i][k]).abs() < 1e-10, "{i} {k}");
            }
        }
    }

    #[test]
    fn greatest_component_is_positive() {
        assert_eq!(orient(vec![0.5, -0.8, 0.1]), Ok(vec![-0.5, 0.8, -0.1]));
        assert_eq!(orient(vec![0.8, 0.8, -0.1]), Ok(vec![0.8, 0.8, -0.1]));
        assert_eq!(orient(vec![0.8, -0.8]), Err(DirectionError::Ambiguous));
    }
}
