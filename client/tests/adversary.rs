//! What others may try with ballots, packages, polls and keys: each attempt is refused by name, and nothing is lost.
//!
//! One chain and a handful of proofs, because proofs are slow: the attempts follow one another in one test.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "support/mod.rs"]
mod support;

use alloy::primitives::{Bytes, U256, address, hex};
use psephos_chain::{
    ChainError, Connection, Replay,
    bindings::IPolls::{castBatchCall, castCall, chamberCall},
    replay::ProofData,
};
use psephos_client::{
    ClientError, Package, Silent, operator, relayer,
    relayer::{PackageOutcome, Refusal, RelayConfig, Submission},
    tally, trustee,
    verify::{self, CheckName},
    voter,
};
use psephos_protocol::{committee::TrusteeSecret, identity::Seed, rule::RuleError, statement::ballot::BallotError};
use support::{House, Member, accepted, actor, refusal, submission};

const FOR: [u64; 3] = [1, 0, 0];
const AGAINST: [u64; 3] = [0, 1, 0];

struct Scene {
    house: House,
    /// Members of the first chamber; the first of them is in the second chamber too.
    members: Vec<Member>,
    chambers: [u64; 2],
    /// Two polls over both chambers.
    polls: [u64; 2],
}

impl Scene {
    async fn replay(&self) -> Replay {
        Replay::read(self.house.chain.connection(), &self.house.deployment).await.unwrap()
    }

    async fn ballot(&self, member: usize, poll: u64, choice: &[u64], replace: bool) -> Package {
        let replay = self.replay().await;
        let identity = &self.members[member].identity;
        let vote = voter::prepare(&replay, identity, poll, self.chambers[0], choice, replace).unwrap();
        voter::prove(&self.house.circuits, vote).unwrap()
    }

    async fn refuses(&self, member: usize, poll: u64, choice: &[u64], replace: bool) -> ClientError {
        let replay = self.replay().await;
        let vote = voter::prepare(&replay, &self.members[member].identity, poll, self.chambers[0], choice, replace);
        vote.err().expect("refused")
    }

    /// Ballots that count in the first chamber of the first poll, as the contract says.
    async fn ballots(&self) -> u32 {
        let call = chamberCall { id: U256::from(self.polls[0]), chamberId: U256::from(self.chambers[0]) };
        self.house.dao.call(self.house.deployment.polls, &call).await.unwrap().ballots
    }

    fn batch(&self, records: &[&Package]) -> castBatchCall {
        let bytes: Vec<u8> = records.iter().flat_map(|package| hex::decode(&package.record).unwrap()).collect();
        castBatchCall {
            poll: U256::from(self.polls[0]),
            chamber: U256::from(self.chambers[0]),
            records: bytes.into(),
            replacements: Bytes::new(),
        }
    }
}

