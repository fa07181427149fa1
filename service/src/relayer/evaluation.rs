//! Evaluation of accepted ballots and claims against the chain state. Only the chain's events count: neither the sender
//! of a transaction nor the relayer's own record of what it sent.

use psephos_state::{B256, ChainState, PollChamber, PollState};
use psephos_submission::{
    claims::is_paid,
    reward::{RewardStage, find_stage},
};
use psephos_wire::{ClaimPackage, Package, ballot::Contents};

use super::{item::DecodedPackage, store::PendingItem};

/// The reason why an update of a masked poll is not sent: its slot has another content by now.
pub(crate) const OVERTAKEN: &str = "overtaken";

/// The result of evaluating an item against the chain state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is included on chain.
    OnChain { transaction: B256, block: u64 },
    /// It can be sent now.
    Sendable,
    /// It can be sent once another pending item is included.
    WaitsForOther,
    /// It can never be sent, as of this state.
    Rejected(&'static str),
}

/// Evaluates an item; `others` are all pending items.
pub(crate) fn evaluate_item(chain_state: &ChainState, work: &DecodedPackage, others: &[PendingItem]) -> Verdict {
    match work {
        DecodedPackage::Ballot { package, contents } => evaluate_ballot(chain_state, package, contents, others),
        DecodedPackage::Claim { package } => evaluate_claim(chain_state, package),
    }
}

fn evaluate_ballot(
    chain_state: &ChainState,
    package: &Package,
    contents: &Contents,
    others: &[PendingItem],
) -> Verdict {
    let Some(poll) = chain_state.polls.get(&package.poll) else { return Verdict::Rejected("unknown_poll") };
    if poll.fingerprint != Some(package.fingerprint) {
        return Verdict::Rejected("other_poll");
    }
    let Some(listed) = poll.chambers.get(&package.chamber) else { return Verdict::Rejected("unknown_chamber") };
    if let Some(found) = find_included(listed, contents) {
        return found;
    }
    match poll.state_at(chain_state.time) {
        PollState::Open => {}
        // Only a reorganisation can have moved a poll back to `Created` after the ballot was accepted.
        PollState::Created => return Verdict::WaitsForOther,
        _ => return Verdict::Rejected("closed"),
    }
    let nullifier = contents.record.posted.nullifier;
    if listed.counted_fingerprint(&nullifier) == contents.previous() {
        return Verdict::Sendable;
    }
    // An update is overtaken by whatever came first, also by one that this relayer has sent.
    let is_update = poll.is_masked() && contents.old.is_some();
    let awaited = !is_update
        && others.iter().any(|other| match &*other.work {
            DecodedPackage::Ballot { package: theirs, contents: other_contents } => {
                (theirs.poll, theirs.chamber) == (package.poll, package.chamber)
                    && other_contents.record.posted.nullifier == nullifier
                    && other_contents.fingerprint() == contents.previous()
                    && !matches!(other.item.state, super::item::ItemStatus::Refused { .. })
            }
            DecodedPackage::Claim { .. } => false,
        });
    match (awaited, &contents.old) {
        (true, _) => Verdict::WaitsForOther,
        (false, None) => Verdict::Rejected("already_cast"),
        (false, Some(_)) if is_update => Verdict::Rejected(OVERTAKEN),
        (false, Some(_)) => Verdict::Rejected("wrong_previous"),
    }
}

/// Finds the event of this exact ballot, whether it counts or was replaced since.
fn find_included(listed: &PollChamber, contents: &Contents) -> Option<Verdict> {
    let posted = &contents.record.posted;
    let same = |ballot: &&psephos_state::Ballot| ballot.posted == *posted && ballot.previous == contents.previous();
    let counting = listed.counted_ballot(&posted.nullifier).filter(same);
    let ballot = match counting {
        Some(ballot) => ballot,
        // Rare: replaced ballots are searched only if the nullifier has a ballot at all.
        None => listed.counted_ballot(&posted.nullifier).and_then(|_| listed.ballots.iter().find(same))?,
    };
    Some(Verdict::OnChain { transaction: ballot.transaction, block: ballot.block })
}

fn evaluate_claim(chain_state: &ChainState, package: &ClaimPackage) -> Verdict {
    if is_paid(chain_state, package) {
        let reward = chain_state.rewards.get(&package.poll);
        let claimed = reward.into_iter().flat_map(|reward| &reward.claims).find(|claimed| {
            claimed.chamber == package.chamber
                && claimed.claim.reward_nullifier.to_bytes() == package.reward_nullifier.0
        });
        return match claimed {
            Some(claimed) if claimed.claim.recipient == package.recipient => {
                Verdict::OnChain { transaction: claimed.transaction, block: claimed.block }
            }
            _ => Verdict::Rejected("already_paid"),
        };
    }
    match find_stage(chain_state, package.poll) {
        Ok(RewardStage::Claims) => Verdict::Sendable,
        Ok(RewardStage::Over | RewardStage::Void) => Verdict::Rejected("not_claimable"),
        _ => Verdict::WaitsForOther,
    }
}
