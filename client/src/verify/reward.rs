//! The checks of a poll's reward: sealed notes, ratification, claims, and the balance of the pool.

use std::sync::Arc;

use psephos_protocol::{
    constants::BATCH_NOTES,
    decision::DecisionKind,
    elements::{NoteCommitment, NotesRoot},
    identifiers::{ChamberId, PollId},
    rule::RuleKind,
    statement::claim::Witness,
};
use psephos_state::{
    Address, ChainState, ChamberRule, Funding, FundingStatus, Poll, PollChamber, PollState, Reward, StatedRule, U256,
    bindings::IRewards, exposure::EXACT, words,
};
use psephos_submission::reward::{claim_terms, verify_claim};

use super::{Check, CheckName, RewardEvidence, VerifyError};
use crate::{KeyRing, reward::ratification_of};

/// Checks a poll's reward against the contract's views of it. No checks for a poll without one.
pub(super) fn check_reward(
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    evidence: Option<&RewardEvidence>,
) -> Result<Vec<Check>, VerifyError> {
    let (Some(reward), Some(evidence)) = (state.rewards.get(&poll), evidence) else { return Ok(Vec::new()) };
    let mut checks = Vec::new();
    for &chamber in reward.batches.keys() {
        // Nothing is sealed in a chamber without ballots, or before someone seals; any claim that is paid there is
        // invalid.
        let paid = reward.claims.iter().any(|claimed| claimed.chamber == chamber);
        if reward.sealed_notes(chamber) == 0 && reward.worst_case.is_none() && !paid {
            continue;
        }
        let (listed, _) = state.opened_chamber(poll, chamber)?;
        let notes: Vec<NoteCommitment> = listed.ballots_by_ordinal().iter().map(|ballot| ballot.posted.note).collect();
        let root = reward.rebuild_notes_tree(chamber, &notes).map(|tree| tree.root());
        let batches = reward.batches.get(&chamber).map_or(0, Vec::len);
        let sealing = root.clone().and_then(|root| {
            let expected = (words::from_field(&root), reward.sealed_notes(chamber), U256::from(batches));
            let answer = evidence.chambers.get(&chamber);
            let answer = answer.map(|view| (view.notesRoot, view.sealedBallots as usize, view.noteBatches));
            match answer == Some(expected) {
                true => Ok(()),
                false => Err("the contract answers with other note batches than its events give".to_owned()),
            }
        });
        let mut failures: Vec<String> = sealing.err().into_iter().collect();
        failures.extend(find_incomplete_batch(reward, chamber, notes.len()));
        checks.push(Check::new(CheckName::Sealing, Some(chamber), reward.sealed_notes(chamber), failures));
        checks.extend(check_claims(state, circuits, reward, poll, chamber, root)?);
    }
    checks.push(Check::single(CheckName::Funding, None, check_funding(state, reward, poll, &evidence.funding)));
    checks.extend(check_ratification(state, reward, poll));
    checks.push(Check::single(CheckName::Books, None, check_books(state, reward, evidence)));
    Ok(checks)
}

/// Returns the reason why sealing is incomplete: note batches are full except for the last one, and all notes are
/// sealed before claims are open.
fn find_incomplete_batch(reward: &Reward, chamber: ChamberId, notes: usize) -> Option<String> {
    let full = reward.batches.get(&chamber).and_then(|batches| batches.split_last()).map_or(&[][..], |(_, full)| full);
    if let Some(number) = full.iter().position(|batch| batch.count != BATCH_NOTES) {
        return Some(format!("note batch {number} is not full, and another follows"));
    }
    let sealed = reward.sealed_notes(chamber);
    (reward.worst_case.is_some() && sealed != notes)
        .then(|| format!("claims are open with only {sealed} of {notes} notes sealed"))
}

/// Checks every claim of a chamber. That no reward nullifier is paid twice is ensured when events are applied.
fn check_claims(
    state: &ChainState,
    circuits: &KeyRing,
    reward: &Reward,
    poll: PollId,
    chamber: ChamberId,
    root: Result<NotesRoot, String>,
) -> Result<Option<Check>, VerifyError> {
    let (listed, _) = state.opened_chamber(poll, chamber)?;
    let Some(policy) = reward.chamber_policy(chamber, listed.tally.is_some()) else { return Ok(None) };
    let (policy, verifier) = (policy?, circuits.verifying_key_for::<Witness>(Some(state.poll(poll)?.circuit_size()))?);
    let mut failures = Vec::new();
    let mut count = 0;
    for claimed in reward.claims.iter().filter(|claimed| claimed.chamber == chamber) {
        count += 1;
        let terms = claim_terms(state, poll, chamber, policy, &claimed.claim)?;
        let outcome = root.clone().and_then(|root| verify_claim(verifier, &claimed.claim, &terms, root));
        failures.extend(outcome.err().map(|reason| format!("the claim in {}: {reason}", claimed.transaction)));
    }
    if count > reward.sealed_notes(chamber) {
        failures.push(format!("there are {count} claims of {} sealed notes", reward.sealed_notes(chamber)));
    }
    Ok((count > 0).then(|| Check::new(CheckName::Claims, Some(chamber), count, failures)))
}

