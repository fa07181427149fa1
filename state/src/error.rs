//! Errors of reading chain state.

use crate::record::RecordError;
use psephos_protocol::identifiers::{CommitteeId, PollId};

/// A failure to read a deployment's events, or a request for something that they do not contain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Data that the deployment's contracts cannot have produced.
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
    /// There is no such committee.
    #[error("there is no committee {committee}: this deployment has {committees}, numbered from 0")]
    UnknownCommittee {
        /// The committee that was asked for.
        committee: CommitteeId,
        /// The number of committees.
        committees: u64,
    },
    /// The poll has no reward.
    #[error("no reward was set for poll {poll}")]
    NoReward {
        /// The poll.
        poll: PollId,
    },
    /// The poll has no fee pot.
    #[error("poll {poll} has no fee pot: its DAO has not opened one")]
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
