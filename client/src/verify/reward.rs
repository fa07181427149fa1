//! A poll's reward: what is sealed, what was ratified, what was claimed, and whether the books balance.

use std::sync::Arc;

use psephos_chain::{Address, Connection, U256};
use psephos_protocol::{Fr, constants::LIST_NOTES, statement::claim::Witness};
use psephos_state::{
    ChainState, PollState, Reward,
    bindings::IRewards::{chamberCall, rewardCall},
    words,
};

use super::{Check, CheckName};
use crate::{
    KeyRing,
    error::ClientError,
    reward::{ratification_of, terms, token_balance, verify_claim},
    voter::opened_chamber,
};

/// Nothing for a poll that pays nothing.
pub(super) async fn checks(
    connection: &Connection,
    replay: &ChainState,
    circuits: &KeyRing,
    poll: u64,
) -> Result<Vec<Check>, ClientError> {
    let Some(reward) = replay.rewards.get(&poll) else { return Ok(Vec::new()) };
    let mut checks = Vec::new();
    for &chamber in reward.batches.keys() {
        // Nothing is sealed of a chamber without ballots, or before anybody does; whatever is paid there is paid for nothing.
        let paid = reward.claims.iter().any(|claimed| claimed.chamber == chamber);
        if reward.sealed_notes(chamber) == 0 && reward.worst_case.is_none() && !paid {
            continue;
        }
        let (listed, _) = opened_chamber(replay, poll, chamber)?;
        let notes: Vec<Fr> = listed.ballots_by_ordinal().iter().map(|ballot| ballot.posted.note).collect();
        let root = reward.rebuild_notes_tree(chamber, &notes).map(|tree| tree.root());
        let lists = reward.batches.get(&chamber).map_or(0, Vec::len);
        let call = chamberCall { poll: U256::from(poll), chamberId: U256::from(chamber) };
        let view = connection.call(replay.deployment.rewards, &call).await?;
        let sealing = root.clone().and_then(|root| {
            let answered = (view.notesRoot, view.sealedBallots as usize, view.noteBatches);
            match answered == (words::from_field(&root), reward.sealed_notes(chamber), U256::from(lists)) {
                true => Ok(()),
                false => Err("the contract answers with other lists than its events give".to_owned()),
            }
        });
        let mut failures: Vec<String> = sealing.err().into_iter().collect();
        failures.extend(incomplete(reward, chamber, notes.len()));
        checks.push(Check::new(CheckName::Sealing, Some(chamber), reward.sealed_notes(chamber), failures));
        checks.extend(claims(replay, circuits, reward, poll, chamber, root)?);
    }
    checks.extend(ratification(replay, reward, poll));
    checks.push(Check::one(CheckName::Books, None, books(connection, replay, reward, poll).await?));
    Ok(checks)
}

/// Lists are full but for the last one, and all notes are sealed before claims are open.
fn incomplete(reward: &Reward, chamber: u64, notes: usize) -> Option<String> {
    let full = reward.batches.get(&chamber).and_then(|lists| lists.split_last()).map_or(&[][..], |(_, full)| full);
    if let Some(number) = full.iter().position(|list| list.count != LIST_NOTES) {
        return Some(format!("list {number} is not full, and another follows"));
    }
    let sealed = reward.sealed_notes(chamber);
    (reward.worst_case.is_some() && sealed != notes)
        .then(|| format!("claims are open with {sealed} of {notes} notes sealed"))
}

/// That no reward nullifier is paid twice, the replay has seen to.
fn claims(
    replay: &ChainState,
    circuits: &KeyRing,
    reward: &Reward,
    poll: u64,
    chamber: u64,
    root: Result<Fr, String>,
) -> Result<Option<Check>, ClientError> {
    let (listed, _) = opened_chamber(replay, poll, chamber)?;
    let Some(policy) = reward.chamber_policy(chamber, listed.tally.is_some()) else { return Ok(None) };
    let (policy, verifier) = (policy?, circuits.verifying_key_for::<Witness>(Some(replay.poll(poll)?.circuit_size()))?);
    let mut failures = Vec::new();
    let mut count = 0;
    for claimed in reward.claims.iter().filter(|claimed| claimed.chamber == chamber) {
        count += 1;
        let terms = terms(replay, poll, chamber, policy, &claimed.claim)?;
        let outcome = root.clone().and_then(|root| verify_claim(verifier, &claimed.claim, &terms, root));
        failures.extend(outcome.err().map(|reason| format!("the claim in {}: {reason}", claimed.transaction)));
    }
    if count > reward.sealed_notes(chamber) {
        failures.push(format!("{count} claims of {} sealed notes", reward.sealed_notes(chamber)));
    }
    Ok((count > 0).then(|| Check::new(CheckName::Claims, Some(chamber), count, failures)))
}

fn ratification(replay: &ChainState, reward: &Reward, poll: u64) -> Option<Check> {
    let ratified = reward.ratified?;
    let outcome = || {
        let paid = replay.poll(poll).map_err(|error| error.to_string())?;
        let by = replay.poll(ratified.by).map_err(|error| error.to_string())?;
        if by.parameters.proposal != ratification_of(&replay.deployment, poll) {
            return Err(format!("poll {} was not created to ratify this one", ratified.by));
        }
        if ![0, 1].contains(&by.options().wrapping_sub(paid.options())) {
            return Err(format!("poll {} has other options", ratified.by));
        }
        if by.parameters.opensAt <= paid.parameters.tallyDeadline {
            return Err(format!("poll {} opened before this one's tally deadline", ratified.by));
        }
        let named = match by.ended {
            Some((PollState::Decided, option)) => Some(option).filter(|option| usize::from(*option) < paid.options()),
            _ => return Err(format!("poll {} is not decided", ratified.by)),
        };
        match named == ratified.option {
            true => Ok(()),
            false => Err(format!("poll {} names another option", ratified.by)),
        }
    };
    Some(Check::one(CheckName::Ratification, None, outcome()))
}

/// The contract's pool is what the events leave of it, and what it holds of a token covers the pools of all polls in it.
async fn books(
    connection: &Connection,
    replay: &ChainState,
    reward: &Reward,
    poll: u64,
) -> Result<Result<(), String>, ClientError> {
    let gone = reward.paid_out().checked_add(reward.withdrawn);
    if gone.and_then(|gone| reward.funded.checked_sub(gone)) != Some(reward.pool()) {
        return Ok(Err("more was paid and withdrawn than came in".into()));
    }
    let view = connection.call(replay.deployment.rewards, &rewardCall { poll: U256::from(poll) }).await?;
    if view.pool != reward.pool() {
        return Ok(Err(format!("the contract's pool is {}, its events leave {}", view.pool, reward.pool())));
    }
    let token = reward.parameters.token;
    let held = token_balance(connection, token, replay.deployment.rewards).await?;
    let same_token = |other: &&Arc<Reward>| -> bool { other.parameters.token == token };
    let owed =
        replay.rewards.values().filter(same_token).fold(U256::ZERO, |sum, other| sum.saturating_add(other.pool()));
    let name = if token == Address::ZERO { "the chain's coin".to_owned() } else { format!("token {token}") };
    Ok(match held >= owed {
        true => Ok(()),
        false => Err(format!("the contract holds {held} of {name} for pools of {owed}")),
    })
}

#[cfg(test)]
#[path = "reward_tests.rs"]
mod tests;
