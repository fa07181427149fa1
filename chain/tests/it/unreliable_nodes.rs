//! Nodes that hang, are busy, break connections and lose answers: every request has an end, reads are repeated, and a
//! transaction is sent once.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use alloy::{
    consensus::Transaction,
    network::EthereumWallet,
    primitives::U256,
    providers::{Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
};
use psephos_chain::{
    B256, Bytes, ChainError, Connection, ConnectionOptions, LocalChain, NodeSet, gas_price::FeeOptions, local,
    options::SendObserver,
};
use psephos_testkit::{Fault, FaultyNode, LyingNode};
use serde_json::json;

/// What a test waits for at most.
const LIMIT: Duration = Duration::from_secs(120);
/// A key in a URL or a header, which nothing may show.
const CANARY: &str = "canary-0123456789abcdef";

/// Returns a URL of the node with a key in every part that may hold one.
fn url_with_key(node: &FaultyNode) -> String {
    let host = node.url().trim_start_matches("http://");
    format!("http://user:{CANARY}@{host}/v3/{CANARY}?key={CANARY}")
}

/// Returns options with a short time limit, for nodes that hang.
fn hurried(url: &str) -> ConnectionOptions {
    ConnectionOptions::new(url).with_timeout(Duration::from_secs(2))
}

/// Funds an account and returns its wallet.
async fn new_wallet(chain: &LocalChain) -> EthereumWallet {
    let signer = PrivateKeySigner::random();
    local::fund_account(chain.connection(), signer.address(), U256::from(10).pow(U256::from(18))).await.unwrap();
    EthereumWallet::from(signer)
}

