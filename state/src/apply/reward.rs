//! The events of rewards.

use std::sync::Arc;

use alloy_primitives::U256;

use super::context::{Misfit, Outcome, Place};
use crate::{
    bindings::IRewards::IRewardsEvents,
    chain_state::Replay,
    reward::{Claimed, List, Ratified, Reward},
    words,
};

impl Replay {
    pub(super) fn reward_event(&mut self, event: IRewardsEvents, place: Place) -> Outcome {
        use IRewardsEvents as Event;
        match event {
            Event::RewardCreated(event) => {
                let poll = words::to_u64(event.poll)?;
                if self.rewards.insert(poll, Reward::new(event.parameters).into()).is_some() {
                    return Err(Misfit(Some(poll), format!("the reward of poll {poll} is set twice")));
                }
            }
            Event::RewardFunded(event) => {
                let reward = self.reward_mut(event.poll)?;
                reward.funded = reward.funded.saturating_add(event.amount);
            }
            Event::RewardRatified(event) => {
                let by = words::to_u64(event.ratifyingPoll)?;
                let option = event.hasOption.then_some(event.option);
                self.reward_mut(event.poll)?.ratified = Some(Ratified { by, option });
            }
            Event::NotesSealed(event) => {
                let (poll, chamber) = (words::to_u64(event.poll)?, words::to_u64(event.chamber)?);
                let (number, count) = (words::to_u64(event.batch)? as usize, words::to_u64(event.count)? as usize);
                let list = List { count, root: words::to_field(event.root)?, transaction: place.transaction };
                let misfit = |what: String| Misfit(Some(poll), what);
                let lists = self.reward_mut(event.poll)?.lists.get_mut(&chamber);
                let lists = lists.ok_or_else(|| misfit(format!("chamber {chamber} of poll {poll} is not paid")))?;
                if lists.len() != number {
                    return Err(misfit(format!("list {number} of chamber {chamber} where {} is next", lists.len())));
                }
                lists.push(list);
            }
            Event::ClaimsOpened(event) => self.reward_mut(event.poll)?.worst_case = Some(event.worstCase),
            Event::RewardClaimed(event) => {
                let (poll, chamber) = (words::to_u64(event.poll)?, words::to_u64(event.chamber)?);
                let reward_nullifier = words::to_field(event.claim.rewardNullifier)?;
                let reward = self.reward_mut(event.poll)?;
                let Place { transaction, block, .. } = place;
                if !reward.claimed(Claimed { chamber, reward_nullifier, claim: event.claim, transaction, block }) {
                    let what = format!("chamber {chamber} of poll {poll} pays a reward nullifier twice");
                    return Err(Misfit(Some(poll), what));
                }
            }
            Event::RewardWithdrawn(event) => {
                let reward = self.reward_mut(event.poll)?;
                reward.withdrawn = reward.withdrawn.saturating_add(event.amount);
            }
        }
        Ok(())
    }

    fn reward_mut(&mut self, poll: U256) -> Result<&mut Reward, Misfit> {
        let poll = words::to_u64(poll)?;
        let reward = self.rewards.get_mut(&poll).map(Arc::make_mut);
        reward.ok_or_else(|| Misfit(Some(poll), format!("no reward was set for poll {poll}")))
    }
}
