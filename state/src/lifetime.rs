//! The life of a committee's keys: when it ends, which polls and sheet polls hang on the keys, and which of them still
//! need them.

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
/// The greatest number of polls, and of sheet polls, under one committee, as the contract has it.
pub const MAX_COMMITTEE_POLLS: u32 = 256;

/// Why no further poll and no further sheet poll can be created under a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndOfLife {
    /// The DAO has retired it.
    Retired,
    /// Its time is over.
    Expired,
    /// As many polls as it may have were created, and as many sheet polls: each contract counts its own.
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
    /// The sheet polls that were created under it.
    pub sheets: Vec<SheetId>,
    /// Those that were opened: as polls, a thief opens every sheet of them.
    pub exposed_sheets: Vec<SheetId>,
    /// Those that still need the keys, or may: they can be opened, take sheets, or have a turnout or block to decrypt.
    pub pending_sheets: Vec<SheetId>,
    /// Why no further poll and no further sheet poll can be created; `None` while one can.
    pub end: Option<EndOfLife>,
}

impl CommitteeLife {
    /// Returns the number of polls that may still be created, as far as the number counts.
    pub fn polls_left(&self) -> u64 {
        u64::from(self.lifetime.max_polls).saturating_sub(self.polls.len() as u64)
    }

    /// Returns the number of sheet polls that may still be created, as far as the number counts: their contract counts
    /// them apart from polls.
    pub fn sheets_left(&self) -> u64 {
        u64::from(self.lifetime.max_polls).saturating_sub(self.sheets.len() as u64)
    }

    /// Returns whether a poll or a sheet poll still needs the keys, or may.
    pub fn needs_keys(&self) -> bool {
        !self.pending.is_empty() || !self.pending_sheets.is_empty()
    }

    /// Returns why a new poll is outside the life of its committee; the contracts create none. It is the `number`th
    /// that its contract created under the committee, and may have totals to decrypt until `tally_deadline`.
    pub(crate) fn find_excess(&self, committee: CommitteeId, number: usize, tally_deadline: u64) -> Option<String> {
        let Lifetime { expires_at, max_polls } = self.lifetime;
        if tally_deadline > expires_at {
            return Some(format!(
                "is tallied until {tally_deadline}, after the end {expires_at} of committee {committee}"
            ));
        }
        let exceeds = number as u64 > u64::from(max_polls);
        exceeds.then(|| format!("is number {number} under committee {committee}, which may have {max_polls}"))
    }
}

/// Returns the numbers of polls and of sheet polls in one phrase: "poll 1 and sheet polls 2, 3".
pub fn name_polls(polls: &[PollId], sheets: &[SheetId]) -> String {
    let polls = name_numbers("poll", polls);
    let sheets = name_numbers("sheet poll", sheets);
    polls.into_iter().chain(sheets).collect::<Vec<_>>().join(" and ")
}

fn name_numbers(noun: &str, numbers: &[impl ToString]) -> Option<String> {
    let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let plural = if list.len() == 1 { "" } else { "s" };
    (!list.is_empty()).then(|| format!("{noun}{plural} {}", list.join(", ")))
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
        let under_sheets = || self.sheets.iter().filter(|(_, sheet)| sheet.parameters.committee == id);
        let select_sheets = |wanted: &dyn Fn(&SheetPoll) -> bool| {
            under_sheets().filter(|(_, sheet)| wanted(sheet)).map(|(number, _)| *number).collect::<Vec<_>>()
        };
        let (lifetime, polls, sheets) = (committee.lifetime, select(&|_| true), select_sheets(&|_| true));
        let is_used_up = |count: usize| count as u64 >= u64::from(lifetime.max_polls);
        let end = match () {
            () if committee.retired => Some(EndOfLife::Retired),
            // A poll's tally deadline is at least two seconds away.
            () if self.time >= lifetime.expires_at => Some(EndOfLife::Expired),
            () if is_used_up(polls.len()) && is_used_up(sheets.len()) => Some(EndOfLife::UsedUp),
            () => None,
        };
        Ok(CommitteeLife {
            lifetime,
            exposed: select(&|poll| poll.opened),
            pending: select(&|poll| needs_keys(poll, self.time, committee.retired)),
            polls,
            exposed_sheets: select_sheets(&|sheet| sheet.opened),
            pending_sheets: select_sheets(&|sheet| sheet_needs_keys(sheet, self.time, committee.retired)),
            sheets,
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
fn sheet_needs_keys(sheet: &SheetPoll, time: u64, is_retired: bool) -> bool {
    let used_blocks = sheet.used_blocks();
    match sheet.state_at(time) {
        SheetState::Created => !is_retired && time < sheet.parameters.closes_at,
        SheetState::Open => true,
        SheetState::Cancelled => false,
        SheetState::Closed | SheetState::Finished | SheetState::Undecided => {
            time <= sheet.parameters.tally_deadline
                && sheet.chambers.values().any(|chamber| !chamber.pending_blocks(used_blocks).is_empty())
        }
    }
}
