//! Nodes that lie to voters and verifiers: each lie is refused by name, or found by a check of `verify`.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use alloy::{primitives::U256, rpc::types::Log, sol_types::SolEvent};
use psephos_chain::{ChainError, Connection, NodeSet, NodeSource, StateSource};
use psephos_client::{
    Silent, StateError,
    relayer::Submission,
    trustee::{Refusal, Retirement, TrusteeError},
    verify::{CheckName, verify_poll},
    voter::{self, VoterError},
};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::bindings::{
    ICommittee::{CommitteeCreated, CommitteeReady},
    IPolls::{BallotCast, PollCreated, PollOpened, ballotSlotsCall, chamberCall},
    IStakeholderRegistry::{Enrolled, memberCall},
};
use psephos_testkit::{CommitteeSize, LocalDeployment, LyingNode, Member, StubDeployment};

const FOR: [u64; 3] = [1, 0, 0];

/// An open poll in which alice has voted and bob has not, and a node that lies about it.
struct Scene {
    local: LocalDeployment,
    node: LyingNode,
    connection: Connection,
    alice: Member,
    bob: Member,
    chamber: ChamberId,
    poll: PollId,
    /// The newest block before the poll was opened.
    before: u64,
}

impl Scene {
    async fn prepare() -> Self {
        let local = LocalDeployment::start(CommitteeSize { trustees: 1, threshold: 1 }).await;
        let (alice, bob) = (local.create_member().await, local.create_member().await);
        let deployment = local.deployment.clone();
        let chamber = local.create_chamber(&deployment, "Researchers", &[(&alice, 5), (&bob, 7)]).await;
        let poll = local.create_poll(&deployment, &[chamber], 1).await;
        let before = local.dao.newest_block().await.unwrap();
        psephos_client::operator::open_poll(&local.dao, &deployment, poll).await.unwrap();
        let state = local.read_state().await;
        let ballot = local.prove_ballot(&state, alice.voter(), (poll, chamber), &FOR, false);
        local.relay_packages(&[Submission::new("alice", &ballot)]).await;
        let node = LyingNode::start(local.chain.connection()).await;
        let connection = node.connect().await;
        Self { local, node, connection, alice, bob, chamber, poll, before }
    }

    fn source(&self) -> NodeSource {
        NodeSource::new(self.connection.clone(), self.local.deployment.clone())
    }

    /// Prepares a ballot as `vote` does, from what the node says.
    async fn vote(&self, member: &Member, replace: bool) -> Result<(), VoterError> {
        let state = self.source().read_state().await?;
        voter::prepare_ballot(&state, member.voter(), self.poll, self.chamber, &FOR, replace).map(drop)
    }

    /// Returns the checks that fail, with all that the node says.
    async fn verify(&self) -> Vec<CheckName> {
        let (source, circuits) = (self.source(), &self.local.circuits);
        let report = verify_poll(&source, &self.connection, circuits, self.poll, &Silent).await.unwrap();
        report.failed().map(|check| check.name).collect()
    }

    /// Alters the events of a type.
    fn alter<E: SolEvent>(&self, alter: impl Fn(&mut E) + Send + Sync + 'static) {
        self.node.be_honest();
        self.node.alter_logs(move |logs| {
            for log in logs.iter_mut().filter(|log| log.topic0() == Some(&E::SIGNATURE_HASH)) {
                let mut event = E::decode_log(&log.inner).unwrap().data;
                alter(&mut event);
                log.inner.data = event.encode_log_data();
            }
        });
    }

