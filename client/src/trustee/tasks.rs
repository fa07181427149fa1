//! The tasks that are due for a trustee, and their execution.

use std::fmt;

use psephos_chain::{Address, ChainError, Connection, Sent};
use psephos_protocol::{
    committee::{TransportKey, TransportSecret},
    decision::Decision,
    identifiers::{ChamberId, CommitteeId, PollId, SheetId},
};
use psephos_state::{ChainState, Committee, CommitteeStatus, DecryptionShare, Poll, PollChamber};
use serde::{Deserialize, Serialize};

use super::{
    DecryptionOutcome, Precautions, Refusal, TrusteeError, decrypt_totals, finalise_committee, post_dealing,
    register_key,
    sheet_tasks::sheet_tasks,
    teller::{current_teller, shares_for, tally_rounded_chamber},
};
use crate::{
    KeyRing, Silent,
    sheets::{SheetDecryption, SheetsError, decrypt_sheet, finalise_sheet, tally_sheet},
    tally,
};

/// Reverts that mean that the task had been done already.
const ALREADY_DONE: [&str; 6] =
    ["WrongStatus", "AlreadyRegistered", "AlreadyDealt", "AlreadyTallied", "ShareAlreadyPosted", "WrongState"];
/// Reverts of a finalisation that mean that someone else has gathered some dealings meanwhile: the rest is due again.
const ALREADY_GATHERED: [&str; 2] = ["WrongLength", "WrongCommitments"];

/// A task of a trustee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Register the transport key.
    Register {
        /// The committee.
        committee: CommitteeId,
    },
    /// Post a dealing.
    Deal {
        /// The committee.
        committee: CommitteeId,
    },
    /// Finalise the committee. One of the trustees, or anyone else, is enough.
    Finalise {
        /// The committee.
        committee: CommitteeId,
    },
    /// Post the decryption shares of all pending chambers.
    Decrypt {
        /// The poll.
        poll: PollId,
    },
    /// Tally a chamber that has enough shares. One of the trustees, or anyone else, is enough; a rounded one is tallied
    /// by its teller alone.
    Tally {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
    },
    /// End a poll that is tallied, or that is past its tally deadline.
    End {
        /// The poll.
        poll: PollId,
    },
    /// Post the decryption shares of a sheet poll's blocks that are next: of turnouts, then of statements.
    DecryptSheet {
        /// The sheet poll.
        sheet: SheetId,
    },
    /// Tally the blocks of a sheet poll that have enough shares. One of the trustees, or anyone else, is enough.
    TallySheet {
        /// The sheet poll.
        sheet: SheetId,
    },
    /// End a sheet poll whose chambers are settled, or that is past its tally deadline.
    EndSheet {
        /// The sheet poll.
        sheet: SheetId,
    },
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register { committee } => write!(f, "register with committee {committee}"),
            Self::Deal { committee } => write!(f, "deal to committee {committee}"),
            Self::Finalise { committee } => write!(f, "finalise committee {committee}"),
            Self::Decrypt { poll } => write!(f, "post decryption shares of poll {poll}"),
            Self::Tally { poll, chamber } => write!(f, "tally chamber {chamber} of poll {poll}"),
            Self::End { poll } => write!(f, "end poll {poll}"),
            Self::DecryptSheet { sheet } => write!(f, "post decryption shares of sheet poll {sheet}"),
            Self::TallySheet { sheet } => write!(f, "tally sheet poll {sheet}"),
            Self::EndSheet { sheet } => write!(f, "end sheet poll {sheet}"),
        }
    }
}

/// The outcome of a task.
#[derive(Debug)]
pub enum TaskOutcome {
    /// A transaction was sent.
    Sent(Sent),
    /// Others had done it, or it is not due yet.
    NoOp,
}

