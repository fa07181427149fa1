//! Commands that send several transactions: priced and shown, stopped anywhere, ended by the same command.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::organisation::Organisation;
use crate::support::Run;
use psephos_chain::{Address, U256, local};
use psephos_testkit::LyingNode;
use serde_json::{Value, json};

/// The transactions of a deployment: 31 contracts, 17 of them verifiers, and 10 libraries.
const CONTRACTS: u64 = 41;

/// Returns how many transactions of an account are mined.
async fn mined(organisation: &Organisation, account: Address) -> u64 {
    organisation.chain.connection().nonces(account).await.expect("the nonces").latest
}

/// Returns the files of the folder whose names hold this.
fn find_files(organisation: &Organisation, part: &str) -> Vec<String> {
    let entries = fs::read_dir(organisation.folder.path(".")).expect("listed").flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.contains(part)).collect()
}

/// Starts a node that shows an account without funds once this many transactions were sent through it.
async fn limited_node(organisation: &Organisation, transactions: usize) -> LyingNode {
    let node = LyingNode::start(organisation.chain.connection()).await;
    let sent = AtomicUsize::new(0);
    node.alter_answers(move |call, answer| match call.method.as_str() {
        "eth_sendRawTransaction" => drop(sent.fetch_add(1, Ordering::SeqCst)),
        "eth_getBalance" if sent.load(Ordering::SeqCst) >= transactions => *answer = Ok(json!("0x1")),
        _ => {}
    });
    node
}

