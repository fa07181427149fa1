//! A whole poll by commands, on a local chain: those that the guides show.

#[path = "support/chain.rs"]
mod chain;
mod support;

use chain::{ChainSandbox, PASSPHRASE, run_trustee, run_vote};
use psephos_chain::{Deployment, Replay};
use psephos_protocol::field;
use serde_json::json;

const VOTERS: [&str; 3] = ["ada", "ben", "cem"];
const TRUSTEES: [&str; 3] = ["tia", "tom", "tue"];

#[tokio::test(flavor = "multi_thread")]
async fn poll_by_commands_is_decided_and_verified() {
    let chain = ChainSandbox::new().await;
    chain.create_account("dao").await;
    let mut trustees = Vec::new();
    for name in TRUSTEES {
        trustees.push(chain.create_account(name).await.to_string());
        chain.sandbox.run(&["--json", "trustee", "keygen", "--out", &format!("{name}.keys")]).json();
    }
    chain.create_account("relayer").await;
    chain.run_as("dao", &["deploy"]).json();
    let now = chain.local.connection().time().await.expect("the time");

    // Chamber, members, committee.
    let mut members = String::from("account,weight\n");
    for (place, name) in VOTERS.iter().enumerate() {
        members.push_str(&format!("{},{}\n", chain.create_account(name).await, 10 * (place + 1)));
    }
    chain.sandbox.write_file("members.csv", &members);
    chain.run_as("dao", &["chamber", "create", "--name", "Researchers", "--members", "members.csv"]).json();
    chain.run_as("dao", &["chamber", "create", "--name", "Public", "--members", "members.csv"]).json();
    form_committee(&chain, &trustees);
    for name in VOTERS {
        let file = format!("{name}.identity");
        chain.sandbox.run(&["--json", "identity", "new", "--out", &file]).json();
        for chamber in ["0", "1"] {
            chain.run_as(name, &["enrol", "--chamber", chamber, "--identity", &file]).json();
        }
    }
    chain.run_as("ada", &["enrol", "--chamber", "0", "--identity", "ada.identity"]).fails(3, "--rotate");
    chain.run_as("relayer", &["enrol", "--chamber", "0", "--identity", "ada.identity"]).fails(3, "NotEligible");

    // The poll.
    let rule = |chamber: u64| {
        let weighted = chamber == 0;
        json!({ "chamber": chamber, "weighted": weighted, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000 })
    };
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 1_000,
        "closes_at": now + 2_000, "tally_deadline": now + 3_000, "committee": 0, "chambers_required": 1,
        "chambers": [rule(0), rule(1)],
    });
    chain.sandbox.write_file("poll.json", &poll.to_string());
    chain.run_as("ada", &["poll", "create", "poll.json"]).fails(3, "owner");
    assert_eq!(chain.run_as("dao", &["poll", "create", "poll.json"]).json()["poll"], 1);
    chain.run_as("relayer", &["poll", "open", "1"]).fails(3, "BadSchedule");
    chain.advance_clock_to(now + 1_001).await;
    chain.run_as("relayer", &["poll", "open", "1"]).json();
    let shown = chain.sandbox.run(&["poll", "show", "1"]);
    assert!(shown.code == 0 && shown.stdout.contains("Shall it be?"), "{shown:#?}");

    // Votes: two initial ballots, a refused one, and a replacement.
    chain.swap_verifier("ballot3", "swapped.json");
    let swapped = ["--choice", "1", "--out", "ada.json", "--deployment", "swapped.json"];
    run_vote(&chain, "ada", &swapped).fails(3, "another contract than that of our key");
    run_vote(&chain, "ada", &["--choice", "1", "--out", "ada.json"]).json();
    run_vote(&chain, "ben", &["--votes", "0,1", "--out", "ben.json"]).json();
    run_vote(&chain, "cem", &["--choice", "3", "--out", "cem.json"]).fails(2, "options are 1 to 2");
    run_vote(&chain, "cem", &["--votes", "1,1", "--out", "cem.json"]).fails(2, "this ballot is not valid");
    run_vote(&chain, "cem", &["--choice", "1", "--replace", "--out", "cem.json"]).fails(3, "without --replace");
    let package = std::fs::read_to_string(chain.sandbox.path("ada.json")).expect("a package");
    chain.sandbox.write_file("half.json", &package[..package.len() / 2]);
    chain.sandbox.write_file("forged.json", &forge_nullifier(&package));
    let relayed = chain.run_as("relayer", &["relay", "ada.json", "ben.json", "half.json", "forged.json"]);
    assert_eq!(relayed.code, 1, "{relayed:#?}");
    for text in ["malformed", "invalid_proof"] {
        assert!(relayed.stdout.contains(text), "{relayed:#?}");
    }
    assert_eq!(relayed.stdout.matches("\"accepted\"").count(), 2, "{relayed:#?}");
    assert!(
        chain.run_as("relayer", &["relay", "ada.json", "ben.json"]).json()["transactions"] == json!([]),
        "idempotent"
    );
    assert_eq!(run_vote(&chain, "ada", &["--check"]).json()["counted"], true);
    assert_eq!(run_vote(&chain, "cem", &["--check"]).code, 1);
    run_vote(&chain, "ben", &["--choice", "1", "--out", "again.json"]).fails(3, "--replace");
    run_vote(&chain, "ben", &["--choice", "1", "--replace", "--out", "again.json"]).json();
    chain.run_as("relayer", &["relay", "again.json"]).json();
    for name in ["ada", "ben"] {
        let (identity, out) = (format!("{name}.identity"), format!("{name}1.json"));
        let choice = ["--chamber", "1", "--identity", &identity, "--choice", "2", "--out", &out];
        chain.sandbox.run(&[&["--json", "vote", "--poll", "1"][..], &choice].concat()).json();
    }
    chain.run_as("relayer", &["relay", "ada1.json", "ben1.json"]).json();

    // Decryption and tally.
    run_trustee(&chain, "tia", &["open", "--poll", "1", "--chamber", "0"]).fails(3, "only the total of a closed poll");
    chain.advance_clock_to(now + 2_001).await;
    assert_eq!(chain.run_as("relayer", &["relay", "ada.json"]).code, 1, "closed");
    chain.run_as("relayer", &["tally", "--poll", "1"]).fails(3, "trustee open");
    decrypt_and_tally(&chain).await;
    let tally = chain.run_as("relayer", &["tally", "--poll", "1", "--no-finalise"]).json();
    let totals = |index: usize| &tally["chambers"][index]["totals"];
    assert_eq!((totals(0), totals(1), &tally["outcome"]), (&json!([30, 0]), &json!([0, 2]), &json!(null)));
    // One chamber chooses for and one against: no option is decided.
    let ended = run_trustee(&chain, "tom", &["watch", "--once"]).json();
    assert_eq!(ended["done"][0]["task"], json!({ "task": "end", "poll": 1 }));
    chain.run_as("relayer", &["tally", "--poll", "1"]).fails(3, "rejected");
    let verified = chain.sandbox.run(&["--json", "verify", "--poll", "1"]).json();
    assert_eq!(verified["passed"], true);
    for list in [&["poll", "list"][..], &["chamber", "list"], &["committee", "list"], &["poll", "show", "1"]] {
        assert_eq!(chain.sandbox.run(list).code, 0, "{list:?}");
    }
    chain.sandbox.run(&["verify", "--poll", "2"]).fails(2, "poll list");
    assert!(!chain.sandbox.read_all_files().contains(PASSPHRASE), "a secret was written");
}

