//! Rewards by commands: create, fund, vote, ratify, seal, claim through a relayer, directly and later, and return the
//! rest.

#[path = "support/chain.rs"]
mod chain;
mod support;

use chain::{ChainSandbox, prepare_members, run_trustee};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
/// Addresses without transactions.
const FRESH: [&str; 2] = ["0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222"];

#[tokio::test(flavor = "multi_thread")]
async fn rewards_by_commands_are_paid_and_verified() {
    let chain = ChainSandbox::new().await;
    let now = prepare_members(&chain).await;
    create_poll(&chain, 1, now, None);
    create_reward(&chain, now);
    cast_ballots(&chain, 1, now + 10, &[("ada", "1"), ("ben", "2")]).await;
    let early = run_claim(&chain, "ada", &["--recipient", FRESH[0]]);
    early.fails(3, "waiting for the poll to close").fails(3, "reward status");
    chain.run_as("relayer", &["reward", "seal", "--poll", "1"]).fails(3, "PollHasNotEnded");
    tally_poll(&chain, 1, now + 10 + DAY).await;

    let later = now + 3 * DAY;
    chain.advance_clock_to(later).await;
    create_poll(&chain, 2, later, Some(1));
    cast_ballots(&chain, 2, later + 10, &[("ada", "1"), ("cem", "1")]).await;
    chain.run_as("relayer", &["reward", "ratify", "--poll", "1", "--by", "2"]).fails(3, "NotRatifying");
    tally_poll(&chain, 2, later + 10 + DAY).await;

    chain.run_as("relayer", &["reward", "open", "--poll", "1"]).fails(3, "NotRatified");
    chain.run_as("relayer", &["reward", "ratify", "--poll", "1", "--by", "1"]).fails(3, "NotRatifying");
    chain.run_as("relayer", &["reward", "ratify", "--poll", "1", "--by", "2"]).json();
    chain.run_as("relayer", &["reward", "open", "--poll", "1"]).fails(3, "NotSealed");
    let sealed = chain.run_as("relayer", &["reward", "seal", "--poll", "1"]).json();
    assert_eq!((&sealed["lists"][0]["notes"], sealed["lists"][1].is_null()), (&json!(2), true));
    assert_eq!(chain.run_as("relayer", &["reward", "seal", "--poll", "1"]).json()["lists"], json!([]), "done is done");
    chain.run_as("relayer", &["reward", "open", "--poll", "1"]).fails(3, "InsufficientPool");
    chain.run_as("dao", &["reward", "fund", "--poll", "1", "--amount", "20000"]).json();
    chain.run_as("relayer", &["reward", "open", "--poll", "1"]).json();

    let claims = claim_rewards(&chain).await;
    assert_eq!(claims, ["15", "10"], "the base, and the bonus of who chose what proved beneficial");
    let status = chain.sandbox.run(&["--json", "reward", "status"]).json();
    let figures = |name: &str| status["rewards"][0][name].clone();
    assert_eq!((figures("paid"), figures("stage")), (json!("0x61a8"), json!("claims")), "25 units of 1,000");
    assert!(chain.sandbox.run(&["reward", "status", "--poll", "1"]).stdout.contains("open for claims"));
    chain.run_as("dao", &["reward", "withdraw", "--poll", "1"]).json();
    chain.run_as("dao", &["reward", "sweep", "--poll", "1"]).fails(3, "TooEarly");
    chain.advance_clock_to(now + 20 * DAY + 1).await;
    run_claim(&chain, "cem", &["--recipient", FRESH[0]]).fails(3, "over");
    chain.run_as("relayer", &["reward", "sweep", "--poll", "1"]).fails(3, "owner");
    chain.run_as("dao", &["reward", "sweep", "--poll", "1"]).json();
    for poll in ["1", "2"] {
        assert_eq!(chain.sandbox.run(&["--json", "verify", "--poll", poll]).json()["passed"], true);
    }
}

