//! The value that a deployment's events lead to.
//!
//! Nothing is taken from the contracts' views, so that a verifier can compare them with what the events imply. What is
//! inconsistent becomes a [`Finding`] and never a panic: the rest is still applied.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId, SheetId};
use std::{collections::BTreeMap, sync::Arc};

use crate::{
    chamber::Chamber,
    charter::CharterVersion,
    committee::Committee,
    deployment::Deployment,
    error::StateError,
    finding::Finding,
    poll::{FrozenChamber, Poll, PollChamber, PollState},
    reward::Reward,
    sheet::{FrozenSheetChamber, SheetChamber, SheetPoll, SheetState},
};

/// The state that a deployment's events lead to. A clone shares chambers, polls and rewards until one of the two
/// changes them.
#[derive(Clone, Debug)]
pub struct ChainState {
    /// The deployment.
    pub deployment: Deployment,
    /// The number of the last block whose events were applied.
    pub block: u64,
    /// The time of that block, in seconds since 1970.
    pub time: u64,
    /// The chambers.
    pub chambers: BTreeMap<ChamberId, Arc<Chamber>>,
    /// The committees.
    pub committees: BTreeMap<CommitteeId, Committee>,
    /// The polls.
    pub polls: BTreeMap<PollId, Arc<Poll>>,
    /// The rewards by their poll.
    pub rewards: BTreeMap<PollId, Arc<Reward>>,
    /// The sheet polls.
    pub sheets: BTreeMap<SheetId, Arc<SheetPoll>>,
    /// The rewards for sheets by their sheet poll.
    pub sheet_rewards: BTreeMap<SheetId, Arc<Reward>>,
    /// The versions of the charter by number, from 1.
    pub charters: BTreeMap<u64, CharterVersion>,
    /// The inconsistencies met so far, in order.
    pub findings: Vec<Finding>,
}

impl ChainState {
    /// Creates the state before any event.
    pub fn empty(deployment: Deployment) -> Self {
        Self {
            block: deployment.from_block,
            time: 0,
            deployment,
            chambers: BTreeMap::new(),
            committees: BTreeMap::new(),
            polls: BTreeMap::new(),
            rewards: BTreeMap::new(),
            sheets: BTreeMap::new(),
            sheet_rewards: BTreeMap::new(),
            charters: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// Returns a poll.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn poll(&self, poll: PollId) -> Result<&Poll, StateError> {
        self.polls.get(&poll).map(Arc::as_ref).ok_or(StateError::UnknownPoll { poll, polls: self.polls.len() as u64 })
    }

    /// Returns number and version of the charter in force at the time of the last block: the newest that is live and
    /// has not expired, as the contract's `live` answers.
    pub fn live_charter(&self) -> Option<(u64, &CharterVersion)> {
        let live = self.charters.iter().rev().find(|(_, version)| version.is_live_at(self.time));
        live.map(|(number, version)| (*number, version))
    }

    /// Returns a sheet poll.
    ///
    /// # Errors
    /// `UnknownSheet` if there is no such sheet poll.
    pub fn sheet(&self, sheet: SheetId) -> Result<&SheetPoll, StateError> {
        let sheets = self.sheets.len() as u64;
        self.sheets.get(&sheet).map(Arc::as_ref).ok_or(StateError::UnknownSheet { sheet, sheets })
    }

    /// Returns a chamber of a sheet poll that has been opened, with its frozen census.
    ///
    /// # Errors
    /// `UnknownSheet`, `UnknownSheetChamber`, or `WrongSheetState` if the sheet poll has not been opened.
    pub fn opened_sheet_chamber(
        &self,
        sheet: SheetId,
        chamber: ChamberId,
    ) -> Result<(&SheetChamber, &FrozenSheetChamber), StateError> {
        let found = self.sheet(sheet)?.chamber(chamber)?;
        let (actual, expected) = (SheetState::Created, SheetState::Open);
        let frozen = found.frozen.as_ref().ok_or(StateError::WrongSheetState { sheet, actual, expected })?;
        Ok((found, frozen))
    }

    /// Requires a sheet poll to be in a state at the time of the last block.
    ///
    /// # Errors
    /// `UnknownSheet`, or `WrongSheetState` if it is in another state.
    pub fn require_sheet_state(&self, sheet: SheetId, expected: SheetState) -> Result<(), StateError> {
        match self.sheet(sheet)?.state_at(self.time) {
            actual if actual == expected => Ok(()),
            actual => Err(StateError::WrongSheetState { sheet, actual, expected }),
        }
    }

    /// Returns a chamber of the registry.
    ///
    /// # Errors
    /// Returns `UnknownChamber` if the registry has no such chamber.
    pub fn registered_chamber(&self, chamber: ChamberId) -> Result<&Chamber, StateError> {
        let chambers = || self.chambers.keys().copied().collect();
        let found = self.chambers.get(&chamber).map(Arc::as_ref);
        found.ok_or_else(|| StateError::UnknownChamber { chamber, chambers: chambers() })
    }

    /// Returns a chamber of a poll.
    ///
    /// # Errors
    /// Returns `UnknownPoll` or `UnknownPollChamber`.
    pub fn find_poll_chamber(&self, poll: PollId, chamber: ChamberId) -> Result<&PollChamber, StateError> {
        let entry = self.poll(poll)?;
        let chambers = || entry.chambers.keys().copied().collect();
        let found = entry.chambers.get(&chamber);
        found.ok_or_else(|| StateError::UnknownPollChamber { poll, chamber, chambers: chambers() })
    }

    /// Returns a chamber of a poll that has been opened, with its frozen census.
    ///
    /// # Errors
    /// Returns `UnknownPoll`, `UnknownPollChamber`, or `WrongPollState` if the poll has not been opened.
    pub fn opened_chamber(
        &self,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<(&PollChamber, &FrozenChamber), StateError> {
        let found = self.find_poll_chamber(poll, chamber)?;
        let (actual, expected) = (PollState::Created, PollState::Open);
        let frozen = found.frozen.as_ref().ok_or(StateError::WrongPollState { poll, actual, expected })?;
        Ok((found, frozen))
    }

    /// Requires a poll to be in a state at the time of the last block.
    ///
    /// # Errors
    /// Returns `UnknownPoll`, or `WrongPollState` if the poll is in another state.
    pub fn require_poll_state(&self, poll: PollId, expected: PollState) -> Result<(), StateError> {
        match self.poll_state(poll)? {
            actual if actual == expected => Ok(()),
            actual => Err(StateError::WrongPollState { poll, actual, expected }),
        }
    }

    /// The committee a committee.
    ///
    /// # Errors
    /// `UnknownCommittee` if there is no such committee.
    pub fn committee(&self, committee: CommitteeId) -> Result<&Committee, StateError> {
        let committees = self.committees.len() as u64;
        self.committees.get(&committee).ok_or(StateError::UnknownCommittee { committee, committees })
    }

    /// Returns the reward of a poll.
    ///
    /// # Errors
    /// `NoReward` if the poll has none.
    pub fn reward(&self, poll: PollId) -> Result<&Reward, StateError> {
        self.rewards.get(&poll).map(Arc::as_ref).ok_or(StateError::NoReward { poll })
    }

    /// Returns the state of a poll at the time of the last block.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn poll_state(&self, poll: PollId) -> Result<PollState, StateError> {
        Ok(self.poll(poll)?.state_at(self.time))
    }
}
