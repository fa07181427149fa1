//! Censuses, polls and ballots.

use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use alloy_sol_types::SolEvent;
use psephos_protocol::{
    census::Census,
    elements::{CensusLeaf, Context, Nullifier},
    encryption::Ciphertext,
    identifiers::{ChamberId, PollId},
};

use super::story::{Story, ballot, deployment, id, leaf_of, log, poll_created, poll_parameters};
use crate::Subject;
use crate::{
    bindings::{
        IPolls::{self, BallotCast, BallotSkipped, PollEnded, PollOpened},
        IStakeholderRegistry::{ChamberCreated, Enrolled, KeyRotated, RemovalMarked, Removed},
    },
    poll::{PollState, StatedRule},
    words,
};

#[test]
fn census_is_rebuilt_through_rotation_and_removal() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 20).enrol(3, 2, 30);
    story.registry(&KeyRotated {
        chamber: U256::ZERO,
        subject: Address::repeat_byte(2),
        index: U256::from(1),
        id: words::from_field(&id(9).value()),
        weight: U256::from(20),
    });
    story.remove(1, 0);
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let chamber = &story.0.chambers[&ChamberId::new(0)];
    let expected = Census::from_leaves(vec![CensusLeaf::REMOVED, leaf_of(9, 20), leaf_of(3, 30)]).unwrap();
    assert_eq!(chamber.census.root(), expected.root());
    assert_eq!((chamber.members.len(), chamber.total_weight().get()), (2, 50));
    assert_eq!(chamber.members[&Address::repeat_byte(2)].id, id(9));
    assert!(chamber.marked.is_empty() && !chamber.members.contains_key(&Address::repeat_byte(1)));
}

#[test]
fn members_may_have_one_identity_commitment() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10);
    let enrolled = |index: u64, subject: u8| Enrolled {
        chamber: U256::ZERO,
        subject: Address::repeat_byte(subject),
        index: U256::from(index),
        id: words::from_field(&id(1).value()),
        weight: U256::from(3),
    };
    story.registry(&enrolled(1, 0)).registry(&enrolled(2, 7));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let chamber = &story.0.chambers[&ChamberId::new(0)];
    let expected = Census::from_leaves(vec![leaf_of(1, 10), leaf_of(1, 3), leaf_of(1, 3)]).unwrap();
    assert_eq!(chamber.census.root(), expected.root());
    assert_eq!((chamber.members.len(), chamber.total_weight().get()), (3, 16));
}

/// What the contract reverts is recorded and changes nothing, however a node or an index came to show it.
#[test]
fn marked_chamber_takes_nothing_but_purges() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 20).enrol(3, 2, 30);
    let (chamber, subject) = (U256::ZERO, Address::repeat_byte(2));
    let removed = |subject, index: u64| Removed { chamber, subject, index: U256::from(index) };
    story.registry(&removed(subject, 1));
    story.registry(&RemovalMarked { chamber, subject });
    story.registry(&RemovalMarked { chamber, subject });
    story.registry(&RemovalMarked { chamber, subject: Address::repeat_byte(9) });
    story.enrol(4, 3, 40);
    let id = words::from_field(&id(9).value());
    let subject = Address::repeat_byte(1);
    story.registry(&KeyRotated { chamber, subject, index: U256::ZERO, id, weight: U256::from(10) });
    story.poll();
    let expected = [
        "is removed without a mark",
        "is marked for removal twice",
        "is marked for removal and is not a member",
        "enrols while a removal is pending (1 marked)",
        "replaces its identity while a removal is pending (1 marked)",
        "poll 1 opens in chamber 0 while a removal is pending (1 marked)",
    ];
    let findings = story.findings();
    assert_eq!(findings.len(), expected.len(), "{findings:?}");
    for (finding, expected) in findings.iter().zip(expected) {
        assert!(finding.contains(expected), "{finding:?} is not: {expected}");
    }
    let entry = &story.0.chambers[&ChamberId::new(0)];
    assert_eq!((entry.members.len(), entry.marked.iter().next()), (3, Some(&Address::repeat_byte(2))));
    let root = Census::from_leaves(vec![leaf_of(1, 10), leaf_of(2, 20), leaf_of(3, 30)]).unwrap().root();
    assert_eq!(entry.census.root(), root);

    story.registry(&removed(Address::repeat_byte(2), 1)).enrol(4, 3, 40);
    let entry = &story.0.chambers[&ChamberId::new(0)];
    assert_eq!((story.findings().len(), entry.members.len()), (expected.len(), 3));
    assert!(entry.marked.is_empty());
}

