//! Errors of reading chain state.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId, SheetId};

use crate::{poll_state::PollState, record::RecordError, sheet::SheetState};

/// A failure to read a deployment's events, or a request for something that they do not contain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Data that the deployment's contracts, or a consistent node, cannot have produced.
    #[error("unexpected data from the chain: {0}")]
    Unexpected(String),
    /// There is no such poll.
    #[error("there is no poll {poll}: this deployment has {polls}, numbered from 1")]
    UnknownPoll {
        /// The poll that was asked for.
        poll: PollId,
        /// The number of polls.
        polls: u64,
    },
    /// There is no such sheet poll.
    #[error("there is no sheet poll {sheet}: this deployment has {sheets}, numbered from 1")]
    UnknownSheet {
        /// The sheet poll that was asked for.
        sheet: SheetId,
        /// The number of sheet polls.
        sheets: u64,
    },
    /// The sheet poll has no such chamber.
    #[error("the sheet poll has no chamber {chamber} (its chambers: {})", list_chambers(.chambers))]
    UnknownSheetChamber {
        /// The chamber that was asked for.
        chamber: ChamberId,
        /// The chambers of the sheet poll.
        chambers: Vec<ChamberId>,
    },
    /// The sheet poll is in another state.
    #[error("sheet poll {sheet} is {actual}, but must be {expected} for this")]
    WrongSheetState {
        /// The sheet poll.
        sheet: SheetId,
        /// Its state.
        actual: SheetState,
        /// The state that is needed.
        expected: SheetState,
    },
    /// There is no such committee.
    #[error("there is no committee {committee}: this deployment has {committees}, numbered from 0")]
    UnknownCommittee {
        /// The committee that was asked for.
        committee: CommitteeId,
        /// The number of committees.
        committees: u64,
    },
    /// The registry has no such chamber.
    #[error("there is no chamber {chamber} (chambers of the registry: {})", list_chambers(.chambers))]
    UnknownChamber {
        /// The chamber that was asked for.
        chamber: ChamberId,
        /// The chambers of the registry.
        chambers: Vec<ChamberId>,
    },
    /// The poll has no such chamber.
    #[error("poll {poll} has no chamber {chamber} (chambers of the poll: {})", list_chambers(.chambers))]
    UnknownPollChamber {
        /// The poll.
        poll: PollId,
        /// The chamber that was asked for.
        chamber: ChamberId,
        /// The chambers of the poll.
        chambers: Vec<ChamberId>,
    },
    /// The poll is in another state.
    #[error("poll {poll} is {actual}, but must be {expected} for this")]
    WrongPollState {
        /// The poll.
        poll: PollId,
        /// Its state.
        actual: PollState,
        /// The state that is needed.
        expected: PollState,
    },
    /// Data of the chain contradict each other.
    #[error(
        "inconsistent chain data: {0}; run `psephos verify`, and do not vote, decrypt or tally until it is explained"
    )]
    Inconsistent(String),
    /// The poll has no reward.
    #[error("no reward was set for poll {poll}")]
    NoReward {
        /// The poll.
        poll: PollId,
    },
    /// The poll has no fee pot.
    #[error("poll {poll} has no fee pot: the owner has not created one")]
    NoPot {
        /// The poll.
        poll: PollId,
    },
    /// A deployment's JSON does not parse.
    #[error("{0}")]
    Deployment(String),
    /// A ballot record does not decode.
    #[error(transparent)]
    Record(#[from] RecordError),
}

fn list_chambers(chambers: &[ChamberId]) -> String {
    match chambers {
        [] => "none".to_owned(),
        _ => chambers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}
