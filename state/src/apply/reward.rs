//! Events of the rewards contract.

use std::sync::Arc;

use alloy_primitives::U256;

use super::context::{InvalidEvent, Outcome, Position};
use crate::{
    bindings::IRewards::IRewardsEvents,
    chain_state::ChainState,
    reward::{Claim, PaidClaim, Ratification, Reward, SealedBatch},
    transaction::CallEvidence,
    words,
};

impl ChainState {
    pub(super) fn apply_reward_event(&mut self, event: IRewardsEvents, position: Position) -> Outcome {
        use IRewardsEvents as Event;
        match event {
            Event::RewardCreated(event) => {
                let poll = words::to_poll(event.poll)?;
                if self.rewards.insert(poll, Reward::new(event.parameters.into()).into()).is_some() {
                    return Err(InvalidEvent::of_poll(poll, format!("the reward of poll {poll} is set twice")));
                }
            }
            Event::RewardFunded(event) => {
                let poll = words::to_poll(event.poll)?;
                if self.polls.get(&poll).is_some_and(|poll| poll.opened || poll.ended.is_some()) {
                    let what = format!("the pool of poll {poll} took {} after the poll had opened", event.amount);
                    return Err(InvalidEvent::of_poll(poll, what));
                }
                let reward = self.reward_mut(event.poll)?;
                reward.funded = reward.funded.saturating_add(event.amount);
            }
            Event::RewardRatified(event) => {
                let by = words::to_poll(event.ratifyingPoll)?;
                let option = event.hasOption.then_some(event.option);
                self.reward_mut(event.poll)?.ratified = Some(Ratification { by, option });
            }
            Event::NotesSealed(event) => {
                let (poll, chamber) = (words::to_poll(event.poll)?, words::to_chamber(event.chamber)?);
                let (number, count) = (words::to_u64(event.batch)? as usize, words::to_u64(event.count)? as usize);
                let list = SealedBatch { count, root: words::to_field(event.root)? };
                let invalid = |what: String| InvalidEvent::of_poll(poll, what);
                let lists = self.reward_mut(event.poll)?.batches.get_mut(&chamber);
                let lists = lists.ok_or_else(|| invalid(format!("chamber {chamber} of poll {poll} is not paid")))?;
                if lists.len() != number {
                    let next = lists.len();
                    return Err(invalid(format!(
                        "note batch {number} of chamber {chamber} is sealed, but batch {next} is next"
                    )));
                }
                lists.push(list);
            }
            Event::ClaimsOpened(event) => self.reward_mut(event.poll)?.worst_case = Some(event.worstCase),
            Event::RewardClaimed(event) => {
                let (poll, chamber) = (words::to_poll(event.poll)?, words::to_chamber(event.chamber)?);
                let claim = Claim::try_from(event.claim)?;
                let reward = self.reward_mut(event.poll)?;
                let Position { transaction, block, .. } = position;
                let call = CallEvidence::NotLoaded;
                if !reward.add_claim(PaidClaim { chamber, claim, transaction, block, call }) {
                    let what = format!("chamber {chamber} of poll {poll} pays a reward nullifier twice");
                    return Err(InvalidEvent::of_poll(poll, what));
                }
            }
            Event::RewardWithdrawn(event) => {
                let reward = self.reward_mut(event.poll)?;
                reward.withdrawn = reward.withdrawn.saturating_add(event.amount);
            }
        }
        Ok(())
    }

    fn reward_mut(&mut self, poll: U256) -> Result<&mut Reward, InvalidEvent> {
        let poll = words::to_poll(poll)?;
        let reward = self.rewards.get_mut(&poll).map(Arc::make_mut);
        reward.ok_or_else(|| InvalidEvent::of_poll(poll, format!("no reward was set for poll {poll}")))
    }
}
