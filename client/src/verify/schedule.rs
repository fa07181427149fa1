//! When things happened: the contract keeps the times, and so do the blocks.

use std::collections::BTreeMap;

use psephos_chain::Connection;
use psephos_state::Poll;

use super::{Check, CheckName};
use crate::error::ClientError;

/// Ballots from opening to close, shares and counts from the close to the tally deadline.
pub(super) async fn check(connection: &Connection, poll: &Poll) -> Result<Check, ClientError> {
    let mut times = Times { connection, known: BTreeMap::new() };
    let mut failures = Vec::new();
    let mut count = 0;
    let p = &poll.parameters;
    for (id, chamber) in &poll.chambers {
        let ballots = chamber.ballots.iter().map(|ballot| ("a ballot", ballot.block, p.opensAt, p.closesAt));
        let late = p.tallyDeadline.saturating_add(1);
        let shares = chamber.shares.iter().map(|share| ("a share", share.block, p.closesAt, late));
        let counted = chamber.tally.iter().map(|counted| ("a count", counted.block, p.closesAt, late));
        for (what, block, from, until) in ballots.chain(shares).chain(counted) {
            count += 1;
            let time = times.of(block).await?;
            if !(from..until).contains(&time) {
                failures.push(format!(
                    "chamber {id}: {what} in block {block} at {time}, not from {from} and before {until}"
                ));
            }
        }
    }
    Ok(Check::new(CheckName::Schedule, None, count, failures))
}

/// Each block is asked for once.
struct Times<'a> {
    connection: &'a Connection,
    known: BTreeMap<u64, u64>,
}

impl Times<'_> {
    async fn of(&mut self, block: u64) -> Result<u64, ClientError> {
        if let Some(time) = self.known.get(&block) {
            return Ok(*time);
        }
        let time = self.connection.block_time(block).await?;
        self.known.insert(block, time);
        Ok(time)
    }
}
