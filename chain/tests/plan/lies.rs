//! Nodes that forget, say a false nonce, or do not tell a hash; and a nonce that another transaction used.

use std::{sync::Mutex, time::Duration};

use alloy::{primitives::U64, providers::ext::AnvilApi};
use psephos_chain::{
    B256, Bytes, LocalChain, U256,
    plan::{PlanError, PlanObserver},
};
use psephos_testkit::LyingNode;
use serde_json::json;

use crate::support::{Fixture, plan_error};

/// Long enough for some looks at the chain.
const IMPATIENT: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn node_that_forgets_is_not_paid_again() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain).await;
    let before = chain.connection().newest_block().await.unwrap();
    // The run stops when the second step was sent: 1 write at the start, 3 of the first step, 1 before sending.
    fixture.journal.fail_after(5);
    fixture.run(&fixture.account).await.unwrap_err();
    fixture.journal.repair();
    assert_eq!(fixture.mined().await, 2);

    // The node knows neither transaction, neither contract, and the nonce as it was before.
    let node = LyingNode::start(&fixture.account).await;
    node.stop_at(before);
    let connection = fixture.connect(&node).await.with_patience(IMPATIENT);
    let error = plan_error(fixture.run(&connection).await);
    assert!(matches!(error, PlanError::NotMined { nonce: 0, latest: 0, .. }), "{error}");
    assert_eq!(fixture.mined().await, 2, "nothing was paid for");
    node.be_honest();
    fixture.run(&connection).await.unwrap();
    fixture.assert_done(0, "honest again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn step_in_flight_gets_no_other_nonce_from_a_false_one() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain).await;
    let provider = chain.connection().provider();
    provider.anvil_set_auto_mine(false).await.unwrap();
    let node = LyingNode::start(&fixture.account).await;
    let connection = fixture.connect(&node).await.with_patience(IMPATIENT);
    let error = plan_error(fixture.run(&connection).await);
    assert!(matches!(error, PlanError::NotMined { nonce: 0, hash: Some(_), .. }), "{error}");

    let account = fixture.account.sender().unwrap();
    node.alter_answers(|call, answer| {
        if call.method == "eth_getTransactionCount" {
            *answer = Ok(json!(U64::from(1)));
        }
    });
    let error = plan_error(fixture.run(&connection).await);
    assert!(matches!(error, PlanError::UnexplainedNonce { nonce: 0, .. }), "{error}");
    assert_eq!(fixture.account.nonces(account).await.unwrap().pending, 1, "one transaction waits");

    node.be_honest();
    provider.anvil_set_auto_mine(true).await.unwrap();
    provider.anvil_mine(Some(1), None).await.unwrap();
    fixture.run(&connection).await.unwrap();
    fixture.assert_done(0, "mined").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonce_that_the_node_says_too_low_is_not_used_again() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain).await;
    let node = LyingNode::start(&fixture.account).await;
    node.alter_answers(|call, answer| {
        if call.method == "eth_getTransactionCount" {
            *answer = Ok(json!(U64::ZERO));
        }
    });
    let connection = fixture.connect(&node).await;
    fixture.run(&connection).await.unwrap();
    fixture.assert_done(0, "nonces from the journal").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_whose_hash_was_never_told_is_found_by_its_nonce() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain).await;
    let node = LyingNode::start(&fixture.account).await;
    node.alter_answers(|call, answer| {
        if call.method == "eth_sendRawTransaction" {
            *answer = Err(json!({ "code": -32_000, "message": "already known" }));
        }
    });
    let connection = fixture.connect(&node).await;
    let results = fixture.run(&connection).await.unwrap();
    assert!(results.iter().all(|result| result.transaction.is_some()), "{results:?}");
    fixture.assert_done(0, "found").await;
}

/// Keeps which transactions have used the steps' nonces.
#[derive(Default)]
struct Spenders(Mutex<Vec<B256>>);

impl PlanObserver for Spenders {
    fn nonce_spent(&self, _step: &str, _nonce: u64, by: B256) {
        self.0.lock().unwrap().push(by);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn step_whose_nonce_another_transaction_used_gets_a_new_one() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain).await;
    let provider = chain.connection().provider();
    provider.anvil_set_auto_mine(false).await.unwrap();
    let impatient = fixture.account.with_patience(IMPATIENT);
    plan_error(fixture.run(&impatient).await);
    // The owner cancels the transaction in a wallet.
    provider.anvil_drop_all_transactions().await.unwrap();
    provider.anvil_set_auto_mine(true).await.unwrap();
    let account = fixture.account.sender().unwrap();
    let cancelled = fixture.account.send_bytes(account, Bytes::new(), U256::ZERO).await.unwrap();

    let spenders = Spenders::default();
    fixture.run_observed(&fixture.account, &spenders).await.unwrap();
    assert_eq!(*spenders.0.lock().unwrap(), [cancelled.hash]);
    fixture.assert_done(1, "cancelled").await;
}
