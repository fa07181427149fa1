use std::{collections::BTreeMap, sync::Arc};

use psephos_protocol::{
    Point, Scalar,
    census::{Census, Weight, leaf},
    committee::KeyVector,
    constants::size_for,
    context,
    encryption::{Randomness, encrypt},
    identity::Seed,
    note,
    recovery::RecoveryError,
    statement::ballot::Posted,
};
use psephos_state::{
    Address, B256, Ballot, ChainState, Chamber, Committee, FrozenChamber, Member, Poll, PollChamber, ProofData, U256,
    bindings::IPolls,
};

use super::*;
use crate::voter::prepare;

fn deployment() -> psephos_state::Deployment {
    psephos_state::deployment::placeholder(Address::repeat_byte)
}

const WEIGHT: u64 = 1000;

fn voter(number: u8) -> Identity {
    Identity::from_seed(&Seed::from_bytes([number; 32])).unwrap()
}

/// An open poll 1 whose chamber 0 has voters 1 and 2.
fn scene(kind: IPolls::Kind, parameter: u16, options: u8) -> ChainState {
    let mut replay = ChainState::empty(deployment());
    let members = (1..3u8).map(|number| {
        let index = usize::from(number) - 1;
        let member = Member { index, id: voter(number).commitment(), weight: Weight::new(WEIGHT).unwrap() };
        (Address::repeat_byte(number), member)
    });
    let members: BTreeMap<_, _> = members.collect();
    let census = Census::from_leaves(members.values().map(|member| leaf(&member.id, member.weight)).collect()).unwrap();
    let chamber = Chamber { name: "Public".into(), policy: Address::ZERO, members, census };
    let keys = KeyVector::new(std::array::from_fn(|j| Point::generator().mul(&Scalar::from(j as u64 + 7)))).unwrap();

    let rule = IPolls::ChamberRule { chamber: 0, weighted: true, minBallots: 1, thresholdBps: 0, quorum: 0 };
    let parameters = IPolls::PollParameters {
        proposal: B256::ZERO,
        options,
        rule: IPolls::Rule { kind, parameter, exact: false },
        opensAt: 10,
        closesAt: 20,
        tallyDeadline: 30,
        committee: 0,
        chambersRequired: 1,
        chambers: vec![rule.clone()],
        metadata: String::new(),
    };
    let mut poll = Poll { parameters, chambers: BTreeMap::new(), opened: true, ended: None };
    let mut listed = PollChamber {
        rule,
        frozen: None,
        ballots: Vec::new(),
        latest: BTreeMap::new(),
        skipped: 0,
        shares: Vec::new(),
        rejected_trustees: Vec::new(),
        missing_trustees: Vec::new(),
        tally: None,
    };
    let packed = crate::voter::parameters(&poll, &listed).unwrap();
    let scope = context::scope(31_337, deployment().polls.into_array(), 1, 0, listed.rule.minBallots, 20);
    let size = size_for(usize::from(options)).unwrap();
    let (root, ctx) = (chamber.census.root(), context::context(scope, chamber.census.root(), keys.hash(size), &packed));
    listed.frozen =
        Some(FrozenChamber { root, ctx, packed_rule: U256::from(packed.packed_u64()), chamber: chamber.into() });
    poll.chambers.insert(0, listed);
    replay.polls.insert(1, poll.into());
    let committee = Committee {
        trustees: Vec::new(),
        threshold: 1,
        registration_deadline: 0,
        dealing_deadline: 0,
        replaces: None,
        registrations: Vec::new(),
        dealings: Vec::new(),
        gathered: 0,
        keys: Some(keys),
        retired: false,
    };
    replay.committees.insert(0, committee);
    replay
}

fn cast(replay: &mut ChainState, posted: Posted) {
    let poll = Arc::make_mut(replay.polls.get_mut(&1).unwrap());
    let listed = poll.chambers.get_mut(&0).unwrap();
    let (previous, next) = (listed.counted_fingerprint(&posted.nullifier), listed.ballots.len());
    if let Some(old) = listed.latest.insert(posted.nullifier, next) {
        listed.ballots[old].replaced = true;
    }
    listed.ballots.push(Ballot {
        posted,
        previous,
        transaction: B256::ZERO,
        block: 1,
        ordinal: 0,
        replaced: false,
        proof: ProofData::NotLoaded,
    });
}

fn vote(replay: &mut ChainState, number: u8, choice: &[u64], replace: bool) {
    let vote = prepare(replay, &voter(number), 1, 0, choice, replace).unwrap();
    cast(replay, vote.posted);
}

fn failure(replay: &ChainState, number: u8) -> ClientError {
    recover(replay, &voter(number), 1, 0, |_, _| ()).err().unwrap()
}

fn assert_recovered(replay: &ChainState, number: u8, choice: &[u64]) {
    let Recovered { ctx, note, opening } = recover(replay, &voter(number), 1, 0, |_, _| ()).unwrap();
    assert!(opening.x == choice && opening.weight == WEIGHT);
    assert_eq!(opening.note(&voter(number).commitment(), ctx), Ok(note));
    assert!(replay.polls[&1].chambers[&0].counted_ballots().any(|ballot| ballot.posted.note == note));
}

#[test]
fn the_ballot_that_counts_is_recovered_and_so_is_a_replacement() {
    let mut replay = scene(IPolls::Kind::Score, 255, 4);
    assert!(matches!(failure(&replay, 1), ClientError::NoBallot { poll: 1 }));
    vote(&mut replay, 1, &[0, 255, 9, 1], false);
    vote(&mut replay, 2, &[3, 3, 3, 3], false);
    assert_recovered(&replay, 1, &[0, 255, 9, 1, 0, 0, 0, 0]);
    vote(&mut replay, 1, &[128, 0, 0, 7], true);
    vote(&mut replay, 1, &[200, 1, 2, 0], true);
    replay.time = 1000;
    assert_recovered(&replay, 1, &[200, 1, 2, 0, 0, 0, 0, 0]);
    assert_recovered(&replay, 2, &[3, 3, 3, 3, 0, 0, 0, 0]);
}

#[test]
fn what_cannot_be_recovered_says_why() {
    let mut replay = scene(IPolls::Kind::Cumulative, 0, 3);
    assert!(matches!(failure(&replay, 3), ClientError::NotMember { poll: 1, chamber: 0, .. }));
    // Other software: fresh randomness, a blinder of its own.
    let listed = &replay.polls[&1].chambers[&0];
    let (id, nk) = (voter(1).commitment(), voter(1).nullifier_key());
    let ctx = listed.frozen.as_ref().unwrap().ctx;
    let randomness = Randomness::from_parts(Scalar::from(5u64), Fr::from(6u64));
    let x = [999, 1, 0];
    let keys = replay.committees[&0].keys.as_ref().unwrap();
    let posted = Posted {
        h: Fr::from(1u64),
        nullifier: nullifier::derive(&nk, &id, ctx),
        note: note::derive(&id, ctx, WEIGHT, &x, randomness.blinder()),
        ciphertext: encrypt(&x, keys, randomness.expose()),
    };
    cast(&mut replay, posted);
    let error = failure(&replay, 1);
    assert!(matches!(error, ClientError::Recovery(RecoveryError::Underived)), "{error}");
    assert!(!error.to_string().contains("999"));
    assert!(matches!(failure(&replay, 2), ClientError::NoBallot { poll: 1 }));
}
