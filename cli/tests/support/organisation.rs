//! A local chain, accounts, and commands in their names.

use psephos_chain::local::{advance_time, fund_account};
use psephos_chain::{Address, LocalChain, U256};

use crate::support::{CommandFolder, Run};

/// The passphrase of every secret file.
pub(crate) const PASSPHRASE: &str = "canary passphrase of a whole poll";

/// A chain and a folder.
pub(crate) struct Organisation {
    /// The chain.
    pub(crate) chain: LocalChain,
    /// Where files are.
    pub(crate) folder: CommandFolder,
}

impl Organisation {
    /// A chain of its own.
    pub(crate) async fn new() -> Self {
        let chain = LocalChain::start().await.expect("a local chain");
        let folder =
            CommandFolder::new().with("PSEPHOS_PASSPHRASE", PASSPHRASE).with("PSEPHOS_RPC", chain.connection().url());
        Self { chain, folder }
    }

    /// An account with funds, in the file `name.key`.
    pub(crate) async fn account(&self, name: &str) -> Address {
        let made = self.folder.run(&["--json", "sender", "new", "--out", &format!("{name}.key")]).json();
        let address = made["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        fund_account(self.chain.connection(), address, U256::from(10).pow(U256::from(19))).await.expect("funded");
        address
    }

    /// A command that `sender` pays for.
    pub(crate) fn run(&self, sender: &str, arguments: &[&str]) -> Run {
        let sender = format!("{sender}.key");
        self.folder.run(&[&["--json", "--sender", &sender], arguments].concat())
    }

    /// Writes a deployment file in which this verifier is another contract.
    pub(crate) fn swap(&self, verifier: &str, file: &str) {
        let text = std::fs::read_to_string(self.folder.path("deployment.json")).expect("a deployment");
        let mut deployment: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        deployment["verifiers"][verifier] = deployment["verifiers"]["decryption"].clone();
        self.folder.put(file, &deployment.to_string());
    }

    /// Time passes.
    pub(crate) async fn later(&self, time: u64) {
        advance_time(self.chain.connection(), time).await.expect("time passes");
    }
}

/// A trustee's command, with the trustee's own keys.
pub(crate) fn trustee(organisation: &Organisation, name: &str, arguments: &[&str]) -> Run {
    let keys = format!("{name}.keys");
    organisation.run(name, &[&["trustee"], arguments, &["--keys", &keys]].concat())
}

/// A vote in chamber 0 of poll 1 with the voter's own identity.
pub(crate) fn vote(organisation: &Organisation, name: &str, arguments: &[&str]) -> Run {
    let identity = format!("{name}.identity");
    organisation
        .folder
        .run(&[&["--json", "vote", "--poll", "1", "--chamber", "0", "--identity", &identity], arguments].concat())
}

/// Contracts, a chamber of the three members ada, ben and cem, a committee of one, an account `relayer`. Gives the
/// time.
pub(crate) async fn prepare(organisation: &Organisation) -> u64 {
    for name in ["dao", "relayer", "tia"] {
        organisation.account(name).await;
    }
    organisation.run("dao", &["deploy"]).json();
    let mut members = String::from("account,weight\n");
    for name in ["ada", "ben", "cem"] {
        members.push_str(&format!("{},1\n", organisation.account(name).await));
    }
    organisation.folder.put("members.csv", &members);
    organisation.run("dao", &["chamber", "create", "--name", "Public", "--members", "members.csv"]).json();
    for name in ["ada", "ben", "cem"] {
        let file = format!("{name}.identity");
        organisation.folder.run(&["--json", "identity", "new", "--out", &file]).json();
        organisation.run(name, &["enrol", "--chamber", "0", "--identity", &file]).json();
    }
    organisation.folder.run(&["--json", "trustee", "keygen", "--out", "tia.keys"]).json();
    let shown = organisation.run("tia", &["sender", "show"]).json();
    let tia = shown["address"].as_str().expect("an address");
    organisation.run("dao", &["committee", "create", "--trustee", tia]).json();
    trustee(organisation, "tia", &["watch", "--once"]).json();
    organisation.chain.connection().newest_time().await.expect("the time")
}

/// A poll of the three members, open.
pub(crate) async fn open_poll(organisation: &Organisation) {
    let now = prepare(organisation).await;
    let poll = serde_json::json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 10,
        "closes_at": now + 100_000, "tally_deadline": now + 200_000, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json();
    organisation.later(now + 11).await;
    organisation.run("dao", &["poll", "open", "1"]).json();
}

/// Waits until a voter's ballot counts.
pub(crate) async fn wait_until_counted(organisation: &Organisation, name: &str) {
    let package = format!("{name}.json");
    for _ in 0..100 {
        if vote(organisation, name, &["--check", "--package", &package]).code == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{name}'s ballot was not cast in time");
}
