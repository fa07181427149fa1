//! The lies about the recorded election.

use std::collections::BTreeMap;

use psephos_protocol::identifiers::PollId;
use psephos_state::{Log, U256};
use psephos_testkit::{RecordedElection, alteration::ContractAbi};

/// One alteration of the recorded logs.
pub(crate) struct Lie {
    /// Contract and event.
    pub(crate) event: String,
    /// The field, `*` if the event is left out, or what else was done to the event.
    pub(crate) field: String,
    /// What was altered.
    pub(crate) what: String,
    /// The index of the first log that differs.
    pub(crate) from: usize,
    /// The logs from there on.
    pub(crate) logs: Vec<Log>,
    /// The polls that it is about.
    pub(crate) polls: Vec<PollId>,
}

/// A log with its place among the others, its event's name, and the poll that it is about.
struct Told<'a> {
    place: usize,
    log: &'a Log,
    name: String,
    poll: PollId,
}

pub(crate) fn list_lies(recorded: &RecordedElection) -> Vec<Lie> {
    let abi = ContractAbi::default();
    let told: Vec<Told> =
        recorded.logs.iter().enumerate().map(|(place, log)| tell(recorded, &abi, place, log)).collect();
    let mut lies = Vec::new();
    let mut ends: BTreeMap<&str, [&Told; 2]> = BTreeMap::new();
    for one in &told {
        ends.entry(&one.name).and_modify(|ends| ends[1] = one).or_insert([one, one]);
    }
    for [first, last] in ends.into_values() {
        lies.extend(alter_fields(recorded, &abi, first));
        if first.place != last.place {
            lies.extend(alter_fields(recorded, &abi, last));
        }
    }
    for one in &told {
        lies.extend(alter_place(recorded, one, told.get(one.place + 1)));
    }
    lies
}

fn tell<'a>(recorded: &RecordedElection, abi: &ContractAbi, place: usize, log: &'a Log) -> Told<'a> {
    let (contract, event) = abi.find_event(&recorded.deployment, log).unwrap();
    // All events of polls, rewards and pots have the poll first, if they are about one.
    let is_about_poll = event.inputs.first().is_some_and(|input| input.name == "poll" && input.indexed);
    let number = log.data.topics().get(1).map(|topic| U256::from_be_bytes(topic.0)).filter(|_| is_about_poll);
    let poll = number.map_or(recorded.polls[0], |number| PollId::new(number.to::<u64>()));
    Told { place, log, name: format!("{contract}.{}", event.name), poll }
}

/// Every field of an event, altered in every way.
fn alter_fields(recorded: &RecordedElection, abi: &ContractAbi, told: &Told) -> Vec<Lie> {
    let (_, event) = abi.find_event(&recorded.deployment, told.log).unwrap();
    let mut lies = Vec::new();
    for altered in abi.alter_log(event, &told.log.data) {
        let mut logs = recorded.logs[told.place..].to_vec();
        logs[0].data = altered.value;
        lies.push(Lie {
            event: told.name.clone(),
            field: altered.field,
            what: format!("log {}: {}", told.place, altered.what),
            from: told.place,
            logs,
            polls: vec![told.poll],
        });
    }
    lies
}

/// An event left out, repeated, moved to other blocks, and exchanged with the next one, with and without its
/// transaction.
fn alter_place(recorded: &RecordedElection, told: &Told, next: Option<&Told>) -> Vec<Lie> {
    let (place, polls) = (told.place, vec![told.poll]);
    let rest = &recorded.logs[place..];
    let mut lies = Vec::new();
    let mut tell = |what: &str, logs: Vec<Log>, polls: Vec<PollId>| {
        let (event, field, what) = (told.name.clone(), what.to_owned(), format!("log {place}"));
        lies.push(Lie { event, field, what, from: place, logs, polls });
    };
    tell("*", rest[1..].to_vec(), polls.clone());
    tell("repeated", [&rest[..1], rest].concat(), polls.clone());
    let mut earlier = rest.to_vec();
    earlier[0].block = place.checked_sub(1).map_or(earlier[0].block, |before| recorded.logs[before].block) - 1;
    tell("in an earlier block", earlier, polls.clone());
    let mut last = rest.to_vec();
    let mut moved = last.remove(0);
    let end = recorded.logs.last().unwrap();
    (moved.block, moved.block_hash, moved.index) = (end.block, end.block_hash, end.index + 1);
    last.push(moved);
    tell("at the end", last, polls.clone());
    if let Some(next) = next {
        let mut both = vec![told.poll, next.poll];
        both.dedup();
        let mut swapped = rest.to_vec();
        (swapped[0].address, swapped[0].data) = (rest[1].address, rest[1].data.clone());
        (swapped[1].address, swapped[1].data) = (rest[0].address, rest[0].data.clone());
        tell("exchanged", swapped.clone(), both.clone());
        (swapped[0].transaction, swapped[1].transaction) = (rest[1].transaction, rest[0].transaction);
        tell("exchanged with its transaction", swapped, both);
    }
    lies
}