/// Returns the tasks that are due for an account with this key: in one committee, or in all that it belongs to.
///
/// Decryption shares of chambers with too few ballots, or with as many shares as the threshold, are not due. A key that
/// serves a committee is registered with no other.
pub fn due_tasks(state: &ChainState, account: Address, key: &TransportKey, only: Option<CommitteeId>) -> Vec<Task> {
    let is_wanted = |id: CommitteeId| only.is_none_or(|one| one == id);
    let mut tasks = Vec::new();
    for (&id, committee) in state.committees.iter().filter(|(id, _)| is_wanted(**id)) {
        let task =
            committee.trustee_index(account).and_then(|index| forming_task(committee, id, index, key, state.time));
        let registers_once = |task: &Task| match task {
            Task::Register { .. } => committee_of_key(state, key).is_none() && !tasks.iter().any(is_registering),
            _ => true,
        };
        tasks.extend(task.filter(registers_once));
    }
    for (&id, poll) in state.polls.iter().filter(|(_, poll)| is_wanted(poll.committee())) {
        let registered = registered_committee(state, poll.committee(), account, key);
        if let Some(committee) = registered.filter(|_| poll.is_closed_at(state.time)) {
            tasks.extend(tally_tasks(poll, id, committee, account, state.time));
        }
    }
    for (&id, entry) in state.sheets.iter().filter(|(_, entry)| is_wanted(entry.parameters.committee)) {
        if let Some(committee) = registered_committee(state, entry.parameters.committee, account, key) {
            tasks.extend(sheet_tasks(entry, id, committee, account, state.time));
        }
    }
    tasks
}

/// Returns a committee with which the account has registered this key.
fn registered_committee<'a>(
    state: &'a ChainState,
    id: CommitteeId,
    account: Address,
    key: &TransportKey,
) -> Option<&'a Committee> {
    let committee = state.committees.get(&id)?;
    let registration = committee.registration(committee.trustee_index(account)?)?;
    (registration.key == *key).then_some(committee)
}

fn is_registering(task: &Task) -> bool {
    matches!(task, Task::Register { .. })
}

/// Returns the committee that a key is registered with, unless that one can never have election keys: then nothing is
/// encrypted to it.
pub fn committee_of_key(state: &ChainState, key: &TransportKey) -> Option<CommitteeId> {
    let serves = |committee: &Committee| {
        let dead = matches!(committee.status(state.time), CommitteeStatus::Failed | CommitteeStatus::Retired);
        let registered = committee.registrations.iter().any(|registration| registration.key == *key);
        registered && !(dead && committee.keys.is_none())
    };
    state.committees.iter().find(|(_, committee)| serves(committee)).map(|(id, _)| *id)
}

fn forming_task(committee: &Committee, id: CommitteeId, index: u64, key: &TransportKey, time: u64) -> Option<Task> {
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

/// Returns the tasks of a closed poll: its end as soon as the decision is sure, and shares and the tally of each
/// pending chamber, which may follow after the end.
fn tally_tasks(poll: &Poll, id: PollId, committee: &Committee, account: Address, time: u64) -> Vec<Task> {
    let in_time = time <= poll.parameters.tally_deadline;
    let mut tasks = Vec::new();
    if poll.ended.is_none() && (!in_time || poll.decision() != Decision::Open) {
        tasks.push(Task::End { poll: id });
    }
    if in_time && !chambers_to_decrypt(poll, committee, account, time).is_empty() {
        tasks.push(Task::Decrypt { poll: id });
    }
    for (&number, chamber) in poll.chambers.iter().filter(|(_, chamber)| in_time && chamber.is_pending()) {
        let due = match chamber.rule.is_rounded() {
            true => can_tell(poll, chamber, committee, account),
            false => !needs_shares(poll, chamber, committee, time),
        };
        if due {
            tasks.push(Task::Tally { poll: id, chamber: number });
        }
    }
    tasks
}

/// Returns the pending chambers of a closed poll that need a decryption share, and have none of this account.
fn chambers_to_decrypt(poll: &Poll, committee: &Committee, account: Address, time: u64) -> Vec<ChamberId> {
    // One that has retired has no key to decrypt with.
    if committee.retired_trustees.contains(&account) {
        return Vec::new();
    }
    let has_posted = |chamber: &PollChamber| {
        counting_shares(poll, chamber, committee, time).iter().any(|share| share.trustee == account)
    };
    let is_due = |chamber: &PollChamber| {
        chamber.is_pending() && needs_shares(poll, chamber, committee, time) && !has_posted(chamber)
    };
    poll.chambers.iter().filter(|(_, chamber)| is_due(chamber)).map(|(id, _)| *id).collect()
}

/// Whether an account can tally a rounded chamber: enough shares name it as their teller, or no share is needed and it
/// is the poll's teller.
fn can_tell(poll: &Poll, chamber: &PollChamber, committee: &Committee, account: Address) -> bool {
    let Some(index) = committee.trustee_index(account) else { return false };
    if committee.retired_trustees.contains(&account) {
        return false;
    }
    let is_public = chamber.encrypted_total(poll.circuit_size()).c.is_identity();
    match is_public {
        true => index == u64::from(poll.parameters.teller),
        false => shares_for(chamber, index).len() as u64 >= committee.threshold,
    }
}

/// Returns whether a pending chamber has fewer shares than the threshold, and a total that is not public.
fn needs_shares(poll: &Poll, chamber: &PollChamber, committee: &Committee, time: u64) -> bool {
    let too_few = (counting_shares(poll, chamber, committee, time).len() as u64) < committee.threshold;
    too_few && !chamber.encrypted_total(poll.circuit_size()).c.is_identity()
}

/// Returns the shares of a chamber with which it can be tallied: in a rounded one, those for the teller of this time.
fn counting_shares<'a>(
    poll: &Poll,
    chamber: &'a PollChamber,
    committee: &Committee,
    time: u64,
) -> Vec<&'a DecryptionShare> {
    match chamber.rule.is_rounded() {
        true => shares_for(chamber, current_teller(poll, chamber, committee, time)),
        false => chamber.shares.iter().collect(),
    }
}

