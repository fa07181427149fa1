//! Verification of a whole poll from chain data alone.
//!
//! Nothing is trusted: censuses, contexts, proofs, sums, shares, totals and the decision are recomputed from events and
//! calldata and compared with the contracts' views. A contradiction is a failed check in the report, never a panic.
//!
//! [`collect_evidence`] reads the evidence; [`check_evidence`] is pure; [`verify_poll`] does both. Of sheet polls, and
//! of the charter that follows from one: [`collect_sheet_evidence`], [`check_sheet_evidence`], [`verify_sheet`].

mod ballots;
mod blame;
mod calls;
mod casting;
mod chamber;
mod committee;
mod decision;
pub mod error;
mod evidence;
mod positions;
mod pot;
mod report;
mod reward;
mod rounding;
mod schedule;
mod share;
mod sheet;
mod summary;
mod verifiers;
mod views;

pub(crate) use ballots::{BallotVerifier, BallotVerifiers, find_invalid_replacements, find_unproved_ballots};
pub(crate) use chamber::check_ballot_count;
pub(crate) use committee::find_unproved_dealings;
pub use error::VerifyError;
pub use evidence::{
    BlockEvidence, PollEvidence, PotEvidence, RewardEvidence, VerifierAnswer, VerifierEvidence, gather_evidence,
};
pub use report::{Check, CheckName, SheetReport, VerifyReport};
pub use sheet::{
    CharterEvidence, SheetChamberEvidence, SheetEvidence, SheetVerifierEvidence, check_sheet_evidence,
    collect_sheet_evidence, verify_sheet,
};
pub use summary::CheckSummary;

