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
    poll::{Poll, PollState},
    reward::Reward,
};

/// The state that a deployment's events lead to. A clone shares chambers, polls and rewards until one of the two changes them.
#[derive(Clone, Debug)]
pub struct ChainState {
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

impl ChainState {
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
    pub fn poll_state(&self, poll: u64) -> Result<PollState, StateError> {
        Ok(self.poll(poll)?.state_at(self.time))
    }
}