/// Checks that claims are open only for a reward that is owed, that nothing of it was withdrawn before, and that the
/// contract gives the same verdict as the events.
fn check_funding(
    state: &ChainState,
    reward: &Reward,
    poll: PollId,
    answer: &IRewards::fundingReturn,
) -> Result<(), String> {
    let funding = state.reward_funding(poll).map_err(|error| error.to_string())?;
    let Funding { status, funded, worst_case } = funding;
    match (reward.worst_case, status) {
        (Some(_), FundingStatus::Pending | FundingStatus::Void) => {
            return Err(format!("claims are open although the pool had {funded}, less than {worst_case}"));
        }
        (Some(open), _) => {
            let expected = state.claims_worst_case(poll).map_err(|error| error.to_string())?;
            if open != expected {
                return Err(format!("claims are said to cost at most {open}, but by the ballots it is {expected}"));
            }
        }
        (None, FundingStatus::Pending | FundingStatus::Owed)
            if !reward.withdrawn.is_zero() && state.time <= reward.parameters.claim_deadline =>
        {
            return Err(format!("{} was withdrawn before claims were open", reward.withdrawn));
        }
        _ => {}
    }
    let opened = status == FundingStatus::Owed || !answer.worstCase.is_zero();
    if opened && answer.worstCase != worst_case {
        return Err(format!("the contract's worst case is {}, that of the events {worst_case}", answer.worstCase));
    }
    let swept = !reward.withdrawn.is_zero() && state.time > reward.parameters.claim_deadline;
    let expected = match status {
        FundingStatus::Pending => IRewards::Funding::Pending,
        FundingStatus::Owed => IRewards::Funding::Owed,
        FundingStatus::Void => IRewards::Funding::Void,
    };
    match answer.status as u8 == expected as u8 || (swept && answer.status as u8 == IRewards::Funding::Void as u8) {
        true => Ok(()),
        false => Err(format!("by its events the reward is {status:?}, the contract answers otherwise")),
    }
}

fn check_ratification(state: &ChainState, reward: &Reward, poll: PollId) -> Option<Check> {
    let ratified = reward.ratified?;
    let outcome = || {
        let paid = state.poll(poll).map_err(|error| error.to_string())?;
        let by = state.poll(ratified.by).map_err(|error| error.to_string())?;
        if by.parameters.proposal != ratification_of(&state.deployment, poll) {
            return Err(format!("poll {} was not created to ratify this one", ratified.by));
        }
        if ![0, 1].contains(&by.options().wrapping_sub(paid.options())) {
            return Err(format!("poll {} has other options", ratified.by));
        }
        if by.parameters.opens_at <= paid.parameters.tally_deadline {
            return Err(format!("poll {} opened before this one's tally deadline", ratified.by));
        }
        require_same_decision(paid, by).map_err(|what| format!("poll {} has {what}", ratified.by))?;
        let named = match by.ended {
            Some((PollState::Decided, option)) => Some(option).filter(|option| usize::from(*option) < paid.options()),
            // None of the options, if all chambers have answered.
            Some((PollState::Rejected, _)) if by.chambers.values().all(|chamber| chamber.tally.is_some()) => None,
            _ => return Err(format!("poll {} is not decided", ratified.by)),
        };
        match named == ratified.option {
            true => Ok(()),
            false => Err(format!("poll {} names another option", ratified.by)),
        }
    };
    Some(Check::single(CheckName::Ratification, None, outcome()))
}

/// Requires that a ratifying poll decides like the paid one: the same chambers with the same weights, minimum ballots,
/// thresholds and quorums, as many of which must choose an option, any option, and the same ballot rule or approval of
/// one option. Whether its notes hold choices, its ballots are masked or
/// its totals rounded makes no difference: it decides by exact totals.
fn require_same_decision(paid: &Poll, by: &Poll) -> Result<(), &'static str> {
    let rule = |listed: &PollChamber| ChamberRule { step: EXACT, ..listed.rule };
    let rules = |poll: &Poll| poll.chambers.values().map(rule).collect::<Vec<_>>();
    let (first, second) = (&paid.parameters, &by.parameters);
    if rules(paid) != rules(by) {
        return Err("other chambers, or other rules of them");
    }
    if first.chambers_required != second.chambers_required || second.decision != Some(DecisionKind::Options) {
        return Err("another rule of decision");
    }
    let single = second.rule.kind == Some(RuleKind::Approval) && second.rule.parameter == 1;
    let StatedRule { choice_in_note, masked, .. } = first.rule;
    let rule = StatedRule { choice_in_note, masked, ..second.rule };
    match single || first.rule == rule {
        true => Ok(()),
        false => Err("another ballot rule"),
    }
}

/// Checks that the contract's pool is what the events leave of it, and that its balance of a token covers the pools of
/// all polls in it.
fn check_books(state: &ChainState, reward: &Reward, evidence: &RewardEvidence) -> Result<(), String> {
    let gone = reward.paid_out().checked_add(reward.withdrawn);
    if gone.and_then(|gone| reward.funded.checked_sub(gone)) != Some(reward.pool()) {
        return Err("more was paid and withdrawn than funded".into());
    }
    let RewardEvidence { view, held, .. } = evidence;
    let pool = view.pool;
    if pool != reward.pool() {
        return Err(format!("the contract's pool is {pool}, its events leave {}", reward.pool()));
    }
    let token = reward.parameters.token;
    let same_token = |other: &&Arc<Reward>| -> bool { other.parameters.token == token };
    let owed =
        state.rewards.values().filter(same_token).fold(U256::ZERO, |sum, other| sum.saturating_add(other.pool()));
    let name = if token == Address::ZERO { "the native token".to_owned() } else { format!("token {token}") };
    match *held >= owed {
        true => Ok(()),
        false => Err(format!("the contract holds {held} of {name} for pools of {owed}")),
    }
}

#[cfg(test)]
#[path = "reward_tests.rs"]
mod tests;
