//! The times of ballots, shares and totals, by the blocks that contain them.

use std::collections::BTreeMap;

use psephos_state::Poll;

use super::{BlockEvidence, Check, CheckName};

/// Checks that ballots came from the opening to the close, and shares and totals from the close to the tally deadline.
pub(super) fn check_schedule(poll: &Poll, blocks: &BTreeMap<u64, BlockEvidence>) -> Check {
    let mut failures = Vec::new();
    let mut count = 0;
    let p = &poll.parameters;
    for (id, chamber) in &poll.chambers {
        let ballots = chamber.ballots.iter().map(|ballot| ("a ballot", ballot.block, p.opens_at, p.closes_at));
        let late = p.tally_deadline.saturating_add(1);
        let shares = chamber.shares.iter().map(|share| ("a share", share.block, p.closes_at, late));
        let tallies = chamber.tally.iter().map(|tally| ("a tally", tally.block, p.closes_at, late));
        for (what, block, from, until) in ballots.chain(shares).chain(tallies) {
            count += 1;
            match blocks.get(&block).map(|block| block.time) {
                Some(time) if (from..until).contains(&time) => {}
                Some(time) => failures.push(format!(
                    "chamber {id}: {what} in block {block} at {time}, which is not from {from} and before {until}"
                )),
                None => failures.push(format!("chamber {id}: {what} in block {block}, whose time is unknown")),
            }
        }
    }
    Check::new(CheckName::Schedule, None, count, failures)
}
