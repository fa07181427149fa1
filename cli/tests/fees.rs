//! A poll whose relayer is paid from a fee pot: opened, funded, earned from, withdrawn from and reclaimed.

#[path = "support/chain.rs"]
mod chain;
mod support;

use chain::{ChainSandbox, prepare_members, run_trustee, run_vote};
use psephos_chain::bindings::{IFeePot::BallotsPaid, IPolls::castBatchCall};
use psephos_chain::replay::ProofData;
use psephos_chain::{Address, ChainError, Connection, Deployment, Replay, U256, fees, hex, local};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
/// An address without transactions.
const FRESH: &str = "0x1111111111111111111111111111111111111111";

#[tokio::test(flavor = "multi_thread")]
async fn relayer_is_paid_from_the_fee_pot() {
    let chain = ChainSandbox::new().await;
    let now = prepare_members(&chain).await;
    let rule = json!({ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000 });
    let poll = json!({
        "title": "Which?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 100,
        "closes_at": now + DAY, "tally_deadline": now + 2 * DAY, "committee": 0, "chambers_required": 1, "chambers": [rule],
    });
    chain.sandbox.write_file("poll.json", &poll.to_string());
    chain.run_as("dao", &["poll", "create", "poll.json"]).json();
    let deployment = Deployment::load(&chain.sandbox.path("deployment.json")).expect("a deployment");
    let relayer = impersonate_sender(&chain, "relayer").await;
    let stranger = impersonate_sender(&chain, "tia").await;
    open_pot(&chain, &deployment, relayer.sender().expect("one")).await;

    chain.advance_clock_to(now + 101).await;
    chain.run_as("relayer", &["poll", "open", "1"]).json();
    for (name, choice) in [("ada", "1"), ("ben", "1"), ("cem", "2")] {
        run_vote(&chain, name, &["--choice", choice, "--out", &format!("{name}.json")]).json();
    }
    earn_fees(&chain, &deployment, &relayer, &stranger).await;
    // A ballot that is sent to the polls contract directly counts, and earns nothing.
    chain.run_as("relayer", &["relay", "ada.json", "cem.json"]).json();
    assert_proofs_are_found(&chain, &deployment).await;

    let withdraw = ["poll", "fees", "withdraw", "--to", FRESH];
    chain.run_as("tia", &withdraw).fails(3, "NothingThere").fails(3, "fees show");
    assert_eq!(chain.run_as("relayer", &withdraw).json()["amount"], wei_json(2_000));
    chain.run_as("relayer", &withdraw).fails(3, "NothingThere");
    let balance = chain.local.connection().balance(FRESH.parse().expect("an address")).await;
    assert_eq!(balance.expect("known"), U256::from(2_000));

    chain.run_as("dao", &["poll", "fees", "reclaim", "1"]).fails(3, "PollHasNotEnded").fails(3, "psephos tally");
    chain.advance_clock_to(now + DAY + 1).await;
    chain.run_as("dao", &["poll", "fees", "fund", "1", "--amount", "1"]).fails(3, "PollTakesNoMoreBallots");
    run_trustee(&chain, "tia", &["watch", "--once"]).json();
    chain.run_as("relayer", &["poll", "fees", "reclaim", "1"]).fails(3, "NotTheDao").fails(3, "owner");
    let back = chain.run_as("dao", &["poll", "fees", "reclaim", "1", "--to", FRESH]).json();
    assert_eq!((&back["amount"], &back["to"]), (&wei_json(4_500), &json!(FRESH)));
    chain.run_as("dao", &["poll", "fees", "reclaim", "1"]).fails(3, "NothingThere");

    let books = fees::Books::read(chain.local.connection(), &deployment).await.expect("books");
    assert_eq!((books.owed(), books.balance, books.holds()), (U256::ZERO, U256::ZERO, true), "{books:#?}");
    let shown = chain.sandbox.run(&["poll", "fees", "show", "1"]);
    for words in ["6500 wei came in, 2000 were paid for 2 ballots, 4500 went back", "0 wei are left"] {
        assert!(shown.stdout.contains(words), "{shown:#?}");
    }
    assert_eq!(chain.sandbox.run(&["--json", "verify", "--poll", "1"]).json()["passed"], true);
}

