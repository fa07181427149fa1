//! How a chamber's totals are rounded and decided, as one word.

use ark_ff::{BigInt, PrimeField};
use thiserror::Error;

use crate::{
    Fr,
    constants::{BASIS_POINTS, MAX_OPTIONS, MAX_TOTAL, MIN_OPTIONS},
    decision::{ABSTAIN, AGAINST, DecisionKind, FOR, MOTION_OPTIONS},
};

/// The reason why a chamber's totals cannot be rounded in this way.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ParametersError {
    /// The step is zero, or above every total.
    #[error(
        "a rounding step of {0} is out of range: steps are from 1 (exact totals) to {MAX_TOTAL} (the decision only)"
    )]
    Step(u64),
    /// The approval threshold is above the whole.
    #[error("an approval threshold of {0} basis points is above the whole, {BASIS_POINTS}")]
    Threshold(u16),
    /// The number of options does not fit the kind of decision.
    #[error("{0} options do not fit: there are {MIN_OPTIONS} to {MAX_OPTIONS}, and {MOTION_OPTIONS} in a motion")]
    Options(usize),
}

/// The numbers that decide a rounded chamber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionNumbers {
    /// The least sum of totals for a choice; 64 bits.
    pub quorum: u64,
    /// The approval threshold in basis points, at most 10,000.
    pub threshold_bps: u16,
    /// The rounding step `g`, from 1 to `2^40`.
    pub step: u64,
}

/// What decides a rounded chamber: all of it is fixed when the poll is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundingParameters {
    options: usize,
    kind: DecisionKind,
    numbers: DecisionNumbers,
}

impl RoundingParameters {
    /// Returns the parameters of a chamber.
    ///
    /// # Errors
    /// Returns [`ParametersError`] for the first number that is out of range.
    pub fn new(
        options: usize,
        kind: DecisionKind,
        numbers: DecisionNumbers,
    ) -> Result<RoundingParameters, ParametersError> {
        let DecisionNumbers { threshold_bps, step, .. } = numbers;
        let fits = match kind {
            DecisionKind::Options => (MIN_OPTIONS..=MAX_OPTIONS).contains(&options),
            DecisionKind::Motion => options == MOTION_OPTIONS,
        };
        if !fits {
            return Err(ParametersError::Options(options));
        }
        if threshold_bps > BASIS_POINTS {
            return Err(ParametersError::Threshold(threshold_bps));
        }
        if !(1..=MAX_TOTAL).contains(&step) {
            return Err(ParametersError::Step(step));
        }
        Ok(RoundingParameters { options, kind, numbers })
    }

    /// Returns the number of options.
    pub fn options(&self) -> usize {
        self.options
    }

    /// Returns the kind of decision.
    pub fn kind(&self) -> DecisionKind {
        self.kind
    }

    /// Returns the quorum.
    pub fn quorum(&self) -> u64 {
        self.numbers.quorum
    }

    /// Returns the approval threshold in basis points.
    pub fn threshold_bps(&self) -> u16 {
        self.numbers.threshold_bps
    }

    /// Returns the rounding step.
    pub fn step(&self) -> u64 {
        self.numbers.step
    }

    /// Returns three masks, bit `j` for option `j`: the options whose totals count for the quorum, those that make up
    /// the whole of which the threshold is a part and that a choice must exceed, and those that can be chosen.
    pub fn masks(&self) -> [u8; 3] {
        let mask = |options: &[usize]| options.iter().fold(0, |mask, option| mask | 1 << option);
        match self.kind {
            DecisionKind::Options => {
                let all = (0..self.options).fold(0, |mask, option| mask | 1 << option);
                [all; 3]
            }
            DecisionKind::Motion => [mask(&[FOR, ABSTAIN]), mask(&[AGAINST, FOR]), mask(&[FOR])],
        }
    }

    /// Returns the word of a proven decision: quorum, threshold from bit 64 on, step from bit 80, masks from bits 128,
    /// 136 and 144.
    pub fn pack(&self) -> Fr {
        let [quorum, whole, winner] = self.masks().map(u64::from);
        // The step has 41 bits: 16 of them end the second limb's lower part, and nothing reaches the third.
        let second = u64::from(self.threshold_bps()) | self.step() << 16;
        let third = quorum | whole << 8 | winner << 16;
        Fr::from_bigint(BigInt([self.quorum(), second, third, 0])).expect("a number of 152 bits is below r")
    }
}