fn create_poll(chain: &ChainSandbox, number: u64, now: u64, ratifies: Option<u64>) {
    let poll = json!({
        "title": "Which?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 5,
        "closes_at": now + DAY, "tally_deadline": now + 2 * DAY, "committee": 0, "chambers_required": 1, "ratifies": ratifies,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000 }],
    });
    chain.sandbox.write_file("poll.json", &poll.to_string());
    assert_eq!(chain.run_as("dao", &["poll", "create", "poll.json"]).json()["poll"], number);
}

/// Creates a reward of ten units for every ballot and five more for the ratified option, of a thousand wei each, and
/// funds its pool with too little.
fn create_reward(chain: &ChainSandbox, now: u64) {
    let reward = |poll: u64, bonus: u64| {
        let chambers = json!([{ "chamber": 0, "base": 10, "bonus": bonus }]);
        let (ratification, claims) = (now + 10 * DAY, now + 20 * DAY);
        json!({ "poll": poll, "unit": 1_000, "ratification_deadline": ratification, "claim_deadline": claims, "chambers": chambers })
    };
    chain.sandbox.write_file("none.json", &reward(1, 0).to_string());
    chain.run_as("dao", &["reward", "create", "none.json"]).fails(2, "no bonus");
    chain.sandbox.write_file("other.json", &reward(7, 5).to_string());
    chain.run_as("dao", &["reward", "create", "other.json"]).fails(3, "UnknownPoll");
    chain.sandbox.write_file("reward.json", &reward(1, 5).to_string());
    chain.run_as("relayer", &["reward", "create", "reward.json"]).fails(3, "owner");
    chain.run_as("dao", &["reward", "fund", "--poll", "1", "--amount", "1"]).fails(2, "no reward was set");
    chain.run_as("dao", &["reward", "create", "reward.json"]).json();
    chain.run_as("dao", &["reward", "create", "reward.json"]).fails(3, "AlreadySet");
    chain.run_as("dao", &["reward", "fund", "--poll", "1", "--amount", "-5"]).fails(2, "");
    chain.run_as("relayer", &["reward", "fund", "--poll", "1", "--amount", "20000"]).json();
}

async fn cast_ballots(chain: &ChainSandbox, poll: u64, opens: u64, votes: &[(&str, &str)]) {
    let poll = poll.to_string();
    chain.advance_clock_to(opens).await;
    chain.run_as("relayer", &["poll", "open", &poll]).json();
    let mut packages = Vec::new();
    for (name, choice) in votes {
        let (identity, out) = (format!("{name}.identity"), format!("{name}-{poll}.json"));
        let vote =
            ["vote", "--poll", &poll, "--chamber", "0", "--identity", &identity, "--choice", choice, "--out", &out];
        chain.sandbox.run(&[&["--json"], &vote[..]].concat()).json();
        packages.push(out);
    }
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    chain.run_as("relayer", &[&["relay"], &packages[..]].concat()).json();
}

/// Closes, decrypts and tallies: one watching trustee does all of it.
async fn tally_poll(chain: &ChainSandbox, poll: u64, closes: u64) {
    chain.advance_clock_to(closes).await;
    let done = run_trustee(chain, "tia", &["watch", "--once"]).json();
    let tasks: Vec<&Value> = done["done"].as_array().expect("tasks").iter().map(|one| &one["task"]["task"]).collect();
    assert_eq!(tasks, ["open", "tally", "end"], "poll {poll}");
}

fn run_claim(chain: &ChainSandbox, name: &str, arguments: &[&str]) -> support::Run {
    let identity = format!("{name}.identity");
    chain.run_as(
        name,
        &[&["reward", "claim", "--poll", "1", "--chamber", "0", "--identity", &identity], arguments].concat(),
    )
}

