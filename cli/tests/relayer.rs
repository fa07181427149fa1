//! A voter, a relayer and the chain, by commands: a promise that is kept, and one that is broken.

#[path = "support/house.rs"]
mod house;
mod support;

use std::sync::Arc;
use std::time::Duration;

use house::{House, vote};
use psephos_client::{Account, KeyRing};
use psephos_service::relayer::{NodeStateSource, Relayer, RelayerResources, RelayerSettings, relayer_router};
use serde_json::json;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn broken_promise_is_detected_by_its_receipt() {
    let house = House::new().await;
    house::open_poll(&house).await;
    let (url, stop) = start_relayer(&house).await;

    // Prove and submit in one command.
    let voted = vote(&house, "ada", &["--option", "1", "--out", "ada.json", "--relayer", &url]).json();
    assert!(voted["promise"]["by"].as_u64().is_some(), "{voted}");
    assert!(house.desk.path("ada.json.receipt").exists());
    wait_until_counted(&house, "ada").await;
    let looked = vote(&house, "ada", &["--check", "--package", "ada.json"]);
    assert!(looked.json()["promise"]["broken"] == false, "{looked:#?}");

    // Prove first and submit later; an invalid package is rejected.
    vote(&house, "ben", &["--option", "2", "--out", "ben.json"]).json();
    house.desk.run(&["relay", "ben.json", "--relayer", "http://relayer.example"]).fails(2, "https");
    house.desk.put("bad.json", "{}");
    house.desk.run(&["relay", "bad.json", "--relayer", &url]).fails(2, "not a psephos-ballot file");
    let given = house.desk.run(&["--json", "relay", "ben.json", "--relayer", &url]).json();
    assert_eq!(given["packages"][0]["name"], "ben.json");
    wait_until_counted(&house, "ben").await;
    house.desk.run(&["--json", "relay", "ben.json", "--relayer", &url]).json();

    // The relayer is unreachable: nothing is lost, and the hint says what to do.
    stop.cancel();
    let gone = "http://127.0.0.1:9";
    vote(&house, "cem", &["--option", "1", "--out", "cem.json", "--relayer", gone]).fails(3, "--sender");
    assert!(house.desk.path("cem.json").exists() && !house.desk.path("cem.json.receipt").exists());

    // A broken promise: the receipt proves which relayer made it.
    write_broken_promise(&house);
    let looked = house.desk.run(&check_arguments("cem"));
    assert_eq!(looked.code, 1, "{looked:#?}");
    assert!(looked.stdout.contains("broke its promise") && looked.stdout.contains("--sender"), "{looked:#?}");
    let forged = std::fs::read_to_string(house.desk.path("cem.json.receipt")).expect("a receipt");
    house.desk.put("cem.json.receipt", &forged.replace("\"promised_by\": 2", "\"promised_by\": 3"));
    house.desk.run(&check_arguments("cem")).fails(2, "receipt");
    house.desk.put("cem.json.receipt", &forged);
    house.run("dao", &["relay", "cem.json"]).json();
    assert_eq!(house.desk.run(&check_arguments("cem")).code, 0);
}

fn check_arguments(name: &'static str) -> Vec<&'static str> {
    let (identity, package): (&str, &str) = match name {
        "cem" => ("cem.identity", "cem.json"),
        _ => ("ben.identity", "ben.json"),
    };
    ["vote", "--poll", "1", "--chamber", "0", "--identity", identity, "--check", "--package", package].to_vec()
}

/// Waits until a voter's ballot counts.
async fn wait_until_counted(house: &House, name: &str) {
    let package = format!("{name}.json");
    for _ in 0..100 {
        if vote(house, name, &["--check", "--package", &package]).code == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name}'s ballot was not cast in time");
}

/// Writes a receipt for the third ballot whose deadline has passed, signed by an unknown account.
fn write_broken_promise(house: &House) {
    use alloy::signers::SignerSync;
    use psephos_wire::relay::{Receipt, SubmissionKind, ballot_id};
    let json = std::fs::read(house.desk.path("cem.json")).expect("a package");
    let package = psephos_client::Package::parse(&json).expect("a package");
    let receipt = Receipt {
        id: ballot_id(&package, &package.contents().expect("a ballot")),
        kind: SubmissionKind::Ballot,
        chain_id: package.chain_id,
        contract: package.polls,
        poll: package.poll,
        chamber: package.chamber,
        accepted_at: 1,
        promised_by: 2,
        relayer: Default::default(),
        signature: String::new(),
    };
    let signer = alloy::signers::local::PrivateKeySigner::random();
    let receipt = receipt.sign(signer.address(), |hash| signer.sign_hash_sync(hash)).expect("signed");
    let promise = json!({ "url": "https://relayer.example/", "receipt": receipt });
    house.desk.put("cem.json.receipt", &serde_json::to_string_pretty(&promise).expect("JSON"));
}

/// Starts a relayer with the account of `relayer`.
async fn start_relayer(house: &House) -> (String, CancellationToken) {
    let account =
        Account::open_file(&house.desk.path("relayer.key"), house::PASSPHRASE.as_bytes()).expect("an account");
    let connection = house.chain.connection().clone();
    let deployment =
        psephos_chain::deployment_file::read_deployment(&house.desk.path("deployment.json")).expect("a deployment");
    let parts = RelayerResources {
        settings: RelayerSettings {
            max_age: 0,
            confirmations: 1,
            interval_ms: 30,
            closing: 0,
            last_call: 0,
            ..RelayerSettings::default()
        },
        view: Arc::new(NodeStateSource::new(connection.clone(), deployment.clone())),
        connection,
        deployment,
        signer: account.into_signer(),
        circuits: Arc::new(KeyRing::default()),
    };
    let relayer =
        Relayer::open_or_create(parts, &house.desk.path("relayer.redb"), &mut Default::default()).expect("a relayer");
    let relayer = Arc::new(relayer);
    let stop = CancellationToken::new();
    tokio::spawn(relayer.clone().run(stop.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, relayer_router(relayer)).await });
    (url, stop)
}
