//! Counters that share one encrypted value, and how a decrypted total is taken apart.
//!
//! A counter has room for one more than every member: without a bound on members, one counter would carry into the
//! next, and 8,192 agreements of one camp would read as one disagreement. That is why a chamber with more members is
//! refused when a sheet is created, and again when it is opened ([`Counters::check_members`]). Turnout bounds each
//! counter of a cell once more: a total that no turnout explains is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::constants::{CAMP_COUNTER_BITS, MAX_CAMP_MEMBERS, MAX_SHEET_MEMBERS, WIDE_COUNTER_BITS};

/// How the counters of a sheet are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counters {
    /// Two of 20 bits: agreements, then disagreements.
    Wide,
    /// Four of 13 bits: agreements and disagreements of the lower camp, then those of the upper one.
    Camps,
}

/// The voters of a chamber, by camp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turnout {
    /// The voters of the lower camp; all of them on a sheet without camps.
    pub lower: u64,
    /// The voters of the upper camp.
    pub upper: u64,
}

/// The totals of one cell. On a sheet without camps those of the upper camp are zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellTotals {
    /// Agreements of the lower camp and of the upper one.
    pub agree: [u64; 2],
    /// Disagreements of the lower camp and of the upper one.
    pub disagree: [u64; 2],
}

/// The reason why a chamber or a total is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CounterError {
    /// The chamber has more members than a counter holds.
    #[error("a chamber of {members} members is too large for this sheet: its counters hold {max}")]
    TooManyMembers {
        /// The chamber's members.
        members: u64,
        /// The greatest number.
        max: u64,
    },
    /// A sheet without camps has voters in the upper one.
    #[error("the sheet has no camps, but its turnout has voters in the upper one")]
    OtherCamp,
    /// There are more voters than members.
    #[error("a chamber of {members} members cannot have {voters} voters")]
    TooManyVoters {
        /// The voters of both camps.
        voters: u64,
        /// The chamber's members.
        members: u64,
    },
    /// The answers of a camp are more than its voters, or there are bits above the counters.
    #[error("{0} is no total of a cell with this turnout")]
    Cell(u64),
    /// A point of a total is none of the values that the bounds allow.
    #[error("the decrypted point is none of the totals that members and turnout allow")]
    NotFound,
}

impl Turnout {
    /// Returns the number of voters of both camps.
    pub fn voters(self) -> u64 {
        self.lower.saturating_add(self.upper)
    }

    /// Checks that there are not more voters than members.
    ///
    /// # Errors
    /// Returns [`CounterError::TooManyVoters`] if there are.
    pub fn check_members(self, members: u64) -> Result<(), CounterError> {
        match self.voters() {
            voters if voters > members => Err(CounterError::TooManyVoters { voters, members }),
            _ => Ok(()),
        }
    }
}

impl Counters {
    /// Returns the greatest number of members of a chamber.
    pub fn max_members(self) -> u64 {
        match self {
            Counters::Wide => MAX_SHEET_MEMBERS,
            Counters::Camps => MAX_CAMP_MEMBERS,
        }
    }

    /// Checks that no counter of a chamber with this many members can carry into another.
    ///
    /// # Errors
    /// Returns [`CounterError::TooManyMembers`] if one can.
    pub fn check_members(self, members: u64) -> Result<(), CounterError> {
        match self.max_members() {
            max if members > max => Err(CounterError::TooManyMembers { members, max }),
            _ => Ok(()),
        }
    }

    /// Takes the total of block 0 of a chamber apart, `n_0 + 2^20 n_1`. The caller checks that there are not more
    /// voters than members, [`Turnout::check_members`].
    ///
    /// # Errors
    /// Returns [`CounterError::TooManyMembers`] if there are more voters than counters hold, and
    /// [`CounterError::OtherCamp`] if there are voters in a camp that the sheet does not have.
    pub fn split_turnout(self, total: u64) -> Result<Turnout, CounterError> {
        let turnout = Turnout { lower: total & ((1 << WIDE_COUNTER_BITS) - 1), upper: total >> WIDE_COUNTER_BITS };
        self.check_turnout(turnout)?;
        Ok(turnout)
    }

    /// Checks a turnout against what the counters hold.
    ///
    /// # Errors
    /// As [`Counters::split_turnout`].
    pub fn check_turnout(self, turnout: Turnout) -> Result<(), CounterError> {
        if self == Counters::Wide && turnout.upper != 0 {
            return Err(CounterError::OtherCamp);
        }
        self.check_members(turnout.voters())
    }

    /// Takes the total of a cell apart.
    ///
    /// # Errors
    /// Returns [`CounterError::Cell`] if a camp has more answers than voters, or bits stand above the counters.
    pub fn split_cell(self, total: u64, turnout: Turnout) -> Result<CellTotals, CounterError> {
        let (bits, camps) = match self {
            Counters::Wide => (WIDE_COUNTER_BITS, 1),
            Counters::Camps => (CAMP_COUNTER_BITS, 2),
        };
        let counter = |index: usize| match index < 2 * camps {
            true => total >> (bits * index) & ((1 << bits) - 1),
            false => 0,
        };
        let cell = CellTotals { agree: [counter(0), counter(2)], disagree: [counter(1), counter(3)] };
        let fits = |camp: usize, voters: u64| cell.agree[camp].saturating_add(cell.disagree[camp]) <= voters;
        match total >> (2 * bits * camps) == 0 && fits(0, turnout.lower) && fits(1, turnout.upper) {
            true => Ok(cell),
            false => Err(CounterError::Cell(total)),
        }
    }
}
