//! Following a chain through reorganisations.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::sync::Arc;

use alloy::{
    primitives::{Address, B256, U256},
    providers::ext::AnvilApi,
    rpc::types::anvil::ReorgOptions,
    sol_types::SolEvent,
};
use psephos_chain::{
    LocalChain,
    follow::{FollowOptions, Follower, block::Step},
    local::stub,
};
use psephos_protocol::{Fr, encryption::Ciphertext, statement::ballot::Posted};
use psephos_state::{
    ChainState, Deployment,
    bindings::{
        IPolls::{BallotCast, ChamberRule, Kind, PollCreated, PollParameters, Rule},
        IStakeholderRegistry::{ChamberCreated, Enrolled},
    },
    deployment::placeholder,
    identifiers::{ChamberId, PollId},
    words,
};

struct Scene {
    chain: LocalChain,
    deployment: Deployment,
}

impl Scene {
    async fn new() -> Self {
        let chain = LocalChain::start().await.unwrap();
        let at = |place: u8| Address::with_last_byte(place).create(9);
        let deployment = placeholder(at);
        for contract in [deployment.registry, deployment.committee, deployment.polls, deployment.rewards] {
            stub::install_stub(chain.connection(), contract).await.unwrap();
        }
        Self { chain, deployment }
    }

    async fn follower(&self, confirmations: u64) -> Follower {
        let options = FollowOptions { confirmations, widest: 5 };
        Follower::start(self.chain.connection().clone(), self.deployment.clone(), options).await.unwrap()
    }

    async fn registry(&self, event: &impl SolEvent) {
        stub::emit_logs(self.chain.connection(), self.deployment.registry, &[stub::encode_event(event)]).await.unwrap();
    }

    async fn chamber(&self) {
        let policy = self.deployment.policy;
        self.registry(&ChamberCreated { chamber: U256::ZERO, name: "Founders".into(), policy }).await;
    }

    async fn enrol(&self, member: u64) {
        let subject = Address::left_padding_from(&(member + 1).to_be_bytes());
        let (chamber, index, id) = (U256::ZERO, U256::from(member), U256::from(member + 7));
        self.registry(&Enrolled { chamber, subject, index, id, weight: U256::from(1) }).await;
    }

    async fn poll(&self) {
        let parameters = PollParameters {
            proposal: B256::ZERO,
            options: 3,
            rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false },
            opensAt: 10,
            closesAt: 20,
            tallyDeadline: 30,
            committee: 0,
            chambersRequired: 1,
            chambers: vec![ChamberRule { chamber: 0, weighted: true, minBallots: 1, thresholdBps: 0, quorum: 0 }],
            metadata: String::new(),
        };
        let event = PollCreated { poll: U256::from(1), proposal: B256::ZERO, parameters };
        stub::emit_logs(self.chain.connection(), self.deployment.polls, &[stub::encode_event(&event)]).await.unwrap();
    }

    async fn cast(&self, nullifier: u64) {
        let nullifier = Fr::from(nullifier);
        let posted = Posted { h: Fr::from(1), nullifier, note: Fr::from(2), ciphertext: Ciphertext::zero(3) };
        let event = BallotCast {
            poll: U256::from(1),
            chamber: U256::ZERO,
            nullifier: words::from_field(&nullifier),
            previous: B256::ZERO,
            record: posted.to_bytes().into(),
        };
        stub::emit_logs(self.chain.connection(), self.deployment.polls, &[stub::encode_event(&event)]).await.unwrap();
    }

    async fn mine(&self, blocks: u64) {
        self.chain.connection().provider().anvil_mine(Some(blocks), None).await.unwrap();
    }

    async fn read(&self) -> ChainState {
        psephos_chain::read_state(self.chain.connection(), &self.deployment).await.unwrap()
    }

    /// Follows to the newest block and checks that the state equals the one from reading everything.
    async fn catch_up(&self, follower: &mut Follower) -> Vec<Step> {
        let mut steps = vec![follower.try_step().await.unwrap()];
        while !steps.last().unwrap().is_caught_up() {
            steps.push(follower.try_step().await.unwrap());
        }
        assert_eq!(text(follower.newest()), text(&self.read().await));
        steps
    }
}

fn text(state: &ChainState) -> String {
    format!("{state:#?}")
}