/// Returns how many trustees come before this one with a task that not all of them need to do. Watching trustees wait
/// for their turn, so that they do not all pay for the same transaction; the first one differs from task to task.
pub fn queue_position(state: &ChainState, account: Address, task: Task) -> u64 {
    let (id, committee) = match task {
        Task::Register { .. } => return 0,
        // No one else can.
        Task::Tally { poll, .. } if state.polls.get(&poll).is_some_and(|poll| poll.is_rounded()) => return 0,
        Task::Deal { committee } | Task::Finalise { committee } => (committee.get(), state.committees.get(&committee)),
        Task::Decrypt { poll } | Task::Tally { poll, .. } | Task::End { poll } => {
            let committee = state.polls.get(&poll).map(|poll| poll.committee());
            (poll.get(), committee.and_then(|committee| state.committees.get(&committee)))
        }
        Task::DecryptSheet { sheet } | Task::TallySheet { sheet } | Task::EndSheet { sheet } => {
            let committee = state.sheets.get(&sheet).map(|entry| entry.parameters.committee);
            (sheet.get(), committee.and_then(|committee| state.committees.get(&committee)))
        }
    };
    let position = |committee: &Committee| {
        Some((committee.trustee_index(account)?, committee.trustees.len() as u64, committee.threshold))
    };
    let Some((index, trustees, threshold)) = committee.and_then(position) else { return 0 };
    // As many dealings, and as many decryption shares, as the threshold.
    let is_shared = matches!(task, Task::Deal { .. } | Task::Decrypt { .. } | Task::DecryptSheet { .. });
    let needed = if is_shared { threshold } else { 1 };
    position_after(index, id, trustees, needed)
}

/// Returns how many trustees come before the one of this index, if the order begins with `id` modulo their number and
/// `needed` of them may act at once.
fn position_after(index: u64, id: u64, trustees: u64, needed: u64) -> u64 {
    let trustees = trustees.max(1);
    let rank = (index % trustees + trustees - id % trustees) % trustees;
    rank.saturating_sub(needed.saturating_sub(1))
}

