//! A voter, a relayer and the chain, by commands: a receipt that is honoured, and one that is not.

#[path = "support/chain.rs"]
mod chain;
mod support;

use std::sync::Arc;
use std::time::Duration;

use chain::{ChainSandbox, run_vote};
use psephos_chain::Deployment;
use psephos_client::{Account, Circuits};
use psephos_service::relayer::{Parts, Reader, Relayer, Settings, router};
use serde_json::json;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn broken_receipt_is_detected_by_the_voter() {
    let chain = ChainSandbox::new().await;
    chain::open_poll(&chain).await;
    let (url, stop) = start_relayer(&chain).await;

    // Proving and submitting with one command.
    let voted = run_vote(&chain, "ada", &["--choice", "1", "--out", "ada.json", "--relayer", &url]).json();
    assert!(voted["promise"]["by"].as_u64().is_some(), "{voted}");
    assert!(chain.sandbox.path("ada.json.receipt").exists());
    wait_until_counted(&chain, "ada").await;
    let looked = run_vote(&chain, "ada", &["--check", "--package", "ada.json"]);
    assert!(looked.json()["promise"]["broken"] == false, "{looked:#?}");

    // Proving first, submitting later; and an invalid package.
    run_vote(&chain, "ben", &["--choice", "2", "--out", "ben.json"]).json();
    chain.sandbox.run(&["relay", "ben.json", "--to", "http://relayer.example"]).fails(2, "https");
    chain.sandbox.write_file("bad.json", "{}");
    chain.sandbox.run(&["relay", "bad.json", "--to", &url]).fails(2, "not a ballot package");
    let given = chain.sandbox.run(&["--json", "relay", "ben.json", "--to", &url]).json();
    assert_eq!(given["packages"][0]["name"], "ben.json");
    wait_until_counted(&chain, "ben").await;
    chain.sandbox.run(&["--json", "relay", "ben.json", "--to", &url]).json();

    // The relayer is unreachable: the package is not lost, and the error says what to do.
    stop.cancel();
    let gone = "http://127.0.0.1:9";
    run_vote(&chain, "cem", &["--choice", "1", "--out", "cem.json", "--relayer", gone]).fails(3, "--sender");
    assert!(chain.sandbox.path("cem.json").exists() && !chain.sandbox.path("cem.json.receipt").exists());

    // A broken promise: the receipt identifies the relayer.
    write_broken_receipt(&chain);
    let looked = chain.sandbox.run(&check_arguments("cem"));
    assert_eq!(looked.code, 1, "{looked:#?}");
    assert!(looked.stdout.contains("has not kept its word") && looked.stdout.contains("--sender"), "{looked:#?}");
    let forged = std::fs::read_to_string(chain.sandbox.path("cem.json.receipt")).expect("a receipt");
    chain.sandbox.write_file("cem.json.receipt", &forged.replace("\"promised_by\": 2", "\"promised_by\": 3"));
    chain.sandbox.run(&check_arguments("cem")).fails(2, "receipt");
    chain.sandbox.write_file("cem.json.receipt", &forged);
    chain.run_as("dao", &["relay", "cem.json"]).json();
    assert_eq!(chain.sandbox.run(&check_arguments("cem")).code, 0);
}

fn check_arguments(name: &'static str) -> Vec<&'static str> {
    let (identity, package): (&str, &str) = match name {
        "cem" => ("cem.identity", "cem.json"),
        _ => ("ben.identity", "ben.json"),
    };
    ["vote", "--poll", "1", "--chamber", "0", "--identity", identity, "--check", "--package", package].to_vec()
}

/// Waits until a voter's ballot counts.
async fn wait_until_counted(chain: &ChainSandbox, name: &str) {
    let package = format!("{name}.json");
    for _ in 0..100 {
        if run_vote(chain, name, &["--check", "--package", &package]).code == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name}'s ballot does not come to the chain");
}

/// Writes an expired receipt for the third ballot, signed by an unknown account.
fn write_broken_receipt(chain: &ChainSandbox) {
    use psephos_exchange::relay::{Kind, Receipt, ballot_id};
    let json = std::fs::read(chain.sandbox.path("cem.json")).expect("a package");
    let package = psephos_client::Package::parse(&json).expect("a package");
    let receipt = Receipt {
        id: ballot_id(&package, &package.contents().expect("a ballot")),
        kind: Kind::Ballot,
        chain_id: package.chain_id,
        contract: package.polls,
        poll: package.poll,
        chamber: package.chamber,
        accepted_at: 1,
        promised_by: 2,
        relayer: Default::default(),
        signature: String::new(),
    };
    let receipt = receipt.signed(&alloy::signers::local::PrivateKeySigner::random()).expect("signed");
    let promise = json!({ "url": "https://relayer.example/", "receipt": receipt });
    chain.sandbox.write_file("cem.json.receipt", &serde_json::to_string_pretty(&promise).expect("JSON"));
}

/// Starts a relayer with the account `relayer`.
async fn start_relayer(chain: &ChainSandbox) -> (String, CancellationToken) {
    let account = Account::open(&chain.sandbox.path("relayer.key"), chain::PASSPHRASE.as_bytes()).expect("an account");
    let connection = chain.local.connection().clone();
    let deployment = Deployment::load(&chain.sandbox.path("deployment.json")).expect("a deployment");
    let parts = Parts {
        settings: Settings {
            max_age: 0,
            confirmations: 1,
            interval_ms: 30,
            closing: 0,
            last_call: 0,
            ..Settings::default()
        },
        view: Arc::new(Reader::new(connection.clone(), deployment.clone())),
        connection,
        deployment,
        signer: account.into_signer(),
        circuits: Arc::new(Circuits::default()),
    };
    let relayer =
        Relayer::open(parts, &chain.sandbox.path("relayer.redb"), &mut Default::default()).expect("a relayer");
    let relayer = Arc::new(relayer);
    let stop = CancellationToken::new();
    tokio::spawn(relayer.clone().run(stop.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router(relayer)).await });
    (url, stop)
}
