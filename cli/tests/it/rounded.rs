//! A rounded poll by commands alone: create, vote, blinded shares, the teller's tally, verify; and what is refused.

use serde_json::{Value, json};

use crate::organisation::{Organisation, trustee, vote};
use crate::running_service::{RunningService, wait_until_ready};

const MEMBERS: [&str; 6] = ["ada", "ben", "cem", "dan", "eva", "fay"];
const TRUSTEES: [&str; 3] = ["tia", "tom", "ted"];

/// Contracts, a chamber of six members, a committee of two of three. Gives the time.
async fn prepare(organisation: &Organisation) -> u64 {
    for name in ["dao", "relayer"].iter().chain(&TRUSTEES) {
        organisation.account(name).await;
    }
    organisation.run("dao", &["deploy"]).json();
    let mut members = String::from("account,weight\n");
    for name in MEMBERS {
        members.push_str(&format!("{},1\n", organisation.account(name).await));
    }
    organisation.folder.put("members.csv", &members);
    organisation.run("dao", &["chamber", "create", "--name", "Public", "--members", "members.csv"]).json();
    for name in MEMBERS {
        let file = format!("{name}.identity");
        organisation.folder.run(&["--json", "identity", "new", "--out", &file]).json();
        organisation.run(name, &["enrol", "--chamber", "0", "--identity", &file]).json();
    }
    let mut arguments = vec!["committee".to_owned(), "create".into(), "--threshold".into(), "2".into()];
    for name in TRUSTEES {
        organisation.folder.run(&["--json", "trustee", "keygen", "--out", &format!("{name}.keys")]).json();
        let shown = organisation.run(name, &["sender", "show"]).json();
        arguments.extend(["--trustee".to_owned(), shown["address"].as_str().expect("an address").to_owned()]);
    }
    organisation.run("dao", &arguments.iter().map(String::as_str).collect::<Vec<_>>()).json();
    for name in TRUSTEES {
        trustee(organisation, name, &["register", "--committee", "0"]).json();
    }
    // The dealings of two trustees are enough; that of the first is proved by two services.
    deal_by_two_provers(organisation).await;
    organisation.run(TRUSTEES[1], &["trustee", "deal", "--committee", "0"]).json();
    organisation.run("dao", &["committee", "finalise", "0"]).json();
    organisation.chain.connection().newest_time().await.expect("the time")
}

/// Two provers make a dealing's proof where they take dealings, and one service never does.
async fn deal_by_two_provers(organisation: &Organisation) {
    let only = ["--only", "prover"];
    let usual = RunningService::start_with(organisation, "", &only);
    let deal = |urls: &str| organisation.run(TRUSTEES[0], &["trustee", "deal", "--committee", "0", "--provers", urls]);
    wait_until_ready(&usual).await;
    deal(&usual.url).fails(2, "--provers needs two services, and names 1");
    deal(&format!("{},{}/", usual.url, usual.url)).fails(2, "one service would have both shares");
    let url = usual.url.clone();
    deal(&format!("{url},{}", url.replace("127.0.0.1", "localhost"))).fails(3, "dealing").fails(3, "--provers");
    usual.stop();
    let for_trustees = RunningService::start_with(organisation, "[prover]\nsums = [\"dealing\"]\n", &only);
    wait_until_ready(&for_trustees).await;
    let url = for_trustees.url.clone();
    let dealt = deal(&format!("{url},{}", url.replace("127.0.0.1", "localhost")));
    dealt.json();
    assert!(dealt.stderr.contains("Each alone learns your network address"), "{dealt:#?}");
    for_trustees.stop();
}