/// Claims for Ada through a relayer, and for Ben directly, later. Returns the amounts.
async fn claim_rewards(chain: &ChainSandbox) -> [String; 2] {
    let relayer = chain.run_as("relayer", &["sender", "show"]).json()["address"].as_str().expect("one").to_owned();
    let member = chain.run_as("cem", &["sender", "show"]).json()["address"].as_str().expect("one").to_owned();
    chain.swap_verifier("claim3", "swapped.json");
    let swapped = ["--recipient", FRESH[0], "--deployment", "swapped.json"];
    run_claim(chain, "ada", &swapped).fails(3, "another contract than that of our key");
    run_claim(chain, "ada", &[]).fails(2, "--recipient");
    run_claim(chain, "ada", &["--recipient", &member]).fails(2, "would name the voter");
    run_claim(chain, "cem", &["--recipient", FRESH[0]]).fails(3, "no ballot");
    let paid = |fee: &'static str, out: &'static str| {
        run_claim(chain, "ada", &["--recipient", FRESH[0], "--relayer", &relayer, "--fee", fee, "--out", out])
    };
    paid("15001", "much.json").fails(2, "more than the reward");
    let ada = paid("2000", "claim.json").json();
    let file = std::fs::read_to_string(chain.sandbox.path("claim.json")).expect("a claim");
    chain.sandbox.write_file("half.json", &file[..file.len() / 2]);
    chain.sandbox.write_file("stolen.json", &file.replace("0x11111111", "0x99999999"));
    chain.sandbox.write_file("more.json", &file.replace("\"15\"", "\"16\""));
    let relay = ["reward", "relay", "claim.json", "half.json", "stolen.json", "more.json", "--least-fee", "2000"];
    let relayed = chain.run_as("relayer", &relay);
    assert_eq!((relayed.code, relayed.stdout.matches("\"paid\"").count()), (1, 1), "{relayed:#?}");
    assert_eq!(relayed.stdout.matches("\"refused\"").count(), 3, "{relayed:#?}");
    chain.run_as("relayer", &["reward", "relay", "claim.json", "--least-fee", "2001"]).fails(1, "");
    let again = chain.run_as("relayer", &["reward", "relay", "claim.json"]).json();
    assert_eq!(again["claims"][0]["outcome"], "already_paid");
    run_claim(chain, "ada", &["--recipient", FRESH[1]]).fails(3, "is claimed");

    let plan = run_claim(chain, "ben", &["--recipient", FRESH[1], "--within", "48"]).json();
    let due = plan["planned"].as_u64().expect("a time");
    let now = chain.local.connection().time().await.expect("the time");
    assert!((now..=now + 48 * 3_600).contains(&due));
    if due > now {
        assert_eq!(run_claim(chain, "ben", &[]).json()["kept"], true, "not yet");
    }
    run_claim(chain, "ben", &["--recipient", FRESH[0]]).fails(2, "is kept for later already");
    assert_eq!(run_claim(chain, "ben", &["--discard"]).json()["kept"], false);
    run_claim(chain, "ben", &["--discard"]).fails(2, "no claim is kept");
    let plan = run_claim(chain, "ben", &["--recipient", FRESH[1], "--within", "8760"]).json();
    let due = plan["planned"].as_u64().expect("a time");
    assert!(due < now + 10 * DAY, "well before the claim deadline, whatever was asked for");
    chain.advance_clock_to(due + 1).await;
    let ben = run_claim(chain, "ben", &[]).json();
    assert!(ben["transaction"].is_string());
    let kept = std::fs::read_dir(chain.sandbox.path("ben.identity.claims")).expect("a folder").count();
    assert_eq!(kept, 0, "a plan that is carried out is forgotten");
    run_claim(chain, "ben", &["--recipient", FRESH[0]]).fails(3, "is claimed");
    for (address, wei) in [(FRESH[0], 13_000u64), (FRESH[1], 10_000)] {
        let balance = chain.local.connection().balance(address.parse().expect("an address")).await.expect("known");
        assert_eq!(balance.to::<u64>(), wei);
    }
    [ada, ben].map(|claim| claim["amount"].as_str().expect("an amount").to_owned())
}
