//! Events into state: censuses, committees, polls, ballots, encrypted totals, shares and results.
//!
//! Nothing is taken from the contracts' views: whoever replays can compare them with what the events say. What does not fit is
//! a [`Finding`], never a crash: the rest is still read.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    chamber::Chamber,
    committee::Committee,
    deployment::Deployment,
    error::StateError,
    finding::Finding,
    poll::{Frozen, Poll, PollChamber, PollState},
    reward::Reward,
};

/// The state that a deployment's events lead to. A clone shares chambers, polls and rewards until one of the two changes them.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Which deployment.
    pub deployment: Deployment,
    /// The last block that was read.
    pub block: u64,
    /// The time of that block.
    pub time: u64,
    /// Chambers by number.
    pub chambers: BTreeMap<u64, Arc<Chamber>>,
    /// Committees by number.
    pub committees: BTreeMap<u64, Committee>,
    /// Polls by number.
    pub polls: BTreeMap<u64, Arc<Poll>>,
    /// Rewards by the number of their poll.
    pub rewards: BTreeMap<u64, Arc<Reward>>,
    /// What does not fit.
    pub findings: Vec<Finding>,
}

impl Replay {
    /// Nothing read yet.
    pub fn empty(deployment: Deployment) -> Self {
        Self {
            block: deployment.from_block,
            time: 0,
            deployment,
            chambers: BTreeMap::new(),
            committees: BTreeMap::new(),
            polls: BTreeMap::new(),
            rewards: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// The poll of this number.
    ///
    /// # Errors
    /// `UnknownPoll`.
    pub fn poll(&self, poll: u64) -> Result<&Poll, StateError> {
        self.polls.get(&poll).map(Arc::as_ref).ok_or(StateError::UnknownPoll { poll, polls: self.polls.len() as u64 })
    }

    /// Returns a chamber of the registry.
    ///
    /// # Errors
    /// Returns `UnknownChamber` if the registry has no such chamber.
    pub fn registered_chamber(&self, chamber: u64) -> Result<&Chamber, StateError> {
        let chambers = || self.chambers.keys().copied().collect();
        let found = self.chambers.get(&chamber).map(Arc::as_ref);
        found.ok_or_else(|| StateError::UnknownChamber { chamber, chambers: chambers() })
    }

    /// Returns a chamber of a poll.
    ///
    /// # Errors
    /// Returns `UnknownPoll` or `UnknownPollChamber`.
    pub fn find_poll_chamber(&self, poll: u64, chamber: u64) -> Result<&PollChamber, StateError> {
        let entry = self.poll(poll)?;
        let chambers = || entry.chambers.keys().copied().collect();
        let found = entry.chambers.get(&chamber);
        found.ok_or_else(|| StateError::UnknownPollChamber { poll, chamber, chambers: chambers() })
    }

    /// Returns a chamber of a poll that has been opened, with its frozen census.
    ///
    /// # Errors
    /// Returns `UnknownPoll`, `UnknownPollChamber`, or `WrongPollState` if the poll has not been opened.
    pub fn opened_chamber(&self, poll: u64, chamber: u64) -> Result<(&PollChamber, &Frozen), StateError> {
        let found = self.find_poll_chamber(poll, chamber)?;
        let (actual, expected) = (PollState::Created, PollState::Open);
        let frozen = found.frozen.as_ref().ok_or(StateError::WrongPollState { poll, actual, expected })?;
        Ok((found, frozen))
    }

    /// Requires a poll to be in a state at the time of the last block.
    ///
    /// # Errors
    /// Returns `UnknownPoll`, or `WrongPollState` if the poll is in another state.
    pub fn require_poll_state(&self, poll: u64, expected: PollState) -> Result<(), StateError> {
        match self.state(poll)? {
            actual if actual == expected => Ok(()),
            actual => Err(StateError::WrongPollState { poll, actual, expected }),
        }
    }

    /// The committee of this number.
    ///
    /// # Errors
    /// `UnknownCommittee`.
    pub fn committee(&self, committee: u64) -> Result<&Committee, StateError> {
        let committees = self.committees.len() as u64;
        self.committees.get(&committee).ok_or(StateError::UnknownCommittee { committee, committees })
    }

    /// The reward of a poll.
    ///
    /// # Errors
    /// `NoReward`.
    pub fn reward(&self, poll: u64) -> Result<&Reward, StateError> {
        self.rewards.get(&poll).map(Arc::as_ref).ok_or(StateError::NoReward { poll })
    }

    /// The state of a poll at the time of the last block.
    ///
    /// # Errors
    /// `UnknownPoll`.
    pub fn state(&self, poll: u64) -> Result<PollState, StateError> {
        Ok(self.poll(poll)?.state(self.time))
    }
}
