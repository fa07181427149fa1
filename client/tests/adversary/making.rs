//! Attempts to make a ballot, or to have one taken where it does not belong.

use alloy::{
    hex,
    primitives::{Bytes, U256, address},
};
use psephos_chain::{ChainError, Connection};
use psephos_client::{
    ClientError, Package, Silent, operator, relayer,
    relayer::{Refusal, RelayConfig, Submission},
    voter,
};
use psephos_protocol::{
    identifiers::{ChamberId, PollId},
    rule::RuleError,
    statement::ballot::BallotError,
};
use psephos_state::{ChainState, StateError, bindings::IPolls::castCall};

use crate::{
    house::{refusal, submission},
    scene::{FOR, Scene, revert},
};

pub(crate) async fn censuses(scene: &Scene) {
    for outsider in [3, 4] {
        let error = scene.refuses(outsider, scene.polls[0], &FOR, false).await;
        assert!(matches!(error, ClientError::NotMember { .. }), "{error}");
    }
    let replay = scene.replay().await;
    let vote = voter::prepare(&replay, &scene.members[1].identity, scene.polls[0], scene.chambers[1], &FOR, false);
    assert!(matches!(vote.err(), Some(ClientError::NotMember { .. })), "a member of another chamber");
    let vote = voter::prepare(&replay, &scene.members[0].identity, scene.polls[0], ChamberId::new(9), &FOR, false);
    assert!(matches!(vote.err(), Some(ClientError::UnknownChamber { .. })));
    let vote = voter::prepare(&replay, &scene.members[0].identity, PollId::new(9), scene.chambers[0], &FOR, false);
    assert!(matches!(
        vote.err(),
        Some(ClientError::Chain(ChainError::State(StateError::UnknownPoll { poll, polls: 2 }))) if poll == PollId::new(9)
    ));
}

pub(crate) async fn rules(scene: &Scene) {
    for (choice, expected) in [
        (vec![1, 1, 0], RuleError::Budget { budget: Some(1) }),
        (vec![2, 0, 0], RuleError::Cap { option: 0, cap: 1 }),
        (vec![0, 0, 0], RuleError::Inexact { budget: Some(1) }),
    ] {
        match scene.refuses(0, scene.polls[0], &choice, false).await {
            ClientError::Ballot(BallotError::Rule(error)) => assert_eq!(error, expected),
            other => panic!("{choice:?}: {other}"),
        }
    }
    let error = scene.refuses(0, scene.polls[0], &[1, 0], false).await;
    assert!(matches!(error, ClientError::Rule(RuleError::Length { expected: 3, actual: 2 })), "{error}");
}

/// Packages that are cut, changed, or readdressed.
pub(crate) async fn packages(scene: &Scene, alice: &Package, other_poll: &Package) {
    let with = |change: &dyn Fn(&mut Package)| {
        let mut package = alice.clone();
        change(&mut package);
        submission("changed", &package)
    };
    let json = alice.to_json();
    let truncated = Submission { name: "cut".into(), json: json.as_bytes()[..json.len() / 2].to_vec() };
    let order =
        U256::from_str_radix("21888242871839275222246405745257275088548364400416034343698204186575808495617", 10)
            .unwrap();
    let reduced = with(&|package| {
        let mut bytes = hex::decode(&package.record).unwrap();
        let nullifier = U256::from_be_slice(&bytes[288..320]) + order;
        bytes[288..320].copy_from_slice(&nullifier.to_be_bytes::<32>());
        package.record = hex::encode_prefixed(bytes);
    });
    let attempts = [
        (truncated, Refusal::Malformed),
        (reduced, Refusal::Encoding),
        (with(&|package| package.chain_id = 1), Refusal::WrongChain),
        (with(&|package| package.polls = address!("00000000000000000000000000000000000000aa")), Refusal::WrongContract),
        (with(&|package| package.poll = PollId::new(7)), Refusal::UnknownPoll),
        (with(&|package| package.chamber = ChamberId::new(7)), Refusal::UnknownChamber),
        (with(&|package| package.poll = scene.polls[1]), Refusal::InvalidProof),
        (with(&|package| package.chamber = scene.chambers[1]), Refusal::InvalidProof),
        (with(&|package| package.record = other_poll.record.clone()), Refusal::InvalidProof),
    ];
    let submissions: Vec<_> = attempts.iter().map(|(submission, _)| submission.clone()).collect();
    let report = scene.house.relay(&submissions).await;
    for (position, (_, expected)) in attempts.iter().enumerate() {
        assert_eq!(refusal(&report, position), *expected, "{position}");
    }
    assert!(report.transactions.is_empty());

    // The contract says the same to who does not ask a relayer.
    for (poll, chamber) in [(scene.polls[1], scene.chambers[0]), (scene.polls[0], scene.chambers[1])] {
        let record: Bytes = hex::decode(&alice.record).unwrap().into();
        let call = castCall { poll: U256::from(poll.get()), chamber: U256::from(chamber.get()), record };
        let error = scene.house.relayer.send_call(scene.house.deployment.polls, &call).await.unwrap_err();
        assert_eq!(revert(&error), "InvalidProof");
    }
}

/// The same members, weights, keys and numbers: only the contract's address differs.
pub(crate) async fn another_contract(scene: &Scene, alice: &Package) {
    let house = &scene.house;
    let twin = psephos_chain::deploy::deploy_system(&house.dao).await.unwrap().deployment;
    assert_eq!(house.committee(&twin).await, house.committee);
    let [first, bob, carol, removed, _] = &scene.members[..] else { unreachable!() };
    let chamber = house.chamber(&twin, "Researchers", &[(first, 5), (bob, 7), (carol, 1), (removed, 9)]).await;
    let state = psephos_chain::read_state(&house.dao, &twin).await.unwrap();
    operator::remove_member(&house.dao, &state, chamber, removed.address()).await.unwrap();
    let poll = house.poll(&twin, &[chamber], 2).await;
    let roots = [&house.deployment, &twin].map(|deployment| psephos_chain::read_state(&house.dao, deployment));
    let [ours, theirs] = roots;
    let root = |replay: ChainState| replay.polls[&poll].chambers[&chamber].frozen.as_ref().unwrap().root;
    assert_eq!(root(ours.await.unwrap()), root(theirs.await.unwrap()));
    assert_eq!((poll, chamber), (scene.polls[0], scene.chambers[0]));
    let mut package = alice.clone();
    package.polls = twin.polls;
    let error = voter::submit(&house.relayer, &package).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("InvalidProof"));
}

pub(crate) async fn unfunded(scene: &Scene, alice: &Package) {
    let house = &scene.house;
    let poor = psephos_client::Account::random();
    let connection = house.chain.connection().with_wallet(poor.wallet()).unwrap();
    let packages = [submission("alice", alice)];
    let config = RelayConfig::default();
    let error = relayer::relay(&house.source(), &connection, &house.circuits, &packages, config, &Silent).await;
    match error.unwrap_err() {
        ClientError::Chain(ChainError::Unfunded { account, balance, needed }) => {
            assert_eq!((account, balance), (poor.address(), U256::ZERO));
            assert!(needed > U256::ZERO);
        }
        other => panic!("{other}"),
    }
    assert_eq!(scene.ballots().await, 0);
    let error = Connection::connect("http://127.0.0.1:9").await.unwrap_err();
    assert!(matches!(error, ChainError::NodeUnreachable { .. }) && error.to_string().contains("start one"), "{error}");
}
