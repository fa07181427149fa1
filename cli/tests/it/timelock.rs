//! A DAO that owns the contracts by OpenZeppelin's TimelockController: every decision is exported, scheduled and
//! executed after the delay. Nothing is sent in the owner's name.

use crate::organisation::{Organisation, trustee, vote};
use crate::support::Run;
use psephos_chain::{Address, ChainError, Sent, U256, local};
use psephos_testkit::{Operation, Timelock};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
const DELAY: u64 = 2 * DAY;
const VOTERS: [&str; 2] = ["ada", "ben"];

#[tokio::test(flavor = "multi_thread")]
async fn timelock_owns_everything_from_deployment_to_tally() {
    let organisation = Organisation::new().await;
    let timelock = deploy_timelock(&organisation, "proposer").await;
    deploy_for(&organisation, &timelock).await;
    let mut members = String::from("account,weight\n");
    for name in VOTERS {
        members.push_str(&format!("{},1\n", organisation.account(name).await));
    }
    organisation.folder.put("members.csv", &members);
    let tia = organisation.account("tia").await.to_string();
    organisation.folder.run(&["--json", "trustee", "keygen", "--out", "tia.keys"]).json();
    let now = organisation.chain.connection().newest_time().await.expect("the time");
    put_poll(&organisation, now);

    // All three decisions are made before the first one is executed.
    let create_chamber = ["chamber", "create", "--name", "Public", "--members", "members.csv"];
    let chamber = export(&organisation, &create_chamber);
    assert_eq!(chamber.targets.len(), 3, "the number is required, the chamber created, the list set");
    let committee = export(&organisation, &["committee", "create", "--trustee", &tia]);
    let create_poll = ["poll", "create", "poll.json", "--expose-votes"];
    run_export(&organisation, &create_poll)
        .fails(3, "CommitteeNotReady")
        .fails(3, "Shall it be?")
        .fails(3, "--unchecked");
    let unchecked = run_export(&organisation, &[&create_poll[..], &["--unchecked"]].concat());
    assert!(unchecked.stderr.contains("warning: ") && unchecked.stderr.contains("CommitteeNotReady"), "{unchecked:#?}");
    let poll = read_operation(&unchecked.json());
    for operation in [&chamber, &committee, &poll] {
        timelock.schedule(operation).await.expect("scheduled");
    }
    pass(&organisation, DELAY + 1).await;
    assert_eq!(revert_name(timelock.execute(&poll).await), "CommitteeNotReady", "before its committee");
    timelock.execute(&committee).await.expect("executed");
    // What `trustee watch` does, by single commands; anyone finalises.
    trustee(&organisation, "tia", &["register", "--committee", "0"]).json();
    organisation.run("tia", &["trustee", "deal", "--committee", "0"]).json();
    assert!(organisation.run("ada", &["committee", "finalise", "0"]).json()["transaction"].is_string());
    run_export(&organisation, &create_poll).fails(3, "InvalidChambers").fails(3, "--unchecked");
    assert_eq!(revert_name(timelock.execute(&poll).await), "InvalidChambers", "before its chamber");
    timelock.execute(&chamber).await.expect("executed");
    timelock.execute(&poll).await.expect("executed");
    // The same batch again, under the number that the chamber has now.
    run_export(&organisation, &create_chamber).json();
    let again = Operation { values: chamber.values, targets: chamber.targets, payloads: chamber.payloads };
    assert_ne!(revert_name(timelock.execute(&again).await), "", "an operation is executed once");

    for name in VOTERS {
        let file = format!("{name}.identity");
        organisation.folder.run(&["--json", "identity", "new", "--out", &file]).json();
        organisation.run(name, &["enrol", "--chamber", "0", "--identity", &file]).json();
    }
    check_fee_pot(&organisation, &timelock).await;

    organisation.later(now + 5 * DAY + 1).await;
    organisation.run("ada", &["poll", "open", "1"]).json();
    for name in VOTERS {
        let file = format!("{name}.json");
        vote(&organisation, name, &["--option", "1", "--out", &file]).json();
        organisation.run("ada", &["relay", &file]).fails(2, "is a member of chamber 0").fails(2, "--expose-sender");
        organisation.run("ada", &["relay", &file, "--expose-sender"]).json();
    }
    organisation.later(now + 6 * DAY + 1).await;
    trustee(&organisation, "tia", &["watch", "--once"]).json();
    let tally = organisation.run("ada", &["tally", "--poll", "1"]).json();
    assert_eq!((&tally["outcome"], &tally["state"]), (&json!("Yes"), &json!("decided")), "{tally}");
    assert_eq!(organisation.folder.run(&["--json", "verify", "--poll", "1"]).json()["passed"], true);

    govern(&organisation, &timelock, &["poll", "fees", "reclaim", "1"]).await;
    let balance = organisation.chain.connection().read_balance(timelock.address).await.expect("known");
    assert_eq!(balance, U256::from(1_000), "the rest of the pot is back");
    govern(&organisation, &timelock, &["chamber", "allow", "members.csv", "--chamber", "0"]).await;
    govern(&organisation, &timelock, &["committee", "retire", "0"]).await;

    // The mark is decided, and anyone purges.
    let ada = organisation.run("ada", &["sender", "show"]).json()["address"].as_str().expect("an address").to_owned();
    organisation.run("ben", &["chamber", "purge", "--chamber", "0", "--account", &ada]).fails(2, "not marked");
    govern(&organisation, &timelock, &["chamber", "mark", "--chamber", "0", "--account", &ada]).await;
    let purged = organisation.run("ben", &["chamber", "purge", "--chamber", "0"]).json();
    assert_eq!(purged["purged"].as_array().map(Vec::len), Some(1), "{purged}");
    let listed = organisation.folder.run(&["--json", "chamber", "list"]).json();
    assert_eq!(listed["chambers"][0]["members"], 1, "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_passes_between_timelocks_in_two_decisions() {
    let organisation = Organisation::new().await;
    let first = deploy_timelock(&organisation, "first").await;
    let second = deploy_timelock(&organisation, "second").await;
    deploy_for(&organisation, &first).await;
    let to = second.address.to_string();
    let transfer = ["ownership", "transfer", "--to", &to];
    let accept = ["ownership", "accept", "--account", &to];

    // The deployer owns nothing, and nothing is offered.
    organisation.run("deployer", &transfer).fails(3, "belongs to").fails(3, "nothing was sent");
    organisation.run("deployer", &["ownership", "accept"]).fails(3, "not offered").fails(3, "nothing was sent");
    run_export(&organisation, &accept).fails(3, "not offered").fails(3, "ownership transfer");
    run_export(&organisation, &["ownership", "accept"]).fails(2, "--account");

    let offer = export(&organisation, &transfer);
    let acceptance = read_operation(&run_export(&organisation, &[&accept[..], &["--unchecked"]].concat()).json());
    assert_eq!((offer.targets.len(), acceptance.targets.len()), (9, 9));
    first.schedule(&offer).await.expect("scheduled");
    second.schedule(&acceptance).await.expect("scheduled");
    pass(&organisation, DELAY + 1).await;
    assert_eq!(revert_name(second.execute(&acceptance).await), "OwnableUnauthorizedAccount", "before the offer");
    first.execute(&offer).await.expect("executed");
    let shown = organisation.folder.run(&["--json", "ownership", "show"]).json();
    assert_eq!(
        (&shown["owner"], &shown["contracts"][3]["pending_owner"]),
        (&json!(first.address), &json!(second.address))
    );
    assert_eq!(run_export(&organisation, &transfer).json()["acceptance"]["targets"].as_array().map(Vec::len), Some(9));
    second.execute(&acceptance).await.expect("executed");
    let shown = organisation.folder.run(&["--json", "ownership", "show"]).json();
    assert_eq!((&shown["owner"], &shown["contracts"][3]["pending_owner"]), (&json!(second.address), &Value::Null));

    // What is done is success.
    for command in [&transfer[..], &accept] {
        let done = run_export(&organisation, command).json();
        assert_eq!((&done["owner"], &done["transactions"]), (&json!(second.address), &json!([])), "{done}");
    }
    run_export(&organisation, &["chamber", "create", "--name", "Public"]).json();
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_of_an_account_is_resumed_and_withdrawn() {
    let organisation = Organisation::new().await;
    organisation.account("old").await;
    let to = organisation.account("new").await.to_string();
    let old = organisation.run("old", &["deploy"]).json()["owner"].as_str().expect("an owner").to_owned();
    let transfer = ["ownership", "transfer", "--to", &to];
    let sent = organisation.run("old", &transfer);
    assert_eq!(sent.stderr.matches(". offer the ").count(), 9, "listed before they are sent: {sent:#?}");
    assert_eq!(sent.json()["transactions"].as_array().map(Vec::len), Some(9));
    assert_eq!(sent.json()["acceptance"]["from"], json!(to.parse::<Address>().expect("an address")));
    assert_eq!(organisation.run("old", &transfer).json()["transactions"], json!([]), "idempotent");

    // To the owner itself: the offers are withdrawn.
    let withdraw = ["ownership", "transfer", "--to", &old];
    assert_eq!(organisation.run("old", &withdraw).json()["transactions"].as_array().map(Vec::len), Some(9));
    organisation.run("new", &["ownership", "accept"]).fails(3, "offered to no account");
    organisation.run("old", &transfer).json();
    organisation.run("new", &["ownership", "accept", "--account", &old]).fails(2, "cannot accept for another");
    let accepted = organisation.run("new", &["ownership", "accept"]).json();
    assert_eq!(accepted["transactions"].as_array().map(Vec::len), Some(9));
    assert_eq!(organisation.run("new", &["ownership", "accept"]).json()["transactions"], json!([]), "idempotent");
    organisation.run("old", &["chamber", "create", "--name", "X"]).fails(3, "--calldata");
    organisation.run("new", &["chamber", "create", "--name", "X"]).json();
}

#[tokio::test(flavor = "multi_thread")]
async fn safe_batch_has_the_calls_of_the_calldata() {
    let organisation = Organisation::new().await;
    let timelock = deploy_timelock(&organisation, "proposer").await;
    deploy_for(&organisation, &timelock).await;
    let create = ["chamber", "create", "--name", "Public\u{7}\n2. remove all", "--safe-batch", "batch.json"];
    let shown = organisation.folder.run(&[&["--json"], &create[..], &["--calldata"]].concat()).json();
    let description = shown["description"].as_str().expect("text");
    assert!(description.contains(r"Public\u{7}\n2. remove all") && description.lines().count() == 2, "{description}");
    let text = std::fs::read_to_string(organisation.folder.path("batch.json")).expect("written");
    let batch: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&batch["version"], &batch["chainId"]), (&json!("1.0"), &json!("31337")));
    assert_eq!(batch["meta"]["createdFromSafeAddress"], json!(timelock.address.to_checksum(None)));
    assert_eq!(batch["meta"]["checksum"].as_str().map(str::len), Some(66));
    let transactions = batch["transactions"].as_array().expect("a list");
    assert_eq!(transactions.len(), 2);
    for (index, transaction) in transactions.iter().enumerate() {
        let target: Address = transaction["to"].as_str().and_then(|to| to.parse().ok()).expect("an address");
        assert_eq!(json!(target), shown["targets"][index]);
        assert_eq!((&transaction["data"], &transaction["value"]), (&shown["calldatas"][index], &json!("0")));
    }
    organisation.folder.run(&create).fails(2, "batch.json exists already");
    organisation.run("deployer", &["chamber", "create", "--name", "X", "--unchecked"]).fails(2, "--calldata");
}