fn poll(now: u64, chamber: Value) -> Value {
    let mut part = json!({ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000 });
    part.as_object_mut().expect("an object").extend(chamber.as_object().expect("an object").clone());
    json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 10,
        "closes_at": now + 100_000, "tally_deadline": now + 200_000, "committee": 0, "teller": 1,
        "chambers_required": 1, "chambers": [part],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn rounded_poll_is_run_by_commands_alone() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    organisation.folder.put("poll.json", &poll(now, json!({ "totals": 3 })).to_string());
    let created = organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]);
    created.json();
    assert!(created.stderr.contains("learnt by the"), "{}", created.stderr);
    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();
    for (position, name) in MEMBERS.iter().enumerate() {
        let file = format!("{name}.json");
        let choice = if position == 0 { "No" } else { "Yes" };
        let cast = vote(&organisation, name, &["--choice", choice, "--out", &file]);
        cast.json();
        assert!(cast.stderr.contains("totals are rounded"), "{}", cast.stderr);
    }
    let files: Vec<String> = MEMBERS.iter().map(|name| format!("{name}.json")).collect();
    let files: Vec<&str> = ["relay"].into_iter().chain(files.iter().map(String::as_str)).collect();
    organisation.run("relayer", &files).json();
    organisation.later(now + 100_001).await;

    // No one can tally before there are shares, and only the teller can afterwards.
    trustee(&organisation, "tom", &["tally", "--poll", "1"]).fails(3, "0 of 2 decryption shares");
    for name in ["tia", "ted"] {
        trustee(&organisation, name, &["decrypt", "--poll", "1"]).json();
    }
    let unable = organisation.run("tia", &["tally", "--poll", "1", "--no-finalise"]);
    assert!(unable.stderr.contains("is rounded") && unable.json()["chambers"] == json!([]), "{}", unable.stderr);
    trustee(&organisation, "tia", &["tally", "--poll", "1"]).fails(3, "0 of 2 decryption shares");
    let tallied = trustee(&organisation, "tom", &["tally", "--poll", "1"]).json();
    assert_eq!(tallied["chambers"][0]["buckets"], json!([0, 0]), "{tallied}");
    assert_eq!((&tallied["chambers"][0]["greatest"], &tallied["chambers"][0]["choice"]), (&json!(0), &json!(0)));
    organisation.run("relayer", &["tally", "--poll", "1"]).json();

    let shown = organisation.folder.run(&["--json", "poll", "show", "1"]).json();
    let chamber = &shown["chambers"][0];
    assert_eq!(
        (&chamber["totals"], &chamber["step"], &shown["teller"]),
        (&Value::Null, &json!(3), &json!(1)),
        "{shown}"
    );
    assert_eq!(shown["outcome"], "Yes", "{shown}");
    let text = organisation.folder.run(&["poll", "show", "1"]).stdout;
    assert!(text.contains("Yes the greatest / No 0 to 2"), "{text}");
    // The exact totals are 5 and 1: nothing that is published says so.
    let verified = organisation.folder.run(&["--json", "verify", "--poll", "1"]).json();
    assert_eq!(verified["passed"], true, "{verified}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rounding_that_cannot_be_is_refused_before_it_is_paid() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    let refused = |file: Value, code: i32, what: &str| {
        organisation.folder.put("poll.json", &file.to_string());
        organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).fails(code, what);
    };
    refused(poll(now, json!({ "totals": 7 })), 2, "above every total");
    refused(poll(now, json!({ "totals": 1 })), 2, "a step is at least 2");
    refused(poll(now, json!({ "totals": "exact" })), 2, "need none");
    refused(poll(now, json!({ "totals": 3, "threshold_bps": 9_000 })), 2, "whatever the totals are rounded to");
    let mut file = poll(now, json!({ "totals": 3 }));
    file["teller"] = json!(3);
    refused(file.clone(), 2, "no trustee with a key");
    file["teller"] = json!(0);
    file["rule"] = json!({ "kind": "plurality", "choice_in_note": true });
    refused(file, 2, "makes each ballot a receipt");
    let mut file = poll(now, json!({}));
    file["rule"] = json!({ "kind": "plurality", "choice_in_note": true });
    refused(file, 2, "needs `\"totals\": \"exact\"`");
    organisation.run("dao", &["poll", "list"]).json();
    assert_eq!(organisation.folder.run(&["--json", "poll", "list"]).json()["polls"], json!([]));
}
