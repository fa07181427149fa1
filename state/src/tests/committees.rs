//! Committees, their dealings and their shares.

use alloy_primitives::{Address, U256};
use psephos_protocol::{
    committee::PolynomialCommitments,
    elements::StatementHash,
    identifiers::{CommitteeId, PollId},
};

use super::story::{Story, dealing, dealt, keys};
use crate::{
    bindings::{
        ICommittee::{CommitteeReady, CommitteeReplaces, CommitteeRetired, Dealt},
        IPolls::{self, ChamberTallied, PollEnded, SharePosted, ShareRefused, SharesMissing},
    },
    committee::CommitteeStatus,
    poll::PollState,
    words,
};

#[test]
fn committees_and_tallies_follow_their_events() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll().create_committee(3, 2);
    let status = |story: &Story, time| story.0.committees[&CommitteeId::new(0)].status(time);
    assert_eq!(status(&story, 100), CommitteeStatus::Registering, "in the last second");
    assert_eq!(status(&story, 101), CommitteeStatus::Failed, "too few registered");
    story.register(0).register(2);
    assert_eq!(status(&story, 100), CommitteeStatus::Registering);
    assert_eq!(status(&story, 101), CommitteeStatus::Dealing, "enough, and the third is late");
    let dealings = [story.deal(2), story.deal(0)];
    let committee = &story.0.committees[&CommitteeId::new(0)];
    assert!(committee.has_enough_dealings());
    assert_eq!((committee.status(200), committee.status(10_000)), (CommitteeStatus::Dealing, CommitteeStatus::Dealing));
    let sums = PolynomialCommitments::sum_dealings(&dealings).unwrap().unwrap();
    assert_eq!(committee.commitments(), Some(sums.clone()));
    let keys: [U256; 16] = words::from_points(sums.key_vector().unwrap().keys()).try_into().unwrap();
    let mut others = keys;
    others.swap(0, 2);
    others.swap(1, 3);
    let mut lied = Story(story.0.clone(), Vec::new());
    lied.committee(&CommitteeReady { committee: U256::ZERO, keys: others });
    assert_eq!(lied.findings(), ["a committee's keys are not the sums of its dealings"]);
    story.committee(&CommitteeReady { committee: U256::ZERO, keys });
    assert_eq!(status(&story, 10_000), CommitteeStatus::Ready);
    story.committee(&CommitteeRetired { committee: U256::ZERO });
    assert_eq!(status(&story, 10_000), CommitteeStatus::Retired);
    let tallied = ChamberTallied {
        poll: U256::from(1),
        chamber: U256::ZERO,
        totals: vec![10, 0, 0],
        hasChoice: true,
        choice: 0,
        trustees: U256::from(0b101),
    };
    story.polls(&tallied);
    story.polls(&PollEnded { poll: U256::from(1), state: IPolls::State::Decided, outcome: 0 });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let result = story.poll_chamber().tally.as_ref().unwrap();
    assert_eq!((result.exact_totals(), result.choice, result.trustees), (Some(&[10, 0, 0][..]), Some(0), 0b101));
    assert_eq!(story.0.polls[&PollId::new(1)].state_at(0), PollState::Decided);
}

/// Events that the contracts cannot emit: each is a finding, and the committee stays as it was.
#[test]
fn impossible_dealings_become_findings() {
    let mut story = Story::new();
    story.register(0).create_committee(3, 2).create_committee(3, 2);
    story.committee(&CommitteeReplaces { committee: U256::from(5), old: U256::ZERO });
    story.register(0).register(0).register(3).register(1);
    let recipients = story.0.committees[&CommitteeId::new(0)].recipients().unwrap();
    let good = dealt(&dealing(&recipients, 1), 0);
    let with = |change: &dyn Fn(&mut Dealt)| {
        let mut event = good.clone();
        change(&mut event);
        event
    };
    for event in [
        with(&|event| event.index = U256::from(1)),
        with(&|event| event.index = U256::from(2)),
        with(&|event| event.commitments.truncate(31)),
        with(&|event| event.commitments.truncate(30)),
        with(&|event| event.commitments.truncate(16)),
        with(&|event| event.shares.truncate(15)),
        with(&|event| drop(event.shares.drain(..8))),
        with(&|event| event.shares[5] = U256::MAX),
        with(&|event| event.ephemeral[0] += U256::ONE),
        with(&|event| event.commitments.swap(0, 1)),
        good.clone(),
        good.clone(),
    ] {
        story.committee(&event);
    }
    let expected = [
        "committee 0 was never created",
        "committee 0 is created twice",
        "committee 5 was never created",
        "registers twice",
        "which it is not",
        "has not registered",
        "has not registered",
        "odd number",
        "are not polynomial commitments",
        "threshold of 1",
        "no encrypted shares",
        "1 trustees",
        "order",
        "point",
        "point",
        "deals twice",
    ];
    let findings = story.findings();
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
    for (finding, expected) in findings.iter().zip(expected) {
        assert!(finding.contains(expected), "{finding} / {expected}");
    }
    assert_eq!(story.0.committees[&CommitteeId::new(0)].dealings.len(), 1);
}

#[test]
fn decryption_shares_and_their_trustees_are_stored() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll();
    let (poll, chamber, trustee) = (U256::from(1), U256::ZERO, Address::repeat_byte(6));
    let share = words::from_points(&keys().keys()[..3]);
    let (index, h, proof) = (U256::from(2), U256::from(5), [U256::from(6); 8]);
    story.polls(&SharePosted { poll, chamber, trustee, index, share, h, proof });
    story.polls(&ShareRefused { poll, chamber, trustee, index: U256::from(2) });
    story.polls(&SharesMissing { poll, chamber, trustees: vec![trustee; 2] });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let read = story.poll_chamber();
    assert_eq!((read.shares[0].index, read.shares[0].trustee, read.shares[0].points.len()), (2, trustee, 3));
    assert_eq!((read.shares[0].h, read.shares[0].proof), (StatementHash::from_u64(5), proof));
    assert_eq!((read.refusals[0].trustee, read.refusals[0].index, read.refusals[0].shares.len()), (trustee, 2, 0));
    assert_eq!(read.missing_trustees, [trustee; 2]);
}
