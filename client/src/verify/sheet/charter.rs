//! The checks of the versions of the charter that were enacted from a sheet poll.

use std::collections::BTreeSet;

use psephos_chain::{B256, U256};
use psephos_charter::{agenda::hash_texts, hash::Hash32};
use psephos_protocol::identifiers::SheetId;
use psephos_state::{ChainState, CharterVersion, SheetPoll, SheetState, compare, words};

use super::SheetEvidence;
use crate::{
    sheets::{charter_from_version, decide_sheet},
    verify::{Check, CheckName},
};

/// Returns the versions that events enact from a sheet poll.
pub(super) fn versions_of(state: &ChainState, sheet: SheetId) -> Vec<u64> {
    state.charters.iter().filter(|(_, version)| version.sheet == sheet).map(|(number, _)| *number).collect()
}

/// Checks each version of a sheet poll, and the version in force. Nothing is to be checked of one from which no version
/// was enacted.
pub(super) fn check_charter(evidence: &SheetEvidence, entry: &SheetPoll) -> Vec<Check> {
    let (state, answers) = (&evidence.state, &evidence.charter);
    let mut failures = Vec::new();
    let enacted = versions_of(state, evidence.sheet);
    let newest = enacted.last().copied().unwrap_or_default();
    if enacted.len() > 1 {
        failures.push(format!("{} versions were enacted from it, but one at most can be", enacted.len()));
    }
    if answers.version_of != U256::from(newest) {
        let answered = answers.version_of;
        failures
            .push(format!("the contract says that version {answered} was enacted from it, its events say {newest}"));
    }
    let numbers: BTreeSet<u64> = enacted.into_iter().chain(answers.versions.keys().copied()).collect();
    let mut count = 0;
    for &number in &numbers {
        let Some(version) = state.charters.get(&number) else {
            failures.push(format!("version {number}: no event enacts it"));
            continue;
        };
        match answers.versions.get(&number) {
            Some(view) => {
                let comparison = compare::compare_charter_version(state, number, version, view);
                count += comparison.count;
                failures.extend(comparison.differences.iter().map(|one| format!("version {number}: {one}")));
            }
            None => failures.push(format!("version {number}: the contract does not have it")),
        }
        failures.extend(
            check_version(evidence, entry, number, version).iter().map(|one| format!("version {number}: {one}")),
        );
    }
    let mut checks = Vec::new();
    if !numbers.is_empty() || !failures.is_empty() {
        checks.push(Check::new(CheckName::Charter, None, count, failures));
        checks.push(Check::single(CheckName::Live, None, check_live(evidence)));
    }
    checks
}

/// Returns what is wrong with a version.
fn check_version(evidence: &SheetEvidence, entry: &SheetPoll, number: u64, version: &CharterVersion) -> Vec<String> {
    let mut failures = Vec::new();
    let (state, sheet) = (&evidence.state, evidence.sheet);
    match charter_from_version(state, number) {
        Ok(charter) if charter.root() == Hash32(version.root.0) => {}
        Ok(charter) => {
            failures.push(format!("its principles have the root {}, it says {}", charter.root(), version.root))
        }
        Err(error) => failures.push(error.to_string()),
    }
    let (texts, agenda) = (hash_texts(version.texts.iter().map(String::as_str)), Hash32(entry.parameters.agenda));
    if texts != agenda {
        failures.push(format!("its texts have the hash {texts}, the agenda is {agenda}"));
    }
    match decide_sheet(sheet, entry).map(|outcome| outcome.adopted()) {
        Ok(adopted) if adopted == version.adopted && adopted != 0 => {}
        Ok(adopted) => {
            let said = version.adopted;
            failures.push(format!("it says that the statements {said:#x} are adopted, by the totals {adopted:#x} are"));
        }
        Err(error) => failures.push(error.to_string()),
    }
    let before = number.checked_sub(1).and_then(|before| state.charters.get(&before));
    let parent = before.map_or(B256::ZERO, |before| before.charter_hash);
    if version.parent != parent || (number > 1 && before.is_none()) {
        failures.push(format!("its parent is {}, the version before it is {parent}", version.parent));
    }
    if entry.ended.is_none_or(|(ended, _)| ended != SheetState::Finished) {
        failures.push("it was enacted from a sheet poll that is not finished".to_owned());
    }
    match evidence.blocks.get(&version.position.block).map(|block| block.time) {
        Some(time) if time <= version.expires_at => {}
        Some(time) => failures.push(format!("it was enacted at {time}, and had expired at {}", version.expires_at)),
        None => failures.push("the time at which it was enacted is unknown".to_owned()),
    }
    failures
}

/// Checks that the contract answers with the version in force to which the events lead.
fn check_live(evidence: &SheetEvidence) -> Result<(), String> {
    let live =
        evidence.state.live_charter().map_or((0, B256::ZERO), |(number, version)| (number, version.charter_hash));
    let (number, hash) = &evidence.charter.live;
    match words::to_u64(*number) == Ok(live.0) && *hash == live.1 {
        true => Ok(()),
        false => Err(format!("the contract says that version {number} is in force, the events say {}", live.0)),
    }
}