#[track_caller]
fn shows_no_key(error: &ChainError) {
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains(CANARY), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_that_hangs_is_reported_within_the_time_limit() {
    let chain = LocalChain::start().await.unwrap();
    let node = FaultyNode::start(chain.connection(), |_, _| Some(Fault::Hang)).await;
    let connecting = Connection::connect(hurried(&url_with_key(&node)));
    let error = tokio::time::timeout(LIMIT, connecting).await.expect("an end").unwrap_err();
    assert!(matches!(error, ChainError::NoAnswer { .. }), "{error}");
    assert!(error.to_string().contains("--rpc-timeout SECONDS"), "{error}");
    assert_eq!(node.received("eth_chainId").len(), 1, "a request that took all its time is not repeated");
    shows_no_key(&error);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_are_repeated_until_a_busy_node_answers() {
    let chain = LocalChain::start().await.unwrap();
    let faults = [
        Fault::Status(429, "slow down", Some(1)),
        Fault::Status(503, "", None),
        Fault::Break,
        Fault::Status(502, "", None),
        Fault::Status(504, "", None),
    ];
    let number = faults.len();
    let node = FaultyNode::start(chain.connection(), move |method, earlier| {
        (method == "eth_blockNumber").then(|| faults.get(earlier).cloned()).flatten()
    })
    .await;
    let connection = Connection::connect(node.url()).await.unwrap();
    assert_eq!(connection.newest_block().await.unwrap(), chain.connection().newest_block().await.unwrap());
    assert_eq!(node.received("eth_blockNumber").len(), number + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_repeated_without_narrowing_the_range() {
    let chain = LocalChain::start().await.unwrap();
    chain.connection().provider().anvil_mine(Some(20), None).await.unwrap();
    let node = LyingNode::start(chain.connection()).await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let ranges = asked.clone();
    node.alter_answers(move |call, answer| {
        if call.method == "eth_getLogs" {
            let mut ranges = ranges.lock().unwrap();
            ranges.push(call.params[0]["toBlock"].clone());
            if ranges.len() == 1 {
                *answer = Err(json!({ "code": -32005, "message": "exceeded its compute units per second capacity" }));
            }
        }
    });
    psephos_chain::logs::read_logs(&node.connect().await, &[], 0, 20).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), ["0x14", "0x14"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn node_that_stays_busy_is_given_up() {
    let chain = LocalChain::start().await.unwrap();
    let node = FaultyNode::start(chain.connection(), |method, _| {
        (method == "eth_blockNumber").then_some(Fault::Status(429, CANARY, None))
    })
    .await;
    let connection = Connection::connect(&url_with_key(&node)).await.unwrap();
    let error = connection.newest_block().await.unwrap_err();
    assert!(matches!(error, ChainError::NodeBusy { .. }), "{error}");
    assert_eq!(node.received("eth_blockNumber").len(), 6);
    shows_no_key(&error);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_act_each_time_are_sent_once() {
    let chain = LocalChain::start().await.unwrap();
    let node = FaultyNode::start(chain.connection(), |method, _| {
        (method == "evm_mine").then_some(Fault::Status(503, "", None))
    })
    .await;
    let connection = Connection::connect(node.url()).await.unwrap();
    let provider = connection.provider();
    provider.raw_request::<_, serde_json::Value>("evm_mine".into(), ()).await.unwrap_err();
    assert_eq!(node.received("evm_mine").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn error_texts_that_repeat_the_url_are_shown_without_its_keys() {
    let chain = LocalChain::start().await.unwrap();
    let node = FaultyNode::start(chain.connection(), |method, _| match method {
        "eth_blockNumber" => Some(Fault::Status(404, "Cannot POST /v3/canary-0123456789abcdef", None)),
        "eth_getBalance" => Some(Fault::Status(200, "not JSON: canary-0123456789abcdef", None)),
        "eth_getCode" => Some(Fault::Status(
            400,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"bad key canary-0123456789abcdef"}}"#,
            None,
        )),
        "eth_gasPrice" => Some(Fault::Break),
        _ => None,
    })
    .await;
    let connection = Connection::connect(&url_with_key(&node)).await.unwrap();
    assert!(node.received("eth_chainId")[0].target.contains(CANARY), "the key is sent");
    assert!(!format!("{connection:?}").contains(CANARY));
    let account = psephos_chain::Address::ZERO;
    let errors = [
        connection.newest_block().await.unwrap_err(),
        connection.read_balance(account).await.unwrap_err(),
        connection.read_code(account).await.unwrap_err(),
    ];
    for error in &errors {
        assert!(matches!(error, ChainError::Provider { .. }), "{error}");
        shows_no_key(error);
    }
    assert!(errors[0].to_string().contains("Cannot POST /(hidden)"), "{}", errors[0]);
}

#[tokio::test]
async fn unreachable_nodes_and_invalid_urls_are_reported_without_keys() {
    for url in [
        format!("http://user:{CANARY}@127.0.0.1:9/{CANARY}?{CANARY}"),
        format!("ftp://127.0.0.1/{CANARY}"),
        format!("node.example/{CANARY}"),
        format!("http://[{CANARY}"),
        format!("http://{CANARY}@"),
    ] {
        shows_no_key(&Connection::connect(&url).await.unwrap_err());
    }
    for header in [CANARY.to_owned(), format!("na me: {CANARY}"), format!("name: {CANARY}\n")] {
        let options = ConnectionOptions::new("http://127.0.0.1:9").with_headers(vec![header]);
        let error = Connection::connect(options).await.unwrap_err();
        shows_no_key(&error);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_sent_to_their_own_node_only() {
    let chain = LocalChain::start().await.unwrap();
    let node = FaultyNode::start(chain.connection(), |method, _| {
        (method == "eth_blockNumber").then_some(Fault::Status(401, "who is canary-0123456789abcdef?", None))
    })
    .await;
    let other = FaultyNode::start(chain.connection(), |_, _| None).await;
    let headers = vec![format!("Authorization: Bearer {CANARY}"), "x-team: one".into()];
    let primary = Connection::connect(ConnectionOptions::new(node.url()).with_headers(headers)).await.unwrap();
    assert!(!format!("{primary:?}").contains(CANARY));
    let sent = node.received("eth_chainId").remove(0).headers;
    assert_eq!(sent["authorization"], *format!("Bearer {CANARY}"));
    assert_eq!(sent["x-team"], "one");
    shows_no_key(&primary.newest_block().await.unwrap_err());
    NodeSet::connect(primary, &[other.url().to_owned()]).await.unwrap();
    let sent = other.received("eth_chainId").remove(0).headers;
    assert!(!sent.contains_key("authorization") && !sent.contains_key("x-team"), "{sent:?}");
}

/// Remembers the hashes that it receives.
#[derive(Default)]
struct Hashes(Mutex<Vec<B256>>);

impl SendObserver for Hashes {
    fn sending(&self, hash: B256) {
        self.0.lock().unwrap().push(hash);
    }

    fn waiting(&self, _: B256, _: Duration) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_whose_answer_is_lost_is_sent_once() {
    let chain = LocalChain::start().await.unwrap();
    for (mined_at_once, fault) in
        [(true, Fault::BreakAfter), (false, Fault::BreakAfter), (true, Fault::HangAfter), (false, Fault::HangAfter)]
    {
        let wallet = new_wallet(&chain).await;
        let account = wallet.default_signer().address();
        let provider = chain.connection().provider();
        provider.anvil_set_auto_mine(mined_at_once).await.unwrap();
        let (observer, case) = (Arc::new(Hashes::default()), format!("{fault:?}, mined at once: {mined_at_once}"));
        // A broken connection is tried again: mined only then, the node knows the transaction and has not mined it.
        let sendings = if matches!(fault, Fault::BreakAfter) { 2 } else { 1 };
        let node = FaultyNode::start(chain.connection(), move |method, earlier| {
            (method == "eth_sendRawTransaction" && earlier == 0).then(|| fault.clone())
        })
        .await;
        let options = hurried(&url_with_key(&node)).with_observer(observer.clone());
        let sender = Connection::connect(options).await.unwrap().with_wallet(wallet);
        let sending = tokio::spawn(async move { sender.deploy_code(Bytes::from_static(&[0])).await });
        while !mined_at_once && !sending.is_finished() {
            if node.received("eth_sendRawTransaction").len() >= sendings {
                // Until the second answer is there.
                tokio::time::sleep(Duration::from_millis(100)).await;
                provider.anvil_mine(Some(1), None).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let sent = sending.await.unwrap().unwrap_or_else(|error| panic!("{case}: {error}"));
        assert!(observer.0.lock().unwrap().contains(&sent.hash), "{case}");
        assert_eq!(provider.get_transaction_count(account).await.unwrap(), 1, "{case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hash_is_reported_before_the_node_answers() {
    let chain = LocalChain::start().await.unwrap();
    let (wallet, observer) = (new_wallet(&chain).await, Arc::new(Hashes::default()));
    let node =
        FaultyNode::start(chain.connection(), |method, _| (method == "eth_sendRawTransaction").then_some(Fault::Hang))
            .await;
    let options = ConnectionOptions::new(node.url()).with_observer(observer.clone());
    let sender = Connection::connect(options).await.unwrap().with_wallet(wallet);
    let sending = tokio::spawn(async move { sender.deploy_code(Bytes::from_static(&[0])).await });
    let told = async {
        while observer.0.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, told).await.expect("the hash arrives");
    sending.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn node_without_fee_history_is_sent_legacy_transactions() {
    let chain = LocalChain::start().await.unwrap();
    let node = LyingNode::start(chain.connection()).await;
    node.alter_answers(|call, answer| {
        if call.method == "eth_feeHistory" {
            *answer = Err(json!({ "code": -32601, "message": "the method eth_feeHistory does not exist" }));
        }
    });
    let send = async |fees: FeeOptions| {
        let connection = Connection::connect(ConnectionOptions::new(node.url()).with_fees(fees)).await.unwrap();
        let sender = connection.with_wallet(new_wallet(&chain).await);
        let hash = sender.deploy_code(Bytes::from_static(&[0])).await?.hash;
        let mined = chain.connection().provider().get_transaction_by_hash(hash).await.unwrap().unwrap();
        let mined = mined.into_inner();
        Ok::<_, ChainError>((mined.gas_price(), mined.max_fee_per_gas(), mined.max_priority_fee_per_gas()))
    };
    let (price, most, tip) = send(FeeOptions::default()).await.unwrap();
    assert!(price.is_some_and(|price| price > 0) && (most, tip) == (price.unwrap(), None), "{price:?} {most} {tip:?}");

    let gwei = 1_000_000_000;
    let none = FeeOptions::default();
    let (price, ..) = send(FeeOptions { gas_price: Some(7 * gwei), ..none }).await.unwrap();
    assert_eq!(price, Some(7 * gwei));
    let both = FeeOptions { gas_price: Some(7 * gwei), priority_fee: Some(gwei), ..none };
    assert_eq!(send(both).await.unwrap(), (None, 7 * gwei, Some(gwei)));
    let error = send(FeeOptions { priority_fee: Some(gwei), ..none }).await.unwrap_err();
    assert!(matches!(error, ChainError::NoFeeEstimate { .. }), "{error}");

    node.be_honest();
    assert_eq!(send(FeeOptions { legacy: true, gas_price: Some(9 * gwei), ..none }).await.unwrap().0, Some(9 * gwei));
    let (price, _, tip) = send(FeeOptions { priority_fee: Some(2 * gwei), ..none }).await.unwrap();
    assert_eq!((price, tip), (None, Some(2 * gwei)));
}
