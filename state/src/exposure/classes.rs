//! Classes of weight: few different weights, each shared by many members.
//!
//! Rounding totals protects from the public; against those who can decrypt a single ballot (trustees together, thieves
//! of keys, a quantum computer) only shared weights help, because a ballot shows its weight. Classes are chosen before
//! a chamber's list is written, so the list itself is the rule, and everyone can look at it.

use std::collections::BTreeMap;
use std::str::FromStr;

/// A series of weights to which the members' weights are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightSeries {
    /// 1, 2, 4, 8, ..: a weight changes by a factor of at most 1.41.
    PowersOfTwo,
    /// 1, 2, 5, 10, 20, ..: at most 1.58.
    OneTwoFive,
}

/// A name that is none of a series.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no series of weights: powers-of-two or 1-2-5")]
pub struct UnknownSeries(String);

impl FromStr for WeightSeries {
    type Err = UnknownSeries;

    fn from_str(name: &str) -> Result<Self, UnknownSeries> {
        match name {
            "powers-of-two" => Ok(Self::PowersOfTwo),
            "1-2-5" => Ok(Self::OneTwoFive),
            _ => Err(UnknownSeries(name.to_owned())),
        }
    }
}

impl WeightSeries {
    /// Returns the series' weights up to the first that exceeds `weight`; of weights near 2^64, up to the last one.
    fn up_to(self, weight: u64) -> Vec<u64> {
        let (base, factors): (u64, &[u64]) = match self {
            Self::PowersOfTwo => (2, &[1]),
            Self::OneTwoFive => (10, &[1, 2, 5]),
        };
        let mut series = Vec::new();
        let mut power = 1_u64;
        loop {
            for value in factors.iter().filter_map(|factor| power.checked_mul(*factor)) {
                series.push(value);
                if value > weight {
                    return series;
                }
            }
            match power.checked_mul(base) {
                Some(next) => power = next,
                None => return series,
            }
        }
    }

    /// Returns the weight of the series that is nearest in ratio; the smaller of two that are as near. 0 stays 0.
    pub fn round(self, weight: u64) -> u64 {
        let series = self.up_to(weight);
        let above = series.partition_point(|value| *value <= weight);
        match (above.checked_sub(1).map(|below| series[below]), series.get(above)) {
            (None, _) => 0,
            (Some(below), None) => below,
            (Some(below), Some(&above)) => {
                let square = u128::from(weight) * u128::from(weight);
                if square <= u128::from(below) * u128::from(above) { below } else { above }
            }
        }
    }
}

/// Rounds weights to a series, and then merges each class of fewer than `min_class` members into the next lower one,
/// from the greatest down; the lowest, if it is still too small, into the next higher one. Fewer members than
/// `min_class` end in one class. Weights are returned in the order in which they are given.
pub fn classify(weights: &[u64], series: WeightSeries, min_class: usize) -> Vec<u64> {
    let rounded: Vec<u64> = weights.iter().map(|weight| series.round(*weight)).collect();
    let mut members: BTreeMap<u64, usize> = BTreeMap::new();
    rounded.iter().for_each(|weight| *members.entry(*weight).or_default() += 1);
    // Each class of the series with the class that it is merged into.
    let mut merged: BTreeMap<u64, u64> = members.keys().map(|class| (*class, *class)).collect();
    while members.len() > 1 {
        let Some((&small, &count)) = members.iter().rev().find(|(_, count)| **count < min_class) else { break };
        let below = members.range(..small).next_back().map(|(class, _)| *class);
        let above = members.range(small + 1..).next().map(|(class, _)| *class);
        let Some(target) = below.or(above) else { break };
        members.remove(&small);
        *members.entry(target).or_default() += count;
        merged.values_mut().filter(|class| **class == small).for_each(|class| *class = target);
    }
    rounded.iter().map(|weight| merged.get(weight).copied().unwrap_or(*weight)).collect()
}

/// Returns the classes of a list of weights, from the greatest down, with the number of members of each.
pub fn count_classes(weights: &[u64]) -> Vec<(u64, usize)> {
    let mut members: BTreeMap<u64, usize> = BTreeMap::new();
    weights.iter().for_each(|weight| *members.entry(*weight).or_default() += 1);
    members.into_iter().rev().collect()
}