#[test]
fn poll_keeps_the_census_of_its_opening() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll().enrol(2, 1, 20);
    let frozen = story.poll_chamber().frozen.as_ref().unwrap();
    assert_eq!(frozen.chamber.members.len(), 1);
    assert_eq!((frozen.root.to_fr(), frozen.ctx), (leaf_of(1, 10).to_fr(), Context::from_u64(77)));
    let poll = &story.0.polls[&PollId::new(1)];
    assert_eq!((poll.state_at(19), poll.state_at(20)), (PollState::Open, PollState::Closed));
}

#[test]
fn poll_of_an_unknown_kind_of_rule_is_kept_without_a_rule() {
    let mut story = Story::new();
    let mut parameters = poll_parameters(&[0, 3]);
    parameters.rule =
        IPolls::Rule { kind: IPolls::Kind::__Invalid, parameter: 7, exact: true, choiceInNote: false, masked: false };
    story.polls(&poll_created(1, parameters));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let poll = &story.0.polls[&PollId::new(1)];
    assert_eq!(
        poll.parameters.rule,
        StatedRule { kind: None, parameter: 7, exact: true, choice_in_note: false, masked: false }
    );
    assert_eq!((poll.rule(), poll.chambers[&ChamberId::new(3)].rule.min_ballots), (None, 1));
}

#[test]
fn totals_are_of_the_latest_ballots() {
    let (first, second) = (ballot(1, 1, [0, 10, 0]), ballot(2, 1, [0, 0, 5]));
    let newer = ballot(1, 2, [10, 0, 0]);
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 5).poll();
    story.cast(&first, [0; 32]).cast(&second, [0; 32]).cast(&newer, first.fingerprint([0; 32]));
    story.polls(&BallotSkipped { poll: U256::from(1), chamber: U256::ZERO, nullifier: U256::from(1) });
    let chamber = story.poll_chamber();
    assert_eq!((chamber.ballots.len(), chamber.latest.len(), chamber.skips.len()), (3, 2, 1));
    assert!(chamber.ballots[0].replaced && !chamber.ballots[2].replaced);
    assert_eq!(chamber.encrypted_total(3), newer.ciphertext.add(&second.ciphertext));
    assert_eq!(chamber.counted_fingerprint(&Nullifier::from_u64(1)), newer.fingerprint(first.fingerprint([0; 32])));
    assert_eq!(chamber.counted_fingerprint(&Nullifier::from_u64(3)), [0; 32]);
    assert_eq!(chamber.encrypted_total(8), Ciphertext::zero(8));
}

#[test]
fn impossible_events_become_findings_and_the_rest_is_applied() {
    let mut story = Story::new();
    story.enrol(1, 0, 1).chamber().chamber();
    story.enrol(1, 0, 10).enrol(1, 1, 10).enrol(2, 5, 10).enrol(3, 1, 0);
    story.poll();
    let mut torn = ballot(1, 1, [1, 0, 0]).to_bytes();
    torn.pop();
    let cast = |nullifier: u64, record: Vec<u8>| BallotCast {
        poll: U256::from(1),
        chamber: U256::ZERO,
        nullifier: U256::from(nullifier),
        previous: B256::ZERO,
        record: record.into(),
    };
    story.polls(&cast(1, torn)).polls(&cast(2, ballot(1, 1, [1, 0, 0]).to_bytes()));
    story.polls(&cast(1, ballot(1, 1, [1, 0, 0]).to_bytes()));
    let expected = [
        "chamber 0 was never created",
        "chamber 0 is created twice",
        "enrols twice",
        "enrols at index 5",
        "weight",
        "a ballot does not decode:",
        "another nullifier",
    ];
    let findings = story.findings();
    assert_eq!(findings.len(), expected.len(), "{findings:?}");
    for (finding, expected) in findings.iter().zip(expected) {
        assert!(finding.contains(expected), "{finding} / {expected}");
    }
    assert_eq!(story.poll_chamber().ballots.len(), 1);
    assert_eq!(story.0.findings.last().unwrap().subject, Subject::Poll(PollId::new(1)));
}

#[test]
fn logs_of_strangers_and_unknown_events_are_ignored() {
    let mut story = Story::new();
    let event = ChamberCreated { chamber: U256::ZERO, name: "x".into(), policy: Address::ZERO };
    story.0.apply_log(&log(Address::repeat_byte(99), &event));
    story.polls(&event);
    let mut garbage = log(deployment().polls, &PollOpened { poll: U256::from(1) });
    garbage.data = LogData::new_unchecked(vec![PollEnded::SIGNATURE_HASH], Bytes::new());
    story.0.apply_log(&garbage);
    assert!(story.0.chambers.is_empty());
    assert_eq!(story.findings().len(), 1, "a known event that does not decode");
}
