//! Everybody votes; some change their minds.

use psephos_chain::NodeSource;
use std::time::Instant;

use psephos_state::Replay;
use rayon::prelude::*;

use super::{
    Clock, ElectionConfig, GasEntry,
    setup::{House, OpenPoll, Stage},
};
use crate::{DemoError, electorate::Electorate};
use psephos_client::{
    KeyRing,
    progress::{Observer, Phase},
    relayer::{self, PackageOutcome, RelayConfig, RelayReport, Submission},
    voter,
};

/// What voting took, by poll.
#[derive(Clone, Debug, Default)]
pub(super) struct Cast {
    pub(super) gas: Vec<GasEntry>,
    pub(super) seconds_per_proof: f64,
    /// By chamber of the electorate.
    pub(super) replaced: Vec<usize>,
}

/// Which ballots of a voter.
#[derive(Clone, Copy, PartialEq)]
enum Round {
    First,
    Second,
}

#[expect(clippy::too_many_arguments, reason = "the parts of an election")]
pub(super) async fn vote(
    stage: &Stage,
    house: &House,
    circuits: &KeyRing,
    electorate: &Electorate,
    polls: &[OpenPoll],
    config: &ElectionConfig,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<Cast>, DemoError> {
    let mut cast = vec![Cast::default(); polls.len()];
    for (phase, round) in [(Phase::Prove, Round::First), (Phase::Replace, Round::Second)] {
        let replay = psephos_chain::read_state(stage.chain.connection(), &house.deployment).await?;
        let ballots = |poll: &OpenPoll| match round {
            Round::First => poll.plan.votes.len(),
            Round::Second => poll.plan.votes.iter().filter(|vote| vote.first.is_some()).count(),
        };
        observer.begin(phase, polls.iter().map(ballots).sum::<usize>() as u64);
        let mut submissions = Vec::new();
        for (poll, cast) in polls.iter().zip(&mut cast) {
            let start = Instant::now();
            let proved = prove(&replay, house, circuits, electorate, poll, round, &|| observer.advance(phase, 1))?;
            if round == Round::First {
                cast.seconds_per_proof = start.elapsed().as_secs_f64() / proved.len().max(1) as f64;
            }
            submissions.extend(proved);
        }
        observer.end(phase);
        clock.lap(phase);
        if submissions.is_empty() {
            continue;
        }
        let config = RelayConfig { batch: config.batch };
        let source = NodeSource::new(stage.chain.connection().clone(), house.deployment.clone());
        let relayed = relayer::relay(&source, &stage.relayer, circuits, &submissions, config, observer).await?;
        clock.lap(Phase::Relay);
        accepted(&relayed)?;
        record(&relayed, house, polls, &mut cast);
    }
    Ok(cast)
}

/// All ballots of one poll and round, on all cores.
fn prove(
    replay: &Replay,
    house: &House,
    circuits: &KeyRing,
    electorate: &Electorate,
    poll: &OpenPoll,
    round: Round,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Submission>, DemoError> {
    let ballot = |vote: &super::plan::PlannedVote| -> Result<Submission, DemoError> {
        let choice = match (round, &vote.first) {
            (Round::First, Some(first)) => first,
            _ => &vote.last,
        };
        let chamber = house.chambers[electorate.voters[vote.voter].chamber];
        let identity = &house.identities[vote.voter];
        let signed = voter::prepare(replay, identity, poll.id, chamber, choice, round == Round::Second)?;
        let package = voter::prove(circuits, signed)?;
        done();
        // Nothing that names the voter: a relayer does not know whose ballot it carries.
        let name = format!("poll {}, {}", poll.id, &package.record[2..18]);
        Ok(Submission::new(name, &package))
    };
    let votes = poll.plan.votes.par_iter().filter(|vote| round == Round::First || vote.first.is_some());
    votes.map(ballot).collect()
}

/// Every ballot of the election is valid, so every one must have been accepted.
fn accepted(report: &RelayReport) -> Result<(), DemoError> {
    let refused = report.packages.iter().find(|package| !matches!(package.outcome, PackageOutcome::Accepted { .. }));
    match refused {
        None => Ok(()),
        Some(package) => Err(DemoError::BallotRefused(format!("{:?}", package.outcome))),
    }
}

fn record(report: &RelayReport, house: &House, polls: &[OpenPoll], cast: &mut [Cast]) {
    for transaction in &report.transactions {
        let Some(position) = polls.iter().position(|poll| poll.id == transaction.poll) else { continue };
        let cast = &mut cast[position];
        let items = transaction.ballots + transaction.replacements;
        let call = match transaction.replacements {
            0 => format!("castBatch of {items}"),
            count if count == items => format!("castBatch of {items}, replacing"),
            count => format!("castBatch of {items}, {count} of them replacing"),
        };
        GasEntry::record(&mut cast.gas, &call, transaction.hash, transaction.gas, items);
        cast.replaced.resize(house.chambers.len(), 0);
        if let Some(chamber) = house.chambers.iter().position(|&id| id == transaction.chamber) {
            cast.replaced[chamber] += transaction.replacements;
        }
    }
}
