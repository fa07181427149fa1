//! Re-checks a whole poll from chain data alone.
//!
//! Nothing is believed: censuses, contexts, proofs, sums, shares, totals and the decision are computed anew from events and
//! calldata and compared with what the contracts say. What does not hold is a named failure in the report, never a panic.

mod chamber;
mod committee;
mod decision;
mod report;
mod reward;
mod schedule;
mod share;
mod summary;
mod verifiers;

pub(crate) use chamber::{count, replacements, unproved};
pub(crate) use committee::unproved_dealings;
pub use decision::{chosen, decided};
pub use report::{Check, CheckName, VerifyReport};
pub use summary::CheckSummary;

use psephos_chain::{Connection, StateSource, U256};
use psephos_protocol::{Fr, constants::capacity_for, context};
use psephos_state::{ChainState, Poll, PollState, bindings::IPolls::pollCall};

use crate::{
    KeyRing,
    error::ClientError,
    progress::{Observer, Phase},
    voter::{opened_chamber, parameters, scope},
};

/// Re-checks a poll, in whatever state it is: its events come from the source, the contracts' views from the connection.
///
/// # Errors
/// Only if the chain cannot be read or there is no such poll: what does not hold is in the report.
pub async fn verify(
    source: &dyn StateSource,
    connection: &Connection,
    circuits: &KeyRing,
    poll: u64,
    observer: &dyn Observer,
) -> Result<VerifyReport, ClientError> {
    let deployment = source.deployment();
    let mut replay = source.read_state().await?;
    source.load_proofs(&mut replay, poll).await?;
    let entry = replay.poll(poll)?;
    let opened: Vec<u64> =
        entry.chambers.iter().filter(|(_, chamber)| chamber.frozen.is_some()).map(|(id, _)| *id).collect();
    observer.begin(Phase::Verify, opened.len() as u64 + 1);

    let mut checks = vec![events(&replay, poll), schedule::check(connection, entry).await?];
    let committee = replay.committees.get(&entry.parameters.committee);
    let capacity = committee.and_then(|committee| capacity_for(committee.trustees.len())).unwrap_or(5);
    let paid = replay.rewards.contains_key(&poll);
    checks.push(verifiers::check(connection, deployment, circuits, entry.circuit_size(), capacity, paid).await?);
    if entry.opened || !opened.is_empty() || entry.ended.is_some() {
        checks.extend(committee::checks(connection, &replay, circuits, entry).await?);
    }
    observer.advance(Phase::Verify, 1);
    for id in opened {
        checks.extend(chamber::checks(connection, &replay, circuits, poll, id).await?);
        observer.advance(Phase::Verify, 1);
    }
    let view = connection.call(deployment.polls, &pollCall { id: U256::from(poll) }).await?;
    checks.extend(decision::outcome(entry, &view));
    checks.extend(reward::checks(connection, &replay, circuits, poll).await?);
    observer.end(Phase::Verify);
    let state = replay.poll_state(poll)?.to_string();
    Ok(VerifyReport { chain_id: deployment.chain_id, polls: deployment.polls, poll, state, checks })
}

/// The context of a chamber, from the poll's parameters and the events alone.
pub(crate) fn recompute_context(replay: &ChainState, poll: u64, chamber: u64) -> Result<Fr, ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let keys = replay.committees.get(&entry.parameters.committee).and_then(|committee| committee.keys.as_ref());
    let keys =
        keys.ok_or_else(|| ClientError::Inconsistent("the poll was opened without a committee's keys".into()))?;
    let rule = parameters(entry, listed)?;
    Ok(context::context(
        scope(replay, poll, chamber)?,
        frozen.chamber.census.root(),
        keys.hash(entry.circuit_size()),
        &rule,
    ))
}

/// All events fit together, and none is missing that others follow from.
fn events(replay: &ChainState, poll: u64) -> Check {
    let concerned = replay.findings.iter().filter(|finding| finding.poll.is_none_or(|other| other == poll));
    let mut failures: Vec<String> = concerned.map(ToString::to_string).collect();
    failures.extend(replay.polls.get(&poll).into_iter().flat_map(|poll| gaps(poll)));
    Check::new(CheckName::Events, None, 1, failures)
}

/// A poll that is opened has all of its chambers frozen; what is cast, shared, counted or ended was opened before.
fn gaps(poll: &Poll) -> Vec<String> {
    let mut gaps = Vec::new();
    let any = |test: fn(&psephos_state::PollChamber) -> bool| poll.chambers.values().any(test);
    let used = any(|c| !c.ballots.is_empty() || !c.shares.is_empty() || c.tally.is_some());
    let decided = poll.ended.is_some_and(|(state, _)| state != PollState::Undecided);
    if !poll.opened && (used || decided || any(|c| c.frozen.is_some())) {
        gaps.push("no event opens the poll, and others follow from that".into());
    }
    if poll.opened {
        let unfrozen = poll.chambers.iter().filter(|(_, chamber)| chamber.frozen.is_none());
        gaps.extend(unfrozen.map(|(id, _)| format!("the poll was opened, and chamber {id} was not")));
    }
    gaps
}
