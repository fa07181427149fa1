//! Rewards: pools, note batches, claims, and inconsistent events.

use alloy_primitives::{Address, U256, Uint};
use psephos_protocol::{
    elements::{NoteCommitment, RewardNullifier},
    identifiers::{ChamberId, PollId},
    note::NoteBatch,
};

use super::story::{Story, ballot};
use crate::{
    bindings::IRewards::{
        ChamberPolicy, Claim, ClaimsOpened, NotesSealed, Parameters, RewardClaimed, RewardCreated, RewardFunded,
        RewardRatified, RewardWithdrawn,
    },
    funding::FundingStatus,
    reward::Ratification,
    words,
};

const POLL: U256 = U256::from_limbs([1, 0, 0, 0]);

fn created() -> RewardCreated {
    let policy = ChamberPolicy {
        chamber: 0,
        base: Uint::from(10),
        perWeight: Uint::ZERO,
        cap: Uint::ZERO,
        bonus: Uint::from(5),
    };
    let parameters = Parameters {
        token: Address::ZERO,
        unit: 1_000,
        ratificationDeadline: 50,
        claimDeadline: 90,
        chambers: vec![policy],
    };
    RewardCreated { poll: POLL, parameters }
}

fn funded(amount: u64) -> RewardFunded {
    RewardFunded { poll: POLL, from: Address::ZERO, amount: U256::from(amount) }
}

fn claimed(chamber: u64, nullifier: u64, amount: u64) -> RewardClaimed {
    let claim = Claim {
        rewardNullifier: U256::from(nullifier),
        amount: U256::from(amount),
        recipient: Address::repeat_byte(1),
        relayer: Address::ZERO,
        fee: U256::ZERO,
        h: U256::from(1),
        proof: [U256::ZERO; 8],
    };
    RewardClaimed { poll: POLL, chamber: U256::from(chamber), claim }
}

fn sealed(list: u64, notes: &[u64]) -> NotesSealed {
    let notes = NoteBatch::new(notes.iter().map(|note| NoteCommitment::from_u64(*note)).collect()).unwrap();
    let count = U256::from(notes.notes().len());
    NotesSealed {
        poll: POLL,
        chamber: U256::ZERO,
        batch: U256::from(list),
        count,
        root: words::from_field(&notes.root()),
    }
}

#[test]
fn reward_follows_its_events() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 10);
    story.rewards(&created()).rewards(&funded(30_000)).poll();
    let policy = |story: &Story, tallied| {
        story.0.rewards[&PollId::new(1)].chamber_policy(ChamberId::new(0), tallied).unwrap().unwrap()
    };
    assert_eq!(policy(&story, true).terms().ratified, None, "before anything is ratified");
    story.rewards(&RewardRatified { poll: POLL, ratifyingPoll: U256::from(2), hasOption: true, option: 1 });
    story.rewards(&sealed(0, &[7, 8]));
    story.rewards(&ClaimsOpened { poll: POLL, worstCase: U256::from(30_000) });
    story.rewards(&claimed(0, 5, 15)).rewards(&claimed(0, 6, 10));
    story.rewards(&RewardWithdrawn { poll: POLL, to: Address::ZERO, amount: U256::from(2_000) });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let reward = &story.0.rewards[&PollId::new(1)];
    assert_eq!([reward.funded, reward.paid_out(), reward.pool()], [30_000, 25_000, 3_000].map(U256::from));
    assert_eq!((reward.sealed_notes(ChamberId::new(0)), reward.sealed_notes(ChamberId::new(9))), (2, 0));
    assert_eq!(reward.ratified, Some(Ratification { by: PollId::new(2), option: Some(1) }));
    assert_eq!(policy(&story, true).terms().ratified, Some(1));
    assert_eq!(policy(&story, false).terms().ratified, None, "a chamber that stays closed pays no bonus");
    assert!(reward.chamber_policy(ChamberId::new(9), true).is_none());
    assert!(
        reward.is_claimed(ChamberId::new(0), &RewardNullifier::from_u64(5))
            && !reward.is_claimed(ChamberId::new(1), &RewardNullifier::from_u64(5))
    );
    let notes = [7, 8].map(NoteCommitment::from_u64);
    assert_eq!(
        words::from_field(&reward.rebuild_notes_tree(ChamberId::new(0), &notes).unwrap().root()),
        sealed(0, &[7, 8]).root
    );
    assert!(reward.rebuild_notes_tree(ChamberId::new(0), &notes[..1]).is_err(), "more is sealed than counts");
    assert!(
        reward.rebuild_notes_tree(ChamberId::new(0), &[7, 9].map(NoteCommitment::from_u64)).is_err(),
        "another note is sealed"
    );
    assert!(story.0.reward(PollId::new(7)).is_err());
}

