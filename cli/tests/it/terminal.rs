//! What others wrote on the chain cannot steer the terminal of those who read it.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use crate::organisation::{Organisation, prepare};
use alloy::sol_types::SolCall;
use psephos_state::{Address, bindings::IPolls::createCall, hex};

/// Clears the screen, sets the window's title, rings, and shows what follows from right to left.
const TITLE: &str = "Shall\u{1b}[2J\u{1b}]0;owned\u{7} it\u{202e} be\u{2066}?\u{9b}31m";

fn assert_harmless(text: &str) {
    let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(|c: char| steers(c) || ('\u{2066}'..='\u{2069}').contains(&c)), "{text:?}");
}

fn poll_file(now: u64, title: &str, options: [&str; 2]) -> String {
    let poll = serde_json::json!({
        "title": title, "options": options, "rule": { "kind": "plurality" }, "opens_at": now + 10,
        "closes_at": now + 100_000, "tally_deadline": now + 200_000, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    poll.to_string()
}

/// Creates a poll with any metadata, as other software than this would.
async fn create_with_metadata(organisation: &Organisation, now: u64, metadata: String) {
    organisation.folder.put("poll.json", &poll_file(now, "Shall it be?", ["Yes", "No"]));
    let exported = organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes", "--calldata"]).json();
    let data = hex::decode(exported["calldatas"][0].as_str().unwrap()).unwrap();
    let mut call = createCall::abi_decode(&data).unwrap();
    call.parameters.metadata = metadata;
    let owner: Address = exported["from"].as_str().unwrap().parse().unwrap();
    let polls: Address = exported["targets"][0].as_str().unwrap().parse().unwrap();
    organisation.chain.impersonate(owner).await.unwrap().send_call(polls, &call).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_a_poll_does_not_steer_the_terminal_of_a_voter() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    for (title, options) in [(TITLE, ["Yes", "No"]), ("Shall it be?", ["Yes\u{1b}[1A", "No"])] {
        organisation.folder.put("poll.json", &poll_file(now, title, options));
        let refused =
            organisation.folder.run(&["--sender", "dao.key", "poll", "create", "poll.json", "--expose-votes"]);
        assert_harmless(&refused.stderr);
        refused.fails(2, "U+001B");
    }
    let metadata = serde_json::json!({ "version": 1, "title": TITLE, "options": ["Yes\u{1b}[1A", "No\u{202e}"] });
    create_with_metadata(&organisation, now, metadata.to_string()).await;
    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();

    let vote = ["vote", "--poll", "1", "--chamber", "0", "--identity", "ada.identity", "--option", "1"];
    let voted = organisation.folder.run(&vote);
    assert_harmless(&voted.stderr);
    voted.fails(3, "is not put to a vote").fails(3, "U+001B");
    for read in [&["poll", "show", "1"][..], &["poll", "list"]] {
        let run = organisation.folder.run(read);
        assert_eq!(run.code, 0, "{run:#?}");
        assert!(run.stdout.contains("(no readable question)"), "{run:#?}");
        assert_harmless(&run.stdout);
        assert_harmless(&run.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn voter_names_the_poll_that_was_announced() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    organisation.folder.put("poll.json", &poll_file(now, "Shall it be?", ["Yes", "No"]));
    let created = organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json();
    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();
    let [words, fingerprint] = ["words", "fingerprint"].map(|key| created[key].as_str().unwrap().to_owned());
    let shown = organisation.run("dao", &["poll", "show", "1"]).json();
    assert_eq!([&shown["words"], &shown["fingerprint"]], [&words, &fingerprint]);

    let vote = |expected: &str, out: &str| {
        organisation.folder.run(&[
            "--json",
            "vote",
            "--poll",
            "1",
            "--chamber",
            "0",
            "--identity",
            "ada.identity",
            "--option",
            "1",
            "--fingerprint",
            expected,
            "--out",
            out,
        ])
    };
    let (first, rest) = words.split_once('-').unwrap();
    let another = if first == "zoo" { "abandon" } else { "zoo" };
    vote(&format!("{another}-{rest}"), "a.json").fails(3, "it is another poll").fails(3, "do not vote");
    let last = if fingerprint.ends_with('0') { "1" } else { "0" };
    vote(&format!("{}{last}", &fingerprint[..65]), "a.json").fails(3, "it is another poll");
    for wrong in [rest, "0x12", &format!("{rest}-psephos")] {
        vote(wrong, "a.json").fails(2, "fingerprint");
    }
    assert!(!organisation.folder.path("a.json").exists());
    assert_eq!(vote(&words, "words.json").json()["fingerprint"], fingerprint.as_str());
    assert_eq!(vote(&fingerprint, "fingerprint.json").json()["words"], words.as_str());
}
