//! What is due for a trustee, and doing it.

use std::fmt;

use psephos_chain::{
    Address, Connection, Replay, Sent,
    replay::{Committee, CommitteeStatus, Poll, PollState},
};
use psephos_protocol::committee::{TransportKey, TransportSecret};
use serde::{Deserialize, Serialize};

use super::{Caution, Opening, deal, finalise, open, register};
use crate::{error::ClientError, keys::Circuits};

/// Something that a trustee is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Register the transport key.
    Register {
        /// The committee.
        committee: u64,
    },
    /// Deal.
    Deal {
        /// The committee.
        committee: u64,
    },
    /// Finalise the committee: any one of the trustees, or anyone else.
    Finalise {
        /// The committee.
        committee: u64,
    },
    /// Post a share.
    Open {
        /// The poll.
        poll: u64,
        /// The chamber.
        chamber: u64,
    },
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register { committee } => write!(f, "register with committee {committee}"),
            Self::Deal { committee } => write!(f, "deal to committee {committee}"),
            Self::Finalise { committee } => write!(f, "finalise committee {committee}"),
            Self::Open { poll, chamber } => write!(f, "post a share for chamber {chamber} of poll {poll}"),
        }
    }
}

/// What came of a task.
#[derive(Debug)]
pub enum Done {
    /// A transaction did it.
    Sent(Sent),
    /// Others had done it, or there was nothing to do.
    Needless,
}

/// What this account is to do now, with this key. Shares of chambers with too few ballots, or with as many shares as it takes, are not due.
pub fn due(replay: &Replay, account: Address, key: &TransportKey) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (&id, committee) in &replay.committees {
        tasks.extend(committee.index_of(account).and_then(|index| forming(committee, id, index, key, replay.time)));
    }
    for (&id, poll) in &replay.polls {
        let committee = replay.committees.get(&poll.parameters.committee);
        let registered = committee.and_then(|committee| {
            let registration = committee.registration(committee.index_of(account)?)?;
            (registration.key == *key).then_some(committee)
        });
        if let Some(committee) = registered {
            tasks.extend(opening(poll, id, committee, account, replay.time));
        }
    }
    tasks
}

fn forming(committee: &Committee, id: u64, index: u64, key: &TransportKey, time: u64) -> Option<Task> {
    let registration = committee.registration(index);
    match committee.status(time) {
        CommitteeStatus::Registering if registration.is_none() => Some(Task::Register { committee: id }),
        CommitteeStatus::Dealing if committee.has_enough_dealings() => Some(Task::Finalise { committee: id }),
        CommitteeStatus::Dealing => (registration.is_some_and(|registration| registration.key == *key)
            && committee.dealing(index).is_none())
        .then_some(Task::Deal { committee: id }),
        _ => None,
    }
}

fn opening<'a>(
    poll: &'a Poll,
    id: u64,
    committee: &'a Committee,
    account: Address,
    time: u64,
) -> impl Iterator<Item = Task> + 'a {
    let countable = poll.state(time) == PollState::Closed && time <= poll.parameters.tallyDeadline;
    let chambers = poll.chambers.iter().filter(move |(_, chamber)| {
        countable
            && chamber.counted.is_none()
            && chamber.current.len() >= chamber.rule.minBallots as usize
            && (chamber.shares.len() as u64) < committee.threshold
            && chamber.shares.iter().all(|share| share.trustee != account)
    });
    chambers.map(move |(&chamber, _)| Task::Open { poll: id, chamber })
}

/// Does a task. That others were faster is no failure.
///
/// # Errors
/// As [`register`], [`deal`], [`finalise`], [`open`].
pub async fn perform(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    secret: &TransportSecret,
    task: Task,
    caution: Caution<'_>,
) -> Result<Done, ClientError> {
    let outcome = match task {
        Task::Register { committee } => register(connection, replay, secret, committee).await.map(Done::Sent),
        Task::Deal { committee } => deal(connection, replay, circuits, committee).await.map(Done::Sent),
        Task::Finalise { committee } => finalise(connection, replay, circuits, committee).await.map(Done::Sent),
        Task::Open { poll, chamber } => {
            let opening = open(connection, replay, circuits, secret, poll, chamber, caution).await;
            opening.map(|opening| match opening {
                Opening::Posted(sent) => Done::Sent(sent),
                Opening::Enough | Opening::Nothing => Done::Needless,
            })
        }
    };
    match outcome {
        Err(error) if matches!(error.revert_name(), Some("WrongStatus" | "AlreadyCounted" | "ShareAlreadyPosted")) => {
            Ok(Done::Needless)
        }
        other => other,
    }
}
