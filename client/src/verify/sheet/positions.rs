//! Where and when the events of a sheet poll are in the chain.

use std::collections::{BTreeMap, BTreeSet};

use psephos_protocol::identifiers::SheetId;
use psephos_state::{ChainState, EventPosition, SheetPoll, SheetState};

use super::charter;
use crate::verify::{
    BlockEvidence, Check, CheckName,
    positions::{Sequence, cast_positions, check_sequences},
};

/// Returns the blocks with a sheet poll's sheets, shares, totals and end, and with the charters of it.
pub(super) fn blocks_of(state: &ChainState, sheet: SheetId, entry: &SheetPoll) -> BTreeSet<u64> {
    let sequences = sequences_of(state, sheet, entry);
    sequences.into_iter().flat_map(|(_, events)| events).map(|event| event.block).collect()
}

/// Checks that every event is in a transaction of its block, and that the events of one kind come in the order of the
/// chain.
pub(super) fn check_positions(
    state: &ChainState,
    sheet: SheetId,
    entry: &SheetPoll,
    blocks: &BTreeMap<u64, BlockEvidence>,
) -> Check {
    check_sequences(sequences_of(state, sheet, entry), blocks)
}

fn sequences_of(state: &ChainState, sheet: SheetId, entry: &SheetPoll) -> Vec<Sequence> {
    let mut all: Vec<Sequence> = Vec::new();
    for (id, chamber) in &entry.chambers {
        let cast = chamber.sheets.iter().map(|cast| cast.position);
        all.push((format!("chamber {id}: a sheet is"), cast_positions(cast, &chamber.skips)));
        let shares = chamber.shares.iter().map(|share| share.position).collect();
        all.push((format!("chamber {id}: a share is"), shares));
        let refusals = chamber.refusals.iter().map(|refusal| refusal.position).collect();
        all.push((format!("chamber {id}: a refused share is"), refusals));
        let turnout = chamber.turnout.iter().map(|tally| tally.position).collect();
        all.push((format!("chamber {id}: the turnout is"), turnout));
        // Blocks are tallied in any order.
        let tallies = chamber.blocks.iter();
        all.extend(
            tallies
                .map(|(block, tally)| (format!("chamber {id}: the tally of block {block} is"), vec![tally.position])),
        );
    }
    let ended: Vec<EventPosition> = entry.ended.iter().map(|(_, position)| *position).collect();
    let versions = charter::versions_of(state, sheet);
    let enacted = versions.iter().filter_map(|number| state.charters.get(number)).map(|version| version.position);
    all.push(("a version of the charter after the end is".into(), ended.iter().copied().chain(enacted).collect()));
    all
}

/// Checks that sheets came from the opening to the close, shares and totals from the close to the tally deadline, and
/// the end after the close, or in the time in which the sheet poll may be cancelled.
pub(super) fn check_schedule(entry: &SheetPoll, blocks: &BTreeMap<u64, BlockEvidence>) -> Check {
    let (mut failures, mut count) = (Vec::new(), 0);
    let p = &entry.parameters;
    let late = p.tally_deadline.saturating_add(1);
    let mut check = |what: &str, position: &EventPosition, from: u64, until: u64| {
        count += 1;
        let block = position.block;
        match blocks.get(&block).map(|block| block.time) {
            Some(time) if (from..until).contains(&time) => {}
            Some(time) => {
                failures.push(format!("{what} in block {block} at {time}, which is not from {from} and before {until}"))
            }
            None => failures.push(format!("{what} in block {block}, whose time is unknown")),
        }
    };
    for (id, chamber) in &entry.chambers {
        for cast in &chamber.sheets {
            check(&format!("chamber {id}: a sheet"), &cast.position, p.opens_at, p.closes_at);
        }
        let shares = chamber.shares.iter().map(|share| &share.position);
        let tallies = chamber.blocks.values().map(|tally| &tally.position);
        let turnout = chamber.turnout.iter().map(|tally| &tally.position);
        let refusals = chamber.refusals.iter().map(|refusal| &refusal.position);
        for (what, position) in shares
            .map(|position| ("a share", position))
            .chain(refusals.map(|position| ("a refused share", position)))
            .chain(turnout.map(|position| ("the turnout", position)))
            .chain(tallies.map(|position| ("totals", position)))
        {
            check(&format!("chamber {id}: {what}"), position, p.closes_at, late);
        }
    }
    if let Some((state, position)) = &entry.ended {
        let (from, until) = match (state, p.cancellation) {
            (SheetState::Cancelled, Some(cancellation)) => (0, cancellation.deadline.saturating_add(1)),
            (SheetState::Undecided, _) => (late, u64::MAX),
            _ => (p.closes_at, u64::MAX),
        };
        check("the end", position, from, until);
    }
    Check::new(CheckName::Schedule, None, count, failures)
}
