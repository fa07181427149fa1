//! A whole election, from an empty chain to a verified result: the demo and the end-to-end tests run it.
//!
//! It plays all participants: the DAO, the trustees, the relayer and all voters, on a local chain. Because it
//! knows every vote, it can compare the tally on chain with the plaintext count, which no one can in a real election.

pub(crate) mod clock;
pub(crate) mod committee;
mod count;
mod plan;
mod report;
mod results;
mod rewards;
pub(crate) mod setup;
mod summary;
mod voting;

pub use report::{
    ChamberReport, CommitteeReport, ElectionReport, ElectorateSummary, GasEntry, Outcome, PollReport, RewardReport,
    Timing, TrusteeReport,
};

use std::path::PathBuf;

use crate::{
    DemoError,
    electorate::{self, Electorate},
};
use clock::Clock;
use psephos_client::{
    KeyRing,
    keys::load_poll_keys,
    progress::{Observer, Phase},
};

/// The parameters of an election.
#[derive(Clone, Debug)]
pub struct ElectionConfig {
    /// The voters and their votes.
    pub electorate: ElectorateSource,
    /// URL of a running local chain; `None` starts one.
    pub chain: Option<String>,
    /// Maximum number of ballots in a transaction.
    pub batch: usize,
    /// Every N-th voter replaces its ballot; 0: none does.
    pub replace_every: usize,
    /// Also run the eight-option quadratic poll (the sample electorate only).
    pub quadratic_poll: bool,
    /// Maximum number of voters, taken evenly from the chambers (the sample electorate only); `None`: all.
    pub limit: Option<usize>,
    /// Number of trustees in the committee.
    pub trustees: usize,
    /// Committee threshold: the number of decryption shares that decrypt a total.
    pub threshold: usize,
    /// Number of trustees that are absent when totals are decrypted: the first ones, which have dealt.
    pub absent: usize,
}

/// The source of voters, weights and choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElectorateSource {
    /// The built-in sample: three chambers, two polls, more than 100 ballots.
    Sample,
    /// One proposal of a file with the columns `proposal,account,weight,choice`.
    File {
        /// Path of the file.
        path: PathBuf,
        /// Name of the proposal.
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
            quadratic_poll: true,
            limit: None,
            trustees: 5,
            threshold: 3,
            absent: 2,
        }
    }
}

/// Runs an election and reports on it.
///
/// # Errors
/// Returns [`DemoError::Electorate`] or [`DemoError::ImpossibleCommittee`] before anything is started, and `NoAnvil` or
/// `NodeUnreachable` if there is no local chain. A tally that differs from the plaintext count is no error:
/// [`ElectionReport::agrees`] is false then.
pub async fn run_election(
    config: &ElectionConfig,
    circuits: &KeyRing,
    observer: &dyn Observer,
) -> Result<ElectionReport, DemoError> {
    committee::ensure_possible(config)?;
    let electorate = load_electorate(config)?;
    let plans = plan::plan_polls(&electorate, config);
    let sizes: Vec<usize> = plans.iter().map(|plan| plan.size).collect();
    let mut clock = Clock::new();

    let actors = setup::start_chain(config, observer, &mut clock).await?;
    clock.measure(Phase::Keys, || load_poll_keys(circuits, &sizes, observer))?;
    let mut election = setup::deploy_and_enrol(&actors, config, circuits, &electorate, observer, &mut clock).await?;
    let mut polls = setup::open_polls(&actors, &election, &electorate, plans, observer, &mut clock).await?;
    let mut cast =
        voting::cast_ballots(&actors, &election, circuits, &electorate, &polls, config, observer, &mut clock).await?;
    let mut tally_gas = count::decrypt_and_tally(&actors, &election, circuits, &polls, observer, &mut clock).await?;

    // A later poll ratifies the option that proved beneficial; then the first poll's ballots are rewarded.
    let later = rewards::open_ratification_poll(&actors, &election, &electorate, &polls, observer, &mut clock).await?;
    let later_cast =
        voting::cast_ballots(&actors, &election, circuits, &electorate, &later, config, observer, &mut clock).await?;
    let later_tally_gas = count::decrypt_and_tally(&actors, &election, circuits, &later, observer, &mut clock).await?;
    polls.extend(later);
    cast.extend(later_cast);
    tally_gas.extend(later_tally_gas);
    let reward = rewards::pay_claims(&actors, &election, circuits, &electorate, &polls, observer, &mut clock).await?;

    let verified = count::verify_polls(&actors, &election, circuits, &polls, observer, &mut clock).await?;
    election.gas.retain(|entry| entry.transactions > 0);
    results::build_report(&actors, election, &electorate, polls, cast, tally_gas, verified, reward, clock).await
}

fn load_electorate(config: &ElectionConfig) -> Result<Electorate, DemoError> {
    match &config.electorate {
        ElectorateSource::File { path, proposal } => Ok(electorate::read_proposal(path, proposal)?),
        ElectorateSource::Sample => {
            let mut electorate = electorate::sample_electorate();
            if let Some(limit) = config.limit {
                // Equally many from each chamber.
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
