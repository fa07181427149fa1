//! What others wrote on the chain cannot steer the terminal of those who read it.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod support;

#[path = "support/organisation.rs"]
mod organisation;

use organisation::{Organisation, prepare};

/// Clears the screen, sets the window's title, rings, and shows what follows from right to left.
const TITLE: &str = "Shall\u{1b}[2J\u{1b}]0;owned\u{7} it\u{202e} be\u{2066}?\u{9b}31m";
const PRINTABLE: &str = "Shall\u{fffd}[2J\u{fffd}]0;owned\u{fffd} it\u{fffd} be\u{fffd}?\u{fffd}31m";

fn assert_harmless(text: &str) {
    let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(|c: char| steers(c) || ('\u{2066}'..='\u{2069}').contains(&c)), "{text:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn title_of_a_poll_does_not_steer_the_terminal_of_a_voter() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    let poll = serde_json::json!({
        "title": TITLE, "options": ["Yes\u{1b}[1A", "No\u{202e}"], "rule": { "kind": "plurality" },
        "opens_at": now + 10, "closes_at": now + 100_000, "tally_deadline": now + 200_000, "committee": 0,
        "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000 }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    let created = organisation.folder.run(&["--sender", "dao.key", "poll", "create", "poll.json"]);
    assert_eq!(created.code, 0, "{created:#?}");
    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();

    let vote = ["vote", "--poll", "1", "--chamber", "0", "--identity", "ada.identity", "--option", "1"];
    let voted = organisation.folder.run(&vote);
    assert_eq!(voted.code, 0, "{voted:#?}");
    assert!(voted.stdout.contains(&format!("Ballot for \"{PRINTABLE}\"")), "{voted:#?}");
    let shown = organisation.folder.run(&["poll", "show", "1"]);
    assert!(shown.stdout.contains(PRINTABLE), "{shown:#?}");
    organisation
        .folder
        .run(&[
            "vote",
            "--poll",
            "1",
            "--chamber",
            "0",
            "--identity",
            "ada.identity",
            "--option",
            "3",
            "--out",
            "3.json",
        ])
        .fails(2, "options are 1 to 2");
    let listed = organisation.folder.run(&["poll", "list"]);
    for run in [created, voted, shown, listed] {
        assert_eq!(run.code, 0, "{run:#?}");
        assert_harmless(&run.stdout);
        assert_harmless(&run.stderr);
    }
}
