//! The polls close, the trustees that are present decrypt the totals, anyone tallies; in the end anyone verifies.

use psephos_chain::{NodeSource, local};

use super::{
    Clock, GasEntry,
    setup::{Actors, ElectionSetup, OpenPoll},
};
use crate::DemoError;
use psephos_client::{
    KeyRing,
    progress::{Observer, Phase},
    tally,
    verify::{self, VerifyReport},
};

/// Closes all polls, decrypts and tallies them. Returns the gas used, by poll.
pub(super) async fn decrypt_and_tally(
    actors: &Actors,
    election: &ElectionSetup,
    circuits: &KeyRing,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<Vec<GasEntry>>, DemoError> {
    let connection = actors.chain.connection();
    let deployment = &election.deployment;
    if let Some(closes_at) = polls.iter().map(|poll| poll.closes_at).max() {
        local::advance_time(connection, closes_at).await?;
    }

    let mut gas = vec![Vec::new(); polls.len()];
    let state = psephos_chain::read_state(connection, deployment).await?;
    let chambers: usize = polls.iter().map(|poll| poll.plan.chambers.len()).sum();
    observer.begin(Phase::Share, chambers as u64);
    for (poll, gas) in polls.iter().zip(&mut gas) {
        election.committee.post_shares(actors, deployment, circuits, poll.id, gas).await?;
        for rule in &poll.plan.chambers {
            let entry = state.poll(poll.id)?.chambers.get(&rule.chamber);
            let (ballots, minimum) = (entry.map_or(0, |chamber| chamber.latest.len()), rule.min_ballots);
            if ballots < minimum as usize {
                let chamber = rule.chamber;
                let note = format!(
                    "chamber {chamber} has {ballots} ballots, the minimum is {minimum}: its total is not decrypted"
                );
                observer.note(Phase::Share, &note);
            }
            observer.advance(Phase::Share, 1);
        }
    }
    observer.end(Phase::Share);
    clock.record_lap(Phase::Share);

    let source = NodeSource::new(connection.clone(), deployment.clone());
    for (poll, gas) in polls.iter().zip(&mut gas) {
        for chamber in tally::tally_poll(&source, &actors.relayer, poll.id, observer).await? {
            GasEntry::record(gas, "tally", chamber.sent.hash, chamber.sent.gas, 1);
        }
        let sent = tally::finalise_poll(&actors.relayer, deployment, poll.id).await?;
        GasEntry::record(gas, "finalise", sent.hash, sent.gas, 1);
    }
    clock.record_lap(Phase::Tally);

    Ok(gas)
}

/// Verifies every poll and its reward from chain data alone.
pub(super) async fn verify_polls(
    actors: &Actors,
    election: &ElectionSetup,
    circuits: &KeyRing,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<VerifyReport>, DemoError> {
    let mut reports = Vec::new();
    let connection = actors.chain.connection();
    let source = NodeSource::new(connection.clone(), election.deployment.clone());
    for poll in polls {
        reports.push(verify::verify_poll(&source, connection, circuits, poll.id, observer).await?);
    }
    clock.record_lap(Phase::Verify);
    Ok(reports)
}
