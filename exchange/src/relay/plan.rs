//! In which order ballots can apply: what each nullifier's slot will hold when its turn comes.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::collections::BTreeMap;

use psephos_protocol::elements::Nullifier;
use psephos_state::{ChainState, PollChamber};

use super::{PackageOutcome, Refusal, RelayReport, check::Candidate};
use crate::ballot::Contents;

/// A ballot to send.
pub struct Item {
    /// Its place among the submissions.
    pub index: usize,
    /// The ballot.
    pub contents: Contents,
}

/// The ballots of one chamber of one poll, in an order in which all of them apply: first ones, then replacements.
pub struct Queue {
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The ballots.
    pub items: Vec<Item>,
}

/// Orders what applies, settles what does not.
pub fn queues(replay: &ChainState, candidates: Vec<Candidate>, report: &mut RelayReport) -> Vec<Queue> {
    let mut grouped: BTreeMap<(PollId, ChamberId), Vec<Item>> = BTreeMap::new();
    for Candidate { index, poll, chamber, contents } in candidates {
        grouped.entry((poll, chamber)).or_default().push(Item { index, contents });
    }
    let mut queues = Vec::new();
    for ((poll, chamber), items) in grouped {
        let Some(listed) = replay.polls.get(&poll).and_then(|poll| poll.chambers.get(&chamber)) else {
            continue;
        };
        let items = order(listed, items, report);
        if !items.is_empty() {
            queues.push(Queue { poll, chamber, items });
        }
    }
    queues
}

fn order(listed: &PollChamber, items: Vec<Item>, report: &mut RelayReport) -> Vec<Item> {
    let mut queued: Vec<Item> = Vec::new();
    let mut slots: BTreeMap<Nullifier, [u8; 32]> = BTreeMap::new();
    let (first, mut later): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.contents.old.is_none());
    for item in first {
        let nullifier = item.contents.record.posted.nullifier;
        let slot = *slots.entry(nullifier).or_insert_with(|| listed.counted_fingerprint(&nullifier));
        if slot == [0; 32] {
            slots.insert(nullifier, item.contents.record.posted.fingerprint());
            queued.push(item);
        } else {
            settle(listed, &queued, &item, report);
        }
    }
    // A replacement may wait for another one, so rounds are made until nothing moves.
    loop {
        let before = later.len();
        let mut waiting = Vec::new();
        for item in later {
            let nullifier = item.contents.record.posted.nullifier;
            let slot = *slots.entry(nullifier).or_insert_with(|| listed.counted_fingerprint(&nullifier));
            if slot == item.contents.previous() {
                slots.insert(nullifier, item.contents.record.posted.fingerprint());
                queued.push(item);
            } else {
                waiting.push(item);
            }
        }
        later = waiting;
        if later.len() == before || later.is_empty() {
            break;
        }
    }
    for item in &later {
        settle(listed, &queued, item, report);
    }
    queued
}

/// Why a ballot does not apply.
fn settle(listed: &PollChamber, queued: &[Item], item: &Item, report: &mut RelayReport) {
    let posted = &item.contents.record.posted;
    if let Some(outcome) = known(listed, &item.contents) {
        return report.settle(item.index, outcome);
    }
    // The same ballot with another proof of it.
    let twin = queued
        .iter()
        .find(|other| other.contents.record.posted == *posted && other.contents.previous() == item.contents.previous());
    if let Some(name) = twin.and_then(|twin| report.packages.get(twin.index)).map(|package| package.name.clone()) {
        return report.settle(item.index, PackageOutcome::Duplicate { of: name });
    }
    match item.contents.old {
        None => report.refuse(
            item.index,
            Refusal::AlreadyCast,
            "this voter has another ballot here: make this one again as a replacement",
        ),
        Some(_) => report.refuse(
            item.index,
            Refusal::WrongPrevious,
            "it replaces a ballot that is not the one that counts: make it again now",
        ),
    }
}

/// Whether the chain has this ballot: it counts, or counted once.
pub fn known(listed: &PollChamber, contents: &Contents) -> Option<PackageOutcome> {
    let posted = &contents.record.posted;
    if listed.counted_ballot(&posted.nullifier).is_some_and(|ballot| ballot.posted == *posted) {
        return Some(PackageOutcome::AlreadyCounted);
    }
    let replaced =
        listed.ballots.iter().any(|ballot| ballot.posted == *posted && ballot.previous == contents.previous());
    replaced.then_some(PackageOutcome::Superseded)
}