/// Forms a committee with a threshold of two of three trustees: one runs each command, the others watch.
fn form_committee(chain: &ChainSandbox, trustees: &[String]) {
    let [tia, tom, tue] = trustees else { unreachable!() };
    let create = ["committee", "create", "--trustee", tia, "--trustee", tom, "--trustee", tue, "--threshold", "2"];
    chain.run_as("ada", &create).fails(3, "owner");
    chain.run_as("dao", &create).json();
    let register = ["trustee", "register", "--committee", "0", "--keys", "tia.keys"];
    chain.run_as("ada", &register).fails(3, "not a trustee").fails(3, "committee list");
    chain.run_as("tia", &["trustee", "register", "--committee", "7", "--keys", "tia.keys"]).fails(2, "committee list");
    chain.run_as("tia", &["trustee", "deal", "--committee", "0"]).fails(3, "registering").fails(3, "trustee status");
    let status = chain.run_as("tia", &["trustee", "status", "--keys", "tia.keys"]).json();
    assert_eq!(status["due"][0]["text"], "register with committee 0");
    chain.run_as("tia", &register).json();
    chain.run_as("tia", &register).fails(3, "AlreadyRegistered");
    chain.run_as("dao", &["committee", "finalise", "0"]).fails(3, "registering");
    for name in ["tom", "tue"] {
        run_trustee(chain, name, &["watch", "--once"]).json();
    }
    // All have registered, so the last one to watch has dealt as well.
    chain.run_as("tia", &["trustee", "deal", "--committee", "0"]).json();
    chain.run_as("tom", &["trustee", "deal", "--committee", "0"]).fails(3, "WrongStatus");
    let status = chain.sandbox.run(&["trustee", "status", "--account", tom, "--keys", "tom.keys"]);
    assert!(status.code == 0 && status.stdout.contains("finalise committee 0"), "{status:#?}");
    assert_eq!(run_trustee(chain, "tom", &["watch", "--once"]).json()["done"][0]["task"]["task"], "finalise");
    assert_eq!(run_trustee(chain, "tom", &["watch", "--once"]).json()["done"], json!([]));
    chain.run_as("dao", &["committee", "finalise", "0"]).fails(3, "ready");
    let listed = chain.sandbox.run(&["--json", "committee", "list"]).json();
    assert_eq!(
        (&listed["committees"][0]["phase"], &listed["committees"][0]["threshold"]),
        (&json!("ready"), &json!(2))
    );

    // A transport key serves one committee.
    chain.run_as("dao", &["committee", "create", "--trustee", tia, "--trustee", tom]).json();
    let again = ["trustee", "register", "--committee", "1", "--keys", "tia.keys"];
    chain.run_as("tia", &again).fails(2, "serve committee 0").fails(2, "trustee keygen");
    assert_eq!(run_trustee(chain, "tia", &["watch", "--once"]).json()["done"], json!([]));
    let status = run_trustee(chain, "tia", &["status"]).json();
    assert!(status["committees"][1]["this_account"].as_str().is_some_and(|part| part.contains("another committee")));
    chain.run_as("tia", &["trustee", "keygen", "--out", "tia1.keys"]).json();
    let watch = ["trustee", "watch", "--once", "--committee", "1", "--keys", "tia1.keys"];
    assert_eq!(chain.run_as("tia", &watch).json()["done"][0]["task"], json!({ "task": "register", "committee": 1 }));
}

