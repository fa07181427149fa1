//! Attacks that make an invalid ballot, or submit a valid one where it does not belong.

use alloy::{
    hex,
    primitives::{Bytes, U256, address},
};
use psephos_chain::{ChainError, Connection, NodeSet};
use psephos_client::{
    Package, Silent, relayer,
    relayer::{Refusal, RelayConfig, RelayerError, Submission},
    voter::{self, VoterError},
};
use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
    rule::RuleError,
    statement::ballot::BallotError,
};
use psephos_state::{ChainState, PollBounds, StateError, bindings::IPolls::castCall};

use crate::scenario::{FOR, Scenario, refusal_of, revert_name};

pub(crate) async fn refuse_non_members(scenario: &Scenario) {
    for outsider in [3, 4] {
        let error = scenario.refused_vote(outsider, scenario.polls[0], &FOR, false).await;
        assert!(matches!(error, VoterError::NotMember { .. }), "{error}");
    }
    let state = scenario.read_state().await;
    let vote = voter::prepare_ballot(
        &state,
        scenario.members[1].voter(),
        scenario.polls[0],
        scenario.chambers[1],
        &FOR,
        false,
    );
    assert!(matches!(vote.err(), Some(VoterError::NotMember { .. })), "a member of another chamber");
    let vote =
        voter::prepare_ballot(&state, scenario.members[0].voter(), scenario.polls[0], ChamberId::new(9), &FOR, false);
    assert!(matches!(vote.err(), Some(VoterError::Chain(ChainError::State(StateError::UnknownPollChamber { .. })))));
    let vote =
        voter::prepare_ballot(&state, scenario.members[0].voter(), PollId::new(9), scenario.chambers[0], &FOR, false);
    assert!(matches!(
        vote.err(),
        Some(VoterError::Chain(ChainError::State(StateError::UnknownPoll { poll, polls: 2 }))) if poll == PollId::new(9)
    ));
}

pub(crate) async fn refuse_invalid_choices(scenario: &Scenario) {
    for (choice, expected) in [
        (vec![1, 1, 0], RuleError::BudgetExceeded { budget: Some(1) }),
        (vec![2, 0, 0], RuleError::CapExceeded { option: 0, cap: 1 }),
        (vec![0, 0, 0], RuleError::BudgetNotSpent { budget: Some(1) }),
    ] {
        match scenario.refused_vote(0, scenario.polls[0], &choice, false).await {
            VoterError::Ballot(BallotError::Rule(error)) => assert_eq!(error, expected),
            other => panic!("{choice:?}: {other}"),
        }
    }
    let error = scenario.refused_vote(0, scenario.polls[0], &[1, 0], false).await;
    assert!(matches!(error, VoterError::Rule(RuleError::Length { expected: 3, actual: 2 })), "{error}");
}

/// Packages that are truncated, changed, or readdressed.
pub(crate) async fn refuse_altered_packages(scenario: &Scenario, alice: &Package, other_poll: &Package) {
    let with = |change: &dyn Fn(&mut Package)| {
        let mut package = alice.clone();
        change(&mut package);
        Submission::new("changed", &package)
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
        (with(&|package| package.chain_id = ChainId::new(1)), Refusal::WrongChain),
        (with(&|package| package.polls = address!("00000000000000000000000000000000000000aa")), Refusal::WrongContract),
        (with(&|package| package.poll = PollId::new(7)), Refusal::UnknownPoll),
        (with(&|package| package.fingerprint = PollFingerprint::from_bytes([1; 32])), Refusal::OtherPoll),
        (with(&|package| package.chamber = ChamberId::new(7)), Refusal::UnknownChamber),
        (with(&|package| package.poll = scenario.polls[1]), Refusal::OtherPoll),
        (
            with(&|package| (package.poll, package.fingerprint) = (scenario.polls[1], other_poll.fingerprint)),
            Refusal::InvalidProof,
        ),
        (with(&|package| package.chamber = scenario.chambers[1]), Refusal::InvalidProof),
        (with(&|package| package.record = other_poll.record.clone()), Refusal::InvalidProof),
    ];
    let submissions: Vec<_> = attempts.iter().map(|(submission, _)| submission.clone()).collect();
    let report = scenario.local.relay_packages(&submissions).await;
    for (position, (_, expected)) in attempts.iter().enumerate() {
        assert_eq!(refusal_of(&report, position), *expected, "{position}");
    }
    assert!(report.transactions.is_empty());

    // The contract refuses them as well, if someone sends them without a relayer.
    for (poll, chamber) in [(scenario.polls[1], scenario.chambers[0]), (scenario.polls[0], scenario.chambers[1])] {
        let record: Bytes = hex::decode(&alice.record).unwrap().into();
        let call = castCall { poll: U256::from(poll.get()), chamber: U256::from(chamber.get()), record };
        let error = scenario.local.relayer.send_call(scenario.local.deployment.polls, &call).await.unwrap_err();
        assert_eq!(revert_name(&error), "InvalidProof");
    }
}

/// A second deployment with equal members, weights, keys and identifiers: only the contract's address differs.
pub(crate) async fn refuse_ballot_of_other_contract(scenario: &Scenario, alice: &Package) {
    let local = &scenario.local;
    let twin = psephos_chain::deploy::deploy_system(&local.dao, PollBounds::NONE).await.unwrap().deployment;
    assert_eq!(local.form_committee(&twin).await, local.committee);
    let [first, bob, carol, removed, _] = &scenario.members[..] else { unreachable!() };
    let chamber = local.create_chamber(&twin, "Researchers", &[(first, 5), (bob, 7), (carol, 1), (removed, 9)]).await;
    local.remove_member(&twin, chamber, removed).await;
    let poll = local.open_poll(&twin, &[chamber], 2).await;
    let roots = [&local.deployment, &twin].map(|deployment| psephos_chain::read_state(&local.dao, deployment));
    let [ours, theirs] = roots;
    let root = |state: ChainState| state.polls[&poll].chambers[&chamber].frozen.as_ref().unwrap().root;
    assert_eq!(root(ours.await.unwrap()), root(theirs.await.unwrap()));
    assert_eq!((poll, chamber), (scenario.polls[0], scenario.chambers[0]));
    let mut package = alice.clone();
    package.polls = twin.polls;
    let error = voter::submit_ballot(&local.relayer, &package).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("InvalidProof"));
}

pub(crate) async fn refuse_unfunded_relayer(scenario: &Scenario, alice: &Package) {
    let local = &scenario.local;
    let poor = psephos_client::Account::random();
    let connection = local.chain.connection().with_wallet(poor.wallet());
    let packages = [Submission::new("alice", alice)];
    let (config, nodes) = (RelayConfig::default(), NodeSet::single(connection));
    let error = relayer::relay_ballots(&local.source(), &nodes, &local.circuits, &packages, config, &Silent).await;
    match error.unwrap_err() {
        RelayerError::Chain(ChainError::Unfunded { account, balance, needed }) => {
            assert_eq!((account, balance), (poor.address(), U256::ZERO));
            assert!(needed > U256::ZERO);
        }
        other => panic!("{other}"),
    }
    assert_eq!(scenario.counted_ballots().await, 0);
    let error = Connection::connect("http://127.0.0.1:9").await.unwrap_err();
    assert!(matches!(error, ChainError::NodeUnreachable { .. }) && error.to_string().contains("start one"), "{error}");
}
