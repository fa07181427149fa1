//! From a pilot to an axis.

use super::{Axis, AxisError, DirectionError, direction::find_direction, threshold::divide_scores};
use crate::{agenda::Agenda, pilot::Pilot};

/// A weight this close to the middle between two integers is not rounded: another implementation, which computes in
/// another order, could round it to the other side.
pub const TIE_MARGIN: f64 = 1e-6;

/// The greatest weight in size.
const GREATEST_WEIGHT: f64 = 127.0;

/// A pilot from which no axis follows.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LearnError {
    /// The pilot is over another number of statements than the agenda.
    #[error("the pilot has {actual} columns, the agenda has {expected} statements: take the pilot of this agenda")]
    Length {
        /// Number of the agenda's statements.
        expected: usize,
        /// Number of the pilot's columns.
        actual: usize,
    },
    /// The answers have no direction.
    #[error(transparent)]
    Direction(#[from] DirectionError),
    /// All people have one score.
    #[error("all people of the pilot have the same score: there are no two camps")]
    OneCamp,
    /// A weight lies between two integers.
    #[error(
        "statement {statement}: the weight {value} lies in the middle between two integers, and rounding would be \
         arbitrary: add the next person of the lot to the pilot"
    )]
    Tie {
        /// The statement's place, from 1.
        statement: usize,
        /// The weight before rounding.
        value: f64,
    },
    /// The weights are no axis.
    #[error(transparent)]
    Axis(#[from] AxisError),
}

/// Learns the axis of an agenda from a pilot.
///
/// With the first principal direction `w` of the centred answers and the means `m`, a voter's place on it changes by
/// `w_j (1 - m_j)` when it agrees with statement `j` and by `w_j (-1 - m_j)` when it disagrees, and stays where it was
/// otherwise. These weights are scaled so that the greatest is 127 in size, and rounded. The threshold is the middle of
/// the two groups of scores of the pilot ([`super::divide_scores`]).
///
/// The result depends on the pilot's rows and their order alone, on every machine.
///
/// # Errors
/// [`LearnError`], also if a weight cannot be rounded with certainty.
pub fn learn_axis(agenda: &Agenda, pilot: &Pilot) -> Result<Axis, LearnError> {
    let (expected, actual) = (agenda.len(), pilot.statements());
    if expected != actual {
        return Err(LearnError::Length { expected, actual });
    }
    let direction = find_direction(pilot)?;
    let place = |answer: f64| -> Vec<f64> {
        direction.components.iter().zip(&direction.means).map(|(w, mean)| w * (answer - mean)).collect()
    };
    let (agree, disagree) = (place(1.0), place(-1.0));
    let greatest = agree.iter().chain(&disagree).fold(0.0_f64, |greatest, weight| greatest.max(weight.abs()));
    if greatest == 0.0 {
        return Err(DirectionError::Constant.into());
    }
    let scale = GREATEST_WEIGHT / greatest;
    let (agree, disagree) = (round_weights(&agree, scale)?, round_weights(&disagree, scale)?);
    let unset = Axis::new(&agree, &disagree, 0)?;
    let scores: Vec<i32> = pilot.rows().iter().map(|row| unset.score(row)).collect::<Result<_, _>>()?;
    let threshold = divide_scores(&scores).ok_or(LearnError::OneCamp)?;
    Ok(Axis::new(&agree, &disagree, threshold)?)
}

fn round_weights(weights: &[f64], scale: f64) -> Result<Vec<i32>, LearnError> {
    let rounded = (1..).zip(weights).map(|(statement, weight)| {
        let value = weight * scale;
        let below = value.floor();
        if (value - below - 0.5).abs() < TIE_MARGIN {
            return Err(LearnError::Tie { statement, value });
        }
        // The size is at most 127 by the scale, up to rounding.
        Ok(if value - below < 0.5 { below as i32 } else { below as i32 + 1 })
    });
    rounded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_rounded_to_the_nearest_integer_or_not_at_all() {
        assert_eq!(round_weights(&[0.0, 0.5, -0.5, 1.0], 3.2), Ok(vec![0, 2, -2, 3]));
        assert_eq!(round_weights(&[-0.1, 0.9], 1.0), Ok(vec![0, 1]));
        for value in [2.5, -2.5, 2.500_000_9, 2.499_999_1] {
            assert!(matches!(round_weights(&[1.0, value], 1.0), Err(LearnError::Tie { statement: 2, .. })), "{value}");
        }
        assert_eq!(round_weights(&[2.500_001_1, 2.499_998_9], 1.0), Ok(vec![3, 2]));
    }
}
