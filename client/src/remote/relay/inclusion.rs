//! Whether a relayer has kept its promise, from the chain alone.

use psephos_chain::ChainError;
use psephos_state::{B256, Ballot, ChainState, PollState, StateError};
use psephos_submission::reward::{RewardStage, find_stage};
use psephos_wire::{ClaimPackage, Package, PackageError, ballot::Contents};

use super::Promise;

/// The reason why the inclusion of a package cannot be determined.
#[derive(Debug, thiserror::Error)]
pub enum InclusionError {
    /// The package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The state has no such poll or reward.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

impl From<StateError> for InclusionError {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

/// The fate of a ballot or claim that a relayer has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// It is on the chain.
    Included {
        /// The transaction.
        transaction: B256,
        /// Its block.
        block: u64,
    },
    /// It is not on the chain, and there is still time.
    Awaited {
        /// The promised time, in seconds since 1970, if there is a promise.
        until: Option<u64>,
    },
    /// The promised time has passed, and it is not on the chain. It can still be sent through another relayer, or
    /// directly, which shows the sending account beside it.
    Broken {
        /// The promised time, in seconds since 1970.
        promised_by: u64,
    },
    /// It is an update of a masked poll, and another one of its slot came first: a mask, or a replacement. A relayer
    /// promises to send it or to be overtaken, so no promise is broken. The voter makes it again.
    Overtaken,
    /// It is not on the chain and cannot be included any more.
    TooLate {
        /// Whether it was promised: the receipt then proves which relayer broke its promise.
        promised: bool,
    },
}

/// Determines whether this very ballot is on the chain, counting or replaced since; `now` is in seconds since 1970.
///
/// # Errors
/// Returns `Package`, or `Chain` with `UnknownPoll`.
pub fn find_ballot(
    state: &ChainState,
    package: &Package,
    promise: Option<&Promise>,
    now: u64,
) -> Result<Inclusion, InclusionError> {
    let contents = package.contents()?;
    let poll = state.poll(package.poll)?;
    if let Some(listed) = poll.chambers.get(&package.chamber) {
        let same = |ballot: &&Ballot| is_same_ballot(ballot, &contents);
        if let Some(ballot) = listed.ballots.iter().rev().find(same) {
            return Ok(Inclusion::Included { transaction: ballot.transaction, block: ballot.block });
        }
        let slot = listed.counted_fingerprint(&contents.record.posted.nullifier);
        if slot != contents.previous() && poll.is_masked() && contents.old.is_some() {
            return Ok(Inclusion::Overtaken);
        }
        if slot != contents.previous() {
            return Ok(Inclusion::TooLate { promised: promise.is_some() });
        }
    }
    let over = !matches!(poll.state_at(state.time), PollState::Created | PollState::Open);
    Ok(judge_absence(over, promise, now))
}

fn is_same_ballot(ballot: &Ballot, contents: &Contents) -> bool {
    ballot.posted == contents.record.posted && ballot.previous == contents.previous()
}

/// Determines whether this claim is paid; `now` is in seconds since 1970.
///
/// # Errors
/// Returns `Package`, or `Chain` with `NoReward` or `UnknownPoll`.
pub fn find_claim(
    state: &ChainState,
    package: &ClaimPackage,
    promise: Option<&Promise>,
    now: u64,
) -> Result<Inclusion, InclusionError> {
    let nullifier = package.claim()?.reward_nullifier;
    let mut claims = state.reward(package.poll)?.claims.iter();
    let paid = claims.find(|paid| paid.chamber == package.chamber && paid.claim.reward_nullifier == nullifier);
    if let Some(paid) = paid {
        return Ok(Inclusion::Included { transaction: paid.transaction, block: paid.block });
    }
    Ok(judge_absence(matches!(find_stage(state, package.poll)?, RewardStage::Over | RewardStage::Void), promise, now))
}

fn judge_absence(over: bool, promise: Option<&Promise>, now: u64) -> Inclusion {
    match promise.map(|promise| promise.receipt.promised_by) {
        promised if over => Inclusion::TooLate { promised: promised.is_some() },
        Some(promised_by) if now > promised_by => Inclusion::Broken { promised_by },
        until => Inclusion::Awaited { until },
    }
}