/// Decrypts and tallies: one share is not enough; a second one, of a trustee that did not deal, is. The third is not
/// needed.
async fn decrypt_and_tally(chain: &ChainSandbox) {
    run_trustee(chain, "tue", &["open", "--poll", "1", "--confirmations", "1000000"]).fails(3, "--confirmations");
    chain
        .run_as("tia", &["trustee", "open", "--poll", "1", "--keys", "tom.keys"])
        .fails(3, "not those that this account");
    // A chamber that cannot be decrypted does not prevent the others, and posted shares are not posted again.
    let deployment = Deployment::load(&chain.sandbox.path("deployment.json")).expect("a deployment");
    let replay = Replay::read(chain.local.connection(), &deployment).await.expect("events");
    let ctx = replay.polls[&1].chambers[&0].frozen.as_ref().expect("opened").ctx;
    let note = chain.sandbox.path("tue.keys.opened").join(format!("{}.txt", field::to_hex(&ctx)));
    std::fs::create_dir_all(note.parent().expect("a folder")).expect("made");
    std::fs::write(&note, "of another total").expect("written");
    let half = run_trustee(chain, "tue", &["open", "--poll", "1"]);
    half.fails(3, "another total of this chamber was opened before").fails(3, "Chamber 1: share posted");
    std::fs::remove_file(&note).expect("removed");
    let rest = run_trustee(chain, "tue", &["open", "--poll", "1"]).json();
    assert_eq!((rest["chambers"].as_array().map(Vec::len), &rest["chambers"][0]["chamber"]), (Some(1), &json!(0)));
    assert_eq!(run_trustee(chain, "tue", &["open", "--poll", "1"]).json()["chambers"], json!([]));
    run_trustee(chain, "tue", &["open", "--poll", "1", "--chamber", "0"]).fails(3, "is posted");
    chain.run_as("relayer", &["tally", "--poll", "1"]).fails(3, "trustee open");
    run_trustee(chain, "tom", &["open", "--poll", "1"]).json();
    let enough = run_trustee(chain, "tia", &["open", "--poll", "1"]).json();
    assert_eq!(enough["chambers"][0]["transaction"], json!(null));
}

/// Returns the package with another nullifier: it changes the last digit of the record's tenth word.
fn forge_nullifier(package: &str) -> String {
    let record = package.find("0x").map(|_| package.find("\"record\": \"0x").expect("a record") + 13).expect("digits");
    let digit = record + 64 * 10 - 1;
    let other = if package.as_bytes()[digit] == b'1' { "2" } else { "1" };
    format!("{}{other}{}", &package[..digit], &package[digit + 1..])
}

#[tokio::test(flavor = "multi_thread")]
async fn unfunded_sender_and_foreign_deployment_are_refused() {
    let chain = ChainSandbox::new().await;
    chain.create_account("dao").await;
    chain.sandbox.run(&["sender", "new", "--out", "poor.key"]);
    chain.run_as("poor", &["deploy", "--out", "poor.json"]).fails(3, "send it the difference");
    assert!(!chain.sandbox.path("poor.json").exists());
    chain.run_as("dao", &["deploy"]).json();
    chain.run_as("poor", &["chamber", "create", "--name", "X"]).fails(3, "");
    let text = std::fs::read_to_string(chain.sandbox.path("deployment.json")).expect("there");
    chain.sandbox.write_file("other.json", &text.replace("31337", "1"));
    chain.sandbox.run(&["--deployment", "other.json", "poll", "list"]).fails(3, "deployment is on chain 1");
    let again = ChainSandbox::new().await;
    again.sandbox.write_file("deployment.json", &text);
    again.sandbox.run(&["poll", "list"]).fails(3, "this deployment is not on this chain");
}
