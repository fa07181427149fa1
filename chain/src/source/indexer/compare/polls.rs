//! Polls, their chambers and ballots.

use alloy::primitives::U256;
use psephos_protocol::identifiers::{ChamberId, PollId};

use psephos_state::{Ballot, ChainState, Poll, PollChamber, bindings::IPolls, compare, words};

use super::super::{
    error::Part,
    view::{Views, ensure_equal, ensure_same, to_error},
};
use crate::error::ChainError;

/// The number of ballot slots requested at once: 2,100 gas each, of the tens of millions that nodes allow a call.
pub(super) const SLOTS: usize = 1_000;

pub(super) async fn compare_poll(
    views: Views<'_>,
    state: &ChainState,
    id: PollId,
    entry: &Poll,
) -> Result<(), ChainError> {
    let part = |what| Part::Poll(id, what);
    let call = IPolls::pollCall { id: U256::from(id.get()) };
    let seen = views.call(state.deployment.polls, call).await?;
    ensure_same(part, compare::compare_poll(entry, &seen))?;
    let list = |ids: Vec<U256>| format!("{ids:?}");
    let ids = IPolls::chamberIdsCall { id: U256::from(id.get()) };
    let mut chambers = views.call(state.deployment.polls, ids).await?;
    chambers.sort_unstable();
    ensure_equal(
        part("chambers"),
        list(chambers),
        list(entry.chambers.keys().map(|id| U256::from(id.get())).collect()),
    )?;
    for (&number, listed) in &entry.chambers {
        compare_poll_chamber(views, state, id, number, entry, listed).await?;
    }
    Ok(())
}

async fn compare_poll_chamber(
    views: Views<'_>,
    state: &ChainState,
    id: PollId,
    number: ChamberId,
    entry: &Poll,
    listed: &PollChamber,
) -> Result<(), ChainError> {
    let part = |what| Part::PollChamber(id, number, what);
    let (poll, chamber) = (U256::from(id.get()), U256::from(number.get()));
    let call = IPolls::chamberCall { id: poll, chamberId: chamber };
    let seen = views.call(state.deployment.polls, call).await?;
    ensure_same(part, compare::compare_poll_chamber(entry, listed, &seen))?;
    let ballots: Vec<&Ballot> = listed.counted_ballots().collect();
    for ballots in ballots.chunks(SLOTS) {
        let nullifiers = ballots.iter().map(|ballot| words::from_field(&ballot.posted.nullifier)).collect();
        let call = IPolls::ballotSlotsCall { id: poll, chamberId: chamber, nullifiers };
        let slots = views.call(state.deployment.polls, call).await?;
        compare::compare_slots(ballots, &slots).map_err(|difference| to_error(part, difference))?;
    }
    Ok(())
}
