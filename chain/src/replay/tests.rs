use alloy::{
    primitives::{Address, B256, Bytes, Log as Inner, U256},
    rpc::types::Log,
    sol_types::SolEvent,
};
use psephos_protocol::{
    Fr, Scalar,
    census::{Census, Weight, leaf},
    committee::{Commitments, KeyVector, Polynomials, Recipients, TransportSecret},
    encryption::{Ciphertext, encrypt},
    identity::{Identity, IdentityCommitment, Seed},
    statement::{ballot::Posted, dealing},
};
use rand::{SeedableRng, rngs::StdRng};

use super::*;
use crate::{
    bindings::{
        ICommittee::{CommitteeCreated, CommitteeReady, CommitteeReplaces, CommitteeRetired, Dealt, TrusteeRegistered},
        IPolls::{
            self, BallotCast, BallotSkipped, ChamberCounted, ChamberOpened, PollCreated, PollEnded, PollOpened,
            SharePosted, ShareRefused, SharesMissing,
        },
        IStakeholderRegistry::{ChamberCreated, Enrolled, KeyRotated, Removed},
    },
    deployment::Verifiers,
    words,
};

fn deployment() -> Deployment {
    let at = Address::repeat_byte;
    let verifiers = Verifiers {
        ballot3: at(5),
        ballot8: at(6),
        decryption: at(7),
        dealing5: at(8),
        dealing16: at(9),
        committee_keys: at(10),
    };
    Deployment {
        chain_id: 31_337,
        from_block: 0,
        registry: at(1),
        policy: at(2),
        committee: at(3),
        polls: at(4),
        verifiers,
    }
}

fn log(contract: Address, event: &impl SolEvent) -> Log {
    let inner = Inner { address: contract, data: event.encode_log_data() };
    Log { inner, block_number: Some(9), transaction_hash: Some(B256::repeat_byte(8)), ..Log::default() }
}

/// A replay under construction.
struct Story(Replay);

impl Story {
    fn new() -> Self {
        Self(Replay::empty(deployment()))
    }

    fn registry(&mut self, event: &impl SolEvent) -> &mut Self {
        self.0.apply(&log(deployment().registry, event));
        self
    }

    fn committee(&mut self, event: &impl SolEvent) -> &mut Self {
        self.0.apply(&log(deployment().committee, event));
        self
    }

    fn polls(&mut self, event: &impl SolEvent) -> &mut Self {
        self.0.apply(&log(deployment().polls, event));
        self
    }

    fn chamber(&mut self) -> &mut Self {
        self.registry(&ChamberCreated { chamber: U256::ZERO, name: "Public".into(), policy: deployment().policy })
    }

    fn enrol(&mut self, member: u8, index: u64, weight: u64) -> &mut Self {
        self.registry(&Enrolled {
            chamber: U256::ZERO,
            subject: Address::repeat_byte(member),
            index: U256::from(index),
            id: words::from_field(&id(member).value()),
            weight: U256::from(weight),
        })
    }

    fn poll(&mut self) -> &mut Self {
        let chamber = IPolls::ChamberRule { chamber: 0, weighted: true, minBallots: 1, thresholdBps: 0, quorum: 0 };
        let parameters = IPolls::PollParameters {
            proposal: B256::ZERO,
            options: 3,
            rule: IPolls::Rule { kind: IPolls::Kind::Plurality, parameter: 0, exact: false },
            opensAt: 10,
            closesAt: 20,
            tallyDeadline: 30,
            committee: 0,
            chambersRequired: 1,
            chambers: vec![chamber],
            metadata: String::new(),
        };
        let root = words::from_field(&self.0.chambers[&0].census.root());
        self.polls(&PollCreated { poll: U256::from(1), proposal: B256::ZERO, parameters });
        self.polls(&ChamberOpened {
            poll: U256::from(1),
            chamber: U256::ZERO,
            root,
            ctx: U256::from(77),
            packedRule: U256::ZERO,
        });
        self.polls(&PollOpened { poll: U256::from(1) })
    }

    fn cast(&mut self, posted: &Posted, previous: [u8; 32]) -> &mut Self {
        self.polls(&BallotCast {
            poll: U256::from(1),
            chamber: U256::ZERO,
            nullifier: words::from_field(&posted.nullifier),
            previous: B256::from(previous),
            record: posted.to_bytes().into(),
        })
    }

    /// Committee 0, whose trustees register until 100 and deal until 200.
    fn create_committee(&mut self, trustees: u8, threshold: u64) -> &mut Self {
        let trustees = (0..trustees).map(Address::repeat_byte).collect();
        self.committee(&CommitteeCreated {
            committee: U256::ZERO,
            trustees,
            threshold: U256::from(threshold),
            registrationDeadline: 100,
            dealingDeadline: 200,
        })
    }

