//! Inconsistencies met while events are applied.

use psephos_protocol::identifiers::{PollId, SheetId};
use std::fmt;

use alloy_primitives::B256;

/// An inconsistency and its position in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the block.
    pub block: u64,
    /// The transaction.
    pub transaction: B256,
    /// What it concerns.
    pub subject: Subject,
    /// What is inconsistent.
    pub description: String,
}

/// What a finding concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The registry or a committee, and so every poll and sheet poll.
    All,
    /// One poll.
    Poll(PollId),
    /// One sheet poll, and the charter that follows from it.
    Sheet(SheetId),
}

impl Finding {
    /// Whether a poll is not to be believed because of it.
    pub fn concerns_poll(&self, poll: PollId) -> bool {
        match self.subject {
            Subject::All => true,
            Subject::Poll(other) => other == poll,
            Subject::Sheet(_) => false,
        }
    }

    /// Whether a sheet poll is not to be believed because of it.
    pub fn concerns_sheet(&self, sheet: SheetId) -> bool {
        match self.subject {
            Subject::All => true,
            Subject::Poll(_) => false,
            Subject::Sheet(other) => other == sheet,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {}, transaction {}: {}", self.block, self.transaction, self.description)
    }
}