/// Performs a task. It is no failure if others were faster.
///
/// # Errors
/// As [`register_key`], [`post_dealing`], [`finalise_committee`], [`decrypt_totals`], [`tally::tally_chamber`] and
/// [`tally::finalise_poll`]; of sheet polls as [`decrypt_sheet`], [`tally_sheet`] and [`finalise_sheet`].
pub async fn perform_task(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    secret: &TransportSecret,
    task: Task,
    precautions: Precautions<'_>,
) -> Result<TaskOutcome, TrusteeError> {
    let outcome = match task {
        Task::Register { committee } => register_key(connection, state, secret, committee).await.map(TaskOutcome::Sent),
        Task::Deal { committee } => post_dealing(connection, state, circuits, committee).await.map(TaskOutcome::Sent),
        Task::Finalise { committee } => {
            finalise_committee(connection, state, circuits, committee).await.map(TaskOutcome::Sent)
        }
        Task::Decrypt { poll } => {
            let entry = state.poll(poll).map_err(ChainError::from)?;
            let committee = state.committee(entry.committee()).map_err(ChainError::from)?;
            let account = connection.sender().ok_or(ChainError::NoSender)?;
            let chambers = chambers_to_decrypt(entry, committee, account, state.time);
            let outcomes = decrypt_totals(connection, state, circuits, secret, poll, &chambers, precautions).await;
            outcomes.and_then(summarise_outcomes)
        }
        Task::Tally { poll, chamber } if state.poll(poll).map_err(ChainError::from)?.is_rounded() => {
            let rounded = tally_rounded_chamber(connection, state, circuits, secret, poll, chamber, |_, _| ()).await;
            rounded.map(|rounded| TaskOutcome::Sent(rounded.sent))
        }
        Task::Tally { poll, chamber } => {
            let tally = tally::tally_chamber(connection, state, poll, chamber, |_, _| ()).await;
            tally.map(|tally| TaskOutcome::Sent(tally.sent)).map_err(TrusteeError::from)
        }
        Task::End { poll } => {
            let sent = tally::finalise_poll(connection, &state.deployment, poll).await;
            sent.map(TaskOutcome::Sent).map_err(TrusteeError::from)
        }
        Task::DecryptSheet { sheet } => {
            let source = precautions.proofs;
            let outcomes = decrypt_sheet(connection, source, circuits, secret, sheet, precautions).await;
            outcomes.and_then(summarise_blocks).map_err(TrusteeError::from)
        }
        Task::TallySheet { sheet } => {
            let sent = tally_sheet(precautions.proofs, connection, sheet, &Silent).await;
            let last = |mut sent: Vec<Sent>| sent.pop().map_or(TaskOutcome::NoOp, TaskOutcome::Sent);
            sent.map(last).map_err(TrusteeError::from)
        }
        Task::EndSheet { sheet } => {
            let sent = finalise_sheet(connection, &state.deployment, sheet).await;
            sent.map(TaskOutcome::Sent).map_err(TrusteeError::from)
        }
    };
    match outcome {
        Err(error) if error.revert_name().is_some_and(|name| ALREADY_DONE.contains(&name)) => Ok(TaskOutcome::NoOp),
        Err(error)
            if matches!(task, Task::Finalise { .. })
                && error.revert_name().is_some_and(|name| ALREADY_GATHERED.contains(&name)) =>
        {
            Ok(TaskOutcome::NoOp)
        }
        // It will be due later.
        Err(TrusteeError::Refused(Refusal::NotConfirmed { .. })) => Ok(TaskOutcome::NoOp),
        Err(TrusteeError::Sheets(error)) if matches!(*error, SheetsError::NotFinal(_)) => Ok(TaskOutcome::NoOp),
        other => other,
    }
}

/// Returns the transaction with the shares of a poll's chambers. A chamber that was refused is the failure of the task,
/// though the shares of the others are posted.
fn summarise_outcomes(
    outcomes: Vec<(ChamberId, Result<DecryptionOutcome, TrusteeError>)>,
) -> Result<TaskOutcome, TrusteeError> {
    let mut done = TaskOutcome::NoOp;
    for (_, outcome) in outcomes {
        if let DecryptionOutcome::Posted(sent) = outcome? {
            done = TaskOutcome::Sent(sent);
        }
    }
    Ok(done)
}

/// Returns a transaction with the shares of a sheet poll's blocks. A chamber that was refused is the failure of the
/// task, though the shares of the others are posted.
fn summarise_blocks(outcomes: Vec<SheetDecryption>) -> Result<TaskOutcome, SheetsError> {
    let mut done = TaskOutcome::NoOp;
    for outcome in outcomes {
        match outcome {
            SheetDecryption::Posted { sent, .. } => done = TaskOutcome::Sent(sent),
            SheetDecryption::NotNeeded { .. } => {}
            SheetDecryption::Refused { error, .. } => return Err(error),
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests;
