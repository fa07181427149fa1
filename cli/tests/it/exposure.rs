//! What totals would say about voters: the meter, the refusal of a red poll, and classes of weight.

use crate::organisation::{Organisation, prepare};
use crate::support::CommandFolder;
use serde_json::json;

const NOWHERE: &str = "http://127.0.0.1:9";

#[tokio::test(flavor = "multi_thread")]
async fn red_poll_is_refused_unless_votes_may_be_exposed() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 10,
        "closes_at": now + 100_000, "tally_deadline": now + 200_000, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    let create = ["poll", "create", "poll.json"];
    let exports = [&["--calldata"][..], &["--calldata", "--unchecked"], &["--safe-batch", "batch.json"]];
    for export in [&[][..]].into_iter().chain(exports) {
        let refused = organisation.run("dao", &[&create[..], export].concat());
        refused.fails(2, "chamber 0 (Public): it has fewer than 5 members").fails(2, "--expose-votes");
    }
    let exported = [&create[..], &["--safe-batch", "batch.json", "--expose-votes"]].concat();
    organisation.run("dao", &exported).json();
    assert!(organisation.folder.path("batch.json").exists(), "what is exported may expose votes too, if it is said");
    let created = organisation.run("dao", &[&create[..], &["--expose-votes"]].concat());
    assert!(created.stderr.contains("warning: the privacy of chamber 0 (Public)"), "{created:#?}");
    assert_eq!(created.json()["poll"], 1);

    let shown = organisation.folder.run(&["--json", "chamber", "show", "0"]).json();
    assert_eq!(shown["exposure"]["unweighted"]["verdict"], "red", "{shown}");
    assert_eq!(shown["exposure"]["weighted"]["among_few"], 3, "{shown}");
    let shown = organisation.folder.run(&["chamber", "show", "0"]);
    assert!(
        shown.stdout.contains("  unweighted  red: it has fewer than 5 members; with a minority of 5 %"),
        "{shown:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_are_rounded_to_classes_before_the_list_is_written() {
    let organisation = Organisation::new().await;
    organisation.account("dao").await;
    organisation.run("dao", &["deploy"]).json();
    let mut members = String::from("account,weight\n");
    for (name, weight) in [("ada", 7), ("ben", 9), ("cem", 1000), ("dee", 70), ("eva", 60)] {
        members.push_str(&format!("{},{weight}\n", organisation.account(name).await));
    }
    organisation.folder.put("members.csv", &members);
    let create = ["chamber", "create", "--name", "Public", "--members", "members.csv", "--classes", "powers-of-two"];
    let created = organisation.run("dao", &[&create[..], &["--min-class", "2"]].concat());
    assert!(created.stderr.contains("2 classes of weight"), "{created:#?}");
    assert!(created.stderr.contains("The weights were 1,146 together, and are 208: 81.8 % less"), "{created:#?}");
    let rounded = json!({
        "classes": [{ "weight": 64, "members": 3 }, { "weight": 8, "members": 2 }], "total_before": 1_146,
        "total_after": 208,
    });
    assert_eq!(created.json()["rounded"], rounded);
    for (name, weight) in [("ada", 8), ("cem", 64)] {
        let file = format!("{name}.identity");
        organisation.folder.run(&["--json", "identity", "new", "--out", &file]).json();
        let enrolled = organisation.run(name, &["enrol", "--chamber", "0", "--identity", &file]).json();
        assert_eq!(enrolled["weight"], weight, "{enrolled}");
    }
    // Three members of five are among fewer than five: the default class is larger.
    let red = organisation.run("dao", &["chamber", "create", "--name", "Red", "--members", "members.csv"]);
    assert!(red.stderr.contains("of these members is red"), "{red:#?}");
    let merged = organisation.run("dao", &[&["chamber", "create", "--name", "Merged"], &create[4..]].concat());
    assert!(!merged.stderr.contains("is red"), "{merged:#?}");
    assert_eq!(merged.json()["rounded"]["classes"], json!([{ "weight": 8, "members": 5 }]));
}

#[test]
fn invalid_classes_are_rejected_before_connecting() {
    let folder = CommandFolder::new();
    let create =
        |arguments: &[&str]| folder.run(&[&["--rpc", NOWHERE, "chamber", "create", "--name", "X"], arguments].concat());
    let account = "0x9F791Ae2160f4Ec6D9c8986c40Da9b99c3A5F2FE";
    folder.put("members.csv", &format!("account,weight\n{account},4311810305\n"));
    create(&["--members", "members.csv", "--min-class", "3"]).fails(2, "--classes powers-of-two");
    create(&["--members", "members.csv", "--classes", "tens"]).fails(2, "1-2-5");
    create(&["--classes", "1-2-5"]).fails(2, "--members");
    // 2^32 is below the bound, 5,000,000,000 is not.
    create(&["--members", "members.csv", "--classes", "1-2-5"]).fails(2, "are 5000000000 together: at most 4311810305");
}

#[test]
fn electorate_is_measured_by_chamber() {
    let folder = CommandFolder::new();
    let mut votes = String::from("proposal,account,weight,choice\n");
    for index in 1..=30_u64 {
        votes.push_str(&format!("P,0x{index:040x},{},For\n", 100_003 * index * index + index));
    }
    folder.put("votes.csv", &votes);
    let checked = folder.run(&["--json", "electorate", "check", "votes.csv"]).json();
    let measured = checked["proposals"][0]["exposure"].as_array().expect("chambers").clone();
    assert_eq!(measured.len(), 3, "{checked}");
    for chamber in measured {
        let exposure = &chamber["exposure"];
        assert_eq!((&exposure["verdict"], &exposure["alone"]), (&json!("red"), &exposure["members"]), "{chamber}");
    }
    let checked = folder.run(&["electorate", "check", "votes.csv"]);
    assert!(checked.stdout.contains("Public red") && checked.stdout.contains("Public: red: "), "{checked:#?}");
}
