//! What is due for a trustee, and doing it.

use std::fmt;

use psephos_chain::{Address, Connection, Sent};
use psephos_protocol::committee::{TransportKey, TransportSecret};
use psephos_state::{ChainState, Committee, CommitteeStatus, Poll, PollChamber, PollState};
use serde::{Deserialize, Serialize};

use super::{Caution, Opening, Refusal, deal, finalise, open, register};
use crate::{KeyRing, error::ClientError, tally};

/// What the contracts answer to who comes second.
const DONE_BEFORE: [&str; 6] =
    ["WrongStatus", "AlreadyRegistered", "AlreadyDealt", "AlreadyTallied", "ShareAlreadyPosted", "WrongState"];
/// The same where somebody else has gathered some dealings meanwhile: what is left is due again.
const GATHERED_BEFORE: [&str; 2] = ["WrongLength", "WrongCommitments"];

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
    /// Count a chamber that has enough shares: any one of the trustees, or anyone else.
    Tally {
        /// The poll.
        poll: u64,
        /// The chamber.
        chamber: u64,
    },
    /// End a poll that is counted, or too late to be.
    End {
        /// The poll.
        poll: u64,
    },
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register { committee } => write!(f, "register with committee {committee}"),
            Self::Deal { committee } => write!(f, "deal to committee {committee}"),
            Self::Finalise { committee } => write!(f, "finalise committee {committee}"),
            Self::Open { poll, chamber } => write!(f, "post a share for chamber {chamber} of poll {poll}"),
            Self::Tally { poll, chamber } => write!(f, "count chamber {chamber} of poll {poll}"),
            Self::End { poll } => write!(f, "end poll {poll}"),
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

/// What this account is to do now, with this key: in one committee, or in all it is in.
///
/// Shares of chambers with too few ballots, or with as many shares as it takes, are not due. A key that serves a committee is registered with no other.
pub fn due(replay: &ChainState, account: Address, key: &TransportKey, only: Option<u64>) -> Vec<Task> {
    let asked = |id: u64| only.is_none_or(|one| one == id);
    let mut tasks = Vec::new();
    for (&id, committee) in replay.committees.iter().filter(|(id, _)| asked(**id)) {
        let task = committee.trustee_index(account).and_then(|index| forming(committee, id, index, key, replay.time));
        let once = |task: &Task| match task {
            Task::Register { .. } => serving(replay, key).is_none() && !tasks.iter().any(is_registering),
            _ => true,
        };
        tasks.extend(task.filter(once));
    }
    for (&id, poll) in replay.polls.iter().filter(|(_, poll)| asked(poll.parameters.committee)) {
        let committee = replay.committees.get(&poll.parameters.committee);
        let registered = committee.and_then(|committee| {
            let registration = committee.registration(committee.trustee_index(account)?)?;
            (registration.key == *key).then_some(committee)
        });
        if let Some(committee) = registered.filter(|_| poll.state_at(replay.time) == PollState::Closed) {
            tasks.extend(counting(poll, id, committee, account, replay.time));
        }
    }
    tasks
}

fn is_registering(task: &Task) -> bool {
    matches!(task, Task::Register { .. })
}

