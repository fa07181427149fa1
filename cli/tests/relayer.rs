//! A voter, a relayer and the chain, by commands: a promise that is kept, and one that is broken.

#[path = "support/organisation.rs"]
mod organisation;
mod support;

use std::sync::Arc;
use std::time::Duration;

use organisation::{Organisation, vote};
use psephos_client::{Account, KeyRing};
use psephos_service::clock::Clock;
use psephos_service::relayer::{NodeStateSource, Relayer, RelayerResources, RelayerSettings, relayer_router};
use serde_json::json;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn broken_promise_is_detected_by_its_receipt() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let (url, stop) = start_relayer(&organisation).await;

    // Prove and submit in one command.
    let voted = vote(&organisation, "ada", &["--option", "1", "--out", "ada.json", "--relayer", &url]).json();
    assert!(voted["promise"]["by"].as_u64().is_some(), "{voted}");
    assert!(organisation.folder.path("ada.json.receipt").exists());
    wait_until_counted(&organisation, "ada").await;
    let looked = vote(&organisation, "ada", &["--check", "--package", "ada.json"]);
    assert!(looked.json()["promise"]["broken"] == false, "{looked:#?}");

    // Prove first and submit later; an invalid package is rejected.
    vote(&organisation, "ben", &["--option", "2", "--out", "ben.json"]).json();
    organisation.folder.run(&["relay", "ben.json", "--relayer", "http://relayer.example"]).fails(2, "https");
    organisation.folder.put("bad.json", "{}");
    organisation.folder.run(&["relay", "bad.json", "--relayer", &url]).fails(2, "not a psephos-ballot file");
    let given = organisation.folder.run(&["--json", "relay", "ben.json", "--relayer", &url]).json();
    assert_eq!(given["packages"][0]["name"], "ben.json");
    wait_until_counted(&organisation, "ben").await;
    organisation.folder.run(&["--json", "relay", "ben.json", "--relayer", &url]).json();

    // A receipt of another ballot proves nothing about this one.
    let own = std::fs::read_to_string(organisation.folder.path("ben.json.receipt")).expect("a receipt");
    let other = std::fs::read_to_string(organisation.folder.path("ada.json.receipt")).expect("a receipt");
    organisation.folder.put("ben.json.receipt", &other);
    organisation.folder.run(&check_arguments("ben")).fails(2, "receipt of another package");
    organisation.folder.put("ben.json.receipt", &own);

    // The relayer is unreachable: nothing is lost, and the hint says what to do.
    stop.cancel();
    let gone = "http://127.0.0.1:9";
    vote(&organisation, "cem", &["--option", "1", "--out", "cem.json", "--relayer", gone]).fails(3, "--sender");
    assert!(organisation.folder.path("cem.json").exists() && !organisation.folder.path("cem.json.receipt").exists());

    // A broken promise: the receipt proves which relayer made it.
    write_broken_promise(&organisation);
    let looked = organisation.folder.run(&check_arguments("cem"));
    assert_eq!(looked.code, 1, "{looked:#?}");
    assert!(looked.stdout.contains("broke its promise") && looked.stdout.contains("--sender"), "{looked:#?}");
    let forged = std::fs::read_to_string(organisation.folder.path("cem.json.receipt")).expect("a receipt");
    organisation.folder.put("cem.json.receipt", &forged.replace("\"promised_by\": 2", "\"promised_by\": 3"));
    organisation.folder.run(&check_arguments("cem")).fails(2, "receipt");
    organisation.folder.put("cem.json.receipt", &forged);
    organisation.run("dao", &["relay", "cem.json"]).json();
    assert_eq!(organisation.folder.run(&check_arguments("cem")).code, 0);
}

fn check_arguments(name: &'static str) -> Vec<&'static str> {
    let (identity, package): (&str, &str) = match name {
        "cem" => ("cem.identity", "cem.json"),
        _ => ("ben.identity", "ben.json"),
    };
    ["vote", "--poll", "1", "--chamber", "0", "--identity", identity, "--check", "--package", package].to_vec()
}

/// Waits until a voter's ballot counts.
async fn wait_until_counted(organisation: &Organisation, name: &str) {
    let package = format!("{name}.json");
    for _ in 0..100 {
        if vote(organisation, name, &["--check", "--package", &package]).code == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name}'s ballot was not cast in time");
}

/// Writes a receipt for the third ballot whose deadline has passed, signed by an unknown account.
fn write_broken_promise(organisation: &Organisation) {
    use alloy::signers::SignerSync;
    use psephos_wire::relay::{Receipt, SubmissionKind, ballot_id};
    let json = std::fs::read(organisation.folder.path("cem.json")).expect("a package");
    let package = psephos_client::Package::parse(&json).expect("a package");
    let receipt = Receipt {
        id: ballot_id(&package, &package.contents().expect("a ballot")),
        kind: SubmissionKind::Ballot,
        chain_id: package.chain_id,
        contract: package.polls,
        poll: package.poll,
        fingerprint: package.fingerprint,
        chamber: package.chamber,
        accepted_at: 1,
        promised_by: 2,
        relayer: Default::default(),
        signature: String::new(),
    };
    let signer = alloy::signers::local::PrivateKeySigner::random();
    let receipt = receipt.sign(signer.address(), |hash| signer.sign_hash_sync(hash)).expect("signed");
    let promise = json!({ "url": "https://relayer.example/", "receipt": receipt });
    organisation.folder.put("cem.json.receipt", &serde_json::to_string_pretty(&promise).expect("JSON"));
}

/// Starts a relayer with the account of `relayer`.
async fn start_relayer(organisation: &Organisation) -> (String, CancellationToken) {
    let account =
        Account::open_file(&organisation.folder.path("relayer.key"), organisation::PASSPHRASE).expect("an account");
    let connection = organisation.chain.connection().clone();
    let deployment = psephos_chain::deployment_file::read_deployment(&organisation.folder.path("deployment.json"))
        .expect("a deployment");
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
        nodes: psephos_chain::NodeSet::single(connection),
        deployment,
        signer: account.into_signer().expect("its own key"),
        circuits: Arc::new(KeyRing::default()),
        clock: Clock::default(),
    };
    let relayer = Relayer::open_or_create(parts, &organisation.folder.path("relayer.redb"), &mut Default::default())
        .expect("a relayer");
    let relayer = Arc::new(relayer);
    let stop = CancellationToken::new();
    tokio::spawn(relayer.clone().run(stop.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, relayer_router(relayer)).await });
    (url, stop)
}