fn ballots(follower: &Follower) -> usize {
    follower.newest().polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn reorganisation_removes_a_ballot() {
    let scene = Scene::new().await;
    scene.chamber().await;
    for member in 0..3 {
        scene.enrol(member).await;
    }
    scene.poll().await;
    scene.mine(12).await;
    let mut follower = scene.follower(8).await;
    let steps = scene.catch_up(&mut follower).await;
    assert!(steps.len() > 2, "{} ranges", steps.len());
    assert_eq!(steps.iter().map(|step| step.logs.len()).sum::<usize>(), 5);

    scene.cast(1).await;
    scene.cast(2).await;
    scene.mine(1).await;
    scene.catch_up(&mut follower).await;
    assert_eq!(ballots(&follower), 2);
    let (blocks, kept) = (follower.blocks().len(), follower.confirmed().clone());
    assert!(kept.polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.is_empty() && blocks > 2);

    // The last two blocks are replaced by empty ones: the second ballot is gone.
    let options = ReorgOptions { depth: 2, tx_block_pairs: Vec::new() };
    scene.chain.connection().provider().anvil_reorg(options).await.unwrap();
    let steps = scene.catch_up(&mut follower).await;
    let head = steps[0].head;
    assert_eq!(steps[0].back_to, Some(Some(head - 2)));
    assert_eq!(ballots(&follower), 1);
    assert_eq!(text(follower.confirmed()), text(&kept));

    // Both become final.
    scene.mine(9).await;
    scene.catch_up(&mut follower).await;
    assert_eq!(follower.confirmed().polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.len(), 1);
    assert!(Arc::ptr_eq(
        &follower.confirmed().chambers[&ChamberId::new(0)],
        &follower.newest().chambers[&ChamberId::new(0)]
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn reorganisation_below_the_final_block_is_read_from_the_beginning() {
    let scene = Scene::new().await;
    scene.chamber().await;
    scene.enrol(0).await;
    scene.poll().await;
    let provider = scene.chain.connection().provider();
    let snapshot = provider.anvil_snapshot().await.unwrap();
    scene.cast(1).await;
    scene.mine(20).await;
    let mut follower = scene.follower(4).await;
    scene.catch_up(&mut follower).await;
    assert_eq!(ballots(&follower), 1);
    assert!(follower.confirmed().polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.len() == 1);

    assert!(provider.anvil_revert(snapshot).await.unwrap());
    let steps = scene.catch_up(&mut follower).await;
    assert_eq!(steps[0].back_to, Some(None));
    assert_eq!(ballots(&follower), 0);

    // And further: another ballot on the other branch.
    scene.cast(2).await;
    scene.mine(30).await;
    scene.catch_up(&mut follower).await;
    assert_eq!(ballots(&follower), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn following_resumes_from_stored_state() {
    let scene = Scene::new().await;
    scene.chamber().await;
    scene.enrol(0).await;
    scene.poll().await;
    scene.mine(10).await;
    let mut first = scene.follower(6).await;
    let steps = scene.catch_up(&mut first).await;
    scene.cast(1).await;
    let more = scene.catch_up(&mut first).await;
    let confirmed = first.confirmed().clone();
    let logs = steps.iter().chain(&more).flat_map(|step| step.logs.clone());
    let pending = logs.filter(|log| log.block > confirmed.block).collect();
    let blocks = first.blocks().to_vec();
    assert_eq!(blocks[0].number, confirmed.block);

    // Meanwhile the ballot was replaced by another.
    let options = ReorgOptions { depth: 1, tx_block_pairs: Vec::new() };
    scene.chain.connection().provider().anvil_reorg(options).await.unwrap();
    scene.cast(2).await;
    let options = FollowOptions { confirmations: 6, widest: 5 };
    let connection = scene.chain.connection().clone();
    let mut second = Follower::resume(connection, confirmed, blocks, pending, options);
    assert_eq!(text(second.newest()), text(first.newest()));
    let steps = scene.catch_up(&mut second).await;
    assert!(steps[0].back_to.is_some());
    assert_eq!(ballots(&second), 1);
    assert!(!second.newest().polls[&PollId::new(1)].chambers[&ChamberId::new(0)].latest.contains_key(&Fr::from(1)));
}
