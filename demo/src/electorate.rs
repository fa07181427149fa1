//! Who votes, with which weight, and how: from a file, or the built-in sample.

mod error;
mod parse;
mod sample;

pub use error::{ElectorateError, LineError};
pub use parse::{MAX_FILE, list_proposals, parse_proposal, read_proposal};
pub use sample::{QUADRATIC_BUDGET, sample_electorate};
pub(crate) use sample::{SECOND_OPTIONS, SECOND_TITLE, quadratic_choice};

use psephos_state::Address;

/// Voters in their chambers, and what they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Electorate {
    /// Where it comes from.
    pub source: String,
    /// How voters were put into chambers.
    pub division: String,
    /// The question.
    pub title: String,
    /// The options.
    pub options: Vec<String>,
    /// The chambers' names.
    pub chambers: Vec<String>,
    /// The voters.
    pub voters: Vec<Voter>,
}

/// One voter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    /// Its account.
    pub account: Address,
    /// Its weight, `1..2^40`.
    pub weight: u64,
    /// Its chamber, by position.
    pub chamber: usize,
    /// The option that it is for.
    pub option: usize,
}

impl Electorate {
    /// The sum of the weights.
    pub fn total_weight(&self) -> u64 {
        self.voters.iter().map(|voter| voter.weight).sum()
    }

    /// The plaintext totals of the options, over all chambers, by weight.
    pub fn plaintext_totals(&self) -> Vec<u64> {
        let mut totals = vec![0; self.options.len()];
        for voter in &self.voters {
            if let Some(total) = totals.get_mut(voter.option) {
                *total += voter.weight;
            }
        }
        totals
    }
}

/// The names of the three chambers.
pub const CHAMBERS: [&str; 3] = ["Researchers", "Policymakers", "Public"];
