//! The polls close, the trustees that are still there open the totals, anyone counts; in the end anyone verifies.

use psephos_chain::{NodeSource, local};

use super::{
    Clock, GasEntry,
    setup::{House, OpenPoll, Stage},
};
use crate::{
    error::ClientError,
    keys::Circuits,
    progress::{Observer, Phase},
    tally,
    verify::{self, VerifyReport},
};

/// Gives what counting each poll took.
pub(super) async fn count(
    stage: &Stage,
    house: &House,
    circuits: &Circuits,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<Vec<GasEntry>>, ClientError> {
    let connection = stage.chain.connection();
    let deployment = &house.deployment;
    if let Some(closes_at) = polls.iter().map(|poll| poll.closes_at).max() {
        local::advance_time(connection, closes_at).await?;
    }

    let mut gas = vec![Vec::new(); polls.len()];
    let replay = psephos_chain::read_state(connection, deployment).await?;
    let chambers: usize = polls.iter().map(|poll| poll.plan.chambers.len()).sum();
    observer.begin(Phase::Share, chambers as u64);
    for (poll, gas) in polls.iter().zip(&mut gas) {
        for rule in &poll.plan.chambers {
            house.committee.open(stage, deployment, circuits, poll.id, rule.chamber, gas).await?;
            let entry = replay.poll(poll.id)?.chambers.get(&rule.chamber);
            let (ballots, least) = (entry.map_or(0, |chamber| chamber.latest.len()), rule.min_ballots);
            if ballots < least as usize {
                let chamber = rule.chamber;
                let note = format!("chamber {chamber} has {ballots} ballots, fewer than {least}: it stays closed");
                observer.note(Phase::Share, &note);
            }
            observer.advance(Phase::Share, 1);
        }
    }
    observer.end(Phase::Share);
    clock.lap(Phase::Share);

    let source = NodeSource::new(connection.clone(), deployment.clone());
    for (poll, gas) in polls.iter().zip(&mut gas) {
        for chamber in tally::tally(&source, &stage.relayer, poll.id, observer).await? {
            GasEntry::record(gas, "tally", chamber.sent.hash, chamber.sent.gas, 1);
        }
        let sent = tally::finalise(&stage.relayer, deployment, poll.id).await?;
        GasEntry::record(gas, "finalise", sent.hash, sent.gas, 1);
    }
    clock.lap(Phase::Tally);

    Ok(gas)
}

/// Re-checks every poll, its reward included, from chain data alone.
pub(super) async fn verify(
    stage: &Stage,
    house: &House,
    circuits: &Circuits,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<VerifyReport>, ClientError> {
    let mut reports = Vec::new();
    let connection = stage.chain.connection();
    let source = NodeSource::new(connection.clone(), house.deployment.clone());
    for poll in polls {
        reports.push(verify::verify(&source, connection, circuits, poll.id, observer).await?);
    }
    clock.lap(Phase::Verify);
    Ok(reports)
}