    fn register(&mut self, index: u8) -> &mut Self {
        let key = transport(index).public();
        let key = words::from_points(&[*key.point()]).try_into().unwrap();
        let (committee, trustee) = (U256::ZERO, Address::repeat_byte(index));
        self.committee(&TrusteeRegistered { committee, trustee, index: U256::from(index), key })
    }

    /// A dealing of this trustee to all that have registered; gives its commitments.
    fn deal(&mut self, index: u8) -> Commitments {
        let recipients = self.0.committees[&0].recipients().unwrap();
        let posted = dealing(&recipients, index.into());
        self.committee(&dealt(&posted, index));
        posted.commitments
    }

    fn poll_chamber(&self) -> &PollChamber {
        &self.0.polls[&1].chambers[&0]
    }

    fn findings(&self) -> Vec<&str> {
        self.0.findings.iter().map(|finding| finding.what.as_str()).collect()
    }
}

fn id(member: u8) -> IdentityCommitment {
    Identity::from_seed(&Seed::from_bytes([member; 32])).unwrap().commitment()
}

fn leaf_of(member: u8, weight: u64) -> Fr {
    leaf(&id(member), Weight::new(weight).unwrap())
}

fn keys() -> KeyVector {
    Polynomials::random(1, &mut StdRng::seed_from_u64(42)).commitments().keys().unwrap()
}

fn transport(index: u8) -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes([index + 1; 32])).unwrap()
}

fn dealing(recipients: &Recipients, seed: u64) -> dealing::Posted {
    dealing::build(Fr::from(1u64), recipients.clone(), &mut StdRng::seed_from_u64(seed)).2
}

fn dealt(posted: &dealing::Posted, index: u8) -> Dealt {
    Dealt {
        committee: U256::ZERO,
        trustee: Address::repeat_byte(index),
        index: U256::from(index),
        ephemeral: words::from_points(&[posted.ephemeral]).try_into().unwrap(),
        commitments: words::from_points(posted.commitments.points()),
        shares: posted.shares.iter().flat_map(|share| share.words()).map(words::from_field).collect(),
    }
}

fn ballot(nullifier: u64, note: u64, votes: [u64; 3]) -> Posted {
    let ciphertext = encrypt(&votes, &keys(), &Scalar::from(nullifier * 100 + note));
    Posted { h: Fr::from(5u64), nullifier: Fr::from(nullifier), note: Fr::from(note), ciphertext }
}

#[test]
fn a_census_is_rebuilt_through_rotation_and_removal() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 20).enrol(3, 2, 30);
    story.registry(&KeyRotated {
        chamber: U256::ZERO,
        subject: Address::repeat_byte(2),
        index: U256::from(1),
        id: words::from_field(&id(9).value()),
        weight: U256::from(20),
    });
    story.registry(&Removed { chamber: U256::ZERO, subject: Address::repeat_byte(1), index: U256::ZERO });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let chamber = &story.0.chambers[&0];
    let expected = Census::from_leaves(vec![Fr::from(0u64), leaf_of(9, 20), leaf_of(3, 30)]).unwrap();
    assert_eq!(chamber.census.root(), expected.root());
    assert_eq!((chamber.members.len(), chamber.total_weight()), (2, 50));
    assert!(chamber.find(&id(2)).is_none() && chamber.find(&id(9)).is_some());
}

#[test]
fn a_poll_keeps_the_census_of_its_opening() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll().enrol(2, 1, 20);
    let frozen = story.poll_chamber().frozen.as_ref().unwrap();
    assert_eq!(frozen.chamber.members.len(), 1);
    assert_eq!((frozen.root, frozen.ctx), (leaf_of(1, 10), Fr::from(77u64)));
    let poll = &story.0.polls[&1];
    assert_eq!((poll.state(19), poll.state(20)), (PollState::Open, PollState::Closed));
}

#[test]
fn totals_are_of_the_newest_ballots() {
    let (first, second) = (ballot(1, 1, [0, 10, 0]), ballot(2, 1, [0, 0, 5]));
    let newer = ballot(1, 2, [10, 0, 0]);
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 5).poll();
    story.cast(&first, [0; 32]).cast(&second, [0; 32]).cast(&newer, first.slot());
    story.polls(&BallotSkipped { poll: U256::from(1), chamber: U256::ZERO, nullifier: U256::from(1) });
    let chamber = story.poll_chamber();
    assert_eq!((chamber.ballots.len(), chamber.current.len(), chamber.skipped), (3, 2, 1));
    assert!(chamber.ballots[0].replaced && !chamber.ballots[2].replaced);
    assert_eq!(chamber.encrypted_total(3), newer.ciphertext.add(&second.ciphertext));
    assert_eq!(chamber.slot(&Fr::from(1u64)), newer.slot());
    assert_eq!(chamber.slot(&Fr::from(3u64)), [0; 32]);
    assert_eq!(chamber.encrypted_total(8), Ciphertext::zero(8));
}