use psephos_chain::{Connection, StateSource};
use psephos_protocol::{
    context,
    elements::Context,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{ChainState, Poll, PollState, Subject, bindings::IPolls::PollView};

use crate::{
    KeyRing,
    parameters::{ParametersError, ballot_parameters, chamber_scope, committee_keys},
    progress::{Observer, Phase},
};

/// Verifies a poll, in whatever state it is. Its events come from the source, the contracts' views from the connection.
///
/// # Errors
/// Returns [`VerifyError`] only if the chain cannot be read or there is no such poll: contradictions are in the report.
pub async fn verify_poll(
    source: &dyn StateSource,
    connection: &Connection,
    circuits: &KeyRing,
    poll: PollId,
    observer: &dyn Observer,
) -> Result<VerifyReport, VerifyError> {
    let evidence = collect_evidence(source, connection, circuits, poll, observer).await?;
    check_evidence(&evidence, circuits, observer)
}

/// Reads a poll's events from the source and the contracts' views from the connection: all that
/// [`check_evidence`] checks.
///
/// # Errors
/// Returns [`VerifyError`] only if the chain cannot be read or there is no such poll.
pub async fn collect_evidence(
    source: &dyn StateSource,
    connection: &Connection,
    circuits: &KeyRing,
    poll: PollId,
    observer: &dyn Observer,
) -> Result<PollEvidence, VerifyError> {
    let mut state = source.read_state().await?;
    source.load_calls(&mut state, poll).await?;
    // One step is the poll, the others are its chambers.
    observer.begin(Phase::Verify, opened_chambers(state.poll(poll)?).len() as u64 + 1);
    gather_evidence(connection, state, circuits, poll).await
}

/// Checks the evidence of a poll, without input or output.
///
/// # Errors
/// Returns [`VerifyError`] only if there is no such poll, or if a circuit's key cannot be used.
pub fn check_evidence(
    evidence: &PollEvidence,
    circuits: &KeyRing,
    observer: &dyn Observer,
) -> Result<VerifyReport, VerifyError> {
    let (state, poll) = (&evidence.state, evidence.poll);
    let entry = state.poll(poll)?;
    let opened = opened_chambers(entry);
    let mut checks = vec![
        check_events(state, poll),
        check_fingerprint(entry, &evidence.view),
        schedule::check_schedule(entry, &evidence.blocks),
        positions::check_positions(entry, state.reward(poll).ok(), &evidence.blocks),
        calls::check_calls(entry, state.reward(poll).ok()),
        views::check_views(state, entry, evidence),
        Check::single(CheckName::Code, None, evidence.other_code.clone().map_or(Ok(()), Err)),
        verifiers::check_verifiers(&state.deployment, circuits, &evidence.verifiers)?,
    ];
    checks.push(views::check_members(state, entry.chambers.keys(), &evidence.members));
    if entry.opened || !opened.is_empty() || entry.ended.is_some() {
        checks.extend(committee::check_committee(state, circuits, entry.committee(), evidence.committee.as_ref())?);
    }
    observer.advance(Phase::Verify, 1);
    for id in opened {
        if let Some(view) = evidence.chambers.get(&id) {
            checks.extend(chamber::check_chamber(state, circuits, poll, id, view)?);
        }
        if let (Some(listed), Some(slots)) = (entry.chambers.get(&id), evidence.slots.get(&id)) {
            let cast = listed.ballots.iter().map(|ballot| (ballot.transaction, ballot.posted.nullifier));
            checks.push(casting::check_batches(id, cast, &listed.skips, &listed.batches));
            checks.push(casting::check_slots(id, listed, slots));
        }
        checks.extend(blame::check_refusals(state, circuits, entry, id)?);
        observer.advance(Phase::Verify, 1);
    }
    checks.push(blame::check_missing(state, entry, &evidence.blocks));
    checks.extend(decision::check_outcome(entry, &evidence.view));
    checks.extend(reward::check_reward(state, circuits, poll, evidence.reward.as_ref())?);
    checks.extend(evidence.pot.as_ref().map(|evidence| pot::check_pot(poll, entry, evidence)));
    observer.end(Phase::Verify);
    let (chain_id, polls) = (state.deployment.chain_id, state.deployment.polls);
    let committee = state.committees.get(&entry.committee());
    let retired_trustees = committee.map(|committee| committee.retired_trustees.clone()).unwrap_or_default();
    let shown = state.poll_state(poll)?.to_string();
    Ok(VerifyReport { chain_id, polls, poll, state: shown, retired_trustees, checks })
}

/// Returns the chambers of a poll whose censuses are frozen.
fn opened_chambers(poll: &Poll) -> Vec<ChamberId> {
    poll.chambers.iter().filter(|(_, chamber)| chamber.frozen.is_some()).map(|(id, _)| *id).collect()
}

/// Recomputes the context of a chamber from the poll's parameters and the events alone.
pub(crate) fn recompute_context(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<Context, ParametersError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let keys = committee_keys(state, entry)?;
    let rule = ballot_parameters(entry, listed)?;
    let scope = chamber_scope(state, poll, chamber)?;
    Ok(context::derive_context(scope, frozen.chamber.census.root(), keys.hash_keys(entry.circuit_size()), &rule))
}

/// Checks that the contract has the fingerprint that follows from the poll's parameters and its committee's keys.
fn check_fingerprint(poll: &Poll, view: &PollView) -> Check {
    let outcome = match poll.fingerprint {
        Some(computed) if computed.to_bytes() == view.fingerprint.0 => Ok(()),
        Some(computed) => Err(format!("the poll has fingerprint {computed}, the contract says {}", view.fingerprint)),
        None => Err(format!("committee {} had no keys when the poll was created", poll.committee())),
    };
    Check::single(CheckName::Fingerprint, None, outcome)
}

/// Checks that all events are consistent, and that none is missing that others follow from.
fn check_events(state: &ChainState, poll: PollId) -> Check {
    // An event of a poll that does not exist is of none: any poll may miss it.
    let concerned = state.findings.iter().filter(|finding| match finding.subject {
        Subject::Poll(other) => other == poll || !state.polls.contains_key(&other),
        _ => finding.concerns_poll(poll),
    });
    let mut failures: Vec<String> = concerned.map(ToString::to_string).collect();
    failures.extend(state.polls.get(&poll).into_iter().flat_map(|poll| find_missing_events(poll)));
    Check::new(CheckName::Events, None, 1, failures)
}

/// Finds missing events: a poll that is opened has all of its chambers frozen, and ballots, shares, totals and the end
/// of a poll follow its opening.
fn find_missing_events(poll: &Poll) -> Vec<String> {
    let mut failures = Vec::new();
    let any = |test: fn(&psephos_state::PollChamber) -> bool| poll.chambers.values().any(test);
    let used = any(|c| !c.ballots.is_empty() || !c.shares.is_empty() || c.tally.is_some());
    let decided = poll.ended.is_some_and(|(state, _)| matches!(state, PollState::Decided | PollState::Rejected));
    if !poll.opened && (used || decided || any(|c| c.frozen.is_some())) {
        failures.push("no event opens the poll, but later ones require that it was opened".into());
    }
    if poll.opened {
        let unfrozen = poll.chambers.iter().filter(|(_, chamber)| chamber.frozen.is_none());
        failures.extend(unfrozen.map(|(id, _)| format!("the poll was opened, but chamber {id} was not")));
    }
    failures
}

#[cfg(test)]
mod tests;
