//! Scheduling of ballots: an order in which all of them apply, from the ballot slots of their nullifiers.

use std::collections::BTreeMap;

use psephos_protocol::{
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{ChainState, PollChamber};
use psephos_wire::ballot::Contents;

use crate::{PackageOutcome, Refusal, RelayReport, ballots::ValidBallot};

/// A ballot to send.
pub struct ScheduledBallot {
    /// Its index among the submissions.
    pub index: usize,
    /// The ballot.
    pub contents: Contents,
}

/// The ballots of one chamber of one poll, in an order in which all of them apply: first ballots, then replacements.
/// Every part of consecutive ballots is a batch that applies after the parts before it.
pub struct BallotQueue {
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The ballots.
    pub ballots: Vec<ScheduledBallot>,
}

/// Orders the ballots that apply to a chain state, by poll and chamber. The outcome of every other ballot is in the
/// report.
pub fn schedule_ballots(
    chain_state: &ChainState,
    valid: Vec<ValidBallot>,
    report: &mut RelayReport,
) -> Vec<BallotQueue> {
    let mut grouped: BTreeMap<(PollId, ChamberId), Vec<ScheduledBallot>> = BTreeMap::new();
    for ValidBallot { index, poll, chamber, contents } in valid {
        grouped.entry((poll, chamber)).or_default().push(ScheduledBallot { index, contents });
    }
    let mut queues = Vec::new();
    for ((poll, chamber), ballots) in grouped {
        let Some(listed) = chain_state.polls.get(&poll).and_then(|poll| poll.chambers.get(&chamber)) else { continue };
        let ballots = order_ballots(listed, ballots, report);
        if !ballots.is_empty() {
            queues.push(BallotQueue { poll, chamber, ballots });
        }
    }
    queues
}

fn order_ballots(
    listed: &PollChamber,
    ballots: Vec<ScheduledBallot>,
    report: &mut RelayReport,
) -> Vec<ScheduledBallot> {
    let mut queued: Vec<ScheduledBallot> = Vec::new();
    // The content of each nullifier's ballot slot after the ballots that are queued.
    let mut slots: BTreeMap<Nullifier, [u8; 32]> = BTreeMap::new();
    let (first, mut later): (Vec<_>, Vec<_>) = ballots.into_iter().partition(|ballot| ballot.contents.old.is_none());
    for ballot in first {
        let nullifier = ballot.contents.record.posted.nullifier;
        let slot = *slots.entry(nullifier).or_insert_with(|| listed.counted_fingerprint(&nullifier));
        if slot == [0; 32] {
            slots.insert(nullifier, ballot.contents.fingerprint());
            queued.push(ballot);
        } else {
            report_unscheduled(listed, &queued, &ballot, report);
        }
    }
    // A replacement may replace another one that is queued later in this list: repeat until none applies any more.
    loop {
        let before = later.len();
        let mut waiting = Vec::new();
        for ballot in later {
            let nullifier = ballot.contents.record.posted.nullifier;
            let slot = *slots.entry(nullifier).or_insert_with(|| listed.counted_fingerprint(&nullifier));
            if slot == ballot.contents.previous() {
                slots.insert(nullifier, ballot.contents.fingerprint());
                queued.push(ballot);
            } else {
                waiting.push(ballot);
            }
        }
        later = waiting;
        if later.len() == before || later.is_empty() {
            break;
        }
    }
    for ballot in &later {
        report_unscheduled(listed, &queued, ballot, report);
    }
    queued
}

/// Reports why a ballot does not apply.
fn report_unscheduled(
    listed: &PollChamber,
    queued: &[ScheduledBallot],
    ballot: &ScheduledBallot,
    report: &mut RelayReport,
) {
    let contents = &ballot.contents;
    if let Some(outcome) = find_on_chain(listed, contents) {
        return report.set_outcome(ballot.index, outcome);
    }
    // The same ballot with another proof is a duplicate.
    let is_same = |other: &&ScheduledBallot| {
        other.contents.record.posted == contents.record.posted && other.contents.previous() == contents.previous()
    };
    let same = queued.iter().find(is_same).and_then(|same| report.packages.get(same.index));
    if let Some(name) = same.map(|package| package.name.clone()) {
        return report.set_outcome(ballot.index, PackageOutcome::Duplicate { of: name });
    }
    match contents.old {
        None => report.refuse(
            ballot.index,
            Refusal::AlreadyCast,
            "this voter has another ballot here: make this one again as a replacement",
        ),
        Some(_) => report.refuse(
            ballot.index,
            Refusal::WrongPrevious,
            "it replaces a ballot that is not the one that counts: make it again from the current state",
        ),
    }
}

/// Returns the outcome of a ballot that is on chain already: it counts, or was replaced since.
pub fn find_on_chain(listed: &PollChamber, contents: &Contents) -> Option<PackageOutcome> {
    let posted = &contents.record.posted;
    if listed.counted_ballot(&posted.nullifier).is_some_and(|ballot| ballot.posted == *posted) {
        return Some(PackageOutcome::AlreadyCounted);
    }
    let replaced =
        listed.ballots.iter().any(|ballot| ballot.posted == *posted && ballot.previous == contents.previous());
    replaced.then_some(PackageOutcome::Superseded)
}