fn revert(error: &ChainError) -> &str {
    match error {
        ChainError::Reverted(revert) => &revert.name,
        other => panic!("expected a revert, got {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_refused_by_name_and_nothing_is_lost() {
    let scene = open().await;
    let alice = scene.ballot(0, scene.polls[0], &FOR, false).await;
    let bob = scene.ballot(1, scene.polls[0], &AGAINST, false).await;
    let other_poll = scene.ballot(0, scene.polls[1], &FOR, false).await;

    censuses(&scene).await;
    rules(&scene).await;
    packages(&scene, &alice, &other_poll).await;
    another_contract(&scene, &alice).await;
    unfunded(&scene, &alice).await;
    batches(&scene, &alice, &bob).await;
    replacements(&scene, &bob).await;
    through_another_contract(&scene, &other_poll).await;
    deadline(&scene).await;
    counting(&scene).await;
}

async fn open() -> Scene {
    let house = House::new().await;
    let mut members = Vec::new();
    for _ in 0..5 {
        members.push(house.member().await);
    }
    let [alice, bob, carol, removed, _late] = &members[..] else { unreachable!() };
    let first =
        house.chamber(&house.deployment, "Researchers", &[(alice, 5), (bob, 7), (carol, 1), (removed, 9)]).await;
    let second = house.chamber(&house.deployment, "Public", &[(alice, 5)]).await;
    operator::remove_member(&house.dao, &house.deployment, first, removed.address()).await.unwrap();
    let chambers = [first, second];
    let polls = [house.poll(&house.deployment, &chambers, 2).await, house.poll(&house.deployment, &chambers, 2).await];
    // Too late for the polls that are open: their censuses are frozen.
    house.admit(&house.deployment, first, &members[4], 3).await;
    Scene { house, members, chambers, polls }
}

async fn censuses(scene: &Scene) {
    for outsider in [3, 4] {
        let error = scene.refuses(outsider, scene.polls[0], &FOR, false).await;
        assert!(matches!(error, ClientError::NotMember { .. }), "{error}");
    }
    let replay = scene.replay().await;
    let vote = voter::prepare(&replay, &scene.members[1].identity, scene.polls[0], scene.chambers[1], &FOR, false);
    assert!(matches!(vote.err(), Some(ClientError::NotMember { .. })), "a member of another chamber");
    let vote = voter::prepare(&replay, &scene.members[0].identity, scene.polls[0], 9, &FOR, false);
    assert!(matches!(vote.err(), Some(ClientError::UnknownChamber { .. })));
    let vote = voter::prepare(&replay, &scene.members[0].identity, 9, scene.chambers[0], &FOR, false);
    assert!(matches!(vote.err(), Some(ClientError::Chain(ChainError::UnknownPoll { poll: 9, polls: 2 }))));
}

async fn rules(scene: &Scene) {
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
async fn packages(scene: &Scene, alice: &Package, other_poll: &Package) {
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
        (with(&|package| package.poll = 7), Refusal::UnknownPoll),
        (with(&|package| package.chamber = 7), Refusal::UnknownChamber),
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
        let call = castCall { poll: U256::from(poll), chamber: U256::from(chamber), record };
        let error = scene.house.relayer.send(scene.house.deployment.polls, &call).await.unwrap_err();
        assert_eq!(revert(&error), "InvalidProof");
    }
}

/// The same members, weights, keys and numbers: only the contract's address differs.
async fn another_contract(scene: &Scene, alice: &Package) {
    let house = &scene.house;
    let twin = psephos_chain::deployment::deploy(&house.dao).await.unwrap().deployment;
    assert_eq!(house.committee(&twin).await, house.committee);
    let [first, bob, carol, removed, _] = &scene.members[..] else { unreachable!() };
    let chamber = house.chamber(&twin, "Researchers", &[(first, 5), (bob, 7), (carol, 1), (removed, 9)]).await;
    operator::remove_member(&house.dao, &twin, chamber, removed.address()).await.unwrap();
    let poll = house.poll(&twin, &[chamber], 2).await;
    let roots = [&house.deployment, &twin].map(|deployment| Replay::read(&house.dao, deployment));
    let [ours, theirs] = roots;
    let root = |replay: Replay| replay.polls[&poll].chambers[&chamber].frozen.as_ref().unwrap().root;
    assert_eq!(root(ours.await.unwrap()), root(theirs.await.unwrap()));
    assert_eq!((poll, chamber), (scene.polls[0], scene.chambers[0]));
    let mut package = alice.clone();
    package.polls = twin.polls;
    let error = voter::submit(&house.relayer, &package).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("InvalidProof"));
}

async fn unfunded(scene: &Scene, alice: &Package) {
    let house = &scene.house;
    let poor = psephos_client::Account::random();
    let connection = house.chain.connection().with_wallet(poor.wallet()).unwrap();
    let packages = [submission("alice", alice)];
    let config = RelayConfig::default();
    let error = relayer::relay(&connection, &house.deployment, &house.circuits, &packages, config, &Silent).await;
    match error.unwrap_err() {
        ClientError::Chain(ChainError::Unfunded { account, balance, needed }) => {
            assert_eq!((account, balance), (poor.address(), U256::ZERO));
            assert!(needed > U256::ZERO);
        }
        other => panic!("{other}"),
    }
    assert_eq!(scene.ballots().await, 0);
    let error = Connection::open("http://127.0.0.1:9").await.unwrap_err();
    assert!(matches!(error, ChainError::NoChain { .. }) && error.to_string().contains("start one"), "{error}");
}

/// Replays, spoilt proofs and copies in one batch; then the same again.
async fn batches(scene: &Scene, alice: &Package, bob: &Package) {
    let house = &scene.house;
    let mut spoilt = bob.clone();
    spoilt.record.replace_range(2..514, &alice.record[2..514]);
    let error = house.relayer.send(house.deployment.polls, &scene.batch(&[alice, &spoilt])).await.unwrap_err();
    assert_eq!(revert(&error), "InvalidProof");
    assert_eq!(scene.ballots().await, 0, "the whole batch is reverted");

    let packages = [submission("alice", alice), submission("copy", alice), submission("spoilt", &spoilt)];
    let report = house.relay(&packages).await;
    assert!(accepted(&report, 0));
    assert_eq!(report.packages[1].outcome, PackageOutcome::Duplicate { of: "alice".into() });
    assert_eq!(refusal(&report, 2), Refusal::InvalidProof);
    assert_eq!(scene.ballots().await, 1);

    // Somebody sends Bob's ballot twice in one batch, with Alice's that counts already: it counts once.
    let stranger = actor(house.chain.connection()).await;
    stranger.send(house.deployment.polls, &scene.batch(&[alice, bob, bob])).await.unwrap();
    assert_eq!(scene.ballots().await, 2);

    let report = house.relay(&[submission("alice", alice), submission("bob", bob)]).await;
    assert!(report.transactions.is_empty());
    assert!(report.packages.iter().all(|package| package.outcome == PackageOutcome::AlreadyCounted));
    let error = voter::submit(&stranger, bob).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("AlreadyCast"));
    let replay = scene.replay().await;
    assert!(voter::is_counted(&replay, &scene.members[1].identity, scene.polls[0], scene.chambers[0]).unwrap());
}

