//! Polls, their chambers and ballots.

use alloy_primitives::{Address, B256, U256};

use super::{Comparison, Difference};
use crate::{
    bindings::IPolls,
    poll::{Ballot, ChamberRule, DecryptionShare, FrozenChamber, Poll, PollChamber, PollState, StatedRule},
    words,
};

/// Compares a poll.
pub fn compare_poll(entry: &Poll, seen: &IPolls::PollView) -> Comparison {
    let mut comparison = Comparison::default();
    let said = &entry.parameters;
    // The fingerprint is computed here from all parameters, so that it covers the question and the options' names too.
    let fingerprint = entry.fingerprint.map_or(B256::ZERO, |fingerprint| B256::from(fingerprint.to_bytes()));
    comparison.compare("fingerprint", seen.fingerprint, fingerprint);
    comparison.compare("creator", seen.creator, entry.creator);
    comparison.compare("proposal", seen.proposal, said.proposal);
    comparison.compare("number of options", seen.options, said.options);
    comparison.compare("rule", format!("{:?}", StatedRule::from(seen.rule.clone())), format!("{:?}", said.rule));
    let kind = said.decision.map(|kind| kind as u8);
    comparison.compare("kind of decision", format!("{:?}", Some(seen.decision as u8)), format!("{kind:?}"));
    comparison.compare("opening", seen.opensAt, said.opens_at);
    comparison.compare("close", seen.closesAt, said.closes_at);
    comparison.compare("tally deadline", seen.tallyDeadline, said.tally_deadline);
    let (canceller, deadline) =
        said.cancellation.map_or((Address::ZERO, 0), |cancellation| (cancellation.canceller, cancellation.deadline));
    comparison.compare("canceller", seen.canceller, canceller);
    comparison.compare("cancel deadline", seen.cancelDeadline, deadline);
    comparison.compare("committee", seen.committee, said.committee.get());
    comparison.compare("teller", seen.teller, said.teller);
    comparison.compare("number of chambers required", seen.chambersRequired, said.chambers_required);
    let format_end = |ended: Option<PollState>| ended.map_or_else(|| "not ended".into(), |state| state.to_string());
    let ended = PollState::from_final(seen.state);
    comparison.compare("end", format_end(ended), format_end(entry.ended.map(|(state, _)| state)));
    if let Some((PollState::Decided, outcome)) = entry.ended {
        comparison.compare("outcome", seen.outcome, outcome);
    }
    // A poll that was cancelled may have been opened before, or not.
    if ended != Some(PollState::Cancelled) {
        comparison.compare("opened", seen.state != IPolls::State::Created, entry.opened);
    }
    comparison
}

/// Compares a chamber of a poll, without the slots of its ballots.
pub fn compare_poll_chamber(entry: &Poll, listed: &PollChamber, seen: &IPolls::ChamberView) -> Comparison {
    let mut comparison = Comparison::default();
    comparison.compare("rule", format!("{:?}", ChamberRule::from(seen.rule.clone())), format!("{:?}", listed.rule));
    let frozen = listed.frozen.as_ref();
    let word = |of: fn(&FrozenChamber) -> U256| frozen.map_or(U256::ZERO, of);
    comparison.compare("frozen census root", seen.root, word(|frozen| words::from_field(&frozen.root)));
    comparison.compare("rebuilt root", seen.root, word(|frozen| words::from_field(&frozen.chamber.census.root())));
    comparison.compare("context", seen.ctx, word(|frozen| words::from_field(&frozen.ctx)));
    // The contract packs the rule when the poll is created, before any event states it.
    let packed = || entry.rule()?.to_parameters(entry.options(), listed.rule.weighted).ok();
    let packed = frozen.map_or_else(
        || packed().map_or(U256::ZERO, |parameters| U256::from(parameters.pack_u64())),
        |frozen| frozen.packed_rule,
    );
    comparison.compare("packed rule", seen.packedRule, packed);
    comparison.compare("number of ballots", u64::from(seen.ballots), listed.latest.len() as u64);
    let Some(frozen) = frozen else { return comparison };
    comparison.compare("members", u64::from(seen.members), frozen.chamber.members.len() as u64);
    comparison.compare("total weight", seen.totalWeight, frozen.chamber.total_weight().get());
    let total = listed.encrypted_total(entry.circuit_size());
    let total: Vec<U256> = total.coordinates().iter().map(words::from_field).collect();
    comparison.compare("encrypted total", format!("{:?}", seen.total), format!("{total:?}"));
    comparison.compare("shares", u64::from(seen.shares), listed.share_mask());
    let bit = |share: &DecryptionShare| Some(16 * share.index + share.blinding.as_ref()?.teller);
    let bits = listed.shares.iter().filter_map(bit).filter_map(|bit| usize::try_from(bit).ok());
    let tellers = bits.fold(U256::ZERO, |set, bit| set | U256::from(1).checked_shl(bit).unwrap_or_default());
    comparison.compare("tellers", seen.tellers, tellers);
    comparison.compare("refused shares", u64::from(seen.refusals), listed.refusals.len() as u64);
    let tally = listed.tally.as_ref();
    comparison.compare("tally", seen.tallied, tally.is_some());
    if let Some(tally) = tally {
        let totals = tally.exact_totals().unwrap_or_default();
        comparison.compare("totals", format!("{:?}", seen.totals), format!("{totals:?}"));
        let choice = seen.hasChoice.then_some(seen.choice);
        comparison.compare("choice", format!("{choice:?}"), format!("{:?}", tally.choice));
    }
    comparison
}

/// Compares the slots of ballots that count, in the order of these ballots. A slot holds the fingerprint of a ballot's
/// note commitment and ciphertext, and its ordinal: so no ballot differs from the one that the contract accepted, and
/// no first ballot came before another one that it came after.
///
/// # Errors
/// The first difference.
pub fn compare_slots(ballots: &[&Ballot], slots: &[U256]) -> Result<(), Difference> {
    compare_words("ballots", ballots.iter().map(|ballot| (ballot.fingerprint(), ballot.ordinal)), slots)
}

/// Compares slots with these fingerprints and ordinals.
pub(super) fn compare_words(
    what: &'static str,
    expected: impl ExactSizeIterator<Item = ([u8; 32], usize)>,
    slots: &[U256],
) -> Result<(), Difference> {
    let word = |(fingerprint, ordinal)| U256::from_be_bytes::<32>(fingerprint) | U256::from(ordinal);
    if slots.len() == expected.len() && expected.map(word).eq(slots.iter().copied()) {
        return Ok(());
    }
    let (chain, events) = ("other fingerprints or ordinals in the slots".into(), "those of its events".into());
    Err(Difference { what, chain, events })
}
