//! Events of the rewards contract.

use std::sync::Arc;

use alloy_primitives::U256;
use psephos_protocol::identifiers::{PollId, SheetId};

use super::context::{InvalidEvent, Outcome, Position};
use crate::{
    bindings::IRewards::IRewardsEvents,
    chain_state::ChainState,
    reward::{Claim, PaidClaim, Ratification, Reward, SealedBatch},
    transaction::CallEvidence,
    words,
};

/// Whose ballots a contract of rewards pays: it numbers rewards by the polls, or by the sheet polls, that it pays for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RewardedBy {
    /// Those of polls.
    Polls,
    /// Those of sheet polls.
    Sheets,
}

impl RewardedBy {
    /// Returns an event about a number that is invalid.
    fn invalid(self, number: PollId, what: String) -> InvalidEvent {
        match self {
            Self::Polls => InvalidEvent::of_poll(number, what),
            Self::Sheets => InvalidEvent::of_sheet(SheetId::new(number.get()), what),
        }
    }
}

impl ChainState {
    pub(super) fn apply_reward_event(&mut self, event: IRewardsEvents, by: RewardedBy, position: Position) -> Outcome {
        use IRewardsEvents as Event;
        match event {
            Event::RewardCreated(event) => {
                let poll = words::to_poll(event.poll)?;
                let reward = Arc::new(Reward::new(event.parameters.into()));
                let before = match by {
                    RewardedBy::Polls => self.rewards.insert(poll, reward),
                    RewardedBy::Sheets => self.sheet_rewards.insert(SheetId::new(poll.get()), reward),
                };
                if before.is_some() {
                    return Err(by.invalid(poll, format!("the reward of poll {poll} is set twice")));
                }
            }
            Event::RewardFunded(event) => {
                let poll = words::to_poll(event.poll)?;
                let began = match by {
                    RewardedBy::Polls => self.polls.get(&poll).is_some_and(|poll| poll.opened || poll.ended.is_some()),
                    RewardedBy::Sheets => {
                        let sheet = self.sheets.get(&SheetId::new(poll.get()));
                        sheet.is_some_and(|sheet| sheet.opened || sheet.ended.is_some())
                    }
                };
                if began {
                    let what = format!("the pool of poll {poll} took {} after the poll had opened", event.amount);
                    return Err(by.invalid(poll, what));
                }
                let reward = self.reward_mut(by, event.poll)?;
                reward.funded = reward.funded.saturating_add(event.amount);
            }
            Event::RewardRatified(event) => {
                let ratifying = words::to_poll(event.ratifyingPoll)?;
                let option = event.hasOption.then_some(event.option);
                self.reward_mut(by, event.poll)?.ratified = Some(Ratification { by: ratifying, option });
            }
            Event::NotesSealed(event) => {
                let (poll, chamber) = (words::to_poll(event.poll)?, words::to_chamber(event.chamber)?);
                let (number, count) = (words::to_u64(event.batch)? as usize, words::to_u64(event.count)? as usize);
                let list = SealedBatch { count, root: words::to_field(event.root)? };
                let invalid = |what: String| by.invalid(poll, what);
                let lists = self.reward_mut(by, event.poll)?.batches.get_mut(&chamber);
                let lists = lists.ok_or_else(|| invalid(format!("chamber {chamber} of poll {poll} is not paid")))?;
                if lists.len() != number {
                    let next = lists.len();
                    return Err(invalid(format!(
                        "note batch {number} of chamber {chamber} is sealed, but batch {next} is next"
                    )));
                }
                lists.push(list);
            }
            Event::ClaimsOpened(event) => self.reward_mut(by, event.poll)?.worst_case = Some(event.worstCase),
            Event::RewardClaimed(event) => {
                let (poll, chamber) = (words::to_poll(event.poll)?, words::to_chamber(event.chamber)?);
                let claim = Claim::try_from(event.claim)?;
                let reward = self.reward_mut(by, event.poll)?;
                let Position { transaction, block, .. } = position;
                let call = CallEvidence::NotLoaded;
                if !reward.add_claim(PaidClaim { chamber, claim, transaction, block, call }) {
                    let what = format!("chamber {chamber} of poll {poll} pays a reward nullifier twice");
                    return Err(by.invalid(poll, what));
                }
            }
            Event::RewardWithdrawn(event) => {
                let reward = self.reward_mut(by, event.poll)?;
                reward.withdrawn = reward.withdrawn.saturating_add(event.amount);
            }
        }
        Ok(())
    }

    fn reward_mut(&mut self, by: RewardedBy, poll: U256) -> Result<&mut Reward, InvalidEvent> {
        let poll = words::to_poll(poll)?;
        let reward = match by {
            RewardedBy::Polls => self.rewards.get_mut(&poll),
            RewardedBy::Sheets => self.sheet_rewards.get_mut(&SheetId::new(poll.get())),
        };
        reward.map(Arc::make_mut).ok_or_else(|| by.invalid(poll, format!("no reward was set for poll {poll}")))
    }
}
