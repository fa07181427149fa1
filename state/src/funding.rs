//! Whether a reward is owed, as the rewards contract decides it when the poll opens.

use std::fmt;

use alloy_primitives::U256;
use psephos_protocol::identifiers::PollId;
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
            members.map_or(U256::ZERO, |members| worst_case_units(policy, members))
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
}

/// Returns the most that the members of a chamber can be paid, in units, as the contract computes it: every member a
/// ballot, each with the bonus, and weights up to the cap or to the sum of all.
fn worst_case_units(policy: &ChamberPolicy, members: &Chamber) -> U256 {
    let (terms, count) = (&policy.terms, U256::from(members.members.len()));
    let weights = count.saturating_mul(U256::from(terms.cap)).min(U256::from(members.total_weight().get()));
    let each = U256::from(terms.base).saturating_add(U256::from(terms.bonus));
    count.saturating_mul(each).saturating_add(U256::from(terms.per_weight).saturating_mul(weights))
}
