//! A whole election, from nothing to a verified result: what the demo shows and the end-to-end tests run.
//!
//! It plays everybody: the DAO, the trustees, the relayer and all voters, on a local chain. That is why it can compare the count on chain
//! with the plaintext count, which nobody can in a real election.

mod clock;
mod committee;
mod count;
mod plan;
mod report;
mod results;
mod rewards;
mod setup;
mod voting;

pub use report::{
    ChamberReport, CommitteeReport, ElectionReport, ElectorateSummary, GasEntry, Outcome, PollReport, RewardReport,
    Timing, TrusteeReport,
};

use std::path::PathBuf;

use crate::{
    electorate::{self, Electorate},
    error::ClientError,
    keys::Circuits,
    progress::{Observer, Phase},
};
use clock::Clock;

/// What election to run.
#[derive(Clone, Debug)]
pub struct ElectionConfig {
    /// Whose votes.
    pub electorate: ElectorateSource,
    /// The address of a running local chain; `None` starts one.
    pub chain: Option<String>,
    /// Ballots in a transaction at most.
    pub batch: usize,
    /// Of every so many voters one replaces its ballot; 0: none.
    pub replace_every: usize,
    /// Also run the eight-option quadratic poll (the sample electorate only).
    pub second_poll: bool,
    /// At most so many voters (the sample electorate only); `None`: all.
    pub limit: Option<usize>,
    /// Trustees of the committee.
    pub trustees: usize,
    /// How many of them open a total.
    pub threshold: usize,
    /// How many are gone before anything is opened: the first ones, who have dealt.
    pub absent: usize,
}

/// Where voters, weights and choices come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElectorateSource {
    /// The built-in sample: three chambers, two polls, more than 100 ballots.
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
            trustees: 5,
            threshold: 3,
            absent: 2,
        }
    }
}

/// Runs an election.
///
/// # Errors
/// [`ClientError`]: a bad electorate file before anything is started, `NoAnvil`, `NodeUnreachable`, ..; a count that does not agree is not an
/// error but [`ElectionReport::agrees`] being false.
pub async fn run(
    config: &ElectionConfig,
    circuits: &Circuits,
    observer: &dyn Observer,
) -> Result<ElectionReport, ClientError> {
    committee::check(config)?;
    let electorate = voters(config)?;
    let plans = plan::polls(&electorate, config);
    let sizes: Vec<usize> = plans.iter().map(|plan| plan.size).collect();
    let mut clock = Clock::new();

    let stage = setup::stage(config, observer, &mut clock).await?;
    clock.time(Phase::Keys, || circuits.prepare(&sizes, observer))?;
    let mut house = setup::house(&stage, config, circuits, &electorate, observer, &mut clock).await?;
    let mut polls = setup::polls(&stage, &house, &electorate, plans, observer, &mut clock).await?;
    let mut cast = voting::vote(&stage, &house, circuits, &electorate, &polls, config, observer, &mut clock).await?;
    let mut counted = count::count(&stage, &house, circuits, &polls, observer, &mut clock).await?;

    // A later poll says which option proved beneficial; then the first poll's ballots are paid.
    let later = rewards::retrospective(&stage, &house, &electorate, &polls, observer, &mut clock).await?;
    let later_cast = voting::vote(&stage, &house, circuits, &electorate, &later, config, observer, &mut clock).await?;
    let later_counted = count::count(&stage, &house, circuits, &later, observer, &mut clock).await?;
    polls.extend(later);
    cast.extend(later_cast);
    counted.extend(later_counted);
    let reward = rewards::pay(&stage, &house, circuits, &electorate, &polls, observer, &mut clock).await?;

    let verified = count::verify(&stage, &house, circuits, &polls, observer, &mut clock).await?;
    house.gas.retain(|entry| entry.transactions > 0);
    results::report(&stage, house, &electorate, polls, cast, counted, verified, reward, clock).await
}

fn voters(config: &ElectionConfig) -> Result<Electorate, ClientError> {
    match &config.electorate {
        ElectorateSource::File { path, proposal } => Ok(electorate::read(path, proposal)?),
        ElectorateSource::Sample => {
            let mut electorate = electorate::sample();
            if let Some(limit) = config.limit {
                // As many from each chamber.
                let each = limit.div_ceil(electorate.chambers.len()).max(1);
                let mut taken = vec![0; electorate.chambers.len()];
                electorate.voters.retain(|voter| {
                    taken[voter.chamber] += 1;
                    taken[voter.chamber] <= each
                });
            }
            Ok(electorate)
        }
    }
}
