//! Voters with their weights and votes: from a file, or the built-in sample.

mod error;
mod parse;
mod sample;

pub use error::{ElectorateError, LineError};
pub use parse::{MAX_FILE, list_proposals, parse_proposal, read_proposal};
pub use sample::{QUADRATIC_BUDGET, sample_electorate};
pub(crate) use sample::{QUADRATIC_OPTIONS, QUADRATIC_TITLE, quadratic_choice};

use psephos_protocol::weight::{TotalWeight, Weight};
use psephos_state::Address;

/// Voters in their chambers, with the question and the options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Electorate {
    /// The source: file and proposal, or the sample.
    pub source: String,
    /// How voters were divided among chambers, in words.
    pub division: String,
    /// The question.
    pub title: String,
    /// The options.
    pub options: Vec<String>,
    /// Names of the chambers.
    pub chambers: Vec<String>,
    /// The voters.
    pub voters: Vec<Voter>,
}

/// One voter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    /// Its account's address.
    pub account: Address,
    /// Its weight.
    pub weight: Weight,
    /// Index of its chamber.
    pub chamber: usize,
    /// Index of the option it votes for.
    pub option: usize,
}

impl Electorate {
    /// Returns the sum of the weights.
    pub fn total_weight(&self) -> TotalWeight {
        self.voters.iter().map(|voter| voter.weight).sum()
    }

    /// Returns the plaintext total of each option, weighted, over all chambers.
    pub fn plaintext_totals(&self) -> Vec<u64> {
        let mut totals = vec![0; self.options.len()];
        for voter in &self.voters {
            if let Some(total) = totals.get_mut(voter.option) {
                *total += voter.weight.get();
            }
        }
        totals
    }
}

/// Names of the three chambers.
pub const CHAMBER_NAMES: [&str; 3] = ["Researchers", "Policymakers", "Public"];
