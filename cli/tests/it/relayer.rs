//! A voter, a relayer and the chain, by commands: a promise that is kept, and one that is broken.

use crate::organisation::{self, Organisation, vote, wait_until_counted};
use crate::running_relayer::{quick_settings, start_relayer};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn broken_promise_is_detected_by_its_receipt() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let (url, stop) = start_relayer(&organisation, quick_settings()).await;

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
