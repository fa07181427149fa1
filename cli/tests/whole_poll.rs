//! A whole poll by commands alone, on a local chain: what the guides tell people to type.

mod support;

use psephos_chain::local::{advance_to, fund};
use psephos_chain::{Address, LocalChain, U256};
use serde_json::json;
use support::Desk;

const PASSPHRASE: &str = "canary passphrase of a whole poll";
const VOTERS: [&str; 3] = ["ada", "ben", "cem"];

struct House {
    chain: LocalChain,
    desk: Desk,
}

impl House {
    async fn new() -> Self {
        let chain = LocalChain::start().await.expect("a local chain");
        let desk = Desk::new().with("PSEPHOS_PASSPHRASE", PASSPHRASE).with("PSEPHOS_RPC", chain.connection().url());
        Self { chain, desk }
    }

    /// An account with funds, in the file `name.key`.
    async fn account(&self, name: &str) -> Address {
        let made = self.desk.run(&["--json", "sender", "new", "--out", &format!("{name}.key")]).json();
        let address = made["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        fund(self.chain.connection(), address, U256::from(10).pow(U256::from(19))).await.expect("funded");
        address
    }

    /// A command that `sender` pays for.
    fn run(&self, sender: &str, arguments: &[&str]) -> support::Run {
        let sender = format!("{sender}.key");
        self.desk.run(&[&["--json", "--sender", &sender], arguments].concat())
    }

    async fn later(&self, time: u64) {
        advance_to(self.chain.connection(), time).await.expect("time passes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_by_commands_alone() {
    let house = House::new().await;
    house.account("dao").await;
    let trustee = house.account("trustee").await.to_string();
    house.account("relayer").await;
    house.run("dao", &["deploy"]).json();
    let now = house.chain.connection().time().await.expect("the time");

    // Chamber, members, committee.
    let mut members = String::from("account,weight\n");
    for (place, name) in VOTERS.iter().enumerate() {
        members.push_str(&format!("{},{}\n", house.account(name).await, 10 * (place + 1)));
    }
    house.desk.put("members.csv", &members);
    house.run("dao", &["chamber", "create", "--name", "Researchers", "--members", "members.csv"]).json();
    house.run("dao", &["committee", "create", "--trustee", &trustee]).json();
    house.desk.run(&["trustee", "keygen"]);
    house.run("ada", &["trustee", "register", "--committee", "0"]).fails(3, "NotTrustee").fails(3, "committee list");
    house.run("trustee", &["trustee", "register", "--committee", "0"]).json();
    for name in VOTERS {
        let file = format!("{name}.identity");
        house.desk.run(&["--json", "identity", "new", "--out", &file]).json();
        house.run(name, &["enrol", "--chamber", "0", "--identity", &file]).json();
    }
    house.run("ada", &["enrol", "--chamber", "0", "--identity", "ada.identity"]).fails(3, "--rotate");
    house.run("relayer", &["enrol", "--chamber", "0", "--identity", "ada.identity"]).fails(3, "NotEligible");

    // The poll.
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 1_000,
        "closes_at": now + 2_000, "tally_deadline": now + 3_000, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": true, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000 }],
    });
    house.desk.put("poll.json", &poll.to_string());
    house.run("ada", &["poll", "create", "poll.json"]).fails(3, "owner");
    assert_eq!(house.run("dao", &["poll", "create", "poll.json"]).json()["poll"], 1);
    house.run("relayer", &["poll", "open", "1"]).fails(3, "BadSchedule");
    house.later(now + 1_001).await;
    house.run("relayer", &["poll", "open", "1"]).json();
    let shown = house.desk.run(&["poll", "show", "1"]);
    assert!(shown.code == 0 && shown.stdout.contains("Shall it be?"), "{shown:#?}");

    // Votes: two first ballots, one in vain, one replaced.
    vote(&house, "ada", &["--choice", "1", "--out", "ada.json"]).json();
    vote(&house, "ben", &["--votes", "0,1", "--out", "ben.json"]).json();
    vote(&house, "cem", &["--choice", "3", "--out", "cem.json"]).fails(2, "options are 1 to 2");
    vote(&house, "cem", &["--votes", "1,1", "--out", "cem.json"]).fails(2, "this ballot is not valid");
    vote(&house, "cem", &["--choice", "1", "--replace", "--out", "cem.json"]).fails(3, "without --replace");
    let package = std::fs::read_to_string(house.desk.path("ada.json")).expect("a package");
    house.desk.put("half.json", &package[..package.len() / 2]);
    house.desk.put("forged.json", &forge(&package));
    let relayed = house.run("relayer", &["relay", "ada.json", "ben.json", "half.json", "forged.json"]);
    assert_eq!(relayed.code, 1, "{relayed:#?}");
    for text in ["malformed", "invalid_proof"] {
        assert!(relayed.stdout.contains(text), "{relayed:#?}");
    }
    assert_eq!(relayed.stdout.matches("\"accepted\"").count(), 2, "{relayed:#?}");
    assert!(house.run("relayer", &["relay", "ada.json", "ben.json"]).json()["transactions"] == json!([]), "idempotent");
    assert_eq!(vote(&house, "ada", &["--check"]).json()["counted"], true);
    assert_eq!(vote(&house, "cem", &["--check"]).code, 1);
    vote(&house, "ben", &["--choice", "1", "--out", "again.json"]).fails(3, "--replace");
    vote(&house, "ben", &["--choice", "1", "--replace", "--out", "again.json"]).json();
    house.run("relayer", &["relay", "again.json"]).json();

    // The count.
    house
        .run("trustee", &["trustee", "open", "--poll", "1", "--chamber", "0"])
        .fails(3, "only the total of a closed poll");
    house.later(now + 2_001).await;
    assert_eq!(house.run("relayer", &["relay", "ada.json"]).code, 1, "closed");
    house.run("relayer", &["tally", "--poll", "1"]).fails(3, "trustee open");
    house.run("trustee", &["trustee", "open", "--poll", "1"]).json();
    let tally = house.run("relayer", &["tally", "--poll", "1"]).json();
    assert_eq!((&tally["chambers"][0]["totals"], &tally["outcome"]), (&json!([30, 0]), &json!("Yes")));
    let verified = house.desk.run(&["--json", "verify", "--poll", "1"]).json();
    assert_eq!(verified["passed"], true);
    for list in [&["poll", "list"][..], &["chamber", "list"], &["committee", "list"], &["poll", "show", "1"]] {
        assert_eq!(house.desk.run(list).code, 0, "{list:?}");
    }
    house.desk.run(&["verify", "--poll", "2"]).fails(2, "poll list");
    assert!(!house.desk.files().contains(PASSPHRASE), "a secret was written");
}

fn vote(house: &House, name: &str, arguments: &[&str]) -> support::Run {
    let identity = format!("{name}.identity");
    house.desk.run(&[&["--json", "vote", "--poll", "1", "--chamber", "0", "--identity", &identity], arguments].concat())
}

/// The same package with another nullifier: the last digit of the record's tenth word.
fn forge(package: &str) -> String {
    let record = package.find("0x").map(|_| package.find("\"record\": \"0x").expect("a record") + 13).expect("digits");
    let digit = record + 64 * 10 - 1;
    let other = if package.as_bytes()[digit] == b'1' { "2" } else { "1" };
    format!("{}{other}{}", &package[..digit], &package[digit + 1..])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_without_funds_and_a_deployment_of_another_chain() {
    let house = House::new().await;
    house.account("dao").await;
    house.desk.run(&["sender", "new", "--out", "poor.key"]);
    house.run("poor", &["deploy", "--out", "poor.json"]).fails(3, "send it the difference");
    assert!(!house.desk.path("poor.json").exists());
    house.run("dao", &["deploy"]).json();
    house.run("poor", &["chamber", "create", "--name", "X"]).fails(3, "");
    let text = std::fs::read_to_string(house.desk.path("deployment.json")).expect("there");
    house.desk.put("other.json", &text.replace("31337", "1"));
    house.desk.run(&["--deployment", "other.json", "poll", "list"]).fails(3, "deployment is on chain 1");
    let again = House::new().await;
    again.desk.put("deployment.json", &text);
    again.desk.run(&["poll", "list"]).fails(3, "this deployment is not on this chain");
}
