//! The axis of a sheet: public weights that divide voters into two camps by their own hidden answers.
//!
//! A voter's score is the sum of `agree_j` over the statements it agrees with and of `disagree_j` over those it
//! disagrees with; its camp is B if the score is above the threshold, else A. A sheet's circuit computes the same sum
//! over the encrypted answers. The axis follows from a [pilot](crate::pilot) by [`learn_axis`], which anyone can
//! repeat.

mod accuracy;
mod direction;
mod file;
mod learn;
#[cfg(test)]
mod tests;
mod threshold;

pub use accuracy::{Accuracy, measure_accuracy};
pub use direction::DirectionError;
pub use file::{AXIS_VERSION, AxisFile, AxisFileError, MAX_AXIS_BYTES};
pub use learn::{LearnError, TIE_MARGIN, learn_axis};
pub use threshold::divide_scores;

use crate::{MAX_STATEMENTS, answers::Answer};

/// What is added to a weight to make it a byte.
pub const WEIGHT_OFFSET: i16 = 128;
/// What is added to a threshold to make it the word `t'`.
pub const THRESHOLD_OFFSET: i16 = 1 << 13;

/// One of the two camps into which an axis divides voters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Camp {
    /// The score is at most the threshold: the camp bit `c` is 0.
    A,
    /// The score is above the threshold: the camp bit `c` is 1.
    B,
}

impl Camp {
    /// Both, in the order of their bits.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// Returns the camp bit, 0 or 1.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// Weights of 8 bits for each statement, and a threshold of 14 bits with its sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    agree: Vec<i8>,
    disagree: Vec<i8>,
    threshold: i16,
}

/// Numbers that are no axis. Places count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AxisError {
    /// The two lists of weights have different lengths, or lengths that no agenda has.
    #[error("an axis has two lists of 1 to {MAX_STATEMENTS} weights of one length, not {agree} and {disagree}")]
    Length {
        /// Length of the weights of agreement.
        agree: usize,
        /// Length of the weights of disagreement.
        disagree: usize,
    },
    /// A weight does not fit into a byte.
    #[error("statement {statement}: the weight {weight} is not between -128 and 127")]
    Weight {
        /// The statement's place.
        statement: usize,
        /// The weight.
        weight: i32,
    },
    /// The threshold does not fit into 14 bits.
    #[error("the threshold {0} is not between -8192 and 8191")]
    Threshold(i32),
    /// Answers are to another number of statements.
    #[error("the axis is over {expected} statements, the answers are to {actual}")]
    Answers {
        /// Number of statements of the axis.
        expected: usize,
        /// Number of answers.
        actual: usize,
    },
}

impl Axis {
    /// Creates an axis.
    ///
    /// # Errors
    /// [`AxisError`], which names the first number out of range.
    pub fn new(agree: &[i32], disagree: &[i32], threshold: i32) -> Result<Self, AxisError> {
        if agree.len() != disagree.len() || agree.is_empty() || agree.len() > MAX_STATEMENTS {
            return Err(AxisError::Length { agree: agree.len(), disagree: disagree.len() });
        }
        let narrow = |weights: &[i32]| -> Result<Vec<i8>, AxisError> {
            let narrowed = (1..)
                .zip(weights)
                .map(|(statement, &weight)| i8::try_from(weight).map_err(|_| AxisError::Weight { statement, weight }));
            narrowed.collect()
        };
        let (agree, disagree) = (narrow(agree)?, narrow(disagree)?);
        let bound = i32::from(THRESHOLD_OFFSET);
        if !(-bound..bound).contains(&threshold) {
            return Err(AxisError::Threshold(threshold));
        }
        let threshold = i16::try_from(threshold).map_err(|_| AxisError::Threshold(threshold))?;
        Ok(Self { agree, disagree, threshold })
    }

    /// Returns the number of statements.
    #[expect(clippy::len_without_is_empty, reason = "an axis is never empty")]
    pub fn len(&self) -> usize {
        self.agree.len()
    }

    /// Returns the weights of agreement, one a statement.
    pub fn agree(&self) -> &[i8] {
        &self.agree
    }

    /// Returns the weights of disagreement, one a statement.
    pub fn disagree(&self) -> &[i8] {
        &self.disagree
    }

    /// Returns the threshold: camp B has scores above it.
    pub fn threshold(&self) -> i16 {
        self.threshold
    }

    /// Returns the axis bytes of a sheet, `weight + 128`, in the order `agree_1, disagree_1, agree_2, ..`. Bytes of
    /// cells behind the agenda are 128, the weight 0.
    pub fn to_bytes(&self, cells: usize) -> Vec<u8> {
        let widen = |weight: i8| (i16::from(weight) + WEIGHT_OFFSET) as u8;
        let pairs = self.agree.iter().zip(&self.disagree);
        let mut bytes: Vec<u8> = pairs.flat_map(|(agree, disagree)| [widen(*agree), widen(*disagree)]).collect();
        bytes.resize(bytes.len().max(2 * cells), WEIGHT_OFFSET as u8);
        bytes
    }

    /// Returns the word of the threshold, `t' = threshold + 2^13`, below `2^14`.
    pub fn threshold_word(&self) -> u16 {
        (self.threshold + THRESHOLD_OFFSET) as u16
    }

    /// Returns a voter's score: at most 40 · 128 in size.
    ///
    /// # Errors
    /// [`AxisError::Answers`], if the answers are to another number of statements.
    pub fn score(&self, answers: &[Option<Answer>]) -> Result<i32, AxisError> {
        if answers.len() != self.len() {
            return Err(AxisError::Answers { expected: self.len(), actual: answers.len() });
        }
        let weights = self.agree.iter().zip(&self.disagree).zip(answers);
        let parts = weights.map(|((agree, disagree), answer)| match answer {
            Some(Answer::Agree) => i32::from(*agree),
            Some(Answer::Disagree) => i32::from(*disagree),
            Some(Answer::Pass) | None => 0,
        });
        Ok(parts.sum())
    }

    /// Returns a voter's camp.
    ///
    /// # Errors
    /// As [`Axis::score`].
    pub fn assign_camp(&self, answers: &[Option<Answer>]) -> Result<Camp, AxisError> {
        let above = self.score(answers)? > i32::from(self.threshold);
        Ok(if above { Camp::B } else { Camp::A })
    }
}
