//! Casting: every voter casts a ballot, and some replace theirs.

use psephos_chain::{NodeSet, NodeSource};
use std::time::Instant;

use psephos_state::ChainState;
use rayon::prelude::*;

use super::{
    Clock, ElectionConfig, GasEntry,
    setup::{Actors, ElectionSetup, OpenPoll},
};
use crate::{DemoError, electorate::Electorate};
use psephos_client::{
    KeyRing,
    progress::{Observer, Phase},
    relayer::{self, PackageOutcome, RelayConfig, RelayReport, Submission},
    voter,
};

/// Gas and proving time of the ballots of one poll.
#[derive(Clone, Debug, Default)]
pub(super) struct CastStatistics {
    pub(super) gas: Vec<GasEntry>,
    pub(super) seconds_per_proof: f64,
}

/// Whether initial ballots or replacements are cast.
#[derive(Clone, Copy, PartialEq)]
enum BallotPass {
    Initial,
    Replacement,
}

#[expect(clippy::too_many_arguments, reason = "the parts of an election")]
pub(super) async fn cast_ballots(
    actors: &Actors,
    election: &ElectionSetup,
    circuits: &KeyRing,
    electorate: &Electorate,
    polls: &[OpenPoll],
    config: &ElectionConfig,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<CastStatistics>, DemoError> {
    let mut cast = vec![CastStatistics::default(); polls.len()];
    for (phase, pass) in [(Phase::Prove, BallotPass::Initial), (Phase::Replace, BallotPass::Replacement)] {
        let state = psephos_chain::read_state(actors.chain.connection(), &election.deployment).await?;
        let ballots = |poll: &OpenPoll| match pass {
            BallotPass::Initial => poll.plan.votes.len(),
            BallotPass::Replacement => poll.plan.votes.iter().filter(|vote| vote.initial_choice.is_some()).count(),
        };
        observer.begin(phase, polls.iter().map(ballots).sum::<usize>() as u64);
        let mut submissions = Vec::new();
        for (poll, cast) in polls.iter().zip(&mut cast) {
            let start = Instant::now();
            let proved =
                prove_ballots(&state, election, circuits, electorate, poll, pass, &|| observer.advance(phase, 1))?;
            if pass == BallotPass::Initial {
                cast.seconds_per_proof = start.elapsed().as_secs_f64() / proved.len().max(1) as f64;
            }
            submissions.extend(proved);
        }
        observer.end(phase);
        clock.record_lap(phase);
        if submissions.is_empty() {
            continue;
        }
        let config = RelayConfig { batch: config.batch, ..RelayConfig::default() };
        let source = NodeSource::new(actors.chain.connection().clone(), election.deployment.clone());
        let relayed = relayer::relay_ballots(
            &source,
            &NodeSet::single(actors.relayer.clone()),
            circuits,
            &submissions,
            config,
            observer,
        )
        .await?;
        clock.record_lap(Phase::Relay);
        ensure_accepted(&relayed)?;
        record_transactions(&relayed, polls, &mut cast);
    }
    Ok(cast)
}

/// Proves all ballots of one poll in one pass, on all cores.
fn prove_ballots(
    state: &ChainState,
    election: &ElectionSetup,
    circuits: &KeyRing,
    electorate: &Electorate,
    poll: &OpenPoll,
    pass: BallotPass,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Submission>, DemoError> {
    let ballot = |vote: &super::plan::PlannedVote| -> Result<Submission, DemoError> {
        let choice = match (pass, &vote.initial_choice) {
            (BallotPass::Initial, Some(initial)) => initial,
            _ => &vote.final_choice,
        };
        let chamber = election.chambers[electorate.voters[vote.voter].chamber];
        let voter = election.voter(electorate, vote.voter);
        let signed = voter::prepare_ballot(state, voter, poll.id, chamber, choice, pass == BallotPass::Replacement)?;
        let package = voter::prove_ballot(circuits, signed)?;
        done();
        // The name does not identify the voter: a relayer does not know whose ballot it carries.
        let name = format!("poll {}, {}", poll.id, &package.record[2..18]);
        Ok(Submission::new(name, &package))
    };
    let votes = poll.plan.votes.par_iter().filter(|vote| pass == BallotPass::Initial || vote.initial_choice.is_some());
    votes.map(ballot).collect()
}

/// Checks that every ballot was accepted: all ballots of the demo are valid.
fn ensure_accepted(report: &RelayReport) -> Result<(), DemoError> {
    let refused = report.packages.iter().find(|package| !matches!(package.outcome, PackageOutcome::Accepted { .. }));
    match refused {
        None => Ok(()),
        Some(package) => Err(DemoError::BallotRefused(format!("{:?}", package.outcome))),
    }
}

fn record_transactions(report: &RelayReport, polls: &[OpenPoll], cast: &mut [CastStatistics]) {
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
    }
}
