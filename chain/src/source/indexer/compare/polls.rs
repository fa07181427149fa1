//! Polls, their chambers and ballots.

use alloy::primitives::{B256, U256};
use psephos_protocol::identifiers::{ChamberId, PollId};

use psephos_state::{
    Ballot, ChainState, ChamberRule, FrozenChamber, Poll, PollChamber, PollState, StatedRule, bindings::IPolls, words,
};

use super::super::{
    error::{Difference, IndexerError, Part},
    view::{Views, ensure_equal},
};
use crate::error::ChainError;

/// The number of ballot slots requested at once: 2,100 gas each, of the tens of millions that nodes allow a call.
const SLOTS: usize = 1_000;

pub(super) async fn compare_poll(
    views: Views<'_>,
    state: &ChainState,
    id: PollId,
    entry: &Poll,
) -> Result<(), ChainError> {
    let part = |what| Part::Poll(id, what);
    let call = IPolls::pollCall { id: U256::from(id.get()) };
    let seen = views.call(state.deployment.polls, call).await?;
    let said = &entry.parameters;
    // The fingerprint is computed here from all parameters, so that it covers the question and the options' names too.
    let fingerprint = entry.fingerprint.map_or(B256::ZERO, |fingerprint| B256::from(fingerprint.to_bytes()));
    ensure_equal(part("fingerprint"), seen.fingerprint, fingerprint)?;
    ensure_equal(part("proposal"), seen.proposal, said.proposal)?;
    ensure_equal(part("number of options"), seen.options, said.options)?;
    ensure_equal(part("rule"), format!("{:?}", StatedRule::from(seen.rule)), format!("{:?}", said.rule))?;
    ensure_equal(part("opening"), seen.opensAt, said.opens_at)?;
    ensure_equal(part("close"), seen.closesAt, said.closes_at)?;
    ensure_equal(part("tally deadline"), seen.tallyDeadline, said.tally_deadline)?;
    ensure_equal(part("committee"), seen.committee, said.committee.get())?;
    ensure_equal(part("number of chambers required"), seen.chambersRequired, said.chambers_required)?;
    let format_end = |ended: Option<PollState>| ended.map_or_else(|| "not ended".into(), |state| state.to_string());
    let ended = PollState::from_final(seen.state);
    ensure_equal(part("end"), format_end(ended), format_end(entry.ended.map(|(state, _)| state)))?;
    if let Some((PollState::Decided, outcome)) = entry.ended {
        ensure_equal(part("outcome"), seen.outcome, outcome)?;
    }
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
    ensure_equal(part("rule"), format!("{:?}", ChamberRule::from(seen.rule)), format!("{:?}", listed.rule))?;
    let frozen = listed.frozen.as_ref();
    let word = |of: fn(&FrozenChamber) -> U256| frozen.map_or(U256::ZERO, of);
    ensure_equal(part("frozen census root"), seen.root, word(|frozen| words::from_field(&frozen.root)))?;
    ensure_equal(part("rebuilt root"), seen.root, word(|frozen| words::from_field(&frozen.chamber.census.root())))?;
    ensure_equal(part("context"), seen.ctx, word(|frozen| words::from_field(&frozen.ctx)))?;
    // The contract packs the rule when the poll is created, before any event states it.
    let packed = || entry.rule()?.to_parameters(entry.options(), listed.rule.weighted).ok();
    let packed = frozen.map_or_else(
        || packed().map_or(U256::ZERO, |parameters| U256::from(parameters.pack_u64())),
        |frozen| frozen.packed_rule,
    );
    ensure_equal(part("packed rule"), seen.packedRule, packed)?;
    ensure_equal(part("number of ballots"), u64::from(seen.ballots), listed.latest.len() as u64)?;
    let Some(frozen) = frozen else { return Ok(()) };
    ensure_equal(part("members"), u64::from(seen.members), frozen.chamber.members.len() as u64)?;
    ensure_equal(part("total weight"), seen.totalWeight, frozen.chamber.total_weight().get())?;
    let total = listed.encrypted_total(entry.circuit_size());
    let total: Vec<U256> = total.coordinates().iter().map(words::from_field).collect();
    ensure_equal(part("encrypted total"), format!("{:?}", seen.total), format!("{total:?}"))?;
    let shares = listed.shares.iter().fold(0u64, |bits, share| bits | 1 << share.index.min(63));
    ensure_equal(part("shares"), u64::from(seen.shares), shares)?;
    let tally = listed.tally.as_ref();
    ensure_equal(part("tally"), seen.tallied, tally.is_some())?;
    if let Some(tally) = tally {
        ensure_equal(part("totals"), format!("{:?}", seen.totals), format!("{:?}", tally.totals))?;
        let choice = seen.hasChoice.then_some(seen.choice);
        ensure_equal(part("choice"), format!("{choice:?}"), format!("{:?}", tally.choice))?;
    }
    // A slot holds the fingerprint of a ballot's note commitment and ciphertext, and its ordinal: so no ballot differs
    // from the one that the contract accepted.
    let ballots: Vec<&Ballot> = listed.counted_ballots().collect();
    for ballots in ballots.chunks(SLOTS) {
        let nullifiers = ballots.iter().map(|ballot| words::from_field(&ballot.posted.nullifier)).collect();
        let call = IPolls::ballotSlotsCall { id: poll, chamberId: chamber, nullifiers };
        let slots = views.call(state.deployment.polls, call).await?;
        let expected = |ballot: &&Ballot| U256::from_be_bytes(ballot.posted.fingerprint()) | U256::from(ballot.ordinal);
        if slots.len() != ballots.len() || !ballots.iter().map(expected).eq(slots) {
            let (chain, index) = ("other fingerprints in the slots".into(), "those of its events".into());
            return Err(IndexerError::from(Difference { part: part("ballots"), chain, index }).into());
        }
    }
    Ok(())
}
