//! What the chain says of an accepted ballot or claim. Nothing but its events is asked: not who sent the transaction, not what we believe to have sent.

use psephos_exchange::{
    ClaimPackage, Package,
    ballot::Contents,
    relay::is_paid,
    reward::{RewardStage, stage},
};
use psephos_state::words;
use psephos_state::{B256, ChainState, PollChamber, PollState};

use super::{item::Work, store::Held};

/// What the chain says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is there.
    OnChain { transaction: B256, block: u64 },
    /// It can be sent now.
    Applies,
    /// It can be sent once another one that is here is on the chain.
    Follows,
    /// It can never be sent, as things are.
    Never(&'static str),
}

/// What the chain says of an item; `others` are all that are here.
pub(crate) fn judge(replay: &ChainState, work: &Work, others: &[Held]) -> Verdict {
    match work {
        Work::Ballot { package, contents } => ballot(replay, package, contents, others),
        Work::Claim { package } => claim(replay, package),
    }
}

fn ballot(replay: &ChainState, package: &Package, contents: &Contents, others: &[Held]) -> Verdict {
    let Some(poll) = replay.polls.get(&package.poll) else { return Verdict::Never("unknown_poll") };
    let Some(listed) = poll.chambers.get(&package.chamber) else { return Verdict::Never("unknown_chamber") };
    if let Some(found) = on_chain(listed, contents) {
        return found;
    }
    match poll.state_at(replay.time) {
        PollState::Open => {}
        // Only a reorganisation can have closed what was open when the ballot came.
        PollState::Created => return Verdict::Follows,
        _ => return Verdict::Never("closed"),
    }
    let nullifier = contents.record.posted.nullifier;
    if listed.counted_fingerprint(&nullifier) == contents.previous() {
        return Verdict::Applies;
    }
    let awaited = others.iter().any(|other| match &*other.work {
        Work::Ballot { package: theirs, contents: other_contents } => {
            (theirs.poll, theirs.chamber) == (package.poll, package.chamber)
                && other_contents.record.posted.nullifier == nullifier
                && other_contents.record.posted.fingerprint() == contents.previous()
                && !matches!(other.item.state, super::item::State::Refused { .. })
        }
        Work::Claim { .. } => false,
    });
    match (awaited, &contents.old) {
        (true, _) => Verdict::Follows,
        (false, None) => Verdict::Never("already_cast"),
        (false, Some(_)) => Verdict::Never("wrong_previous"),
    }
}

/// The event of this very ballot, whether it counts or was replaced since.
fn on_chain(listed: &PollChamber, contents: &Contents) -> Option<Verdict> {
    let posted = &contents.record.posted;
    let same = |ballot: &&psephos_state::Ballot| ballot.posted == *posted && ballot.previous == contents.previous();
    let counting = listed.counted_ballot(&posted.nullifier).filter(same);
    let ballot = match counting {
        Some(ballot) => ballot,
        // Rarely: only what is replaced is searched for, and only if the nullifier has a ballot at all.
        None => listed.counted_ballot(&posted.nullifier).and_then(|_| listed.ballots.iter().find(same))?,
    };
    Some(Verdict::OnChain { transaction: ballot.transaction, block: ballot.block })
}

fn claim(replay: &ChainState, package: &ClaimPackage) -> Verdict {
    if is_paid(replay, package) {
        let reward = replay.rewards.get(&package.poll);
        let claimed = reward.into_iter().flat_map(|reward| &reward.claims).find(|claimed| {
            claimed.chamber == package.chamber
                && words::from_field(&claimed.reward_nullifier).to_be_bytes() == package.reward_nullifier.0
        });
        return match claimed {
            Some(claimed) if claimed.claim.recipient == package.recipient => {
                Verdict::OnChain { transaction: claimed.transaction, block: claimed.block }
            }
            _ => Verdict::Never("already_paid"),
        };
    }
    match stage(replay, package.poll) {
        Ok(RewardStage::Claims) => Verdict::Applies,
        Ok(RewardStage::Over) => Verdict::Never("not_claimable"),
        _ => Verdict::Follows,
    }
}
