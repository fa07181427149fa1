//! A voter with two accounts loses its laptop, and continues with its backup alone, as the guide describes it.

use crate::organisation::{self, Organisation, PASSPHRASE, open_poll, vote};
use crate::support::CommandFolder;
use serde_json::{Value, json};

/// The memberships that `identity show` finds, as chamber and account.
fn memberships(folder: &CommandFolder, file: &str) -> Vec<(Value, Value)> {
    let shown = folder.run(&["--json", "identity", "show", file]).json();
    let found = shown["memberships"].as_array().cloned().expect("a list");
    found.into_iter().map(|one| (one["chamber"].clone(), one["account"].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn voter_continues_with_its_backup_after_losing_its_laptop() {
    let organisation = Organisation::new().await;
    open_poll(&organisation).await;
    let folder = &organisation.folder;
    let address = |name: &str| organisation.run(name, &["sender", "show"]).json()["address"].clone();
    let account = address("ada");
    assert_eq!(memberships(folder, "ada.identity"), [(json!(0), account.clone())]);
    vote(&organisation, "ada", &["--option", "1", "--out", "ada.json"]).json();
    organisation.run("relayer", &["relay", "ada.json"]).json();

    // The same account has one identity in both chambers; a second account has another one of the same seed.
    let second = organisation.account("ada2").await.to_string();
    folder.put("more.csv", &format!("account,weight\n{},1\n{second},2\n", account.as_str().expect("an address")));
    organisation.run("dao", &["chamber", "create", "--name", "More", "--members", "more.csv"]).json();
    let enrolled = organisation.run("ada", &["enrol", "--chamber", "1", "--identity", "ada.identity"]);
    assert_eq!(enrolled.json()["same_identity"], json!([{ "chamber": 0, "account": account }]));
    assert!(enrolled.stderr.contains("the same identity in chamber 0"), "{enrolled:#?}");
    let enrolled = organisation.run("ada2", &["enrol", "--chamber", "1", "--identity", "ada.identity"]);
    assert_eq!(enrolled.json()["same_identity"], json!([]), "the accounts are not linked");
    organisation
        .run("ada", &["enrol", "--chamber", "0", "--identity", "ada.identity", "--rotate"])
        .fails(2, "with the identity of this file already")
        .fails(2, "identity new");

    // A new machine, with the backup, the deployment file and nothing else.
    let laptop = CommandFolder::new()
        .with("PSEPHOS_PASSPHRASE", PASSPHRASE)
        .with("PSEPHOS_RPC", organisation.chain.connection().url());
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).expect("readable");
    laptop.put("backup.identity", &read("ada.identity"));
    laptop.put("deployment.json", &read("deployment.json"));
    laptop.run(&["--json", "identity", "restore", "backup.identity", "--out", "me.identity"]).json();
    assert_ne!(read("ada.identity"), std::fs::read_to_string(laptop.path("me.identity")).expect("readable"));
    let mut found = memberships(&laptop, "me.identity");
    found.sort_by_key(|(chamber, account)| (chamber.as_u64(), account.to_string()));
    let mut expected = vec![(json!(0), account.clone()), (json!(1), account), (json!(1), json!(second.to_lowercase()))];
    expected.sort_by_key(|(chamber, account)| (chamber.as_u64(), account.to_string()));
    assert_eq!(found, expected);

    // It sees that its ballot counts, replaces it, and needs no account for that.
    let on_laptop = |arguments: &[&str]| {
        laptop.run(&[&["--json", "vote", "--poll", "1", "--chamber", "0"][..], arguments].concat())
    };
    assert_eq!(on_laptop(&["--check"]).json()["counted"], true);
    on_laptop(&["--option", "2", "--replace", "--account", &second]).fails(3, "was not in chamber 0");
    on_laptop(&["--option", "2", "--replace", "--out", "again.json"]).json();
    folder.put("again.json", &std::fs::read_to_string(laptop.path("again.json")).expect("a package"));
    organisation.run("relayer", &["relay", "again.json"]).json();
    assert_eq!(on_laptop(&["--check", "--package", "again.json"]).json()["counted"], true);

    // Another seed is no member, and the refusal says where to look.
    laptop.run(&["--json", "identity", "new", "--out", "new.identity"]).json();
    on_laptop(&["--check", "--identity", "new.identity"])
        .fails(3, "no member of chamber 0")
        .fails(3, "identity show FILE");
    assert_eq!(memberships(&laptop, "new.identity"), []);
    assert!(!laptop.files().contains(PASSPHRASE) && !folder.files().contains(PASSPHRASE));
}

#[tokio::test(flavor = "multi_thread")]
async fn voter_with_two_accounts_in_a_chamber_names_one() {
    let organisation = Organisation::new().await;
    organisation::prepare(&organisation).await;
    let folder = &organisation.folder;
    let accounts = [organisation.account("one").await.to_string(), organisation.account("two").await.to_string()];
    folder.put("two.csv", &format!("account,weight\n{},1\n{},1\n", accounts[0], accounts[1]));
    organisation.run("dao", &["chamber", "allow", "two.csv", "--chamber", "0"]).json();
    for name in ["one", "two"] {
        organisation.run(name, &["enrol", "--chamber", "0", "--identity", "ada.identity"]).json();
    }
    let now = organisation.chain.connection().newest_time().await.expect("the time");
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 10,
        "closes_at": now + 100_000, "tally_deadline": now + 200_000, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    folder.put("poll.json", &poll.to_string());
    organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json();
    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();

    let ambiguous = vote(&organisation, "ada", &["--option", "1"]);
    ambiguous.fails(2, "3 members of chamber 0").fails(2, &accounts[1]).fails(2, "--account");
    let mut packages = Vec::new();
    for (account, out) in accounts.iter().zip(["one.json", "two.json"]) {
        vote(&organisation, "ada", &["--option", "1", "--account", account, "--out", out]).json();
        packages.push(out);
    }
    let relayed = organisation.run("relayer", &[&["relay"], &packages[..]].concat());
    assert_eq!(relayed.stdout.matches("\"accepted\"").count(), 2, "{relayed:#?}");
    vote(&organisation, "ben", &["--check", "--account", &accounts[0]])
        .fails(3, "vote with the identity that was enrolled then");
    assert_eq!(vote(&organisation, "ada", &["--check", "--account", &accounts[0]]).json()["counted"], true);
}
