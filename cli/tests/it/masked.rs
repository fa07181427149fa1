//! A masked poll by commands alone: vote, mask, replace, carry the replacement, tally, verify.

use crate::organisation::{Organisation, prepare, trustee, vote};
use serde_json::{Value, json};

/// Creates and opens poll 1 under this rule, with the options Yes and No.
async fn open_poll_under(organisation: &Organisation, rule: Value) -> u64 {
    let now = prepare(organisation).await;
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": rule, "opens_at": now + 10, "closes_at": now + 100_000,
        "tally_deadline": now + 200_000, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    let created = organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]);
    created.json();
    let warned = created.stderr.contains("psephos serve --masker");
    assert_eq!(warned, rule["masked"] == true, "{}", created.stderr);
    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();
    now
}

/// Returns how many of a run's packages were accepted.
fn accepted(report: &Value) -> usize {
    let packages = report["packages"].as_array().expect("packages");
    packages.iter().filter(|package| package["outcome"]["outcome"] == "accepted").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn masked_poll_is_run_by_commands_alone() {
    let organisation = Organisation::new().await;
    let now = open_poll_under(&organisation, json!({ "kind": "plurality", "masked": true })).await;
    assert!(organisation.folder.run(&["poll", "show", "1"]).stdout.contains("masked"));
    for (name, choice) in [("ada", "Yes"), ("ben", "Yes")] {
        let cast = vote(&organisation, name, &["--choice", choice, "--out", &format!("{name}.json")]);
        cast.json();
        assert!(cast.stderr.contains("This poll is masked"), "{}", cast.stderr);
    }
    let first = organisation.run("relayer", &["relay", "ada.json", "ben.json"]).json();
    assert_eq!(accepted(&first), 2);
    let masked = organisation.run("relayer", &["relay", "--mask", "1"]).json();
    assert_eq!(accepted(&masked), 2, "{masked}");
    // The ballot of the package is under a mask now, and counts.
    assert_eq!(vote(&organisation, "ada", &["--check", "--package", "ada.json"]).json()["counted"], true);

    vote(&organisation, "ada", &["--choice", "No", "--replace", "--out", "again.json"]).json();
    let carried = organisation.run("relayer", &["relay", "--mask", "1", "again.json"]).json();
    assert_eq!((accepted(&carried), carried["packages"].as_array().map(Vec::len)), (2, Some(2)), "{carried}");
    // One that was made for an earlier content is refused, and its slot is masked all the same.
    let stale = organisation.run("relayer", &["relay", "--mask", "1", "again.json"]);
    assert_eq!(accepted(&serde_json::from_str(&stale.stdout).expect("JSON")), 2, "{}", stale.stdout);

    organisation.later(now + 100_001).await;
    trustee(&organisation, "tia", &["watch", "--once"]).json();
    let shown = organisation.folder.run(&["--json", "poll", "show", "1"]).json();
    assert_eq!(shown["chambers"][0]["totals"], json!([1, 1]), "{shown}");
    assert_eq!(organisation.folder.run(&["--json", "verify", "--poll", "1"]).json()["passed"], true);
    organisation.run("relayer", &["relay", "--mask", "1"]).fails(3, "must be open");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_polls_take_no_masks_and_no_poll_is_masked_with_choices_in_notes() {
    let organisation = Organisation::new().await;
    open_poll_under(&organisation, json!({ "kind": "plurality" })).await;
    organisation.run("relayer", &["relay", "--mask", "1"]).fails(3, "not masked");
    organisation.run("relayer", &["relay"]).fails(2, "FILE");
    let text = std::fs::read_to_string(organisation.folder.path("poll.json")).expect("a file");
    let both = text.replace("\"plurality\"", "\"plurality\", \"masked\": true, \"choice_in_note\": true");
    organisation.folder.put("both.json", &both);
    organisation.run("dao", &["poll", "create", "both.json"]).fails(2, "no choices in notes");
}
