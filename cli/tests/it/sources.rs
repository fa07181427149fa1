//! The sources that a voter and a trustee name: what differs, and what cannot be asked, is refused before a ballot is
//! proved.

use crate::organisation::{self, Organisation, trustee, vote};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn poll_that_is_not_confirmed_is_not_voted_in() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let folder = &organisation.folder;
    let shown = folder.run(&["--json", "poll", "show", "1"]).json();
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let (fingerprint, root) = (text(&shown["fingerprint"]), text(&shown["chambers"][0]["root"]));
    let words = text(&shown["words"]);
    let other_root = format!("{}{}", &root[..65], if root.ends_with('0') { "1" } else { "0" });
    folder.put("nothing.json", "[]x");
    folder.put("stranger.json", "[]");
    let unknown_block = format!("0x{}", "11".repeat(32));
    let node = organisation.chain.connection().url().to_owned();

    for (code, says, arguments) in [
        (3, "the node at 127.0.0.1:9 cannot confirm anything", &["--also-rpc", "http://127.0.0.1:9"][..]),
        (3, "is not the URL of a node", &["--also-rpc", "localhost"]),
        (2, "required arguments", &["--census-root", &root]),
        (2, "only together with its whole fingerprint", &["--census-root", &root, "--fingerprint", &words]),
        (2, "is not a census root", &["--census-root", "0x12", "--fingerprint", &fingerprint]),
        (1, "differ in the census root", &["--census-root", &other_root, "--fingerprint", &fingerprint]),
        (2, "holds no attestations", &["--attestations", "nothing.json"]),
        (2, "missing.json", &["--attestations", "missing.json"]),
        (3, "has no block with the hash", &["--trusted-block", &unknown_block]),
        (2, "invalid value", &["--trusted-block", "latest"]),
    ] {
        let refused = vote(&organisation, "ada", &[&["--option", "1", "--out", "ada.json"], arguments].concat());
        refused.fails(code, says);
        assert!(!folder.path("ada.json").exists(), "a ballot was proved: {arguments:?}");
    }

    let newest = organisation.chain.connection().newest_hash().await.expect("a block").to_string();
    let everything = [
        "--option",
        "1",
        "--out",
        "ada.json",
        "--also-rpc",
        &node,
        "--census-root",
        &root,
        "--fingerprint",
        &fingerprint,
        "--trusted-block",
        &newest,
        "--attestations",
        "stranger.json",
    ];
    let voted = vote(&organisation, "ada", &everything);
    let says = "Confirmed by 1 node operator, the announced fingerprint and census root, the hash of a block.";
    assert!(voted.code == 0 && voted.stderr.contains(says), "{voted:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_trustees_attest_and_pinned_ones_stay() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let folder = &organisation.folder;
    organisation.run("ada", &["trustee", "attest", "--poll", "1", "--keys", "tia.keys"]).fails(3, "is not a trustee");
    trustee(&organisation, "tia", &["attest", "--poll", "7"]).fails(2, "poll 7");
    folder.run(&["committee", "pin", "3"]).fails(2, "committee 3");

    let pinned = folder.run(&["--json", "committee", "pin", "0"]).json();
    assert_eq!(pinned["threshold"], 1);
    assert_eq!(folder.run(&["--json", "committee", "pin", "0"]).json(), pinned, "again");
    let attested = trustee(&organisation, "tia", &["attest", "--poll", "1"]).json();
    let file = attested["file"].as_str().expect("a file").to_owned();
    let by = vote(&organisation, "ada", &["--option", "1", "--out", "ada.json", "--attestations", &file]);
    assert!(by.stderr.contains("1 of 1 trustees needed"), "{by:#?}");

    // Of an account that the deployment file does not name, it confirms nothing.
    let path = folder.path("deployment.json");
    let mut deployment: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).expect("the file")).expect("JSON");
    deployment["committees"]["0"]["trustees"] = json!(["0x0000000000000000000000000000000000000009"]);
    std::fs::write(&path, deployment.to_string()).expect("it can be written");
    let by = vote(&organisation, "ben", &["--option", "1", "--out", "ben.json", "--attestations", &file]);
    assert!(by.stderr.contains("is not a trustee that the deployment file names"), "{by:#?}");
    folder.run(&["committee", "pin", "0"]).fails(2, "names other trustees of committee 0");
}
