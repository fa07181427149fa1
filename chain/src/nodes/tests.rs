use alloy::{primitives::U256, providers::mock::Asserter, sol, sol_types::SolValue};

use super::*;
use crate::connection::tests::mocked_at;

sol! { function answer() external view returns (uint256); }

fn block(number: u64, fork: u8) -> alloy::rpc::types::Block {
    let mut block: alloy::rpc::types::Block = alloy::rpc::types::Block::default();
    block.header.hash = B256::repeat_byte(number as u8 ^ fork);
    (block.header.inner.number, block.header.inner.timestamp) = (number, 100 + number);
    block
}

/// Returns the nodes `https://one.example`, `https://two.example`, .. with scripted answers.
fn nodes(count: usize) -> (NodeSet, Vec<Asserter>) {
    let names = ["one", "two", "three"];
    let (mut connections, answers): (Vec<_>, Vec<_>) =
        names[..count].iter().map(|name| mocked_at(&format!("https://{name}.example/secret-key"))).unzip();
    let others = connections.split_off(1);
    (NodeSet { primary: connections.remove(0), others }, answers)
}

#[tokio::test]
async fn newest_block_of_all_nodes_is_compared() {
    let (set, answers) = nodes(3);
    for (node, head) in answers.iter().zip([20u64, 18, 19]) {
        node.push_success(&head);
        node.push_success(&block(15, 0));
    }
    let common = set.find_common_block(3).await.unwrap();
    assert_eq!(common, CommonBlock { number: 15, hash: block(15, 0).header.hash, time: 115 });
    assert_eq!(set.operators(), 3);
}

#[tokio::test]
async fn node_on_another_fork_is_named_by_its_host() {
    let (set, answers) = nodes(3);
    for (node, fork) in answers.iter().zip([0, 0, 0x80]) {
        node.push_success(&20u64);
        node.push_success(&block(20, fork));
    }
    let error = set.find_common_block(0).await.unwrap_err();
    assert!(matches!(&error, NodesError::OtherFork { node, block: 20, .. } if node == "three.example"), "{error}");
    assert!(!error.to_string().contains("secret-key"), "{error}");
}

#[tokio::test]
async fn node_that_is_far_behind_is_named() {
    let (set, answers) = nodes(2);
    answers[0].push_success(&100u64);
    answers[1].push_success(&60u64);
    let error = set.find_common_block(0).await.unwrap_err();
    assert!(matches!(&error, NodesError::Behind { node, head: 60, behind: 40 } if node == "two.example"), "{error}");
}

#[tokio::test]
async fn node_that_does_not_answer_is_named_and_not_left_out() {
    let (set, answers) = nodes(2);
    answers[0].push_success(&100u64);
    answers[1].push_failure_msg("no");
    let error = set.find_common_block(0).await.unwrap_err();
    assert!(matches!(&error, NodesError::Unusable { node, .. } if node == "two.example"), "{error}");
}

#[tokio::test]
async fn different_answers_are_refused_and_equal_ones_returned() {
    let common = CommonBlock { number: 9, hash: B256::ZERO, time: 0 };
    for (other, agreed) in [(7u64, true), (8, false)] {
        let (set, answers) = nodes(2);
        answers[0].push_success(&Bytes::from(U256::from(7).abi_encode()));
        answers[1].push_success(&Bytes::from(U256::from(other).abi_encode()));
        let called = set.call_at(common, Address::ZERO, &answerCall {}).await;
        match called {
            Ok(value) => assert!(agreed && value == 7),
            Err(error) => {
                assert!(!agreed && matches!(&error, NodesError::Disagrees { node, .. } if node == "two.example"));
                assert!(error.to_string().contains("answer()"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn nodes_of_one_operator_count_once() {
    let connection = |url: &str| mocked_at(url).0;
    let set = NodeSet {
        primary: connection("https://mainnet.nodes.example.com/v3/a"),
        others: vec![connection("https://backup.nodes.example.com/v3/b"), connection("https://other.example")],
    };
    assert_eq!(set.operators(), 2);
}