/// Opens a pot for one relayer; invalid calls are refused by name.
async fn open_pot(chain: &ChainSandbox, deployment: &Deployment, relayer: Address) {
    let connection = chain.local.connection();
    chain.sandbox.run(&["poll", "fees", "show", "1"]).fails(2, "no fee pot").fails(2, "fees open");
    assert_eq!(fees::terms(connection, deployment, 1, relayer).await.expect("read"), None);
    chain.run_as("dao", &["poll", "fees", "fund", "1", "--amount", "1"]).fails(3, "UnknownPot").fails(3, "fees open");
    let listed = relayer.to_string();
    let arguments_of = |poll: &'static str, fee: &'static str| {
        ["poll", "fees", "open", poll, "--per-ballot", fee, "--amount", "1500", "--relayer"].map(str::to_owned)
    };
    let run = |name: &str, arguments: [String; 9]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain([listed.as_str()]).collect();
        chain.run_as(name, &arguments)
    };
    run("relayer", arguments_of("1", "1000")).fails(3, "NotTheDao").fails(3, "owner");
    run("dao", arguments_of("1", "0")).fails(3, "NoFee").fails(3, "--per-ballot");
    run("dao", arguments_of("7", "1000")).fails(3, "UnknownPoll");
    run("dao", arguments_of("1", "79228162514264337593543950336")).fails(2, "--per-ballot");
    let opened = run("dao", arguments_of("1", "1000")).json();
    assert_eq!((&opened["fee"], &opened["relayers"]), (&wei_json(1_000), &json!([relayer])));
    run("dao", arguments_of("1", "2000")).fails(3, "PotAlreadyOpen").fails(3, "fees fund");
    chain.run_as("ada", &["poll", "fees", "fund", "1", "--amount", "0"]).fails(3, "NothingThere");
    chain.run_as("ada", &["poll", "fees", "fund", "1", "--amount", "5000"]).json();

    // Deployment files: one without fee pots, one that names the fee pots of another polls contract.
    let text = std::fs::read_to_string(chain.sandbox.path("deployment.json")).expect("a deployment");
    let mut other: Value = serde_json::from_str(&text).expect("JSON");
    other["polls"] = other["registry"].clone();
    chain.sandbox.write_file("other.json", &other.to_string());
    other.as_object_mut().and_then(|names| names.remove("fee_pot")).expect("it is written");
    chain.sandbox.write_file("old.json", &other.to_string());
    let show = |file: &str| chain.sandbox.run(&["poll", "fees", "show", "1", "--deployment", file]);
    show("old.json").fails(2, "no fee pots");
    show("other.json").fails(2, "correct `fee_pot` in the deployment file");
}

/// Casts two ballots through the pot; an unlisted account cannot.
async fn earn_fees(chain: &ChainSandbox, deployment: &Deployment, relayer: &Connection, stranger: &Connection) {
    let batch = castBatchCall {
        poll: U256::from(1),
        chamber: U256::ZERO,
        records: [read_record(chain, "ada.json"), read_record(chain, "ben.json")].concat().into(),
        replacements: Vec::new().into(),
    };
    let terms = async |connection: &Connection| {
        let sender = connection.sender().expect("one");
        fees::terms(connection, deployment, 1, sender).await.expect("read").expect("a pot")
    };
    let theirs = terms(stranger).await;
    assert!(theirs.due(2).is_zero() && theirs.batch(&batch, 2).is_none(), "{theirs:?}");
    let ours = terms(relayer).await;
    assert_eq!((ours.due(2), ours.due(9)), (U256::from(2_000), U256::from(6_500)));

    let call = ours.batch(&batch, 2).expect("it earns");
    let revert = |error: ChainError| match error {
        ChainError::Reverted(revert) => revert.name,
        other => panic!("{other}"),
    };
    assert_eq!(revert(stranger.send(ours.contract, &call).await.expect_err("a stranger")), "NotListed");
    let mut greedy = call.clone();
    greedy.least = U256::from(2_001);
    assert_eq!(revert(relayer.send(ours.contract, &greedy).await.expect_err("too much")), "PaysLess");
    let sent = relayer.send(ours.contract, &call).await.expect("cast");
    let paid = sent.logs.iter().filter(|log| log.address() == ours.contract);
    let paid: Vec<_> = paid.map(|log| log.log_decode::<BallotsPaid>().expect("paid").inner.data).collect();
    assert_eq!((paid.len(), paid[0].ballots, paid[0].amount), (1, U256::from(2), U256::from(2_000)));
    assert_eq!(revert(relayer.send(ours.contract, &call).await.expect_err("again")), "NothingCast");
    assert_eq!(run_vote(chain, "ben", &["--check"]).json()["counted"], true);

    let shown = chain.sandbox.run(&["--json", "poll", "fees", "show", "1"]).json();
    let earned = json!([{ "relayer": relayer.sender(), "earned": wei_json(2_000), "credit": wei_json(2_000) }]);
    assert_eq!((&shown["left"], &shown["covers"], &shown["earned"]), (&wei_json(4_500), &wei_json(4), &earned));
}

/// Checks where proofs are found: those cast through the pot in its event, the other in its transaction.
async fn assert_proofs_are_found(chain: &ChainSandbox, deployment: &Deployment) {
    let mut replay = Replay::read(chain.local.connection(), deployment).await.expect("a replay");
    replay.load_proofs(chain.local.connection(), 1).await.expect("proofs");
    let ballots = &replay.poll(1).expect("the poll").chambers[&0].ballots;
    assert_eq!(ballots.len(), 3);
    assert!(ballots.iter().all(|ballot| matches!(&ballot.proof, ProofData::Found(found) if found.len() == 1)));
    let senders: std::collections::BTreeSet<_> = ballots.iter().map(|ballot| ballot.transaction).collect();
    assert_eq!(senders.len(), 2, "one batch through the pot, one directly");
}

fn read_record(chain: &ChainSandbox, file: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(chain.sandbox.path(file)).expect("a package");
    let package: Value = serde_json::from_str(&text).expect("JSON");
    hex::decode(package["record"].as_str().expect("a record")).expect("hexadecimal")
}

/// Returns a connection that sends from an account of the sandbox without its key.
async fn impersonate_sender(chain: &ChainSandbox, name: &str) -> Connection {
    let shown = chain.run_as(name, &["sender", "show"]).json();
    let address = shown["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
    local::impersonate(chain.local.connection(), address).await.expect("a local chain")
}

fn wei_json(amount: u64) -> Value {
    json!(U256::from(amount))
}