#[test]
fn committees_and_results_are_read() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll().create_committee(3, 2);
    let status = |story: &Story, time| story.0.committees[&0].status(time);
    assert_eq!(status(&story, 100), CommitteeStatus::Registering, "in the last second");
    assert_eq!(status(&story, 101), CommitteeStatus::Failed, "too few registered");
    story.register(0).register(2);
    assert_eq!(status(&story, 100), CommitteeStatus::Registering);
    assert_eq!(status(&story, 101), CommitteeStatus::Dealing, "enough, and the third is late");
    let dealings = [story.deal(2), story.deal(0)];
    let committee = &story.0.committees[&0];
    assert!(committee.has_enough_dealings());
    assert_eq!((committee.status(200), committee.status(10_000)), (CommitteeStatus::Dealing, CommitteeStatus::Dealing));
    let sums = Commitments::sum(&dealings).unwrap().unwrap();
    assert_eq!(committee.commitments(), Some(sums.clone()));
    let keys: [U256; 16] = words::from_points(sums.keys().unwrap().keys()).try_into().unwrap();
    story.committee(&CommitteeReady { committee: U256::ZERO, keys });
    assert_eq!(status(&story, 10_000), CommitteeStatus::Ready);
    story.committee(&CommitteeRetired { committee: U256::ZERO });
    assert_eq!(status(&story, 10_000), CommitteeStatus::Retired);
    let counted = ChamberCounted {
        poll: U256::from(1),
        chamber: U256::ZERO,
        totals: vec![10, 0, 0],
        hasChoice: true,
        choice: 0,
        trustees: U256::from(0b101),
    };
    story.polls(&counted);
    story.polls(&PollEnded { poll: U256::from(1), state: IPolls::State::Decided, outcome: 0 });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let result = story.poll_chamber().counted.as_ref().unwrap();
    assert_eq!((result.totals.as_slice(), result.choice, result.trustees), (&[10, 0, 0][..], Some(0), 0b101));
    assert_eq!(story.0.polls[&1].state(0), PollState::Decided);
}

#[test]
fn what_cannot_be_is_a_finding_and_the_rest_is_still_read() {
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
        "a ballot:",
        "another nullifier",
    ];
    let findings = story.findings();
    assert_eq!(findings.len(), expected.len(), "{findings:?}");
    for (finding, expected) in findings.iter().zip(expected) {
        assert!(finding.contains(expected), "{finding} / {expected}");
    }
    assert_eq!(story.poll_chamber().ballots.len(), 1);
    assert_eq!(story.0.findings.last().unwrap().poll, Some(1));
}

/// What no contract of ours says: each is a finding, and the committee stays as it was.
#[test]
fn dealings_that_cannot_be_are_findings() {
    let mut story = Story::new();
    story.register(0).create_committee(3, 2).create_committee(3, 2);
    story.committee(&CommitteeReplaces { committee: U256::from(5), old: U256::ZERO });
    story.register(0).register(0).register(3).register(1);
    let recipients = story.0.committees[&0].recipients().unwrap();
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
        "not eight polynomials",
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
    assert_eq!(story.0.committees[&0].dealings.len(), 1);
}

#[test]
fn shares_and_their_trustees_are_read() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll();
    let (poll, chamber, trustee) = (U256::from(1), U256::ZERO, Address::repeat_byte(6));
    let share = words::from_points(&keys().keys()[..3]);
    story.polls(&SharePosted { poll, chamber, trustee, index: U256::from(2), share });
    story.polls(&ShareRefused { poll, chamber, trustee, index: U256::from(2) });
    story.polls(&SharesMissing { poll, chamber, trustees: vec![trustee; 2] });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let read = story.poll_chamber();
    assert_eq!((read.shares[0].index, read.shares[0].trustee, read.shares[0].points.len()), (2, trustee, 3));
    assert_eq!((&read.refused[..], &read.missing[..]), (&[trustee][..], &[trustee; 2][..]));
}

#[test]
fn strangers_and_unknown_events_are_passed_over() {
    let mut story = Story::new();
    let event = ChamberCreated { chamber: U256::ZERO, name: "x".into(), policy: Address::ZERO };
    story.0.apply(&log(Address::repeat_byte(99), &event));
    story.polls(&event);
    let mut garbage = log(deployment().polls, &PollOpened { poll: U256::from(1) });
    garbage.inner.data = alloy::primitives::LogData::new_unchecked(vec![PollEnded::SIGNATURE_HASH], Bytes::new());
    story.0.apply(&garbage);
    assert!(story.0.chambers.is_empty());
    assert_eq!(story.findings().len(), 1, "a known event that does not decode");
}
