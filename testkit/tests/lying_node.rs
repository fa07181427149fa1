//! A lying node answers as the node behind it, except for what a test alters.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use psephos_chain::Connection;
use psephos_protocol::identifiers::ChamberId;
use psephos_state::ChainState;
use psephos_testkit::{LyingNode, StubDeployment};

/// Reads the state over this connection.
async fn read_state(stub: &StubDeployment, connection: &Connection) -> ChainState {
    psephos_chain::read_state(connection, &stub.deployment).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_altered_hidden_and_shown_again() {
    let stub = StubDeployment::start().await;
    stub.create_chamber("Founders").await;
    stub.enrol_member(0, 5).await;
    stub.enrol_member(1, 7).await;
    let node = LyingNode::start(stub.chain.connection()).await;
    let connection = node.connect().await;
    let members = async || read_state(&stub, &connection).await.chambers[&ChamberId::new(0)].members.len();
    assert_eq!(members().await, 2);
    node.alter_logs(|logs| drop(logs.pop()));
    assert_eq!(members().await, 1);
    node.be_honest();
    assert_eq!(members().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn node_that_lags_knows_nothing_of_later_blocks() {
    let stub = StubDeployment::start().await;
    stub.create_chamber("Founders").await;
    stub.enrol_member(0, 5).await;
    let block = stub.chain.connection().newest_block().await.unwrap();
    stub.enrol_member(1, 7).await;
    let node = LyingNode::start(stub.chain.connection()).await;
    node.stop_at(block);
    let connection = node.connect().await;
    assert_eq!(connection.newest_block().await.unwrap(), block);
    assert!(connection.block_time(block + 1).await.is_err());
    let state = read_state(&stub, &connection).await;
    assert_eq!((state.block, state.chambers[&ChamberId::new(0)].members.len()), (block, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn node_changes_to_another_fork() {
    let (first, second) = (StubDeployment::start().await, StubDeployment::start().await);
    first.create_chamber("Founders").await;
    second.create_chamber("Impostors").await;
    let node = LyingNode::start(first.chain.connection()).await;
    let connection = node.connect().await;
    let name = async || read_state(&first, &connection).await.chambers[&ChamberId::new(0)].name.clone();
    assert_eq!(name().await, "Founders");
    node.follow(second.chain.connection());
    assert_eq!(name().await, "Impostors");
}
