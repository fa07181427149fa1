//! A whole poll by commands alone, on a local chain, as the guides describe it.

use crate::organisation::{Organisation, PASSPHRASE, trustee, vote};
use psephos_protocol::identifiers::{ChamberId, PollId};
use serde_json::json;

const VOTERS: [&str; 3] = ["ada", "ben", "cem"];
const TRUSTEES: [&str; 3] = ["tia", "tom", "tue"];

#[tokio::test(flavor = "multi_thread")]
async fn whole_poll_runs_by_commands_alone() {
    let organisation = Organisation::new().await;
    organisation.account("dao").await;
    let mut trustees = Vec::new();
    for name in TRUSTEES {
        trustees.push(organisation.account(name).await.to_string());
        organisation.folder.run(&["--json", "trustee", "keygen", "--out", &format!("{name}.keys")]).json();
    }
    organisation.account("relayer").await;
    organisation.run("dao", &["deploy"]).json();
    let now = organisation.chain.connection().newest_time().await.expect("the time");

    // Chamber, members, committee.
    let mut members = String::from("account,weight\n");
    for (index, name) in VOTERS.iter().enumerate() {
        members.push_str(&format!("{},{}\n", organisation.account(name).await, 10 * (index + 1)));
    }
    organisation.folder.put("members.csv", &members);
    organisation.run("dao", &["chamber", "create", "--name", "Researchers", "--members", "members.csv"]).json();
    organisation.run("dao", &["chamber", "create", "--name", "Public", "--members", "members.csv"]).json();
    organisation.run("dao", &["chamber", "allow", "members.csv", "--chamber", "7"]).fails(2, "chamber 7");
    form_committee(&organisation, &trustees);
    for name in VOTERS {
        // The first enrolment makes the identity.
        let file = format!("{name}.identity");
        organisation.run(name, &["enrol", "--identity", &file]).fails(2, "more than one chamber: 0, 1");
        for chamber in ["0", "1"] {
            organisation.run(name, &["enrol", "--chamber", chamber, "--identity", &file]).json();
        }
    }
    let again = organisation.run("ada", &["enrol", "--chamber", "0", "--identity", "ada.identity"]).json();
    assert_eq!((&again["transaction"], &again["weight"]), (&json!(null), &json!(10)), "idempotent");
    organisation.run("ada", &["enrol", "--chamber", "0", "--identity", "ben.identity"]).fails(3, "--rotate");
    organisation.run("ada", &["enrol", "--chamber", "9", "--identity", "ada.identity"]).fails(2, "chamber 9");
    organisation.run("relayer", &["enrol", "--chamber", "0", "--identity", "ada.identity"]).fails(3, "NotEligible");
    organisation.run("relayer", &["enrol", "--identity", "relayer.identity"]).fails(2, "no chamber admits");
    assert!(
        !organisation.folder.path("relayer.identity").exists(),
        "nothing is made for an account that is not listed"
    );

    // The poll.
    let rule = |chamber: ChamberId| {
        let weighted = chamber == ChamberId::new(0);
        json!({ "chamber": chamber, "weighted": weighted, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" })
    };
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 1_000,
        "closes_at": now + 2_000, "tally_deadline": now + 3_000, "committee": 0, "chambers_required": 1,
        "chambers": [rule(ChamberId::new(0)), rule(ChamberId::new(1))],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    organisation.run("ada", &["poll", "create", "poll.json", "--expose-votes"]).fails(3, "owner");
    assert_eq!(organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json()["poll"], 1);
    organisation.run("relayer", &["poll", "open", "1"]).fails(3, "InvalidSchedule");
    organisation.later(now + 1_001).await;
    organisation.run("relayer", &["poll", "open", "1"]).json();
    let shown = organisation.folder.run(&["poll", "show", "1"]);
    assert!(shown.code == 0 && shown.stdout.contains("Shall it be?"), "{shown:#?}");

    // Votes: two first ballots, a rejected one, a replacement.
    organisation.swap("ballot3", "swapped.json");
    let swapped = ["--option", "1", "--out", "ada.json", "--deployment", "swapped.json"];
    vote(&organisation, "ada", &swapped)
        .fails(3, "is not the verifier of our ballot-3 key")
        .fails(3, "do not use this");
    vote(&organisation, "ada", &["--option", "1", "--out", "ada.json"]).json();
    vote(&organisation, "ben", &["--choices", "0,1", "--out", "ben.json"]).json();
    vote(&organisation, "cem", &["--option", "3", "--out", "cem.json"]).fails(2, "options are 1 to 2");
    vote(&organisation, "cem", &["--choices", "1,1", "--out", "cem.json"]).fails(2, "this ballot is invalid");
    vote(&organisation, "cem", &["--option", "1", "--replace", "--out", "cem.json"]).fails(3, "without --replace");
    let package = std::fs::read_to_string(organisation.folder.path("ada.json")).expect("a package");
    organisation.folder.put("half.json", &package[..package.len() / 2]);
    organisation.folder.put("forged.json", &forge_nullifier(&package));
    let relayed = organisation.run("relayer", &["relay", "ada.json", "ben.json", "half.json", "forged.json"]);
    assert_eq!(relayed.code, 1, "{relayed:#?}");
    for text in ["malformed", "invalid_proof"] {
        assert!(relayed.stdout.contains(text), "{relayed:#?}");
    }
    assert_eq!(relayed.stdout.matches("\"accepted\"").count(), 2, "{relayed:#?}");
    assert!(
        organisation.run("relayer", &["relay", "ada.json", "ben.json"]).json()["transactions"] == json!([]),
        "idempotent"
    );
    assert_eq!(vote(&organisation, "ada", &["--check"]).json()["counted"], true);
    assert_eq!(vote(&organisation, "cem", &["--check"]).code, 1);
    // It is true of this package that it is no ballot of ben's that counts, and would mislead him.
    vote(&organisation, "ben", &["--check", "--package", "ada.json"]).fails(2, "not a ballot of this identity");
    vote(&organisation, "ben", &["--option", "1", "--out", "again.json"]).fails(3, "--replace");
    vote(&organisation, "ben", &["--option", "1", "--replace", "--out", "again.json"]).json();
    organisation.run("relayer", &["relay", "again.json"]).json();
    for name in ["ada", "ben"] {
        let (identity, out) = (format!("{name}.identity"), format!("{name}1.json"));
        let choice = ["--chamber", "1", "--identity", &identity, "--option", "2", "--out", &out];
        organisation.folder.run(&[&["--json", "vote", "--poll", "1"][..], &choice].concat()).json();
    }
    organisation.run("relayer", &["relay", "ada1.json", "ben1.json"]).json();

    // A ballot by the name of its option, which no one sends in time; the voter reads what it says.
    vote(&organisation, "cem", &["--choice", "Maybe", "--out", "unsent.json"]).fails(2, "not the name of an option");
    let named = vote(&organisation, "cem", &["--choice", " yes", "--out", "unsent.json"]);
    assert!(named.code == 0 && named.stderr.contains("Your ballot: Yes\n"), "{named:#?}");

    // The tally.
    trustee(&organisation, "tia", &["decrypt", "--poll", "1", "--chamber", "0"])
        .fails(3, "only the totals of a closed poll");
    organisation.later(now + 2_001).await;
    // What counts already is done, also after the close; another ballot is refused.
    let late = organisation.run("relayer", &["relay", "ada.json", "again.json", "ben.json"]).json();
    let outcomes: Vec<_> = late["packages"].as_array().expect("packages").iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes.iter().filter(|outcome| outcome["outcome"] == "already_counted").count(), 2, "{late}");
    assert_eq!(organisation.run("relayer", &["relay", "unsent.json"]).code, 1, "closed");
    organisation.run("relayer", &["tally", "--poll", "1"]).fails(3, "trustee decrypt");
    decrypt_totals(&organisation).await;
    let tally = organisation.run("relayer", &["tally", "--poll", "1", "--no-finalise"]).json();
    let totals = |index: usize| &tally["chambers"][index]["totals"];
    assert_eq!((totals(0), totals(1), &tally["outcome"]), (&json!([30, 0]), &json!([0, 2]), &json!(null)));
    // One chamber is for it and one against: the poll is rejected.
    let ended = trustee(&organisation, "tom", &["watch", "--once"]).json();
    assert_eq!(ended["done"][0]["task"], json!({ "task": "end", "poll": 1 }));
    let again = organisation.run("relayer", &["tally", "--poll", "1"]).json();
    assert_eq!((&again["state"], &again["finalised"]), (&json!("rejected"), &json!(null)), "nothing is left to do");
    verify_with_report(&organisation);
    for list in [&["poll", "list"][..], &["chamber", "list"], &["committee", "list"], &["poll", "show", "1"]] {
        assert_eq!(organisation.folder.run(list).code, 0, "{list:?}");
    }
    organisation.folder.run(&["verify", "--poll", "2"]).fails(2, "poll list");
    assert!(!organisation.folder.files().contains(PASSPHRASE), "a secret was written to a file");
}

/// The page of a verification is written whether the checks pass or not, and replaces no file unless asked to.
fn verify_with_report(organisation: &Organisation) {
    let folder = &organisation.folder;
    let verify = ["--json", "verify", "--poll", "1", "--report", "poll.html"];
    let verified = folder.run(&verify).json();
    assert_eq!((&verified["passed"], &verified["report"]), (&json!(true), &json!("poll.html")));
    let page = std::fs::read_to_string(folder.path("poll.html")).expect("a page");
    let shown = folder.run(&["--json", "poll", "show", "1"]).json();
    let [words, fingerprint] = ["words", "fingerprint"].map(|name| shown[name].as_str().expect("text").to_owned());
    for expected in ["Shall it be?", "Researchers", "Rejected", "30 · 100.0 %", "2 of 3 trustees", &words, &fingerprint]
    {
        assert!(page.contains(expected), "missing: {expected}");
    }
    assert!(!page.contains("not known"), "the node shows the gas of every transaction");

    folder.run(&verify).fails(2, "poll.html exists already");
    let swapped = folder.run(&[&["--deployment", "swapped.json"], &verify[..], &["--force"]].concat());
    assert_eq!(swapped.code, 1, "{swapped:#?}");
    let page = std::fs::read_to_string(folder.path("poll.html")).expect("another page");
    assert!(page.contains("checks fail.") && page.contains("Checks that fail"), "{page}");
    folder.run(&["verify", "--poll", "1", "--force"]).fails(2, "--report");
}

/// Forms a committee of three trustees with threshold 2: one runs single commands, the others `watch`.
fn form_committee(organisation: &Organisation, trustees: &[String]) {
    let [tia, tom, tue] = trustees else { unreachable!() };
    let create = ["committee", "create", "--trustee", tia, "--trustee", tom, "--trustee", tue, "--threshold", "2"];
    organisation.run("ada", &create).fails(3, "owner");
    organisation.run("dao", &create).json();
    let register = ["trustee", "register", "--committee", "0", "--keys", "tia.keys"];
    organisation.run("ada", &register).fails(3, "not a trustee").fails(3, "committee list");
    organisation
        .run("tia", &["trustee", "register", "--committee", "7", "--keys", "tia.keys"])
        .fails(2, "committee list");
    organisation
        .run("tia", &["trustee", "deal", "--committee", "0"])
        .fails(3, "registering")
        .fails(3, "trustee status");
    let status = organisation.run("tia", &["trustee", "status", "--keys", "tia.keys"]).json();
    assert_eq!(status["due"][0]["text"], "register with committee 0");
    organisation.run("tia", &register).json();
    organisation.run("tia", &register).fails(3, "AlreadyRegistered");
    organisation.run("dao", &["committee", "finalise", "0"]).fails(3, "registering");
    for name in ["tom", "tue"] {
        trustee(organisation, name, &["watch", "--once"]).json();
    }
    // All have registered, so the last one to watch has dealt as well.
    organisation.run("tia", &["trustee", "deal", "--committee", "0"]).json();
    organisation.run("tom", &["trustee", "deal", "--committee", "0"]).fails(3, "WrongStatus");
    let status = organisation.folder.run(&["trustee", "status", "--account", tom, "--keys", "tom.keys"]);
    assert!(status.code == 0 && status.stdout.contains("finalise committee 0"), "{status:#?}");
    assert_eq!(trustee(organisation, "tom", &["watch", "--once"]).json()["done"][0]["task"]["task"], "finalise");
    assert_eq!(trustee(organisation, "tom", &["watch", "--once"]).json()["done"], json!([]));
    organisation.run("dao", &["committee", "finalise", "0"]).fails(3, "ready");
    let listed = organisation.folder.run(&["--json", "committee", "list"]).json();
    assert_eq!(
        (&listed["committees"][0]["phase"], &listed["committees"][0]["threshold"]),
        (&json!("ready"), &json!(2))
    );

    // A key is for one committee.
    organisation.run("dao", &["committee", "create", "--trustee", tia, "--trustee", tom]).json();
    let again = ["trustee", "register", "--committee", "1", "--keys", "tia.keys"];
    organisation.run("tia", &again).fails(2, "registered with committee 0").fails(2, "trustee keygen");
    assert_eq!(trustee(organisation, "tia", &["watch", "--once"]).json()["done"], json!([]));
    let status = trustee(organisation, "tia", &["status"]).json();
    assert!(status["committees"][1]["this_account"].as_str().is_some_and(|part| part.contains("another committee")));
    organisation.run("tia", &["trustee", "keygen", "--out", "tia1.keys"]).json();
    let watch = ["trustee", "watch", "--once", "--committee", "1", "--keys", "tia1.keys"];
    assert_eq!(
        organisation.run("tia", &watch).json()["done"][0]["task"],
        json!({ "task": "register", "committee": 1 })
    );
}

/// One decryption share is not enough; a second one, of a trustee that did not deal, is. The third trustee is absent
/// from then on.
async fn decrypt_totals(organisation: &Organisation) {
    trustee(organisation, "tue", &["decrypt", "--poll", "1", "--confirmations", "1000000"]).fails(3, "--confirmations");
    organisation
        .run("tia", &["trustee", "decrypt", "--poll", "1", "--keys", "tom.keys"])
        .fails(3, "not the one that this account");
    // A total that cannot be decrypted does not prevent the others from being, and nothing is posted twice.
    let deployment = psephos_chain::deployment_file::read_deployment(&organisation.folder.path("deployment.json"))
        .expect("a deployment");
    let state = psephos_chain::read_state(organisation.chain.connection(), &deployment).await.expect("events");
    let ctx = state.polls[&PollId::new(1)].chambers[&ChamberId::new(0)].frozen.as_ref().expect("opened").ctx;
    let note = organisation.folder.path("tue.keys.opened").join(format!("{}.txt", ctx.to_hex()));
    std::fs::create_dir_all(note.parent().expect("a folder")).expect("made");
    std::fs::write(&note, "of another total").expect("written");
    let half = trustee(organisation, "tue", &["decrypt", "--poll", "1"]);
    half.fails(3, "records another decrypted total of this chamber").fails(3, "Chamber 1: decryption share posted");
    std::fs::remove_file(&note).expect("removed");
    let rest = trustee(organisation, "tue", &["decrypt", "--poll", "1"]).json();
    assert_eq!((rest["chambers"].as_array().map(Vec::len), &rest["chambers"][0]["chamber"]), (Some(1), &json!(0)));
    assert_eq!(trustee(organisation, "tue", &["decrypt", "--poll", "1"]).json()["chambers"], json!([]));
    trustee(organisation, "tue", &["decrypt", "--poll", "1", "--chamber", "0"])
        .fails(3, "has posted its decryption share");
    organisation.run("relayer", &["tally", "--poll", "1"]).fails(3, "trustee decrypt");
    trustee(organisation, "tom", &["decrypt", "--poll", "1"]).json();
    let enough = trustee(organisation, "tia", &["decrypt", "--poll", "1"]).json();
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
async fn empty_sender_and_foreign_deployment_are_rejected() {
    let organisation = Organisation::new().await;
    organisation.account("dao").await;
    organisation.folder.run(&["sender", "new", "--out", "poor.key"]);
    organisation.run("poor", &["deploy", "--out", "poor.json"]).fails(3, "send it the difference");
    assert!(!organisation.folder.path("poor.json").exists());
    organisation.run("dao", &["deploy"]).json();
    organisation.run("poor", &["chamber", "create", "--name", "X"]).fails(3, "");
    let text = std::fs::read_to_string(organisation.folder.path("deployment.json")).expect("readable");
    organisation.folder.put("other.json", &text.replace("31337", "1"));
    organisation.folder.run(&["--deployment", "other.json", "poll", "list"]).fails(3, "deployment is on chain 1");
    let again = Organisation::new().await;
    again.folder.put("deployment.json", &text);
    again.folder.run(&["poll", "list"]).fails(3, "this deployment is not on this chain");
}
