//! What `verify` says about a lie, and whether anyone would believe anything else than the truth.

use std::collections::BTreeMap;

use psephos_client::{
    Silent,
    verify::{CheckName, PollEvidence, check_evidence},
};
use psephos_protocol::identifiers::PollId;
use psephos_state::{
    B256, ChainState,
    fees::{FeeBooks, FeePot},
};
use psephos_testkit::RecordedElection;

use crate::lies::Lie;

/// What became of a lie.
pub(crate) enum Verdict {
    /// These checks found it.
    Found(Vec<CheckName>),
    /// Nothing could be verified: why.
    Refused(String),
    /// No check found it, and the state of the poll is that of the truth.
    NotBelieved,
    /// No check found it, and the state of the poll is another: how it differs.
    Overlooked(String),
}

pub(crate) struct Judge<'a> {
    recorded: &'a RecordedElection,
    /// The state before each log.
    prefixes: Vec<ChainState>,
    truth: BTreeMap<PollId, String>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(recorded: &'a RecordedElection) -> Self {
        let mut state = ChainState::empty(recorded.deployment.clone());
        let mut prefixes = Vec::new();
        for log in &recorded.logs {
            prefixes.push(state.clone());
            state.apply_log(log);
        }
        prefixes.push(state);
        let truth = |poll: &PollId| (*poll, describe_beliefs(*poll, &recorded.evidence[poll]));
        Self { recorded, prefixes, truth: recorded.polls.iter().map(truth).collect() }
    }

    /// Asserts that the recorded election passes, and that applying its logs again leads to the same beliefs.
    pub(crate) fn accept_the_truth(&self) {
        for &poll in &self.recorded.polls {
            let logs = &self.recorded.logs;
            let state = self.recorded.apply(&self.prefixes[0], logs, poll);
            let evidence = self.recorded.evidence_of(poll, state, logs);
            let report = check_evidence(&evidence, &self.recorded.circuits, &Silent).unwrap();
            assert!(report.passed(), "poll {poll}: {:#?}", report.failed().collect::<Vec<_>>());
            assert_eq!(describe_beliefs(poll, &evidence), self.truth[&poll], "poll {poll}");
        }
    }

    /// Judges a lie by the polls that it is about.
    pub(crate) fn judge(&self, lie: &Lie) -> Verdict {
        let mut found: Vec<CheckName> = Vec::new();
        let (mut refused, mut overlooked) = (None, None);
        for &poll in &lie.polls {
            let state = self.recorded.apply(&self.prefixes[lie.from], &lie.logs, poll);
            let logs = [&self.recorded.logs[..lie.from], &lie.logs].concat();
            let evidence = self.recorded.evidence_of(poll, state, &logs);
            match check_evidence(&evidence, &self.recorded.circuits, &Silent) {
                Err(error) => refused = Some(error.to_string()),
                Ok(report) if !report.passed() => {
                    found.extend(report.failed().map(|check| check.name));
                }
                Ok(_) => {
                    let beliefs = describe_beliefs(poll, &evidence);
                    overlooked = overlooked.or(find_difference(&self.truth[&poll], &beliefs));
                }
            }
        }
        match (refused, overlooked) {
            _ if !found.is_empty() => Verdict::Found(found),
            (Some(reason), _) => Verdict::Refused(reason),
            (None, Some(change)) => Verdict::Overlooked(change),
            (None, None) => Verdict::NotBelieved,
        }
    }
}

/// Returns all that is believed about a poll: the poll itself with chambers, members, ballots, shares and totals, its
/// committee, its reward and its fee pot.
fn describe_beliefs(id: PollId, evidence: &PollEvidence) -> String {
    let state = &evidence.state;
    let poll = state.polls.get(&id);
    let mut committee = poll.and_then(|poll| state.committees.get(&poll.committee())).cloned();
    // Keys are sums: the order of registrations and dealings says nothing.
    if let Some(committee) = &mut committee {
        committee.registrations.sort_by_key(|registration| registration.index);
        committee.dealings.sort_by_key(|dealing| dealing.index);
    }
    let names = poll
        .into_iter()
        .flat_map(|poll| poll.chambers.keys())
        .map(|id| state.chambers.get(id).map(|chamber| (chamber.name.clone(), chamber.policy)));
    let books = evidence.pot.as_ref().and_then(|pot| pot.books.as_ref().ok());
    // Where the pot was created is only where to look it up.
    let of_poll = |books: &FeeBooks| books.pots.get(&id).map(|pot| FeePot { created_in: B256::ZERO, ..pot.clone() });
    let pot = books.map(|books| (of_poll(books), &books.credits, books.balance));
    let names: Vec<_> = names.collect();
    format!("{poll:?} {committee:?} {:?} {names:?} {pot:?}", state.rewards.get(&id))
}

/// Returns the surroundings of the first difference.
fn find_difference(truth: &str, told: &str) -> Option<String> {
    let place = truth.bytes().zip(told.bytes()).position(|(a, b)| a != b);
    let place = place.or((truth.len() != told.len()).then_some(truth.len().min(told.len())))?;
    let around = |text: &str| text.get(place.saturating_sub(60)..(place + 40).min(text.len())).map(str::to_owned);
    Some(format!("{:?} became {:?}", around(truth), around(told)))
}
