//! Whether a relayer has kept its word. The chain says so, and nobody else is asked.

use psephos_state::{B256, ChainState, PollState, words};
use psephos_submission::reward::{RewardStage, find_stage};
use psephos_wire::{ClaimPackage, Package, ballot::Contents};

use super::Promise;
use crate::error::ClientError;

/// What became of something that a relayer has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// It is on the chain.
    Included {
        /// The transaction.
        transaction: B256,
        /// Its block.
        block: u64,
    },
    /// It is not there, and there is still time.
    Awaited {
        /// Until when, in seconds since 1970, if somebody has promised it.
        until: Option<u64>,
    },
    /// It was promised, the time has passed, and it is not there. It can still be sent by somebody else, or directly, which shows the sending
    /// account beside it.
    Broken {
        /// Until when it was promised, in seconds since 1970.
        promised_by: u64,
    },
    /// It is not there and cannot come there any more.
    TooLate {
        /// Whether it was promised: the receipt then shows who has not kept its word.
        promised: bool,
    },
}

/// Whether this very ballot is on the chain, counting or replaced since; `now` in seconds since 1970.
///
/// # Errors
/// `Package`; `Chain` with `UnknownPoll`.
pub fn ballot_inclusion(
    replay: &ChainState,
    package: &Package,
    promise: Option<&Promise>,
    now: u64,
) -> Result<Inclusion, ClientError> {
    let contents = package.contents()?;
    let poll = replay.poll(package.poll)?;
    if let Some(listed) = poll.chambers.get(&package.chamber) {
        let same = |ballot: &&psephos_state::Ballot| is(ballot, &contents);
        if let Some(ballot) = listed.ballots.iter().rev().find(same) {
            return Ok(Inclusion::Included { transaction: ballot.transaction, block: ballot.block });
        }
        let slot = listed.counted_fingerprint(&contents.record.posted.nullifier);
        if slot != contents.previous() {
            return Ok(Inclusion::TooLate { promised: promise.is_some() });
        }
    }
    let over = !matches!(poll.state_at(replay.time), PollState::Created | PollState::Open);
    Ok(verdict(over, promise, now))
}

fn is(ballot: &psephos_state::Ballot, contents: &Contents) -> bool {
    ballot.posted == contents.record.posted && ballot.previous == contents.previous()
}

/// Whether this claim is paid.
///
/// # Errors
/// `Package`; `Chain` with `NoReward`, `UnknownPoll`.
pub fn claim_inclusion(
    replay: &ChainState,
    package: &ClaimPackage,
    promise: Option<&Promise>,
    now: u64,
) -> Result<Inclusion, ClientError> {
    let nullifier = words::to_field(package.claim()?.rewardNullifier)?;
    let mut claims = replay.reward(package.poll)?.claims.iter();
    let paid = claims.find(|paid| paid.chamber == package.chamber && paid.reward_nullifier == nullifier);
    if let Some(paid) = paid {
        return Ok(Inclusion::Included { transaction: paid.transaction, block: paid.block });
    }
    Ok(verdict(find_stage(replay, package.poll)? == RewardStage::Over, promise, now))
}

fn verdict(over: bool, promise: Option<&Promise>, now: u64) -> Inclusion {
    match promise.map(|promise| promise.receipt.promised_by) {
        promised if over => Inclusion::TooLate { promised: promised.is_some() },
        Some(promised_by) if now > promised_by => Inclusion::Broken { promised_by },
        until => Inclusion::Awaited { until },
    }
}
