//! A poll whose relayer is paid from a fee pot: create, fund, earn, withdraw, reclaim.

use crate::organisation::{Organisation, prepare, trustee, vote};
use psephos_chain::{Address, ChainError, Connection, U256, fees, hex, local};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::Deployment;
use psephos_state::ProofData;
use psephos_state::bindings::{IFeePot::BallotsPaid, IPolls::castBatchCall};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
/// A fresh address.
const FRESH: &str = "0x1111111111111111111111111111111111111111";

#[tokio::test(flavor = "multi_thread")]
async fn relayer_is_paid_from_the_fee_pot() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    let rule = json!({ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" });
    let poll = json!({
        "title": "Which?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 100,
        "closes_at": now + DAY, "tally_deadline": now + 2 * DAY, "committee": 0, "chambers_required": 1, "chambers": [rule],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json();
    let deployment = psephos_chain::deployment_file::read_deployment(&organisation.folder.path("deployment.json"))
        .expect("a deployment");
    let relayer = impersonate_sender(&organisation, "relayer").await;
    let stranger = impersonate_sender(&organisation, "tia").await;
    create_pot(&organisation, &deployment, relayer.sender().expect("one")).await;

    organisation.later(now + 101).await;
    organisation.run("relayer", &["poll", "open", "1"]).json();
    for (name, choice) in [("ada", "1"), ("ben", "1"), ("cem", "2")] {
        vote(&organisation, name, &["--option", choice, "--out", &format!("{name}.json")]).json();
    }
    earn_fees(&organisation, &deployment, &relayer, &stranger).await;
    // A ballot that is sent to the polls contract directly counts and earns nothing.
    organisation.run("relayer", &["relay", "ada.json", "cem.json"]).json();
    check_proofs_found(&organisation, &deployment).await;

    let withdraw = ["poll", "fees", "withdraw", "--to", FRESH];
    organisation.run("tia", &withdraw).fails(3, "ZeroAmount").fails(3, "fees show");
    assert_eq!(organisation.run("relayer", &withdraw).json()["amount"], wei_value(2_000));
    organisation.run("relayer", &withdraw).fails(3, "ZeroAmount");
    let balance = organisation.chain.connection().read_balance(FRESH.parse().expect("an address")).await;
    assert_eq!(balance.expect("known"), U256::from(2_000));

    organisation.run("dao", &["poll", "fees", "reclaim", "1"]).fails(3, "PollHasNotEnded").fails(3, "psephos tally");
    organisation.later(now + DAY + 1).await;
    organisation.run("dao", &["poll", "fees", "fund", "1", "--amount", "1"]).fails(3, "PollHasClosed");
    trustee(&organisation, "tia", &["watch", "--once"]).json();
    organisation.run("relayer", &["poll", "fees", "reclaim", "1"]).fails(3, "NotPollsOwner").fails(3, "owner");
    let back = organisation.run("dao", &["poll", "fees", "reclaim", "1", "--to", FRESH]).json();
    assert_eq!((&back["amount"], &back["to"]), (&wei_value(4_500), &json!(FRESH)));
    organisation.run("dao", &["poll", "fees", "reclaim", "1"]).fails(3, "ZeroAmount");

    let books = psephos_chain::fees::read_books(organisation.chain.connection(), &deployment).await.expect("books");
    assert_eq!((books.total_owed(), books.balance, books.is_solvent()), (U256::ZERO, U256::ZERO, true), "{books:#?}");
    let shown = organisation.folder.run(&["poll", "fees", "show", "1"]);
    for words in ["funded 6500 wei, paid 2000 wei for 2 ballots, reclaimed 4500 wei", "balance 0 wei"] {
        assert!(shown.stdout.contains(words), "{shown:#?}");
    }
    assert_eq!(organisation.folder.run(&["--json", "verify", "--poll", "1"]).json()["passed"], true);
}

/// Creates and funds a fee pot for one relayer, and checks what is rejected.
async fn create_pot(organisation: &Organisation, deployment: &Deployment, relayer: Address) {
    let connection = organisation.chain.connection();
    organisation.folder.run(&["poll", "fees", "show", "1"]).fails(2, "no fee pot").fails(2, "fees create");
    assert_eq!(fees::read_terms(connection, deployment, PollId::new(1), relayer).await.expect("read"), None);
    organisation
        .run("dao", &["poll", "fees", "fund", "1", "--amount", "1"])
        .fails(3, "UnknownPot")
        .fails(3, "fees create");
    let listed = relayer.to_string();
    let open = |poll: &'static str, fee: &'static str| {
        ["poll", "fees", "create", poll, "--per-ballot", fee, "--amount", "1500", "--relayer-account"]
            .map(str::to_owned)
    };
    let run = |name: &str, arguments: [String; 9]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain([listed.as_str()]).collect();
        organisation.run(name, &arguments)
    };
    run("relayer", open("1", "1000")).fails(3, "NotPollsOwner").fails(3, "owner");
    run("dao", open("1", "0")).fails(3, "ZeroFee").fails(3, "--per-ballot");
    run("dao", open("7", "1000")).fails(3, "UnknownPoll");
    run("dao", open("1", "79228162514264337593543950336")).fails(2, "--per-ballot");
    let opened = run("dao", open("1", "1000")).json();
    assert_eq!((&opened["fee"], &opened["relayers"]), (&wei_value(1_000), &json!([relayer])));
    run("dao", open("1", "2000")).fails(3, "PotAlreadyExists").fails(3, "fees fund");
    organisation.run("ada", &["poll", "fees", "fund", "1", "--amount", "0"]).fails(3, "ZeroAmount");
    organisation.run("ada", &["poll", "fees", "fund", "1", "--amount", "5000"]).json();

    // Deployment files: one without a fee pot contract, one whose fee pot belongs to another polls contract.
    let text = std::fs::read_to_string(organisation.folder.path("deployment.json")).expect("a deployment");
    let mut other: Value = serde_json::from_str(&text).expect("JSON");
    other["polls"] = other["registry"].clone();
    organisation.folder.put("other.json", &other.to_string());
    other.as_object_mut().and_then(|names| names.remove("fee_pot")).expect("it is written");
    organisation.folder.put("old.json", &other.to_string());
    let show = |file: &str| organisation.folder.run(&["poll", "fees", "show", "1", "--deployment", file]);
    show("old.json").fails(2, "no fee pots");
    show("other.json").fails(2, "correct `fee_pot` in the deployment file");
}

/// Casts two ballots through the fee pot, and checks that an unlisted account cannot.
async fn earn_fees(organisation: &Organisation, deployment: &Deployment, relayer: &Connection, stranger: &Connection) {
    let batch = castBatchCall {
        poll: U256::from(1),
        chamber: U256::ZERO,
        records: [read_record(organisation, "ada.json"), read_record(organisation, "ben.json")].concat().into(),
        replacements: Vec::new().into(),
    };
    let terms = async |connection: &Connection| {
        let sender = connection.sender().expect("one");
        fees::read_terms(connection, deployment, PollId::new(1), sender).await.expect("read").expect("a pot")
    };
    let theirs = terms(stranger).await;
    assert!(theirs.amount_due(2).is_zero() && theirs.paid_batch_call(&batch, 2).is_none(), "{theirs:?}");
    let ours = terms(relayer).await;
    assert_eq!((ours.amount_due(2), ours.amount_due(9)), (U256::from(2_000), U256::from(6_500)));

    let call = ours.paid_batch_call(&batch, 2).expect("it earns");
    let revert = |error: ChainError| match error {
        ChainError::Reverted(revert) => revert.name,
        other => panic!("{other}"),
    };
    assert_eq!(revert(stranger.send_call(ours.contract, &call).await.expect_err("a stranger")), "NotListed");
    let mut greedy = call.clone();
    greedy.minimum = U256::from(2_001);
    assert_eq!(revert(relayer.send_call(ours.contract, &greedy).await.expect_err("too much")), "FeesBelowMinimum");
    let sent = relayer.send_call(ours.contract, &call).await.expect("cast");
    let paid = sent.logs.iter().filter(|log| log.address() == ours.contract);
    let paid: Vec<_> = paid.map(|log| log.log_decode::<BallotsPaid>().expect("paid").inner.data).collect();
    assert_eq!((paid.len(), paid[0].ballots, paid[0].amount), (1, U256::from(2), U256::from(2_000)));
    assert_eq!(revert(relayer.send_call(ours.contract, &call).await.expect_err("again")), "NothingCast");
    assert_eq!(vote(organisation, "ben", &["--check"]).json()["counted"], true);

    let shown = organisation.folder.run(&["--json", "poll", "fees", "show", "1"]).json();
    let earned = json!([{ "relayer": relayer.sender(), "earned": wei_value(2_000), "credit": wei_value(2_000) }]);
    assert_eq!((&shown["left"], &shown["covers"], &shown["earned"]), (&wei_value(4_500), &wei_value(4), &earned));
}

/// Checks that proofs cast through the pot are found in its event, and the other one in its transaction.
async fn check_proofs_found(organisation: &Organisation, deployment: &Deployment) {
    let mut state = psephos_chain::read_state(organisation.chain.connection(), deployment).await.expect("the state");
    psephos_chain::load_calls(organisation.chain.connection(), &mut state, PollId::new(1)).await.expect("proofs");
    let ballots = &state.poll(PollId::new(1)).expect("the poll").chambers[&ChamberId::new(0)].ballots;
    assert_eq!(ballots.len(), 3);
    assert!(ballots.iter().all(|ballot| matches!(&ballot.proof, ProofData::Found(found) if found.len() == 1)));
    let senders: std::collections::BTreeSet<_> = ballots.iter().map(|ballot| ballot.transaction).collect();
    assert_eq!(senders.len(), 2, "one batch through the pot, one directly");
}

fn read_record(organisation: &Organisation, file: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(organisation.folder.path(file)).expect("a package");
    let package: Value = serde_json::from_str(&text).expect("JSON");
    hex::decode(package["record"].as_str().expect("a record")).expect("hexadecimal")
}

/// Returns a connection that sends from an account of the folder without its key.
async fn impersonate_sender(organisation: &Organisation, name: &str) -> Connection {
    let shown = organisation.run(name, &["sender", "show"]).json();
    let address = shown["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
    local::impersonate(organisation.chain.connection(), address).await.expect("a local chain")
}

fn wei_value(amount: u64) -> Value {
    json!(U256::from(amount))
}
