//! Weights of members, and their sums (specification, section 3).

use std::{fmt, iter::Sum};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroize;

use crate::{
    Fr,
    constants::{MAX_TOTAL, VALUE_BITS},
};

/// A number that is not a weight.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("weight {0} is out of range: expected 1 to 2^40 - 1")]
pub struct WeightOutOfRange(pub u64);

/// A member's weight, `1 <= weight < 2^40`: strictly below, because it is range-checked as 40 bits.
///
/// Weights of members are public; which weight a ballot has is secret, so whatever holds the weight of a ballot erases
/// it on drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Weight(u64);

impl Weight {
    /// The greatest weight, `2^40 - 1`.
    pub const MAX: Weight = Weight((1 << VALUE_BITS) - 1);

    /// The least weight, 1: the weight of every member of an unweighted chamber.
    pub const MIN: Weight = Weight(1);

    /// Returns a weight in range.
    ///
    /// # Errors
    /// Returns [`WeightOutOfRange`] unless `1 <= weight < 2^40`.
    pub const fn new(weight: u64) -> Result<Weight, WeightOutOfRange> {
        if Self::MIN.0 <= weight && weight <= Self::MAX.0 { Ok(Weight(weight)) } else { Err(WeightOutOfRange(weight)) }
    }

    /// Returns a weight that may be out of range, for tests of what a malicious witness can hold.
    #[cfg(feature = "testing")]
    pub const fn new_unchecked(weight: u64) -> Weight {
        Weight(weight)
    }

    /// Returns the weight as a number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the weight as a field element.
    pub fn to_fr(self) -> Fr {
        Fr::from(self.0)
    }
}

impl Zeroize for Weight {
    /// Overwrites the weight with zero, which is none: only for values that are dropped.
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl TryFrom<u64> for Weight {
    type Error = WeightOutOfRange;

    fn try_from(weight: u64) -> Result<Weight, WeightOutOfRange> {
        Weight::new(weight)
    }
}

impl From<Weight> for u64 {
    fn from(weight: Weight) -> u64 {
        weight.0
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The sum of the weights of members. The registry keeps that of a chamber within [`TotalWeight::MAX`]; sums that are
/// greater than 64 bits saturate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TotalWeight(u64);

impl TotalWeight {
    /// The greatest sum of the weights of a chamber's members, `2^40 / 255` rounded down: with it no ballot rule's
    /// total exceeds `2^40`.
    pub const MAX: TotalWeight = TotalWeight(MAX_TOTAL / u8::MAX as u64);

    /// Returns the total weight of this number.
    pub const fn new(total: u64) -> TotalWeight {
        TotalWeight(total)
    }

    /// Returns the total as a number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Sum<Weight> for TotalWeight {
    fn sum<I: Iterator<Item = Weight>>(weights: I) -> TotalWeight {
        TotalWeight(weights.fold(0, |sum: u64, weight| sum.saturating_add(weight.0)))
    }
}

impl From<Weight> for TotalWeight {
    fn from(weight: Weight) -> TotalWeight {
        TotalWeight(weight.0)
    }
}

impl fmt::Display for TotalWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_from_one_to_below_two_to_the_forty() {
        for weight in [1, (1 << 40) - 1] {
            assert_eq!(Weight::new(weight).unwrap().get(), weight);
        }
        for weight in [0, 1 << 40, u64::MAX] {
            assert_eq!(Weight::new(weight), Err(WeightOutOfRange(weight)));
            assert!(serde_json::from_str::<Weight>(&weight.to_string()).is_err(), "{weight}");
        }
    }

    #[test]
    fn totals_add_up_and_never_wrap() {
        let weights = [3, 4].map(|weight| Weight::new(weight).unwrap());
        assert_eq!(weights.into_iter().sum::<TotalWeight>(), TotalWeight::new(7));
        let beyond = [u64::MAX, 1].map(Weight);
        assert_eq!(beyond.into_iter().sum::<TotalWeight>(), TotalWeight::new(u64::MAX));
    }
}
