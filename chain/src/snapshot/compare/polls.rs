//! Polls, their chambers and ballots.

use alloy::primitives::U256;

use super::{Chain, Difference, Part, same};
use psephos_state::{
    Ballot, Frozen, Poll, PollChamber, PollState, Replay,
    bindings::IPolls::{self, State},
    words,
};

use crate::snapshot::{SnapshotError, view};

/// How many slots are asked for at once: 2,100 gas each, of the tens of millions that nodes give a call.
const SLOTS: usize = 1_000;

pub(super) async fn poll(chain: Chain<'_>, replay: &Replay, id: u64, entry: &Poll) -> Result<(), SnapshotError> {
    let part = |what| Part::Poll(id, what);
    let call = IPolls::pollCall { id: U256::from(id) };
    let seen = view(chain.connection, chain.at, replay.deployment.polls, call).await?;
    let said = &entry.parameters;
    same(part("proposal"), seen.proposal, said.proposal)?;
    same(part("number of options"), seen.options, said.options)?;
    same(part("rule"), format!("{:?}", seen.rule), format!("{:?}", said.rule))?;
    same(part("opening"), seen.opensAt, said.opensAt)?;
    same(part("close"), seen.closesAt, said.closesAt)?;
    same(part("tally's deadline"), seen.tallyDeadline, said.tallyDeadline)?;
    same(part("committee"), seen.committee, said.committee)?;
    same(part("number of chambers required"), seen.chambersRequired, said.chambersRequired)?;
    let ended = match seen.state {
        State::Decided => Some(PollState::Decided),
        State::Rejected => Some(PollState::Rejected),
        State::Undecided => Some(PollState::Undecided),
        _ => None,
    };
    let state = |ended: Option<PollState>| ended.map_or_else(|| "not ended".into(), |state| state.to_string());
    same(part("end"), state(ended), state(entry.ended.map(|(state, _)| state)))?;
    if let Some((PollState::Decided, outcome)) = entry.ended {
        same(part("outcome"), seen.outcome, outcome)?;
    }
    let list = |ids: Vec<U256>| format!("{ids:?}");
    let ids = IPolls::chamberIdsCall { id: U256::from(id) };
    let mut chambers = view(chain.connection, chain.at, replay.deployment.polls, ids).await?;
    chambers.sort_unstable();
    same(part("chambers"), list(chambers), list(entry.chambers.keys().copied().map(U256::from).collect()))?;
    for (&number, listed) in &entry.chambers {
        chamber(chain, replay, id, number, entry, listed).await?;
    }
    Ok(())
}

async fn chamber(
    chain: Chain<'_>,
    replay: &Replay,
    id: u64,
    number: u64,
    entry: &Poll,
    listed: &PollChamber,
) -> Result<(), SnapshotError> {
    let part = |what| Part::PollChamber(id, number, what);
    let (poll, chamber) = (U256::from(id), U256::from(number));
    let call = IPolls::chamberCall { id: poll, chamberId: chamber };
    let seen = view(chain.connection, chain.at, replay.deployment.polls, call).await?;
    same(part("rule"), format!("{:?}", seen.rule), format!("{:?}", listed.rule))?;
    let frozen = listed.frozen.as_ref();
    let word = |of: fn(&Frozen) -> U256| frozen.map_or(U256::ZERO, of);
    same(part("frozen census root"), seen.root, word(|frozen| words::from_field(&frozen.root)))?;
    same(part("census rebuilt"), seen.root, word(|frozen| words::from_field(&frozen.chamber.census.root())))?;
    same(part("context"), seen.ctx, word(|frozen| words::from_field(&frozen.ctx)))?;
    same(part("packed rule"), seen.packedRule, word(|frozen| frozen.packed_rule))?;
    same(part("number of ballots"), u64::from(seen.ballots), listed.current.len() as u64)?;
    let Some(frozen) = frozen else { return Ok(()) };
    same(part("total weight"), seen.totalWeight, frozen.chamber.total_weight())?;
    let total = listed.encrypted_total(entry.size());
    let total: Vec<U256> = total.coordinates().iter().map(words::from_field).collect();
    same(part("encrypted total"), format!("{:?}", seen.total), format!("{total:?}"))?;
    let shares = listed.shares.iter().fold(0u64, |bits, share| bits | 1 << share.index.min(63));
    same(part("shares"), u64::from(seen.shares), shares)?;
    let counted = listed.counted.as_ref();
    same(part("count"), seen.counted, counted.is_some())?;
    if let Some(counted) = counted {
        same(part("totals"), format!("{:?}", seen.totals), format!("{:?}", counted.totals))?;
        let choice = seen.hasChoice.then_some(seen.choice);
        same(part("choice"), format!("{choice:?}"), format!("{:?}", counted.choice))?;
    }
    // A slot holds what a ballot's note and ciphertext hash to, and its number: so no ballot is another than the chain took.
    let ballots: Vec<&Ballot> = listed.counting().collect();
    for ballots in ballots.chunks(SLOTS) {
        let nullifiers = ballots.iter().map(|ballot| words::from_field(&ballot.posted.nullifier)).collect();
        let call = IPolls::ballotSlotsCall { id: poll, chamberId: chamber, nullifiers };
        let slots = view(chain.connection, chain.at, replay.deployment.polls, call).await?;
        let expected = |ballot: &&Ballot| U256::from_be_bytes(ballot.posted.fingerprint()) | U256::from(ballot.number);
        if slots.len() != ballots.len() || !ballots.iter().map(expected).eq(slots) {
            let (chain, index) = ("others are in the slots".into(), "these".into());
            return Err(Difference { part: part("ballots"), chain, index }.into());
        }
    }
    Ok(())
}
