//! A whole election, from nothing to a verified result: what the demo shows and the end-to-end tests run.

mod report;

pub use report::{ChamberReport, ElectionReport, ElectorateSummary, GasEntry, Outcome, PollReport, Timing};

use std::path::PathBuf;

/// What election to run.
#[derive(Clone, Debug)]
pub struct ElectionConfig {
    /// Whose votes.
    pub electorate: ElectorateSource,
    /// An address of a running local chain; `None` starts one.
    pub chain: Option<String>,
    /// Ballots in a transaction at most.
    pub batch: usize,
    /// Of every so many voters one replaces its ballot; 0: none.
    pub replace_every: usize,
    /// Also run the eight-option quadratic poll (the sample electorate only).
    pub second_poll: bool,
    /// At most so many voters a poll (the sample electorate only); `None`: all.
    pub limit: Option<usize>,
}

/// Where voters, weights and choices come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElectorateSource {
    /// The built-in sample: three chambers, two polls, at least 100 ballots.
    Sample,
    /// A file with the columns `proposal,account,weight,choice`, and which proposal.
    File {
        /// The file.
        path: PathBuf,
        /// The proposal.
        proposal: String,
    },
}

impl Default for ElectionConfig {
    fn default() -> Self {
        Self {
            electorate: ElectorateSource::Sample,
            chain: None,
            batch: 32,
            replace_every: 10,
            second_poll: true,
            limit: None,
        }
    }
}