/// The committee that a key is registered with, unless that one never gets any keys: then nothing is encrypted to it.
pub fn serving(replay: &ChainState, key: &TransportKey) -> Option<u64> {
    let serves = |committee: &Committee| {
        let dead = matches!(committee.status(replay.time), CommitteeStatus::Failed | CommitteeStatus::Retired);
        let registered = committee.registrations.iter().any(|registration| registration.key == *key);
        registered && !(dead && committee.keys.is_none())
    };
    replay.committees.iter().find(|(_, committee)| serves(committee)).map(|(id, _)| *id)
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

/// What a closed poll needs: shares, then the tally of each chamber, then its end.
fn counting(poll: &Poll, id: u64, committee: &Committee, account: Address, time: u64) -> Vec<Task> {
    let in_time = time <= poll.parameters.tallyDeadline;
    let waiting =
        |chamber: &&PollChamber| chamber.tally.is_none() && chamber.latest.len() >= chamber.rule.minBallots as usize;
    if !in_time || poll.chambers.values().filter(waiting).count() == 0 {
        return vec![Task::End { poll: id }];
    }
    let mut tasks = Vec::new();
    for (&number, chamber) in poll.chambers.iter().filter(|(_, chamber)| waiting(chamber)) {
        let enough = chamber.shares.len() as u64 >= committee.threshold;
        if enough || chamber.encrypted_total(poll.circuit_size()).c.is_identity() {
            tasks.push(Task::Tally { poll: id, chamber: number });
        } else if chamber.shares.iter().all(|share| share.trustee != account) {
            tasks.push(Task::Open { poll: id, chamber: number });
        }
    }
    tasks
}

/// How many trustees come before this one with a task that not all of them need do. Those who watch wait for their turn, so that they do not
/// all pay for what one transaction does; another one begins each time.
pub fn turn(replay: &ChainState, account: Address, task: Task) -> u64 {
    let (id, committee) = match task {
        Task::Register { .. } => return 0,
        Task::Deal { committee } | Task::Finalise { committee } => (committee, replay.committees.get(&committee)),
        Task::Open { poll, .. } | Task::Tally { poll, .. } | Task::End { poll } => {
            let parameters = replay.polls.get(&poll).map(|poll| &poll.parameters);
            (poll, parameters.and_then(|parameters| replay.committees.get(&parameters.committee)))
        }
    };
    let place = |committee: &Committee| {
        Some((committee.trustee_index(account)?, committee.trustees.len() as u64, committee.threshold))
    };
    let Some((index, trustees, threshold)) = committee.and_then(place) else { return 0 };
    // As many dealings, and as many shares, as the threshold.
    let needed = if matches!(task, Task::Deal { .. } | Task::Open { .. }) { threshold } else { 1 };
    after(index, id, trustees, needed)
}

/// How many are before the one of this index, if those of `id`, `id + 1`, .. begin and `needed` may at once.
fn after(index: u64, id: u64, trustees: u64, needed: u64) -> u64 {
    let trustees = trustees.max(1);
    let rank = (index % trustees + trustees - id % trustees) % trustees;
    rank.saturating_sub(needed.saturating_sub(1))
}

/// Does a task. That others were faster is no failure.
///
/// # Errors
/// As [`register`], [`deal`], [`finalise`], [`open`], [`tally::tally_chamber`], [`tally::finalise`].
pub async fn perform(
    connection: &Connection,
    replay: &ChainState,
    circuits: &KeyRing,
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
        Task::Tally { poll, chamber } => {
            let tally = tally::tally_chamber(connection, replay, poll, chamber, |_, _| ()).await;
            tally.map(|tally| Done::Sent(tally.sent))
        }
        Task::End { poll } => tally::finalise(connection, &replay.deployment, poll).await.map(Done::Sent),
    };
    match outcome {
        Err(error) if error.revert_name().is_some_and(|name| DONE_BEFORE.contains(&name)) => Ok(Done::Needless),
        Err(error)
            if matches!(task, Task::Finalise { .. })
                && error.revert_name().is_some_and(|name| GATHERED_BEFORE.contains(&name)) =>
        {
            Ok(Done::Needless)
        }
        // Its time comes.
        Err(ClientError::Refused(Refusal::NotDeep { .. })) => Ok(Done::Needless),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn as_many_as_are_needed_begin_and_the_others_follow_one_by_one() {
        for (trustees, needed, id) in [(5, 3, 0), (5, 3, 7), (16, 9, 3), (1, 1, 5), (3, 1, 2), (4, 4, 1)] {
            let mut turns: Vec<u64> = (0..trustees).map(|index| after(index, id, trustees, needed)).collect();
            turns.sort_unstable();
            let at_once = turns.iter().filter(|turn| **turn == 0).count() as u64;
            assert_eq!(at_once, needed, "{trustees} trustees, poll {id}");
            assert_eq!(turns.last().copied(), Some(trustees - needed));
        }
        // Another one begins each time.
        let first = |id| (0..5).find(|index| after(*index, id, 5, 1) == 0);
        assert_eq!([0, 1, 7].map(first), [Some(0), Some(1), Some(2)]);
    }
}
