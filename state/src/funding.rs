//! Whether a reward is owed, as the rewards contract decides it when the poll opens.

use std::fmt;

use alloy_primitives::U256;
use psephos_protocol::{identifiers::PollId, reward::PolicyTerms, weight::TotalWeight};
use serde::Serialize;

use crate::{chain_state::ChainState, chamber::Chamber, error::StateError, poll::PollState, reward::ChamberPolicy};

/// Whether a reward is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FundingStatus {
    /// The poll may still open: money can be added.
    Pending,
    /// The pool held the worst case of the frozen census when the poll opened: claims will be paid.
    Owed,
    /// The pool was too small then, or the poll cannot open any more: nothing is paid.
    Void,
}

/// The funding of a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Funding {
    /// Whether it is owed.
    pub status: FundingStatus,
    /// What was paid into the pool, in the token's smallest unit.
    pub funded: U256,
    /// The most that the members of the frozen census can be paid; before the poll opens, the members of today.
    pub worst_case: U256,
}

impl fmt::Display for Funding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, funded, worst_case } = self;
        match status {
            FundingStatus::Pending => write!(
                f,
                "the poll pays its reward only if the pool holds the worst case when it opens: {funded} of {worst_case} \
                 for the members of today"
            ),
            FundingStatus::Owed => f.write_str("the poll pays its reward: the pool held the worst case when it opened"),
            FundingStatus::Void => write!(
                f,
                "the poll pays nothing: the pool had {funded}, the worst case is {worst_case}, and a pool that is too \
                 small when the poll opens, or a poll that does not open, voids the reward"
            ),
        }
    }
}

impl ChainState {
    /// Returns the funding of a poll's reward. A pool takes no money once its poll has opened, so that all deposits
    /// were made before.
    ///
    /// # Errors
    /// Returns `NoReward` or `UnknownPoll`.
    pub fn reward_funding(&self, poll: PollId) -> Result<Funding, StateError> {
        let (reward, entry) = (self.reward(poll)?, self.poll(poll)?);
        let most = |policy: &ChamberPolicy| {
            let frozen = entry.chambers.get(&policy.chamber).and_then(|listed| listed.frozen.as_ref());
            let members =
                frozen.map(|frozen| &*frozen.chamber).or_else(|| Some(&**self.chambers.get(&policy.chamber)?));
            let most = |members: &Chamber| {
                worst_case_units(&policy.terms, members.members.len(), members.total_weight(), true)
            };
            members.map_or(U256::ZERO, most)
        };
        let units = reward.parameters.chambers.iter().map(most).fold(U256::ZERO, U256::saturating_add);
        let (funded, worst_case) = (reward.funded, units.saturating_mul(reward.unit()));
        let can_open = self.poll_state(poll)? == PollState::Created && self.time < entry.parameters.closes_at;
        let status = match entry.opened {
            true if funded >= worst_case => FundingStatus::Owed,
            false if can_open => FundingStatus::Pending,
            _ => FundingStatus::Void,
        };
        Ok(Funding { status, funded, worst_case })
    }

    /// Returns the most that the claims of a poll can cost once they are open, in the token's smallest units, as the
    /// contract computes it when they open: the ballots that count, with the bonus where an option is ratified and the
    /// chamber is tallied.
    ///
    /// # Errors
    /// Returns `NoReward`, `UnknownPoll` or `UnknownPollChamber`, or `WrongPollState` if the poll has not been opened.
    pub fn claims_worst_case(&self, poll: PollId) -> Result<U256, StateError> {
        let reward = self.reward(poll)?;
        let mut units = U256::ZERO;
        for policy in &reward.parameters.chambers {
            let (listed, frozen) = self.opened_chamber(poll, policy.chamber)?;
            let ratified = reward.ratified.is_some_and(|ratified| ratified.option.is_some());
            let bonus = ratified && listed.tally.is_some();
            let weight = frozen.chamber.total_weight();
            units = units.saturating_add(worst_case_units(&policy.terms, listed.latest.len(), weight, bonus));
        }
        Ok(units.saturating_mul(reward.unit()))
    }
}

/// Returns the most that this number of ballots can be paid, in units, as the contract computes it: each with the
/// bonus, if it can be earned, and weights up to the cap or to the sum of all.
fn worst_case_units(terms: &PolicyTerms, ballots: usize, weight: TotalWeight, bonus: bool) -> U256 {
    let count = U256::from(ballots);
    let weights = count.saturating_mul(U256::from(terms.cap)).min(U256::from(weight.get()));
    let each = U256::from(terms.base).saturating_add(U256::from(if bonus { terms.bonus } else { 0 }));
    count.saturating_mul(each).saturating_add(U256::from(terms.per_weight).saturating_mul(weights))
}
