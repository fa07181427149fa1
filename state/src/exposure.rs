//! What a chamber's totals, or a single decrypted ballot, would say about its members: a meter of public weights.
//!
//! A total is a sum of public weights, so it can be taken apart, and in a weighted chamber a decrypted ballot shows its
//! weight. The meter answers, from the list of weights alone: how many members share their weight with few others, and
//! with which probability the members of a minority would be named by the totals. The book's page on exposure has the
//! argument, the thresholds and figures of real chambers.
//!
//! The attacker is the worst that needs no secret: it knows the weights, who voted, and how lopsided results usually
//! are. Two options are assumed; more options say more. All of it is arithmetic with a fixed seed, so that everyone
//! computes the same verdict.

pub mod classes;
mod counts;
mod draw;
mod grid;
mod ladder;
mod minority;
#[cfg(test)]
mod tests;
mod thresholds;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::chamber::Chamber;
use counts::WeightCounts;

pub use thresholds::{EXACT, GREEN_NAMED, GREEN_UNANIMOUS, MINORITIES, NAMED, RED_NAMED, SHARED_BY};

/// What the totals of a chamber would say about its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// The verdict.
    pub verdict: Verdict,
    /// Number of members.
    pub members: usize,
    /// Number of different weights.
    pub weights: usize,
    /// Number of members with a weight that no other member has.
    pub alone: usize,
    /// Number of members with a weight that fewer than [`SHARED_BY`] members have, those alone included.
    pub among_few: usize,
    /// What totals say about a minority, for each of [`MINORITIES`].
    pub minorities: Vec<Minority>,
}

/// What totals say when each member votes against the rest with some probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Minority {
    /// That probability: the expected part of the members in the minority.
    pub share: f64,
    /// The expected part of the minority's members that are named, in results with a minority.
    pub named: f64,
    /// The probability that the result is unanimous, and so shows every vote.
    pub unanimous: f64,
    /// The probability that the minority has from one to [`SHARED_BY`] - 1 members.
    pub small: f64,
}

/// A verdict on a chamber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// What is promised holds for every member.
    Green,
    /// It does not hold for some members, or some results say more than is promised.
    Amber,
    /// It does not hold for most members, or totals would name members of a minority.
    Red,
}

impl Exposure {
    /// Measures a chamber in which these weights count. Where members count and not weights, all weights are 1
    /// ([`Exposure::of_members`]). `step` is what totals are rounded down to, in units of weight; [`EXACT`] if they are
    /// not.
    ///
    /// Takes milliseconds for hundreds of members, and about a tenth of a second for ten thousand.
    pub fn of_weights(weights: &[u64], step: u64) -> Self {
        let counts = WeightCounts::new(weights);
        // The totals of a unanimous result show it unless one member more or less would be in the same bucket.
        let shows_unanimity = weights.iter().min().is_none_or(|least| step <= *least);
        let minorities = MINORITIES.map(|share| Minority {
            share,
            named: minority::name_minority(&counts, share, step),
            unanimous: if shows_unanimity { minority::unanimous(weights.len(), share) } else { 0.0 },
            small: minority::small(weights.len(), share),
        });
        let mut exposure = Self {
            verdict: Verdict::Red,
            members: weights.len(),
            weights: counts.classes().len(),
            alone: counts.members_among_fewer_than(2),
            among_few: counts.members_among_fewer_than(SHARED_BY),
            minorities: minorities.to_vec(),
        };
        exposure.verdict = exposure.judge();
        exposure
    }

    /// Measures a chamber of this many members in which members count and not weights.
    pub fn of_members(members: usize, step: u64) -> Self {
        Self::of_weights(&vec![1; members], step)
    }

    /// Measures a chamber with the members that it has now.
    pub fn of_chamber(chamber: &Chamber, weighted: bool, step: u64) -> Self {
        match weighted {
            true => {
                let weights: Vec<u64> = chamber.members.values().map(|member| member.weight.get()).collect();
                Self::of_weights(&weights, step)
            }
            false => Self::of_members(chamber.members.len(), step),
        }
    }

    /// Returns the minority that decides about red.
    pub fn smallest_minority(&self) -> Minority {
        let none = Minority { share: MINORITIES[0], named: 0.0, unanimous: 1.0, small: 0.0 };
        self.minorities.first().copied().unwrap_or(none)
    }

    /// Says in one line, without the verdict, what is exposed.
    pub fn describe(&self) -> String {
        let Minority { share, named, unanimous, small } = self.smallest_minority();
        let members = match (self.members, self.weights) {
            (0, _) => return "it has no members, so nothing can be said about them".to_owned(),
            (members, _) if members < SHARED_BY => format!("it has fewer than {SHARED_BY} members"),
            (_, 1) => "all members count alike".to_owned(),
            (members, _) => format!(
                "{} of {members} members have a weight that fewer than {SHARED_BY} share, {} of them one of their own",
                self.among_few, self.alone
            ),
        };
        // A difference of probabilities may be a little below 0.
        let percent = |part: f64| format!("{:.0} %", part.max(0.0) * 100.0);
        format!(
            "{members}; with a minority of {}, totals name {} of it, {} of results are unanimous and {} have fewer than \
             {SHARED_BY} dissenters",
            percent(share),
            percent(named),
            percent(unanimous),
            percent(small)
        )
    }

    fn judge(&self) -> Verdict {
        let smallest = self.smallest_minority();
        let most_are_among_few = 2 * self.among_few > self.members || self.members == 0;
        if most_are_among_few || smallest.named >= RED_NAMED {
            return Verdict::Red;
        }
        let named = self.minorities.iter().map(|minority| minority.named).fold(0.0, f64::max);
        let holds_for_all = self.among_few == 0 && named <= GREEN_NAMED && smallest.unanimous <= GREEN_UNANIMOUS;
        if holds_for_all { Verdict::Green } else { Verdict::Amber }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        })
    }
}
