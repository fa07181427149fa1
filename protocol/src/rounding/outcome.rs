//! What the public learns of a rounded chamber.

use ark_ff::{BigInt, PrimeField};
use thiserror::Error;

use super::RoundingParameters;
use crate::{
    Fr,
    constants::{BUCKET_BITS, BUCKETS_PER_WORD, DECISION_VALUE_BITS},
    decision,
};

/// The reason why an outcome is none of a chamber.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeError {
    /// There is not one bucket for each option.
    #[error("there are {actual} buckets for {expected} options")]
    Buckets {
        /// The number of options.
        expected: usize,
        /// The number of buckets.
        actual: usize,
    },
    /// The greatest option or the choice is none of the options.
    #[error("option {0} (from 0) is none of the poll")]
    Option(usize),
    /// The greatest option has a bucket, or another one's is too great.
    #[error("{value} is no bucket of option {option} (from 0)")]
    Bucket {
        /// The option.
        option: usize,
        /// Its bucket.
        value: u64,
    },
}

/// The published result of a rounded chamber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The option with the greatest total, the first of equals, from 0. Nothing else of its total is public.
    pub greatest: usize,
    /// The option that the chamber chooses, if any.
    pub choice: Option<usize>,
    /// `floor(V_j/g)` of each option; 0 in the place of the greatest.
    pub buckets: Vec<u64>,
}

impl Outcome {
    /// Computes the outcome of exact totals, one an option.
    ///
    /// # Errors
    /// Returns [`OutcomeError::Buckets`] if there is not one total for each option.
    pub fn from_totals(parameters: &RoundingParameters, totals: &[u64]) -> Result<Outcome, OutcomeError> {
        if totals.len() != parameters.options() {
            return Err(OutcomeError::Buckets { expected: parameters.options(), actual: totals.len() });
        }
        let first_greatest = |best: usize, j: usize| if totals[j] > totals[best] { j } else { best };
        let greatest = (0..totals.len()).fold(0, first_greatest);
        let choice =
            decision::choose_option(parameters.kind(), totals, parameters.quorum(), parameters.threshold_bps());
        let bucket = |(j, total): (usize, &u64)| if j == greatest { 0 } else { total / parameters.step() };
        Ok(Outcome { greatest, choice, buckets: totals.iter().enumerate().map(bucket).collect() })
    }

    /// Checks that this can be an outcome of a chamber with this many options.
    ///
    /// # Errors
    /// Returns [`OutcomeError`] for the first part that cannot.
    pub fn check(&self, options: usize) -> Result<(), OutcomeError> {
        if self.buckets.len() != options {
            return Err(OutcomeError::Buckets { expected: options, actual: self.buckets.len() });
        }
        if let Some(option) = std::iter::once(self.greatest).chain(self.choice).find(|option| *option >= options) {
            return Err(OutcomeError::Option(option));
        }
        let fits = |(j, value): &(usize, &u64)| {
            if *j == self.greatest { **value == 0 } else { **value >> DECISION_VALUE_BITS == 0 }
        };
        match self.buckets.iter().enumerate().find(|bucket| !fits(bucket)) {
            Some((option, &value)) => Err(OutcomeError::Bucket { option, value }),
            None => Ok(()),
        }
    }

    /// Returns the totals of an option that its bucket allows, both inclusive; `None` for the greatest option, of which
    /// only the comparison with the others is public.
    pub fn bounds(&self, parameters: &RoundingParameters, option: usize) -> Option<(u64, u64)> {
        let bucket = *self.buckets.get(option).filter(|_| option != self.greatest)?;
        let least = bucket.checked_mul(parameters.step())?;
        Some((least, least.checked_add(parameters.step() - 1)?))
    }

    /// Returns the words of a proven decision for a circuit of size `M`: the greatest option and the choice as one bit
    /// each, the choice from bit 8 on (no bit: none); then the buckets, four a word and 48 bits apart.
    pub fn pack(&self, size: usize) -> Vec<Fr> {
        let choice = self.choice.map_or(0, |option| 1u64 << (8 + option));
        let mut words = vec![Fr::from(1u64 << self.greatest | choice)];
        words.extend((0..size).step_by(BUCKETS_PER_WORD).map(|from| {
            let part = self.buckets.iter().skip(from).take(BUCKETS_PER_WORD);
            let packed = part.rev().fold(BigInt::<4>::from(0u64), |word, bucket| {
                let mut word = word << BUCKET_BITS as u32;
                word.0[0] |= bucket;
                word
            });
            Fr::from_bigint(packed).expect("four buckets have 192 bits")
        }));
        words
    }
}
