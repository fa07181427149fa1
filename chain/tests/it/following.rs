//! Following a chain through reorganisations.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::sync::Arc;

use alloy::{providers::ext::AnvilApi, rpc::types::anvil::ReorgOptions};
use psephos_chain::{
    ChainError, LocalChain,
    follow::{FollowOptions, Follower, block::Step},
};
use psephos_protocol::{
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{ChainState, bindings::IPolls::PollParameters};
use psephos_testkit::{StubDeployment, poll_parameters};

struct Scene {
    stub: StubDeployment,
}

impl Scene {
    async fn new() -> Self {
        Self { stub: StubDeployment::start().await }
    }

    fn chain(&self) -> &LocalChain {
        &self.stub.chain
    }

    async fn follower(&self, confirmations: u64) -> Follower {
        let options = FollowOptions { confirmations, widest: 5 };
        Follower::start(self.chain().connection().clone(), self.stub.deployment.clone(), options).await.unwrap()
    }

    async fn poll(&self) {
        self.stub.create_poll(PollParameters { closesAt: 20, tallyDeadline: 30, ..poll_parameters() }).await;
    }

    /// Follows to the newest block and checks that the state equals the one from reading everything.
    async fn catch_up(&self, follower: &mut Follower) -> Vec<Step> {
        let mut steps = vec![follower.try_step().await.unwrap()];
        while !steps.last().unwrap().is_caught_up() {
            steps.push(follower.try_step().await.unwrap());
        }
        assert_eq!(text(follower.newest()), text(&self.stub.read_state().await));
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
    scene.stub.create_chamber("Founders").await;
    for member in 0..3 {
        scene.stub.enrol_member(member, 1).await;
    }
    scene.poll().await;
    scene.stub.mine_blocks(12).await;
    let mut follower = scene.follower(8).await;
    let steps = scene.catch_up(&mut follower).await;
    assert!(steps.len() > 2, "{} ranges", steps.len());
    assert_eq!(steps.iter().map(|step| step.logs.len()).sum::<usize>(), 5);

    scene.stub.cast_ballot(1).await;
    scene.stub.cast_ballot(2).await;
    scene.stub.mine_blocks(1).await;
    scene.catch_up(&mut follower).await;
    assert_eq!(ballots(&follower), 2);
    let (blocks, kept) = (follower.blocks().len(), follower.confirmed().clone());
    assert!(kept.polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.is_empty() && blocks > 2);

    // The last two blocks are replaced by empty ones: the second ballot is gone.
    let options = ReorgOptions { depth: 2, tx_block_pairs: Vec::new() };
    scene.chain().connection().provider().anvil_reorg(options).await.unwrap();
    let steps = scene.catch_up(&mut follower).await;
    let head = steps[0].head;
    assert_eq!(steps[0].back_to, Some(Some(head - 2)));
    assert_eq!(ballots(&follower), 1);
    assert_eq!(text(follower.confirmed()), text(&kept));

    // Both become final.
    scene.stub.mine_blocks(9).await;
    scene.catch_up(&mut follower).await;
    assert_eq!(follower.confirmed().polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.len(), 1);
    assert!(Arc::ptr_eq(
        &follower.confirmed().chambers[&ChamberId::new(0)],
        &follower.newest().chambers[&ChamberId::new(0)]
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_thrown_away_when_the_final_block_is_gone() {
    let scene = Scene::new().await;
    scene.stub.create_chamber("Founders").await;
    scene.stub.enrol_member(0, 1).await;
    scene.poll().await;
    let provider = scene.chain().connection().provider();
    let snapshot = provider.anvil_snapshot().await.unwrap();
    scene.stub.cast_ballot(1).await;
    scene.stub.mine_blocks(20).await;
    let mut follower = scene.follower(4).await;
    scene.catch_up(&mut follower).await;
    let (kept, blocks) = (text(follower.newest()), follower.blocks().to_vec());

    // The node goes back, and further on another branch.
    assert!(provider.anvil_revert(snapshot).await.unwrap());
    for blocks_more in [0, 40] {
        scene.stub.mine_blocks(blocks_more).await;
        let error = follower.try_step().await.unwrap_err();
        assert!(
            matches!(error, ChainError::FinalBlockLost { number, hash, .. } if (number, hash) == (blocks[0].number, blocks[0].hash)),
            "{error}"
        );
        assert_eq!((text(follower.newest()), follower.blocks()), (kept.clone(), blocks.as_slice()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn young_chain_is_read_again_if_it_has_the_deployment() {
    let scene = Scene::new().await;
    let provider = scene.chain().connection().provider();
    let empty = provider.anvil_snapshot().await.unwrap();
    scene.stub.create_chamber("Founders").await;
    let mut follower = scene.follower(1_000).await;
    scene.catch_up(&mut follower).await;
    assert!(provider.anvil_revert(empty).await.unwrap());
    scene.stub.create_chamber("Guardians").await;
    let steps = scene.catch_up(&mut follower).await;
    assert!(steps[0].back_to.is_some());

    let other = LocalChain::start().await.unwrap();
    let (blocks, pending) = (follower.blocks().to_vec(), Vec::new());
    let options = FollowOptions { confirmations: 1_000, widest: 5 };
    let connection = other.connection().clone();
    let mut moved = Follower::resume(connection, follower.confirmed().clone(), blocks.clone(), pending, options);
    let error = moved.try_step().await.unwrap_err();
    assert!(matches!(error, ChainError::NotDeployed { .. }), "{error}");
    assert_eq!(moved.blocks(), blocks);
}

#[tokio::test(flavor = "multi_thread")]
async fn following_resumes_from_stored_state() {
    let scene = Scene::new().await;
    scene.stub.create_chamber("Founders").await;
    scene.stub.enrol_member(0, 1).await;
    scene.poll().await;
    scene.stub.mine_blocks(10).await;
    let mut first = scene.follower(6).await;
    let steps = scene.catch_up(&mut first).await;
    scene.stub.cast_ballot(1).await;
    let more = scene.catch_up(&mut first).await;
    let confirmed = first.confirmed().clone();
    let logs = steps.iter().chain(&more).flat_map(|step| step.logs.clone());
    let pending = logs.filter(|log| log.block > confirmed.block).collect();
    let blocks = first.blocks().to_vec();
    assert_eq!(blocks[0].number, confirmed.block);

    // Meanwhile the ballot was replaced by another.
    let options = ReorgOptions { depth: 1, tx_block_pairs: Vec::new() };
    scene.chain().connection().provider().anvil_reorg(options).await.unwrap();
    scene.stub.cast_ballot(2).await;
    let options = FollowOptions { confirmations: 6, widest: 5 };
    let connection = scene.chain().connection().clone();
    let mut second = Follower::resume(connection, confirmed, blocks, pending, options);
    assert_eq!(text(second.newest()), text(first.newest()));
    let steps = scene.catch_up(&mut second).await;
    assert!(steps[0].back_to.is_some());
    assert_eq!(ballots(&second), 1);
    assert!(
        !second.newest().polls[&PollId::new(1)].chambers[&ChamberId::new(0)]
            .latest
            .contains_key(&Nullifier::from_u64(1))
    );
}
