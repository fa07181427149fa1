//! A motion from its file to its decision, with real ballots, and one that is cancelled while ballots are cast.

use crate::organisation::{self, Organisation, trustee, vote};
use serde_json::json;

const HOUR: u64 = 3_600;

#[tokio::test(flavor = "multi_thread")]
async fn motion_is_carried_and_a_cancelled_one_decides_nothing() {
    let organisation = Organisation::new().await;
    let now = organisation::prepare(&organisation).await;
    let folder = &organisation.folder;
    let dao = organisation.run("dao", &["sender", "show"]).json()["address"].as_str().expect("an address").to_owned();
    let motion = |title: &str| {
        json!({
            "title": title, "decision": "motion", "rule": { "kind": "plurality" }, "opens_at": now + 10,
            "closes_at": now + 8 * HOUR, "tally_deadline": now + 9 * HOUR, "committee": 0, "chambers_required": 1,
            "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 2, "threshold_bps": 5_000, "totals": "exact" }],
            "cancellation": { "canceller": dao, "deadline": now + HOUR },
        })
    };
    for (number, title) in [(1, "Pay the auditors?"), (2, "Pay the dancers?")] {
        folder.put("poll.json", &motion(title).to_string());
        assert_eq!(organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json()["poll"], number);
    }
    organisation.later(now + 11).await;
    for number in ["1", "2"] {
        organisation.run("relayer", &["poll", "open", number]).json();
    }
    // Of two open polls one has to be named; in a chamber of one identity the chamber need not be.
    let any = ["--json", "vote", "--identity", "ada.identity", "--choice", "For", "--out", "ada.json"];
    folder.run(&any).fails(2, "2 polls are open");

    // The second motion is cancelled after a ballot.
    let early =
        ["--json", "vote", "--poll", "2", "--identity", "ada.identity", "--choice", "For", "--out", "early.json"];
    folder.run(&early).json();
    organisation.run("relayer", &["relay", "early.json"]).json();
    organisation.run("ada", &["poll", "cancel", "2"]).fails(3, "NotCanceller");
    organisation.run("dao", &["poll", "cancel", "2"]).json();
    assert_eq!(folder.run(&["--json", "poll", "show", "2"]).json()["state"], "cancelled");
    let late = ["--json", "vote", "--poll", "2", "--identity", "ben.identity", "--choice", "For", "--out", "late.json"];
    folder.run(&late).fails(3, "poll 2 is cancelled");

    // Now there is one open poll.
    for (name, choice) in [("ada", "For"), ("ben", "for"), ("cem", "Against")] {
        let (identity, out) = (format!("{name}.identity"), format!("{name}.json"));
        let named = folder.run(&["--json", "vote", "--identity", &identity, "--choice", choice, "--out", &out]);
        assert!(named.code == 0 && named.stderr.contains("Pay the auditors?"), "{named:#?}");
    }
    organisation.run("relayer", &["relay", "ada.json", "ben.json", "cem.json"]).json();
    organisation.later(now + 2 * HOUR).await;
    organisation.run("dao", &["poll", "cancel", "1"]).fails(3, "CancelTooLate");

    organisation.later(now + 8 * HOUR).await;
    let done = trustee(&organisation, "tia", &["watch", "--once"]).json();
    let polls = done["done"].as_array().expect("tasks").iter().map(|one| &one["task"]["poll"]);
    assert!(polls.clone().count() > 0 && polls.clone().all(|poll| *poll == 1), "nothing of the cancelled poll: {done}");
    trustee(&organisation, "tia", &["decrypt", "--poll", "2", "--chamber", "0"]).fails(3, "poll 2 is cancelled");
    let shown = folder.run(&["--json", "poll", "show", "1"]).json();
    assert_eq!((&shown["state"], &shown["outcome"]), (&json!("decided"), &json!("For")), "{shown}");
    assert_eq!(shown["chambers"][0]["totals"], json!([1, 2, 0]), "Against, For, Abstain");
    for poll in ["1", "2"] {
        assert_eq!(folder.run(&["--json", "verify", "--poll", poll]).json()["passed"], true, "poll {poll}");
    }
    assert_eq!(vote(&organisation, "ada", &["--check"]).json()["counted"], true);
}