/// Runs a command through another node.
fn run_through(organisation: &Organisation, node: &LyingNode, arguments: &[&str]) -> Run {
    organisation.run("dao", &[&["--rpc", node.url()], arguments].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn deployment_that_runs_out_of_money_is_ended_by_the_same_command() {
    let organisation = Organisation::new().await;
    let dao = organisation.account("dao").await;

    // What it costs, and where, before anything is sent or written.
    let dry = organisation.run("dao", &["deploy", "--dry-run"]).json();
    let steps = dry["steps"].as_array().expect("steps");
    assert_eq!(steps.len() as u64, CONTRACTS);
    let gas: u64 = steps.iter().filter_map(|step| step["gas"].as_u64()).sum();
    assert_eq!((dry["gas"].as_u64(), &dry["account"]), (Some(gas), &json!(dao)));
    assert!(gas > 20_000_000 && steps.iter().all(|step| step["contract"].is_string()), "{dry}");
    assert!(find_files(&organisation, "deployment").is_empty());
    assert_eq!(mined(&organisation, dao).await, 0);

    // Too little for all of it is refused before the first one.
    let price: U256 = dry["price"].as_str().expect("a price").parse().expect("a number");
    let funds = organisation.chain.connection().read_balance(dao).await.expect("known");
    local::fund_account(organisation.chain.connection(), dao, price / U256::from(2)).await.expect("set");
    organisation.run("dao", &["deploy"]).fails(3, "nothing was sent").fails(3, "41 transactions");
    assert_eq!(mined(&organisation, dao).await, 0);
    local::fund_account(organisation.chain.connection(), dao, funds).await.expect("set");

    // The money ends midway.
    let node = limited_node(&organisation, 13).await;
    run_through(&organisation, &node, &["deploy"]).fails(3, "step 14 of 41").fails(3, "pays for no step twice");
    assert_eq!(mined(&organisation, dao).await, 13);
    assert!(!organisation.folder.path("deployment.json").exists());
    organisation.run("dao", &["deploy", "--min-ballots", "7"]).fails(2, "another list, option or program version");
    organisation.account("other").await;
    organisation.run("other", &["deploy"]).fails(2, "another account");

    let rest = organisation.run("dao", &["deploy", "--dry-run"]).json();
    let done =
        |value: &Value| value["steps"].as_array().map(|steps| steps.iter().filter(|step| step["done"] == true).count());
    assert_eq!(done(&rest), Some(13));
    let deployed = organisation.run("dao", &["deploy"]).json();
    assert_eq!(mined(&organisation, dao).await, CONTRACTS);
    let contracts = deployed["contracts"].as_array().expect("contracts");
    assert!(contracts.iter().all(|contract| contract["transaction"].is_string()), "{deployed}");
    assert_eq!(find_files(&organisation, "journal"), Vec::<String>::new());
    organisation.run("dao", &["ownership", "show"]).json();
    organisation.run("dao", &["deploy"]).fails(2, "deployment.json exists already");
    assert_eq!(mined(&organisation, dao).await, CONTRACTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_could_not_be_written_are_written_by_the_same_command() {
    let organisation = Organisation::new().await;
    let dao = organisation.account("dao").await;
    let salt = format!("0x{}", "5a".repeat(32));
    let deploy = ["deploy", "--out", "new/folder/deployment.json", "--salt", &salt];
    let dry = organisation.run("dao", &[&deploy[..], &["--dry-run"]].concat()).json();
    assert!(!organisation.folder.path("new").exists());

    // A journal that cannot be written: nothing is sent.
    organisation.folder.put("new", "a file, not a folder");
    organisation.run("dao", &deploy).fails(5, "cannot write new/folder");
    assert_eq!(mined(&organisation, dao).await, 0);
    fs::remove_file(organisation.folder.path("new")).expect("removed");

    // The file of addresses cannot be written: another one is in its place when all is deployed.
    let node = limited_node(&organisation, 40).await;
    run_through(&organisation, &node, &deploy).fails(3, "step 41 of 41");
    organisation.folder.put("new/folder/deployment.json", "someone else's");
    organisation.run("dao", &deploy).fails(2, "exists already");
    assert_eq!(mined(&organisation, dao).await, CONTRACTS);
    fs::remove_file(organisation.folder.path("new/folder/deployment.json")).expect("removed");
    let deployed = organisation.run("dao", &deploy).json();
    assert_eq!(mined(&organisation, dao).await, CONTRACTS, "nothing is sent for the file");
    for (planned, contract) in
        dry["steps"].as_array().into_iter().flatten().zip(deployed["contracts"].as_array().into_iter().flatten())
    {
        assert_eq!((&planned["step"], &planned["contract"]), (&contract["name"], &contract["address"]));
    }
    let from_block = deployed["deployment"]["from_block"].as_u64();

    // The journal and the file are lost: the salt finds the same contracts, from the block in which they were made.
    let keys = psephos_prover::KeyStore::default_dir();
    let keys = keys.to_str().expect("UTF-8");
    let again = ["deploy", "--out", "again.json", "--salt", &salt, "--key-folder", keys];
    let again = organisation.run("dao", &again).json();
    assert_eq!(again["deployment"]["polls"], deployed["deployment"]["polls"]);
    assert!(again["deployment"]["from_block"].as_u64() <= from_block.map(|block| block + 1), "{again}");
    assert_eq!(mined(&organisation, dao).await, CONTRACTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_do_not_share_a_journal() {
    let organisation = Organisation::new().await;
    let dao = organisation.account("dao").await;
    let journal = organisation.folder.path("deployment.json.journal");
    let lock = psephos_chain::plan::JournalFile::lock(&journal).expect("locked");
    organisation.run("dao", &["deploy"]).fails(5, "another process");
    assert_eq!(mined(&organisation, dao).await, 0);
    drop(lock);
    organisation.run("dao", &["deploy"]).json();
}

#[tokio::test(flavor = "multi_thread")]
async fn chamber_whose_list_was_interrupted_is_found_again() {
    let organisation = Organisation::new().await;
    let dao = organisation.account("dao").await;
    organisation.run("dao", &["deploy"]).json();
    let mut members = String::from("account,weight\n");
    for index in 1..=250_u64 {
        members.push_str(&format!("{},{index}\n", Address::left_padding_from(&(index << 32).to_be_bytes())));
    }
    organisation.folder.put("members.csv", &members);
    let create = ["chamber", "create", "--name", "Public", "--members", "members.csv"];
    let dry = organisation.run("dao", &[&create[..], &["--dry-run"]].concat()).json();
    assert_eq!(dry["steps"].as_array().map(Vec::len), Some(4), "{dry}");
    let begun = mined(&organisation, dao).await;

    // The money ends after each step in turn; what is done stays done.
    for paid in 0..4 {
        let poor = limited_node(&organisation, 0).await;
        run_through(&organisation, &poor, &create).fails(3, "has 1 wei").fails(3, "nothing was sent");
        let limited = limited_node(&organisation, 1).await;
        let step = format!("step {} of 4", paid + 2);
        match paid {
            3 => drop(organisation.run("dao", &create).json()),
            _ => drop(run_through(&organisation, &limited, &create).fails(3, &step)),
        }
        assert_eq!(mined(&organisation, dao).await, begun + paid + 1);
    }
    let listed = organisation.folder.run(&["--json", "chamber", "list"]).json();
    assert_eq!(listed["chambers"].as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(find_files(&organisation, "journal"), Vec::<String>::new());

    // Again: all of it is there. With another list, a chamber of this name is not silently changed.
    let again = organisation.run("dao", &create).json();
    assert_eq!((&again["chamber"], &again["transactions"]), (&json!(0), &json!([])));
    organisation.folder.put("other.csv", &members.replace(",250\n", ",251\n"));
    organisation
        .run("dao", &["chamber", "create", "--name", "Public", "--members", "other.csv"])
        .fails(2, "has the name \"Public\" already")
        .fails(2, "chamber allow --chamber 0");
    assert_eq!(mined(&organisation, dao).await, begun + 4);

    // Only the part of a list that differs is sent, and only once.
    let allow = ["chamber", "allow", "--chamber", "0", "other.csv"];
    let dry = organisation.run("dao", &[&allow[..], &["--dry-run"]].concat()).json();
    assert_eq!(dry["steps"].as_array().map(|steps| steps.iter().filter(|step| step["done"] == false).count()), Some(1));
    organisation.run("dao", &allow).json();
    organisation.run("dao", &allow).json();
    assert_eq!(mined(&organisation, dao).await, begun + 5);
    organisation.run("dao", &["chamber", "allow", "--chamber", "7", "other.csv"]).fails(2, "chamber list");
    assert_eq!(mined(&organisation, dao).await, begun + 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn transfer_that_was_interrupted_offers_the_rest() {
    let organisation = Organisation::new().await;
    let dao = organisation.account("dao").await;
    let heir = organisation.account("heir").await;
    organisation.run("dao", &["deploy"]).json();
    let to = heir.to_string();
    let transfer = ["ownership", "transfer", "--to", &to];
    let node = limited_node(&organisation, 2).await;
    run_through(&organisation, &node, &transfer).fails(3, "step 3 of 9");
    assert_eq!(mined(&organisation, dao).await, CONTRACTS + 2);
    organisation.run("dao", &transfer).json();
    organisation.run("dao", &transfer).json();
    assert_eq!(mined(&organisation, dao).await, CONTRACTS + 9);
    let dry = organisation.run("heir", &["ownership", "accept", "--dry-run"]).json();
    assert_eq!(dry["steps"].as_array().map(Vec::len), Some(9));
    let accepted = organisation.run("heir", &["ownership", "accept"]).json();
    assert_eq!((&accepted["owner"], mined(&organisation, heir).await), (&json!(heir), 9));
    assert_eq!(find_files(&organisation, "journal"), Vec::<String>::new());
}
