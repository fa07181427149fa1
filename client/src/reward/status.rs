//! Where a poll's reward stands, and what its amounts give away.

use std::collections::BTreeMap;

use psephos_protocol::reward::Policy;
use psephos_state::{ChainState, PollState, Reward, U256};
pub use psephos_submission::reward::RewardStage;
use psephos_submission::reward::find_stage;
use serde::Serialize;

use crate::{error::ClientError, voter::opened_chamber};

/// A reward in figures.
#[derive(Clone, Debug, Serialize)]
pub struct RewardStatus {
    /// The poll.
    pub poll: u64,
    /// How far it is.
    pub stage: RewardStage,
    /// What came in, in the token's smallest parts.
    pub funded: U256,
    /// What claims took, fees included.
    pub paid: U256,
    /// What went back to the DAO.
    pub withdrawn: U256,
    /// What is there.
    pub pool: U256,
    /// The most that claims can take: as the contract says once they are open, before that of the ballots so far.
    pub worst_case: U256,
    /// The option, from 0, that a later poll has named.
    pub ratified: Option<u8>,
    /// Each chamber that is paid.
    pub chambers: Vec<ChamberStatus>,
}

/// A chamber's part.
#[derive(Clone, Debug, Serialize)]
pub struct ChamberStatus {
    /// The chamber.
    pub chamber: u64,
    /// Ballots that count.
    pub ballots: usize,
    /// Notes that are sealed.
    pub sealed: usize,
    /// Claims that were paid.
    pub claims: usize,
    /// What its amounts give away.
    pub warnings: Vec<Warning>,
}

/// What the amounts of a policy give away about those who claim them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// Some members have a weight below the cap that few others have.
    #[error(
        "{members} of {of} members share their weight below the cap with too few others: their claims narrow down who they are, and with a bonus what they voted. Lower the cap, or pay the same to all"
    )]
    UniqueWeights {
        /// How many.
        members: usize,
        /// Of how many.
        of: usize,
    },
    /// Too few ballots to hide among.
    #[error("{ballots} ballots are few to hide among: each claim says that its address is one of so many voters")]
    FewBallots {
        /// How many.
        ballots: usize,
    },
}

/// How far a poll's reward is, at the time of the last block.
///
/// # Errors
/// `Chain` with `NoReward`, `UnknownPoll`.
pub fn stage(replay: &ChainState, poll: u64) -> Result<RewardStage, ClientError> {
    Ok(find_stage(replay, poll)?)
}

/// A poll's reward in figures.
///
/// # Errors
/// As [`stage`]; `Policy`.
pub fn status(replay: &ChainState, poll: u64) -> Result<RewardStatus, ClientError> {
    let reward = replay.reward(poll)?;
    let mut chambers = Vec::new();
    let mut worst_case = U256::ZERO;
    for &chamber in reward.batches.keys() {
        let listed = replay.poll(poll)?.chambers.get(&chamber);
        let ballots = listed.map_or(0, |listed| listed.latest.len());
        let bonus_is_open = reward.ratified.is_none() && replay.time <= reward.parameters.ratificationDeadline;
        worst_case += worst(replay, reward, poll, chamber, bonus_is_open)?.saturating_mul(reward.unit());
        chambers.push(ChamberStatus {
            chamber,
            ballots,
            sealed: reward.sealed_notes(chamber),
            claims: reward.claims.iter().filter(|claimed| claimed.chamber == chamber).count(),
            warnings: warnings(replay, poll, chamber)?,
        });
    }
    Ok(RewardStatus {
        poll,
        stage: stage(replay, poll)?,
        funded: reward.funded,
        paid: reward.paid_out(),
        withdrawn: reward.withdrawn,
        pool: reward.pool(),
        worst_case: reward.worst_case.unwrap_or(worst_case),
        ratified: reward.ratified.and_then(|ratified| ratified.option),
        chambers,
    })
}

/// The most that a chamber's ballots can be paid, in units, as the contract reckons; with `bonus_is_open` as if an option were still to be ratified.
fn worst(
    replay: &ChainState,
    reward: &Reward,
    poll: u64,
    chamber: u64,
    bonus_is_open: bool,
) -> Result<U256, ClientError> {
    let Ok((listed, frozen)) = opened_chamber(replay, poll, chamber) else { return Ok(U256::ZERO) };
    let Some(policy) = reward.chamber_policy(chamber, listed.tally.is_some()) else { return Ok(U256::ZERO) };
    let terms = *policy?.terms();
    let ballots = U256::from(listed.latest.len());
    let bonus = if terms.ratified.is_some() || bonus_is_open { terms.bonus } else { 0 };
    let weights = ballots.saturating_mul(U256::from(terms.cap)).min(U256::from(frozen.chamber.total_weight()));
    Ok(ballots * U256::from(terms.base + bonus) + U256::from(terms.per_weight) * weights)
}

/// What a chamber's amounts give away.
///
/// # Errors
/// `Policy`.
pub fn warnings(replay: &ChainState, poll: u64, chamber: u64) -> Result<Vec<Warning>, ClientError> {
    let reward = replay.reward(poll)?;
    let Some(policy) = reward.chamber_policy(chamber, true) else { return Ok(Vec::new()) };
    let listed = replay.poll(poll)?.chambers.get(&chamber);
    let members = match listed.and_then(|listed| listed.frozen.as_ref()) {
        Some(frozen) => Some(&frozen.chamber),
        None => replay.chambers.get(&chamber),
    };
    let weights = members.into_iter().flat_map(|chamber| chamber.members.values()).map(|member| member.weight.get());
    let mut found = unique(&policy?, weights);
    let ballots = listed.map_or(0, |listed| listed.latest.len());
    if replay.poll_state(poll)? != PollState::Created && ballots < 10 {
        found.push(Warning::FewBallots { ballots });
    }
    Ok(found)
}

fn unique(policy: &Policy, weights: impl Iterator<Item = u64>) -> Vec<Warning> {
    let terms = policy.terms();
    let mut members: BTreeMap<u64, usize> = BTreeMap::new();
    weights.for_each(|weight| *members.entry(weight.min(terms.cap)).or_default() += 1);
    let of = members.values().sum();
    // A claim says which class it is of, and with a bonus what it voted: then a class must hide a vote and not only a name.
    let few = if terms.bonus > 0 { 5 } else { 2 };
    match members.values().filter(|members| **members < few).sum::<usize>() {
        members if terms.per_weight != 0 && members > 0 => vec![Warning::UniqueWeights { members, of }],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use psephos_protocol::reward::Terms;

    use super::*;

    #[test]
    fn weights_of_their_own_are_counted() {
        let policy = |per_weight, cap| Policy::new(Terms { base: 1, per_weight, cap, ..Terms::default() }).unwrap();
        let weights = [5, 5, 7, 9, 12];
        let found = |policy: Policy| unique(&policy, weights.into_iter());
        assert_eq!(found(policy(1, 100)), [Warning::UniqueWeights { members: 3, of: 5 }]);
        assert_eq!(found(policy(1, 9)), [Warning::UniqueWeights { members: 1, of: 5 }], "nine and twelve are one");
        assert_eq!(found(policy(1, 5)), [], "all have the cap");
        assert_eq!(found(policy(0, 0)), [], "a flat amount tells nothing");
        let bonus = |cap| Policy::new(Terms { per_weight: 1, cap, bonus: 1, ..Terms::default() }).unwrap();
        assert_eq!(found(bonus(5)), [], "a class of five");
        assert_eq!(found(bonus(6)), [Warning::UniqueWeights { members: 5, of: 5 }], "two and three");
    }
}