/// Deploys a timelock in which this account proposes and executes.
async fn deploy_timelock(organisation: &Organisation, proposer: &str) -> Timelock {
    let account = organisation.account(proposer).await;
    let connection = local::impersonate(organisation.chain.connection(), account).await.expect("a local chain");
    Timelock::deploy(&connection, DELAY).await
}

/// Deploys the contracts from an account that never owns them.
async fn deploy_for(organisation: &Organisation, timelock: &Timelock) {
    organisation.account("deployer").await;
    let deployed = organisation.run("deployer", &["deploy", "--owner", &timelock.address.to_string()]);
    assert!(!deployed.stderr.contains("warning"), "{deployed:#?}");
    assert_eq!(deployed.json()["owner"], json!(timelock.address));
    let shown = organisation.folder.run(&["--json", "ownership", "show"]).json();
    let contracts = shown["contracts"].as_array().expect("a list");
    assert_eq!((&shown["owner"], contracts.len()), (&json!(timelock.address), 9));
    assert!(contracts.iter().all(|contract| contract["pending_owner"].is_null()), "{shown}");
    organisation.run("deployer", &["chamber", "create", "--name", "X"]).fails(3, "owner").fails(3, "--calldata");
}

/// Writes the file of a poll that opens in five days.
fn put_poll(organisation: &Organisation, now: u64) {
    let poll = json!({
        "title": "Shall it be?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 5 * DAY,
        "closes_at": now + 6 * DAY, "tally_deadline": now + 7 * DAY, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
}

/// The timelock pays a fee pot: only what it has, which the simulation checks.
async fn check_fee_pot(organisation: &Organisation, timelock: &Timelock) {
    let create = ["poll", "fees", "create", "1", "--per-ballot", "10", "--amount", "1000"];
    run_export(organisation, &create).fails(3, "has 0 wei and needs 1000");
    local::fund_account(organisation.chain.connection(), timelock.address, U256::from(1_000)).await.expect("funded");
    assert_eq!(run_export(organisation, &create).json()["values"], json!(["1000"]));
    govern(organisation, timelock, &create).await;
    let shown = organisation.folder.run(&["--json", "poll", "fees", "show", "1"]).json();
    assert_eq!(shown["left"], json!(U256::from(1_000)));
}

/// Exports a command's calls, without any account.
fn run_export(organisation: &Organisation, command: &[&str]) -> Run {
    organisation.folder.run(&[&["--json"], command, &["--calldata"]].concat())
}

fn export(organisation: &Organisation, command: &[&str]) -> Operation {
    let exported = run_export(organisation, command).json();
    assert!(exported["gas"].as_u64().is_some_and(|gas| gas > 21_000), "simulated: {exported}");
    read_operation(&exported)
}

fn read_operation(exported: &Value) -> Operation {
    let texts = |field: &str| -> Vec<String> {
        let list = exported[field].as_array().unwrap_or_else(|| panic!("no {field}: {exported}"));
        list.iter().map(|value| value.as_str().expect("text").to_owned()).collect()
    };
    Operation {
        targets: texts("targets").iter().map(|text| text.parse().expect("an address")).collect(),
        values: texts("values").iter().map(|text| text.parse().expect("a number")).collect(),
        payloads: texts("calldatas").iter().map(|text| text.parse().expect("bytes")).collect(),
    }
}

/// Takes a command through the timelock: export, schedule, wait, execute.
async fn govern(organisation: &Organisation, timelock: &Timelock, command: &[&str]) {
    let operation = export(organisation, command);
    timelock.schedule(&operation).await.expect("scheduled");
    pass(organisation, timelock.delay + 1).await;
    timelock.execute(&operation).await.unwrap_or_else(|error| panic!("{command:?}: {error}"));
}

async fn pass(organisation: &Organisation, seconds: u64) {
    let now = organisation.chain.connection().newest_time().await.expect("the time");
    organisation.later(now + seconds).await;
}

fn revert_name(outcome: Result<Sent, ChainError>) -> String {
    let error = outcome.expect_err("it reverts");
    error.revert_name().unwrap_or_else(|| panic!("{error}")).to_owned()
}
