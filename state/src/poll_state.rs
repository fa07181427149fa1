//! The states of a poll.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollState {
    /// Not opened yet.
    Created,
    /// Takes ballots.
    Open,
    /// Takes no more ballots; is being tallied.
    Closed,
    /// Enough chambers chose the same option.
    Decided,
    /// No option was chosen by enough chambers.
    Rejected,
    /// The tally did not come in time.
    Undecided,
    /// Its canceller ended it.
    Cancelled,
}

impl fmt::Display for PollState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Decided => "decided",
            Self::Rejected => "rejected",
            Self::Undecided => "undecided",
            Self::Cancelled => "cancelled",
        })
    }
}
