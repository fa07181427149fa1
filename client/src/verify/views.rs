//! The check that the contracts' views answer what their events lead to.

use std::collections::BTreeMap;

use psephos_chain::{Address, U256};
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{
    ChainState, Member, Poll,
    compare::{self, Comparison},
    words,
};

use super::{Check, CheckName, PollEvidence};

/// Compares all views of the evidence, but for those of the fee pots and the slots of ballots, which have checks of
/// their own.
pub(super) fn check_views(state: &ChainState, entry: &Poll, evidence: &PollEvidence) -> Check {
    let mut all: Vec<(String, Comparison)> = Vec::new();
    let poll = evidence.poll;
    all.push((format!("poll {poll}"), compare::compare_poll(entry, &evidence.view)));
    for (id, view) in &evidence.chambers {
        if let Some(listed) = entry.chambers.get(id) {
            all.push((format!("chamber {id} of poll {poll}"), compare::compare_poll_chamber(entry, listed, view)));
        }
    }
    for (id, (name, policy)) in &evidence.names {
        if let Some(chamber) = state.chambers.get(id) {
            all.push((format!("chamber {id}"), compare::compare_chamber(chamber, name, *policy)));
        }
    }
    let id = entry.committee();
    if let (Some(committee), Some(view)) = (state.committees.get(&id), &evidence.committee) {
        all.push((format!("committee {id}"), compare::compare_committee(state, id, committee, view)));
    }
    if let (Ok(reward), Some(answers)) = (state.reward(poll), &evidence.reward) {
        all.push((format!("the reward of poll {poll}"), compare::compare_reward(reward, &answers.view)));
        for (&id, view) in &answers.chambers {
            let what = format!("chamber {id} of the reward of poll {poll}");
            all.push((what, compare::compare_reward_chamber(reward, id, view)));
        }
    }
    let count = all.iter().map(|(_, comparison)| comparison.count).sum();
    let differences = all.into_iter().flat_map(|(of, comparison)| {
        comparison.differences.into_iter().map(move |difference| format!("{of}: {difference}"))
    });
    Check::new(CheckName::Views, None, count, differences.collect())
}

/// The members of chambers by account, as the registry answers: identity commitment, weight and leaf index.
pub(super) type Members = BTreeMap<ChamberId, BTreeMap<Address, (U256, U256, U256)>>;

/// Checks that the members of these chambers are those of the registry today, by their accounts, which no leaf
/// contains. A member of the frozen census is one today, or was removed by events that name its account.
pub(super) fn check_members<'a>(
    state: &ChainState,
    chambers: impl Iterator<Item = &'a ChamberId>,
    answers: &Members,
) -> Check {
    let (mut failures, mut count) = (Vec::new(), 0);
    for id in chambers {
        let none = BTreeMap::new();
        let answers = answers.get(id).unwrap_or(&none);
        for (account, member) in state.chambers.get(id).into_iter().flat_map(|chamber| &chamber.members) {
            count += 1;
            if answers.get(account) != Some(&describe_member(member)) {
                failures.push(format!("chamber {id}: the registry answers otherwise about member {account}"));
            }
        }
    }
    Check::new(CheckName::Members, None, count, failures)
}

fn describe_member(member: &Member) -> (U256, U256, U256) {
    (words::from_field(&member.id.value()), U256::from(member.weight.get()), U256::from(member.index))
}