async fn replacements(scene: &Scene, bob: &Package) {
    let house = &scene.house;
    assert!(matches!(scene.refuses(1, scene.polls[0], &FOR, false).await, ClientError::AlreadyVoted { .. }));
    assert!(matches!(scene.refuses(2, scene.polls[0], &FOR, true).await, ClientError::NothingToReplace { .. }));

    let second = scene.ballot(1, scene.polls[0], &FOR, true).await;
    let mut wrong = second.clone();
    wrong.replaces = Some(hex::encode_prefixed(
        psephos_chain::record::Old::of(&second.contents().unwrap().record.posted).to_bytes(),
    ));
    assert_eq!(refusal(&house.relay(&[submission("wrong", &wrong)]).await, 0), Refusal::InvalidProof);
    let error = voter::submit(&house.relayer, &wrong).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("WrongPrevious"));

    assert!(accepted(&house.relay(&[submission("second", &second)]).await, 0));
    assert_eq!(scene.ballots().await, 2, "a replacement is not another ballot");
    // The older ballot cannot be put back.
    let report = house.relay(&[submission("bob", bob), submission("second", &second)]).await;
    assert_eq!(report.packages[0].outcome, PackageOutcome::Superseded);
    assert_eq!(report.packages[1].outcome, PackageOutcome::AlreadyCounted);
}

/// A ballot that a contract forwards counts, but its proof is not in the calldata of its transaction: that is said by name.
async fn through_another_contract(scene: &Scene, ballot: &Package) {
    let house = &scene.house;
    let mut code = hex!("6029600a5f3960295ff3" "365f5f375f5f365f5f73").to_vec();
    code.extend(house.deployment.polls);
    code.extend(hex!("5af115602557005b5f5ffd"));
    let forwarder = house.relayer.deploy(code.into()).await.unwrap().contract.unwrap();
    let record: Bytes = hex::decode(&ballot.record).unwrap().into();
    let call = castCall { poll: U256::from(ballot.poll), chamber: U256::from(ballot.chamber), record };
    house.relayer.send(forwarder, &call).await.unwrap();

    let mut replay = scene.replay().await;
    replay.load_proofs(house.chain.connection(), ballot.poll).await.unwrap();
    let cast = &replay.poll(ballot.poll).unwrap().chambers[&ballot.chamber].ballots[0];
    assert!(matches!(cast.proof, ProofData::Missing(_)));
    let report = verify::verify(house.chain.connection(), &house.deployment, &house.circuits, ballot.poll, &Silent)
        .await
        .unwrap();
    let failed: Vec<_> = report.failed().map(|check| (check.name, check.chamber)).collect();
    assert_eq!(failed, [(CheckName::BallotProofs, Some(ballot.chamber))]);
}

async fn deadline(scene: &Scene) {
    let house = &scene.house;
    let replay = scene.replay().await;
    let early =
        trustee::open(&house.trustee, &replay, &house.circuits, &house.secret, scene.polls[0], scene.chambers[0]).await;
    assert!(matches!(early, Err(ClientError::Refused(trustee::Refusal::NotClosed { .. }))));

    let late = scene.ballot(2, scene.polls[0], &FOR, false).await;
    house.close().await;
    assert_eq!(refusal(&house.relay(&[submission("late", &late)]).await, 0), Refusal::Closed);
    assert_eq!(voter::submit(&house.relayer, &late).await.unwrap_err().revert_name(), Some("WrongState"));
    let error = scene.refuses(2, scene.polls[0], &FOR, false).await;
    assert!(matches!(error, ClientError::WrongState { .. }), "{error}");
}

async fn counting(scene: &Scene) {
    let house = &scene.house;
    let [poll, _] = scene.polls;
    let [chamber, small] = scene.chambers;
    let replay = scene.replay().await;
    let open = async |secret: &TrusteeSecret, chamber| {
        trustee::open(&house.trustee, &replay, &house.circuits, secret, poll, chamber).await
    };
    let other = TrusteeSecret::from_seed(&Seed::from_bytes([1; 32])).unwrap();
    assert!(matches!(open(&other, chamber).await, Err(ClientError::Refused(trustee::Refusal::OtherKeys { .. }))));
    assert!(matches!(
        open(&house.secret, small).await,
        Err(ClientError::Refused(trustee::Refusal::TooFewBallots { .. }))
    ));
    let unopened = tally::tally(&house.relayer, &house.deployment, poll, &Silent).await.unwrap_err();
    assert!(matches!(unopened, ClientError::NoShare { .. }), "{unopened}");

    open(&house.secret, chamber).await.unwrap();
    let counted = tally::tally(&house.relayer, &house.deployment, poll, &Silent).await.unwrap();
    assert_eq!(counted[0].totals, [12, 0, 0], "Alice's 5 and, after the replacement, Bob's 7");
    tally::finalise(&house.relayer, &house.deployment, poll).await.unwrap();

    let check = async |deployment| {
        verify::verify(house.chain.connection(), deployment, &house.circuits, poll, &Silent).await.unwrap()
    };
    let report = check(&house.deployment).await;
    assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
    assert_eq!(report.state, "decided");
    let mut swapped = house.deployment.clone();
    swapped.verifiers.ballot3 = swapped.verifiers.decryption;
    let failed: Vec<_> = check(&swapped).await.failed().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Verifiers]);
}