/// Two members with 15 units of 1,000 each, whatever they vote.
#[test]
fn a_reward_is_owed_if_the_pool_held_the_worst_case_at_the_opening() {
    let status = |amount: u64| {
        let mut story = Story::new();
        story.chamber().enrol(1, 0, 10).enrol(2, 1, 10).rewards(&created()).rewards(&funded(amount)).poll();
        // An enrolment after the opening changes nothing.
        story.enrol(3, 2, 10);
        let funding = story.0.reward_funding(PollId::new(1)).unwrap();
        assert_eq!((funding.funded, funding.worst_case), (U256::from(amount), U256::from(30_000)));
        (funding.status, story)
    };
    assert_eq!(status(30_000).0, FundingStatus::Owed);
    let (void, mut story) = status(29_999);
    assert_eq!(void, FundingStatus::Void);
    story.rewards(&funded(1));
    assert!(story.findings()[0].contains("took 1 after the poll had opened"), "{:?}", story.findings());
    assert_eq!(story.0.reward_funding(PollId::new(1)).unwrap().status, FundingStatus::Void);
}

#[test]
fn impossible_reward_events_become_findings() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll();
    story.rewards(&claimed(0, 5, 15)).rewards(&created()).rewards(&created());
    story.rewards(&sealed(1, &[7])).rewards(&sealed(0, &[7])).rewards(&sealed(0, &[7]));
    let mut elsewhere = sealed(0, &[7]);
    elsewhere.chamber = U256::from(4);
    story.rewards(&elsewhere).rewards(&claimed(0, 5, 15)).rewards(&claimed(0, 5, 10));
    let mut wrong = claimed(0, 6, 15);
    wrong.claim.rewardNullifier = U256::MAX;
    story.rewards(&wrong);
    let mut wrong = claimed(0, 6, 15);
    wrong.claim.h = U256::MAX;
    story.rewards(&wrong);
    let expected = [
        "no reward was set",
        "set twice",
        "note batch 1 of chamber 0 is sealed, but batch 0 is next",
        "note batch 0 of chamber 0 is sealed, but batch 1 is next",
        "chamber 4 of poll 1 is not paid",
        "pays a reward nullifier twice",
        "order",
        "order",
    ];
    let findings = story.findings();
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
    for (finding, expected) in findings.iter().zip(expected) {
        assert!(finding.contains(expected), "{finding} / {expected}");
    }
    assert_eq!(story.0.rewards[&PollId::new(1)].claims.len(), 1);
}

/// An ordinal is assigned with the first ballot of a nullifier and stays.
#[test]
fn ballots_are_ordered_by_ordinal() {
    let (first, second) = (ballot(1, 1, [1, 0, 0]), ballot(2, 1, [1, 0, 0]));
    let newer = ballot(1, 2, [0, 1, 0]);
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 10).enrol(3, 2, 10).poll();
    story.cast(&first, [0; 32]).cast(&second, [0; 32]).cast(&newer, first.fingerprint([0; 32]));
    let third = ballot(3, 1, [1, 0, 0]);
    story.cast(&third, [0; 32]);
    let notes: Vec<NoteCommitment> =
        story.poll_chamber().ballots_by_ordinal().iter().map(|ballot| ballot.posted.note).collect();
    assert_eq!(notes, [newer.note, second.note, third.note]);
}
