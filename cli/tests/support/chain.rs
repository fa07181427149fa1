//! A local chain, accounts, and commands that they send from.

use psephos_chain::local::{advance_to, fund};
use psephos_chain::{Address, LocalChain, U256};

use crate::support::{Run, Sandbox};

/// The passphrase of every secret file.
pub(crate) const PASSPHRASE: &str = "canary passphrase of a whole poll";

/// A local chain with a sandbox whose commands use it.
pub(crate) struct ChainSandbox {
    /// The chain.
    pub(crate) local: LocalChain,
    /// The directory in which commands run.
    pub(crate) sandbox: Sandbox,
}

impl ChainSandbox {
    /// Starts a chain.
    pub(crate) async fn new() -> Self {
        let local = LocalChain::start().await.expect("a local chain");
        let sandbox = Sandbox::new()
            .with_variable("PSEPHOS_PASSPHRASE", PASSPHRASE)
            .with_variable("PSEPHOS_RPC", local.connection().url());
        Self { local, sandbox }
    }

    /// Creates a funded account in the file `name.key`.
    pub(crate) async fn create_account(&self, name: &str) -> Address {
        let made = self.sandbox.run(&["--json", "sender", "new", "--out", &format!("{name}.key")]).json();
        let address = made["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        fund(self.local.connection(), address, U256::from(10).pow(U256::from(19))).await.expect("funded");
        address
    }

    /// Runs a command that sends from the account in `sender.key`, with `--json`.
    pub(crate) fn run_as(&self, sender: &str, arguments: &[&str]) -> Run {
        let sender = format!("{sender}.key");
        self.sandbox.run(&[&["--json", "--sender", &sender], arguments].concat())
    }

    /// Writes a deployment file in which this verifier is another contract.
    #[allow(dead_code, reason = "not every test file swaps one")]
    pub(crate) fn swap_verifier(&self, verifier: &str, file: &str) {
        let text = std::fs::read_to_string(self.sandbox.path("deployment.json")).expect("a deployment");
        let mut deployment: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        deployment["verifiers"][verifier] = deployment["verifiers"]["decryption"].clone();
        self.sandbox.write_file(file, &deployment.to_string());
    }

    /// Advances the chain's clock to this time, in seconds since 1970.
    pub(crate) async fn advance_clock_to(&self, time: u64) {
        advance_to(self.local.connection(), time).await.expect("time passes");
    }
}

/// Runs a trustee's command with its transport key file, `name.keys`.
pub(crate) fn run_trustee(chain: &ChainSandbox, name: &str, arguments: &[&str]) -> Run {
    let keys = format!("{name}.keys");
    chain.run_as(name, &[&["trustee"], arguments, &["--keys", &keys]].concat())
}

/// Runs `vote` in chamber 0 of poll 1 with the identity in `name.identity`.
#[allow(dead_code, reason = "not every test file votes there")]
pub(crate) fn run_vote(chain: &ChainSandbox, name: &str, arguments: &[&str]) -> Run {
    let identity = format!("{name}.identity");
    chain
        .sandbox
        .run(&[&["--json", "vote", "--poll", "1", "--chamber", "0", "--identity", &identity], arguments].concat())
}

/// Deploys the contracts, enrols ada, ben and cem in chamber 0, forms a committee of one trustee, tia, and creates
/// the account `relayer`. Returns the chain's time.
#[allow(dead_code, reason = "not every test file begins so")]
pub(crate) async fn prepare_members(chain: &ChainSandbox) -> u64 {
    for name in ["dao", "relayer", "tia"] {
        chain.create_account(name).await;
    }
    chain.run_as("dao", &["deploy"]).json();
    let mut members = String::from("account,weight\n");
    for name in ["ada", "ben", "cem"] {
        members.push_str(&format!("{},1\n", chain.create_account(name).await));
    }
    chain.sandbox.write_file("members.csv", &members);
    chain.run_as("dao", &["chamber", "create", "--name", "Public", "--members", "members.csv"]).json();
    for name in ["ada", "ben", "cem"] {
        let file = format!("{name}.identity");
        chain.sandbox.run(&["--json", "identity", "new", "--out", &file]).json();
        chain.run_as(name, &["enrol", "--chamber", "0", "--identity", &file]).json();
    }
    chain.sandbox.run(&["--json", "trustee", "keygen", "--out", "tia.keys"]).json();
    let shown = chain.run_as("tia", &["sender", "show"]).json();
    let tia = shown["address"].as_str().expect("an address");
    chain.run_as("dao", &["committee", "create", "--trustee", tia]).json();
    run_trustee(chain, "tia", &["watch", "--once"]).json();
    chain.local.connection().time().await.expect("the time")
}

/// Opens poll 1 for the three members.
#[allow(dead_code, reason = "not every test file has one")]
pub(crate) async fn open_poll(chain: &ChainSandbox) {
    let now = prepare_members(chain).await;
    let poll = serde_json::json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 10,
        "closes_at": now + 100_000, "tally_deadline": now + 200_000, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000 }],
    });
    chain.sandbox.write_file("poll.json", &poll.to_string());
    chain.run_as("dao", &["poll", "create", "poll.json"]).json();
    chain.advance_clock_to(now + 11).await;
    chain.run_as("dao", &["poll", "open", "1"]).json();
}