    /// Hides the events of a type for which `which` holds.
    fn hide<E: SolEvent>(&self, which: impl Fn(&E) -> bool + Send + Sync + 'static) {
        self.node.be_honest();
        let is_hidden = move |log: &Log| E::decode_log(&log.inner).is_ok_and(|event| which(&event.data));
        self.node.alter_logs(move |logs| logs.retain(|log| !is_hidden(log)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_of_nodes_are_refused_by_name_or_found() {
    let scene = Scene::prepare().await;
    scene.vote(&scene.bob, false).await.unwrap();
    assert_eq!(scene.verify().await, []);
    refuse_to_vote(&scene).await;
    refuse_to_retire(&scene).await;
    find_false_answers(&scene).await;
}

async fn refuse_to_vote(scene: &Scene) {
    let inconsistent = |outcome: Result<(), VoterError>| {
        let error = outcome.unwrap_err();
        assert!(matches!(error, VoterError::Chain(ChainError::State(StateError::Inconsistent(_)))), "{error}");
    };
    // The voter who wants the first option is shown another one in its place.
    scene.alter(|event: &mut PollCreated| {
        let text = event.parameters.metadata.replace("For", "?").replace("Against", "For").replace('?', "Against");
        event.parameters.metadata = text;
    });
    inconsistent(scene.vote(&scene.bob, false).await);
    // Keys of the committee in another order.
    scene.alter(|event: &mut CommitteeReady| event.keys.rotate_right(2));
    inconsistent(scene.vote(&scene.bob, false).await);
    // Another weight than the one that is enrolled.
    scene.alter(|event: &mut Enrolled| event.weight += U256::from(1));
    inconsistent(scene.vote(&scene.bob, false).await);

    let bob = scene.bob.address();
    scene.hide(move |event: &Enrolled| event.subject == bob);
    let error = scene.vote(&scene.bob, false).await.unwrap_err();
    assert!(matches!(error, VoterError::NotMember { .. }), "{error}");
    scene.hide(|_: &PollOpened| true);
    let error = scene.vote(&scene.bob, false).await.unwrap_err();
    assert!(matches!(error, VoterError::Chain(ChainError::State(StateError::WrongPollState { .. }))), "{error}");
    scene.hide(|_: &BallotCast| true);
    let error = scene.vote(&scene.alice, true).await.unwrap_err();
    assert!(matches!(error, VoterError::NothingToReplace { .. }), "{error}");

    // A node that lags, and one of another fork.
    scene.node.be_honest();
    scene.node.stop_at(scene.before);
    let error = scene.vote(&scene.bob, false).await.unwrap_err();
    assert!(matches!(error, VoterError::Chain(ChainError::State(StateError::WrongPollState { .. }))), "{error}");
    scene.node.be_honest();
    let fork = StubDeployment::start().await;
    scene.node.follow(fork.chain.connection());
    let error = scene.vote(&scene.bob, false).await.unwrap_err();
    assert!(matches!(error, VoterError::Chain(ChainError::NotDeployed { .. })), "{error}");
    scene.node.follow(scene.local.chain.connection());
    scene.vote(&scene.bob, false).await.unwrap();
}

/// A key that a trustee destroyed because a node hid what needs it would not come back.
async fn refuse_to_retire(scene: &Scene) {
    let folder = tempfile::tempdir().unwrap();
    let (deployment, account) = (&scene.local.deployment, scene.local.trustees[0].account.sender().unwrap());
    let note = serde_json::json!({
        "chain_id": deployment.chain_id, "contract": deployment.committee, "committee": scene.local.committee,
        "trustee": account, "index": 0,
    });
    std::fs::write(folder.path().join("trustee.keys.retired"), note.to_string()).unwrap();
    let confirm = async || {
        let state = scene.source().read_state().await.unwrap();
        let retirement = Retirement::find(&state, account, &folder.path().join("trustee.keys")).unwrap();
        let confirmed = retirement.confirm(&NodeSet::single(scene.connection.clone()), &state).await;
        let differs = match confirmed {
            Ok(()) => String::new(),
            Err(TrusteeError::Refused(Refusal::ViewsDiffer { what, difference })) => format!("{what}: {difference}"),
            Err(error) => panic!("{error}"),
        };
        (retirement.life.pending, differs)
    };
    scene.node.be_honest();
    assert_eq!(confirm().await, (vec![scene.poll], String::new()));
    scene.hide(|_: &PollCreated| true);
    let (pending, differs) = confirm().await;
    assert!(pending.is_empty() && differs.contains("number of polls"), "{differs}");
    scene.hide(|_: &PollOpened| true);
    let (_, differs) = confirm().await;
    assert!(differs.starts_with(&format!("poll {}: opened", scene.poll)), "{differs}");
    scene.hide(|_: &BallotCast| true);
    let (_, differs) = confirm().await;
    assert!(differs.starts_with(&format!("chamber {} of poll {}", scene.chamber, scene.poll)), "{differs}");
    scene.alter(|event: &mut CommitteeCreated| event.lifetime.expiresAt -= 1);
    let (_, differs) = confirm().await;
    assert!(differs.starts_with(&format!("committee {}: end of life", scene.local.committee)), "{differs}");
    scene.node.be_honest();
}

async fn find_false_answers(scene: &Scene) {
    let (polls, registry) = (scene.local.deployment.polls, scene.local.deployment.registry);
    let find = async |expected: &[CheckName]| {
        assert_eq!(scene.verify().await, expected);
        scene.node.be_honest();
    };
    scene.hide(|_: &BallotCast| true);
    find(&[CheckName::Views, CheckName::BallotCount, CheckName::EncryptedTotal]).await;
    scene.node.alter_view(polls, |_: &chamberCall, answer| answer.members += 1);
    find(&[CheckName::Views, CheckName::Census]).await;
    scene.node.alter_view(polls, |_: &ballotSlotsCall, slots| slots[0] += U256::from(1));
    find(&[CheckName::Slots]).await;
    scene.node.alter_view(registry, |_: &memberCall, answer| answer.index += U256::from(1));
    find(&[CheckName::Members]).await;
    let state = scene.local.read_state().await;
    let ballot = state.poll(scene.poll).unwrap().chambers[&scene.chamber].ballots[0].transaction;
    scene.node.hide_transactions(vec![ballot]);
    find(&[CheckName::BallotProofs, CheckName::Batches]).await;
    assert_eq!(scene.verify().await, []);
}
