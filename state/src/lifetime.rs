//! The life of a committee's keys: when it ends, which polls hang on the keys, and which of them still need them.

use std::fmt;

use psephos_protocol::identifiers::{CommitteeId, PollId, SheetId};
use serde::{Deserialize, Serialize};

use crate::{
    chain_state::ChainState,
    committee::Lifetime,
    error::StateError,
    poll::{Poll, PollState},
    sheet::{SheetPoll, SheetState},
};

/// The longest time from a committee's creation to the end of its life, in seconds, as the contract has it.
pub const MAX_LIFETIME_SECONDS: u64 = 366 * 24 * 3600;
/// The greatest number of polls under one committee, as the contract has it.
pub const MAX_COMMITTEE_POLLS: u32 = 256;

/// Why no further poll can be created under a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndOfLife {
    /// The DAO has retired it.
    Retired,
    /// Its time is over.
    Expired,
    /// As many polls as it may have were created.
    UsedUp,
}

impl fmt::Display for EndOfLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Retired => "retired",
            Self::Expired => "expired",
            Self::UsedUp => "used up",
        })
    }
}

/// How far a committee's life has gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitteeLife {
    /// When it ends.
    pub lifetime: Lifetime,
    /// The polls that were created under it.
    pub polls: Vec<PollId>,
    /// Those that were opened: a thief of the key files of as many trustees as the threshold, at any later time, opens
    /// every ballot of them.
    pub exposed: Vec<PollId>,
    /// Those that still need the keys, or may: they can be opened, take ballots, or have a total to decrypt.
    pub pending: Vec<PollId>,
    /// The sheet polls that were created under it; their contract counts them apart.
    pub sheets: Vec<SheetId>,
    /// Those that still need the keys, or may.
    pub pending_sheets: Vec<SheetId>,
    /// Why no further poll can be created; `None` while one can.
    pub end: Option<EndOfLife>,
}

impl CommitteeLife {
    /// Returns the number of polls that may still be created, as far as the number counts.
    pub fn polls_left(&self) -> u64 {
        u64::from(self.lifetime.max_polls).saturating_sub(self.polls.len() as u64)
    }
}

impl ChainState {
    /// Returns how far a committee's life has gone at the time of the last block.
    ///
    /// # Errors
    /// `UnknownCommittee` if there is no such committee.
    pub fn committee_life(&self, id: CommitteeId) -> Result<CommitteeLife, StateError> {
        let committee = self.committee(id)?;
        let under = || self.polls.iter().filter(|(_, poll)| poll.committee() == id);
        let select = |wanted: &dyn Fn(&Poll) -> bool| {
            under().filter(|(_, poll)| wanted(poll)).map(|(number, _)| *number).collect::<Vec<_>>()
        };
        let sheets = || self.sheets.iter().filter(|(_, entry)| entry.parameters.committee == id);
        let needs = |entry: &SheetPoll| sheet_needs_keys(entry, self.time, committee.retired);
        let (lifetime, polls) = (committee.lifetime, select(&|_| true));
        let end = match () {
            () if committee.retired => Some(EndOfLife::Retired),
            // A poll's tally deadline is at least two seconds away.
            () if self.time >= lifetime.expires_at => Some(EndOfLife::Expired),
            () if polls.len() as u64 >= u64::from(lifetime.max_polls) => Some(EndOfLife::UsedUp),
            () => None,
        };
        Ok(CommitteeLife {
            lifetime,
            exposed: select(&|poll| poll.opened),
            pending: select(&|poll| needs_keys(poll, self.time, committee.retired)),
            polls,
            sheets: sheets().map(|(number, _)| *number).collect(),
            pending_sheets: sheets().filter(|(_, entry)| needs(entry)).map(|(number, _)| *number).collect(),
            end,
        })
    }
}

/// Returns whether a poll needs its committee's keys at this time, or may need them later.
fn needs_keys(poll: &Poll, time: u64, is_retired: bool) -> bool {
    match poll.state_at(time) {
        // No poll opens under a retired committee, or after its close.
        PollState::Created => !is_retired && time < poll.parameters.closes_at,
        PollState::Open => true,
        PollState::Cancelled => false,
        // A chamber that could not change the outcome may be tallied after the end.
        PollState::Closed | PollState::Decided | PollState::Rejected | PollState::Undecided => {
            time <= poll.parameters.tally_deadline && poll.chambers.values().any(|chamber| chamber.is_pending())
        }
    }
}

/// Returns whether a sheet poll needs its committee's keys at this time, or may need them later.
fn sheet_needs_keys(entry: &SheetPoll, time: u64, is_retired: bool) -> bool {
    match entry.state_at(time) {
        SheetState::Created => !is_retired && time < entry.parameters.closes_at,
        SheetState::Open => true,
        SheetState::Closed => {
            let used = entry.used_blocks();
            let is_pending = entry.chambers.values().any(|chamber| !chamber.pending_blocks(used).is_empty());
            time <= entry.parameters.tally_deadline && is_pending
        }
        SheetState::Finished | SheetState::Undecided | SheetState::Cancelled => false,
    }
}
