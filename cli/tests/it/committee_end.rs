//! The end of a committee by commands alone: polls outside its life, and a trustee that destroys its key.

use crate::organisation::{Organisation, prepare, trustee, vote};
use serde_json::{Value, json};

const DAY: u64 = 86_400;

/// Forms committee 1 of tia alone, with a key of its own, for one poll in seven days.
fn form_committee(organisation: &Organisation) {
    organisation.folder.run(&["--json", "trustee", "keygen", "--out", "next.keys"]).json();
    let tia = organisation.run("tia", &["sender", "show"]).json();
    let tia = tia["address"].as_str().expect("an address");
    let create = ["committee", "create", "--trustee", tia];
    let with = |options: &[&str]| organisation.run("dao", &[&create, options].concat());
    for bad in [["--expires-within", "0"], ["--expires-within", "367"], ["--max-polls", "0"], ["--max-polls", "257"]] {
        with(&bad).fails(2, bad[0]);
    }
    with(&["--expires-within", "6"]).fails(2, "before its trustees must have registered and dealt");
    let created = with(&["--expires-within", "7", "--max-polls", "1"]).json();
    assert_eq!((&created["committee"], &created["max_polls"]), (&json!(1), &json!(1)), "{created}");
    let watch = ["trustee", "watch", "--once", "--committee", "1", "--keys", "next.keys"];
    organisation.run("tia", &watch).json();
}

/// Creates a poll under committee 1 that is tallied until some time.
fn create_poll(organisation: &Organisation, now: u64, until: u64) -> crate::support::Run {
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 10,
        "closes_at": now + 100_000, "tally_deadline": until, "committee": 1, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"])
}

fn retire(organisation: &Organisation, sender: &str, options: &[&str]) -> crate::support::Run {
    organisation.run(sender, &[&["trustee", "retire", "--keys", "next.keys"], options].concat())
}

fn show(organisation: &Organisation) -> Value {
    organisation.folder.run(&["--json", "committee", "show", "1"]).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn committee_ends_and_its_trustee_retires_by_commands_alone() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    form_committee(&organisation);
    let key = organisation.folder.path("next.keys");

    // Outside its life: refused before anything is paid.
    create_poll(&organisation, now, now + 8 * DAY).fails(2, "committee 1 decrypts totals until");
    retire(&organisation, "tia", &["--yes"])
        .fails(3, "is not at its end: 1 polls and 1 sheet polls may still be created");
    create_poll(&organisation, now, now + 200_000).json();
    create_poll(&organisation, now, now + 200_000).fails(2, "committee 1 has had its 1 poll");
    let shown = show(&organisation);
    assert_eq!((&shown["keys"]["exposed_polls"], &shown["keys"]["polls_left"]), (&json!([]), &json!(0)), "{shown}");
    assert_eq!((&shown["keys"]["pending_sheets"], &shown["keys"]["sheets_left"]), (&json!([]), &json!(1)), "{shown}");

    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();
    let shown = organisation.folder.run(&["poll", "show", "1"]).stdout;
    assert!(shown.contains("1 poll hangs on its keys: 1 of its trustees' key files open all their ballots"), "{shown}");
    for name in ["ada", "ben"] {
        vote(&organisation, name, &["--choice", "Yes", "--out", &format!("{name}.json")]).json();
    }
    organisation.run("relayer", &["relay", "ada.json", "ben.json"]).json();
    retire(&organisation, "tia", &["--yes"]).fails(3, "poll 1 of committee 1 still needs its keys");
    organisation.later(now + 100_001).await;
    retire(&organisation, "tia", &["--yes"]).fails(3, "poll 1 of committee 1 still needs its keys");
    organisation.run("tia", &["trustee", "watch", "--once", "--keys", "next.keys"]).json();

    // A sheet poll may still come, which is counted apart, until the DAO retires the committee.
    retire(&organisation, "tia", &["--yes"])
        .fails(3, "is not at its end: 0 polls and 1 sheet polls may still be created");
    organisation.run("dao", &["committee", "retire", "1"]).json();
    let status = organisation.run("tia", &["trustee", "status", "--keys", "next.keys"]).json();
    assert_eq!(status["committees"][1]["may_retire"], true, "{status}");
    retire(&organisation, "tia", &[]).fails(2, "no terminal to ask");
    retire(&organisation, "dao", &["--yes"]).fails(3, "is not a trustee of committee 1");
    assert!(key.exists(), "nothing was destroyed so far");
    let node = organisation.chain.connection().url().to_owned();
    let retired = retire(&organisation, "tia", &["--yes", "--also-rpc", &node]);
    assert!(retired.stderr.contains("Now destroy every copy"), "{}", retired.stderr);
    let retired = retired.json();
    assert_eq!((&retired["destroyed"], &retired["polls"]), (&json!(true), &json!([1])), "{retired}");
    assert!(retired["transaction"].is_string() && !key.exists(), "{retired}");
    let again = retire(&organisation, "tia", &[]).json();
    assert_eq!((&again["destroyed"], &again["transaction"]), (&json!(false), &Value::Null), "{again}");

    assert_eq!(show(&organisation)["trustees"][0]["retired"], true);
    let verified = organisation.folder.run(&["--json", "verify", "--poll", "1"]).json();
    assert_eq!(verified["passed"], true, "{verified}");
    assert_eq!(verified["retired_trustees"].as_array().map(Vec::len), Some(1), "{verified}");
    finish_interrupted_retirement(&organisation);
}

/// The key of committee 0 is wiped, but the statement was never sent: the next run sends it, and asks nothing.
fn finish_interrupted_retirement(organisation: &Organisation) {
    trustee(organisation, "tia", &["retire", "--yes"]).fails(3, "is not at its end");
    organisation.run("dao", &["committee", "retire", "0"]).json();
    let note = std::fs::read_to_string(organisation.folder.path("next.keys.retired")).expect("a note");
    let mut note: Value = serde_json::from_str(&note).expect("JSON");
    note["committee"] = json!(0);
    organisation.folder.put("tia.keys.retired", &note.to_string());
    std::fs::remove_file(organisation.folder.path("tia.keys")).expect("removed");
    let finished = trustee(organisation, "tia", &["retire"]).json();
    assert_eq!((&finished["committee"], &finished["destroyed"]), (&json!(0), &json!(false)), "{finished}");
    assert!(finished["transaction"].is_string(), "{finished}");
    assert_eq!(trustee(organisation, "tia", &["retire"]).json()["transaction"], Value::Null);
}
