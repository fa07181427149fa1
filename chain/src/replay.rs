//! Events into state: censuses, committees, polls, ballots, encrypted totals, shares and results.
//!
//! Nothing is taken from the contracts' views: whoever replays can compare them with what the events say. What does not fit is
//! a [`Finding`], never a crash: the rest is still read.

mod apply;
mod chamber;
mod checkpoint;
mod committee;
mod finding;
mod poll;
mod proofs;
mod reward;

pub(crate) use apply::Source;
pub use chamber::{Chamber, Member};
pub use checkpoint::{Checkpoint, Restoration};
pub use committee::{Committee, CommitteeStatus, Dealing, Registration};
pub use finding::Finding;
pub use poll::{Ballot, Counted, Frozen, Poll, PollChamber, PollState, ProofData, Share};
pub use reward::{Claimed, List, Ratified, Reward};

use std::{collections::BTreeMap, sync::Arc};

use crate::{connection::Connection, deployment::Deployment, error::ChainError, events, logs, snapshot};

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

    /// Reads all events up to the newest block: from the node, or from the connection's index, and then everything is checked against the chain.
    ///
    /// # Errors
    /// `WrongChain`, `NotDeployed`, `NoChain`, `Provider`; `Snapshot` if an index does not answer, or not with what the chain says.
    pub async fn read(connection: &Connection, deployment: &Deployment) -> Result<Self, ChainError> {
        deployment.check(connection).await?;
        if let Some(index) = connection.index() {
            return Ok(snapshot::read(index, connection, deployment).await?);
        }
        let head = connection.head().await?;
        let time = connection.time().await?;
        let logs = logs::read(connection, &events::contracts(deployment), deployment.from_block, head).await?;
        let mut replay = Self::empty(deployment.clone());
        replay.apply_all(&logs);
        replay.block = head;
        replay.time = time;
        Ok(replay)
    }

    /// The poll of this number.
    ///
    /// # Errors
    /// `UnknownPoll`.
    pub fn poll(&self, poll: u64) -> Result<&Poll, ChainError> {
        self.polls.get(&poll).map(Arc::as_ref).ok_or(ChainError::UnknownPoll { poll, polls: self.polls.len() as u64 })
    }

    /// The committee of this number.
    ///
    /// # Errors
    /// `UnknownCommittee`.
    pub fn committee(&self, committee: u64) -> Result<&Committee, ChainError> {
        let committees = self.committees.len() as u64;
        self.committees.get(&committee).ok_or(ChainError::UnknownCommittee { committee, committees })
    }

    /// The reward of a poll.
    ///
    /// # Errors
    /// `NoReward`.
    pub fn reward(&self, poll: u64) -> Result<&Reward, ChainError> {
        self.rewards.get(&poll).map(Arc::as_ref).ok_or(ChainError::NoReward { poll })
    }

    /// The state of a poll at the time of the last block.
    ///
    /// # Errors
    /// `UnknownPoll`.
    pub fn state(&self, poll: u64) -> Result<PollState, ChainError> {
        Ok(self.poll(poll)?.state(self.time))
    }
}

#[cfg(test)]
mod tests;
