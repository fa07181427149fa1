use std::time::Instant;

use super::*;
use alloy::{primitives::Address, rpc::types::Log};
use psephos_state::{Deployment, StateError, deployment::placeholder, identifiers::ChainId};

use crate::connection::tests::mocked;

fn nothing() -> Arc<ChainState> {
    Arc::new(ChainState::empty(Deployment { chain_id: ChainId::new(1), ..placeholder(Address::repeat_byte) }))
}

fn block(number: u64, fork: u8) -> alloy::rpc::types::Block {
    let mut block: alloy::rpc::types::Block = alloy::rpc::types::Block::default();
    block.header.hash = alloy::primitives::B256::repeat_byte(number as u8 ^ fork);
    block.header.inner.number = number;
    block.header.inner.timestamp = 100 + number;
    block
}

#[tokio::test]
async fn failures_are_reported_and_retried_without_end() {
    let (connection, answers) = mocked();
    let mut follower = Follower::resume(connection, nothing(), Vec::new(), Vec::new(), FollowOptions::default());
    follower.backoff = Backoff::new(Duration::from_millis(8), Duration::from_millis(20));
    for _ in 0..5 {
        answers.push_failure_msg("too many requests");
    }
    answers.push_success(&block(9, 0));
    answers.push_success(&Vec::<Log>::new());
    answers.push_success(&block(9, 0));
    let mut reported = Vec::new();
    let start = Instant::now();
    let step = follower.next_step(|failure| reported.push((failure.failures, failure.pause))).await;
    assert_eq!(reported.iter().map(|(failures, _)| *failures).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(start.elapsed() >= reported.iter().map(|(_, pause)| *pause).sum());
    assert!(step.is_caught_up() && step.back_to.is_none());
    assert_eq!((follower.newest().block, follower.newest().time), (9, 109));
    assert_eq!(follower.backoff.failures(), 0);
}

#[tokio::test]
async fn head_that_changes_during_a_step_is_read_again() {
    let (connection, answers) = mocked();
    let mut follower = Follower::resume(connection, nothing(), Vec::new(), Vec::new(), FollowOptions::default());
    for fork in [(0, 0x80), (0x80, 0x80)] {
        answers.push_success(&block(9, fork.0));
        answers.push_success(&Vec::<Log>::new());
        answers.push_success(&block(9, fork.1));
    }
    let step = follower.try_step().await.unwrap();
    assert_eq!(step.block.hash, block(9, 0x80).header.hash);
    assert_eq!(follower.blocks(), [step.block]);
}

#[tokio::test]
async fn logs_of_other_blocks_are_rejected_without_effect() {
    let (connection, answers) = mocked();
    let mut follower = Follower::resume(connection, nothing(), Vec::new(), Vec::new(), FollowOptions::default());
    answers.push_success(&block(9, 0));
    answers.push_success(&vec![Log::<alloy::primitives::LogData> { block_number: Some(10), ..Log::default() }]);
    answers.push_success(&block(9, 0));
    assert!(matches!(follower.try_step().await, Err(ChainError::State(StateError::Unexpected(_)))));
    assert!(follower.blocks().is_empty());
}

#[tokio::test]
async fn lagging_node_removes_blocks_until_it_has_them_again() {
    let (connection, answers) = mocked();
    let mut follower = Follower::resume(connection, nothing(), Vec::new(), Vec::new(), FollowOptions::default());
    for head in [7, 9] {
        answers.push_success(&block(head, 0));
        if head == 9 {
            answers.push_success(&block(7, 0));
        }
        answers.push_success(&Vec::<Log>::new());
        answers.push_success(&block(head, 0));
        follower.try_step().await.unwrap();
    }
    answers.push_success(&block(8, 0));
    answers.push_success(&block(7, 0));
    answers.push_success(&Vec::<Log>::new());
    answers.push_success(&block(8, 0));
    let step = follower.try_step().await.unwrap();
    assert_eq!((step.back_to, step.block.number), (Some(Some(7)), 8));
}
