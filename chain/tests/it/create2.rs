//! The factory of contracts is there, or is deployed by its own transaction, or by the account.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use alloy::{network::EthereumWallet, primitives::U256, providers::ext::AnvilApi, signers::local::PrivateKeySigner};
use psephos_chain::{
    Address, Bytes, ChainError, Connection, LocalChain,
    code::check_code,
    create2::{self, PROXY},
    deploy::{Installation, deploy_system},
    local,
    plan::PlanError,
};
use psephos_state::{
    PollBounds,
    bindings::AllowListPolicy::{ownerCall, pendingOwnerCall},
};
use psephos_testkit::{FUNDS, LyingNode};
use serde_json::json;

/// The transactions of a deployment: 31 contracts, 17 of them verifiers, and 10 libraries.
const CONTRACTS: u64 = 41;

/// Returns a new account with funds on a chain without the proxy, through this node if one is given.
async fn prepare(chain: &LocalChain, node: Option<&LyingNode>) -> Connection {
    chain.connection().provider().anvil_set_code(PROXY, Bytes::new()).await.unwrap();
    let signer = PrivateKeySigner::random();
    local::fund_account(chain.connection(), signer.address(), U256::from(FUNDS)).await.unwrap();
    let connection = match node {
        Some(node) => node.connect().await,
        None => chain.connection().clone(),
    };
    connection.with_wallet(EthereumWallet::from(signer))
}

/// Asserts that the account owns what it deployed with this many transactions, and the factory nothing.
async fn check(dao: &Connection, installation: &Installation, transactions: u64) {
    let account = dao.sender().unwrap();
    check_code(dao, &installation.deployment).await.unwrap();
    let deployment = &installation.deployment;
    for owned in [deployment.registry, deployment.policy, deployment.committee, deployment.polls, deployment.rewards] {
        assert_eq!(dao.call(owned, &ownerCall {}).await.unwrap(), account);
        assert_eq!(dao.call(owned, &pendingOwnerCall {}).await.unwrap(), Address::ZERO);
    }
    assert_eq!(dao.nonces(account).await.unwrap().latest, transactions);
    assert!(installation.contracts.iter().all(|contract| contract.transaction.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_that_is_missing_is_deployed_by_its_own_transaction() {
    let chain = LocalChain::start().await.unwrap();
    let dao = prepare(&chain, None).await;
    let installation = deploy_system(&dao, PollBounds::NONE).await.unwrap();
    assert!(create2::has_factory(&dao, PROXY).await.unwrap());
    check(&dao, &installation, CONTRACTS + 1).await;
    // Another deployment of the same account has other addresses and needs no proxy.
    let other = deploy_system(&dao, PollBounds::NONE).await.unwrap();
    assert_ne!(other.deployment.polls, installation.deployment.polls);
    check(&dao, &other, 2 * CONTRACTS + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn account_deploys_the_factory_where_transactions_without_chain_id_are_refused() {
    let chain = LocalChain::start().await.unwrap();
    let node = LyingNode::start(chain.connection()).await;
    node.alter_answers(|call, answer| {
        let raw = call.params[0].as_str().unwrap_or_default();
        if call.method == "eth_sendRawTransaction" && raw.starts_with("0xf8a580") {
            let message = "only replay-protected (EIP-155) transactions allowed over RPC";
            *answer = Err(json!({ "code": -32_000, "message": message }));
        }
    });
    let dao = prepare(&chain, Some(&node)).await;
    let installation = deploy_system(&dao, PollBounds::NONE).await.unwrap();
    assert!(!create2::has_factory(&dao, PROXY).await.unwrap());
    assert!(create2::has_factory(&dao, dao.sender().unwrap().create(0)).await.unwrap());
    check(&dao, &installation, CONTRACTS + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chain_that_creates_no_factory_is_refused_by_name() {
    let chain = LocalChain::start().await.unwrap();
    let node = LyingNode::start(chain.connection()).await;
    node.alter_answers(|call, answer| {
        if call.method == "eth_estimateGas" {
            *answer = Err(json!({ "code": -32_000, "message": "no such bytecode" }));
        }
    });
    let dao = prepare(&chain, Some(&node)).await;
    let Err(ChainError::Plan(error)) = deploy_system(&dao, PollBounds::NONE).await else { panic!("deployed") };
    assert!(matches!(*error, PlanError::NoFactory { .. }), "{error}");
    assert!(error.to_string().contains("31337") && error.to_string().contains("no such bytecode"), "{error}");
    assert_eq!(dao.nonces(dao.sender().unwrap()).await.unwrap().latest, 0);
}
