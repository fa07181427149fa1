//! Where the events of a poll are in the chain: in which transactions of which blocks, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use psephos_protocol::identifiers::PollId;
use psephos_state::{ChainState, EventPosition, Poll, Reward, SkippedBallot, StateError};

use super::{BlockEvidence, Check, CheckName};

/// Returns the blocks with a poll's ballots, shares, totals, claims and end.
///
/// # Errors
/// Returns `UnknownPoll` if there is no such poll.
pub(super) fn blocks_of(state: &ChainState, poll: PollId) -> Result<BTreeSet<u64>, StateError> {
    let sequences = sequences_of(state.poll(poll)?, state.reward(poll).ok());
    Ok(sequences.into_iter().flat_map(|(_, events)| events).map(|event| event.block).collect())
}

/// Checks that every event is in a transaction of its block, and that the events of one kind come in the order of the
/// chain. That all come in this order is left to what depends on it: a share after the ballots, claims after sealing.
pub(super) fn check_positions(poll: &Poll, reward: Option<&Reward>, blocks: &BTreeMap<u64, BlockEvidence>) -> Check {
    check_sequences(sequences_of(poll, reward), blocks)
}

/// Events of one kind, in the order in which they were applied, and how a failure about one of them begins.
pub(super) type Sequence = (String, Vec<EventPosition>);

/// Checks the positions of events of any kinds, as [`check_positions`] does.
pub(super) fn check_sequences(sequences: Vec<Sequence>, blocks: &BTreeMap<u64, BlockEvidence>) -> Check {
    let (mut failures, mut count) = (Vec::new(), 0);
    for (what, events) in sequences {
        let mut newest = (0, 0);
        for event in events {
            count += 1;
            let EventPosition { block, transaction } = event;
            let found = blocks
                .get(&block)
                .and_then(|block| block.transactions.iter().position(|transaction| *transaction == event.transaction));
            match found {
                None => failures.push(format!("{what} in block {block}, which has no transaction {transaction}")),
                Some(index) if (block, index) < newest => {
                    failures.push(format!("{what} in block {block}, transaction {transaction}, after a later one"));
                }
                Some(index) => newest = (block, index),
            }
        }
    }
    Check::new(CheckName::Positions, None, count, failures)
}

/// Returns the events of each kind, in the order in which they were applied.
fn sequences_of(poll: &Poll, reward: Option<&Reward>) -> Vec<Sequence> {
    let mut all = Vec::new();
    for (id, chamber) in &poll.chambers {
        let at = |block, transaction| EventPosition { block, transaction };
        let cast = chamber.ballots.iter().map(|ballot| at(ballot.block, ballot.transaction));
        all.push((format!("chamber {id}: a ballot is"), cast_positions(cast, &chamber.skips)));
        let shares = chamber.shares.iter().map(|share| at(share.block, share.transaction)).collect();
        all.push((format!("chamber {id}: a share is"), shares));
        let refusals = chamber.refusals.iter().map(|refusal| refusal.position).collect();
        all.push((format!("chamber {id}: a refused share is"), refusals));
        let tally = chamber.tally.iter().map(|tally| at(tally.block, tally.transaction)).collect();
        all.push((format!("chamber {id}: a tally is"), tally));
    }
    all.push(("the end of the poll is".into(), poll.ended_at.into_iter().collect()));
    let claims = reward.into_iter().flat_map(|reward| &reward.claims);
    let claims = claims.map(|claim| EventPosition { block: claim.block, transaction: claim.transaction });
    all.push(("a claim is".into(), claims.collect()));
    all
}

/// Returns the positions of a chamber's ballots, those that were skipped included.
pub(super) fn cast_positions(cast: impl Iterator<Item = EventPosition>, skips: &[SkippedBallot]) -> Vec<EventPosition> {
    let mut positions = Vec::new();
    let mut skips = skips.iter().peekable();
    for (number, position) in cast.enumerate() {
        while let Some(skip) = skips.next_if(|skip| skip.after <= number) {
            positions.push(skip.position);
        }
        positions.push(position);
    }
    positions.extend(skips.map(|skip| skip.position));
    positions
}
