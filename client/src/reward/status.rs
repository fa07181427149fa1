//! The status of a poll's reward, and what its amounts reveal about voters.

use std::collections::BTreeMap;

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_protocol::reward::Policy;
use psephos_protocol::weight::Weight;
use psephos_state::{ChainState, FundingStatus, PollState, U256};
pub use psephos_submission::reward::RewardStage;
use psephos_submission::reward::find_stage;
use serde::Serialize;

use super::RewardError;

/// The figures of a reward.
#[derive(Clone, Debug, Serialize)]
pub struct RewardStatus {
    /// The poll.
    pub poll: PollId,
    /// The stage.
    pub stage: RewardStage,
    /// The amount funded, in the token's smallest unit.
    pub funded: U256,
    /// The amount paid to claims, fees included.
    pub paid: U256,
    /// The amount returned to the DAO.
    pub withdrawn: U256,
    /// The balance of the pool.
    pub pool: U256,
    /// Whether the reward is owed.
    pub funding: FundingStatus,
    /// The most that claims can take: of the ballots once claims are open, before that of the members of the frozen
    /// census, and before the poll opens of the members of today.
    pub worst_case: U256,
    /// The option, from 0, that a later poll has ratified.
    pub ratified: Option<u8>,
    /// Each chamber that is paid.
    pub chambers: Vec<ChamberStatus>,
}

/// The figures of a chamber's part of a reward.
#[derive(Clone, Debug, Serialize)]
pub struct ChamberStatus {
    /// The chamber.
    pub chamber: ChamberId,
    /// Number of ballots that count.
    pub ballots: usize,
    /// Number of sealed notes.
    pub sealed: usize,
    /// Number of paid claims.
    pub claims: usize,
    /// What its amounts reveal.
    pub warnings: Vec<Warning>,
}

/// Information that the amounts of a policy reveal about claimants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// Some members have a weight below the cap that few others have.
    #[error(
        "{members} of {of} members share their weight below the cap with too few others: their claims narrow down who \
         they are, and with a bonus what they voted. Lower the cap, or pay the same to all"
    )]
    UniqueWeights {
        /// Number of these members.
        members: usize,
        /// Number of all members.
        of: usize,
    },
    /// The anonymity set of a claim is small.
    #[error("{ballots} ballots are a small anonymity set: each claim reveals that its address is one of these voters")]
    FewBallots {
        /// Number of ballots.
        ballots: usize,
    },
}

/// Returns the stage of a poll's reward at the time of the last block.
///
/// # Errors
/// Returns `Chain` with `NoReward` or `UnknownPoll`.
pub fn reward_stage(state: &ChainState, poll: PollId) -> Result<RewardStage, RewardError> {
    Ok(find_stage(state, poll)?)
}

/// Returns the figures of a poll's reward.
///
/// # Errors
/// Returns `Chain` with `NoReward` or `UnknownPoll`, or `Policy`.
pub fn reward_status(state: &ChainState, poll: PollId) -> Result<RewardStatus, RewardError> {
    let reward = state.reward(poll)?;
    let mut chambers = Vec::new();
    let funding = state.reward_funding(poll)?;
    for &chamber in reward.batches.keys() {
        let listed = state.poll(poll)?.chambers.get(&chamber);
        let ballots = listed.map_or(0, |listed| listed.latest.len());
        chambers.push(ChamberStatus {
            chamber,
            ballots,
            sealed: reward.sealed_notes(chamber),
            claims: reward.claims.iter().filter(|claimed| claimed.chamber == chamber).count(),
            warnings: policy_warnings(state, poll, chamber)?,
        });
    }
    Ok(RewardStatus {
        poll,
        stage: reward_stage(state, poll)?,
        funded: reward.funded,
        paid: reward.paid_out(),
        withdrawn: reward.withdrawn,
        pool: reward.pool(),
        funding: funding.status,
        worst_case: reward.worst_case.unwrap_or(funding.worst_case),
        ratified: reward.ratified.and_then(|ratified| ratified.option),
        chambers,
    })
}

/// Returns what a chamber's amounts reveal.
///
/// # Errors
/// Returns `Chain` with `NoReward` or `UnknownPoll`, or `Policy`.
pub fn policy_warnings(state: &ChainState, poll: PollId, chamber: ChamberId) -> Result<Vec<Warning>, RewardError> {
    let reward = state.reward(poll)?;
    let Some(policy) = reward.chamber_policy(chamber, true) else { return Ok(Vec::new()) };
    let listed = state.poll(poll)?.chambers.get(&chamber);
    let members = match listed.and_then(|listed| listed.frozen.as_ref()) {
        Some(frozen) => Some(&frozen.chamber),
        None => state.chambers.get(&chamber),
    };
    let weights = members.into_iter().flat_map(|chamber| chamber.members.values()).map(|member| member.weight);
    let mut found = find_small_classes(&policy?, weights);
    let ballots = listed.map_or(0, |listed| listed.latest.len());
    if state.poll_state(poll)? != PollState::Created && ballots < 10 {
        found.push(Warning::FewBallots { ballots });
    }
    Ok(found)
}

fn find_small_classes(policy: &Policy, weights: impl Iterator<Item = Weight>) -> Vec<Warning> {
    let terms = policy.terms();
    let mut members: BTreeMap<u64, usize> = BTreeMap::new();
    weights.for_each(|weight| *members.entry(weight.get().min(terms.cap)).or_default() += 1);
    let of = members.values().sum();
    // A claim reveals its weight class, and with a bonus its vote: then a class must hide a vote and not only a name.
    let few = if terms.bonus > 0 { 5 } else { 2 };
    match members.values().filter(|members| **members < few).sum::<usize>() {
        members if terms.per_weight != 0 && members > 0 => vec![Warning::UniqueWeights { members, of }],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use psephos_protocol::reward::PolicyTerms;

    use super::*;

    #[test]
    fn members_with_rare_weights_are_counted() {
        let policy =
            |per_weight, cap| Policy::new(PolicyTerms { base: 1, per_weight, cap, ..PolicyTerms::default() }).unwrap();
        let weights = [5, 5, 7, 9, 12].map(|weight| Weight::new(weight).unwrap());
        let found = |policy: Policy| find_small_classes(&policy, weights.into_iter());
        assert_eq!(found(policy(1, 100)), [Warning::UniqueWeights { members: 3, of: 5 }]);
        assert_eq!(
            found(policy(1, 9)),
            [Warning::UniqueWeights { members: 1, of: 5 }],
            "nine and twelve are one class"
        );
        assert_eq!(found(policy(1, 5)), [], "all members have the cap");
        assert_eq!(found(policy(0, 0)), [], "a flat amount reveals nothing");
        let bonus = |cap| Policy::new(PolicyTerms { per_weight: 1, cap, bonus: 1, ..PolicyTerms::default() }).unwrap();
        assert_eq!(found(bonus(5)), [], "a class of five");
        assert_eq!(found(bonus(6)), [Warning::UniqueWeights { members: 5, of: 5 }], "classes of two and three");
    }
}
