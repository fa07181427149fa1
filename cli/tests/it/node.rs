//! The options of the node: its time limit, headers and fees, and that no key of a URL or header is ever printed.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::organisation::Organisation;
use crate::support::{CommandFolder, Run};
use alloy::{consensus::Transaction, providers::Provider};

/// A key in a URL or a header.
const CANARY: &str = "canary-0123456789abcdef";
/// The status line, headers and body of an answer; nothing to leave a request without one.
type Answer = Option<(&'static str, String)>;

/// Starts a server whose answers to requests a test chooses; returns its address and the requests that it receives.
fn start_server(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (received, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
    let shared = received.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, shared, answer) = (stream.unwrap(), shared.clone(), answer.clone());
            thread::spawn(move || {
                let (mut request, mut buffer) = (String::new(), [0; 4096]);
                // Requests to a node have a body, which ends so; those to an indexer have none.
                while !(request.ends_with('}') || request.starts_with("GET") && request.ends_with("\r\n\r\n")) {
                    match stream.read(&mut buffer) {
                        Ok(read) if read > 0 => request.push_str(&String::from_utf8_lossy(&buffer[..read])),
                        _ => return,
                    }
                }
                let answer = answer(&request);
                shared.lock().unwrap().push(request);
                match answer {
                    Some((status, body)) => {
                        let length = body.len();
                        let head =
                            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                        let _ = stream.write_all((head + &body).as_bytes());
                    }
                    None => thread::park(),
                }
            });
        }
    });
    (address, received)
}

/// Answers as a node of a local chain that knows its chain id and some code only, and repeats the URL in the text of
/// its errors.
fn answer_chain_id(request: &str) -> Answer {
    let id = request.split_once("\"id\":").map(|(_, rest)| rest.split([',', '}']).next().unwrap_or("0").to_owned());
    let result = match request {
        _ if request.contains("eth_chainId") => "0x7a69",
        _ if request.contains("eth_getCode") => "0x01",
        _ => return Some(("404 Not Found", format!("Cannot POST /v3/{CANARY}?key={CANARY}"))),
    };
    Some(("200 OK", format!(r#"{{"jsonrpc":"2.0","id":{},"result":"{result}"}}"#, id.unwrap())))
}

/// Returns a URL with a key in every part that can hold one.
fn url_with_key(address: &str) -> String {
    format!("http://user:{CANARY}@{address}/v3/{CANARY}?key={CANARY}#{CANARY}")
}

fn folder_with_deployment() -> CommandFolder {
    let folder = CommandFolder::new();
    let deployment = psephos_state::deployment::placeholder(psephos_state::Address::repeat_byte);
    folder.put("deployment.json", &serde_json::to_string(&deployment).unwrap());
    folder
}

#[track_caller]
fn prints_no_key(run: &Run) -> &Run {
    assert!(!run.stdout.contains(CANARY) && !run.stderr.contains(CANARY), "{run:#?}");
    run
}

#[test]
fn node_that_hangs_ends_the_command_with_code_3() {
    let (address, received) = start_server(|_| None);
    let folder = folder_with_deployment();
    let run = folder.run(&["--json", "--rpc", &url_with_key(&address), "--rpc-timeout", "1", "poll", "list"]);
    prints_no_key(&run).fails(3, &format!("the node at {address} did not answer")).fails(3, "--rpc-timeout SECONDS");
    assert_eq!(received.lock().unwrap().len(), 1);
}

#[test]
fn no_failure_prints_a_key_of_a_url() {
    let (node, _) = start_server(answer_chain_id);
    let (broken, _) = start_server(|_| Some(("401 Unauthorized", format!("no such key: {CANARY}"))));
    let folder = folder_with_deployment();
    let nowhere = url_with_key("127.0.0.1:1");
    let (node, broken) = (url_with_key(&node), url_with_key(&broken));
    let remote = url_with_key("index.example");
    let list = ["poll", "list"];
    for (arguments, code, says) in [
        (&["--rpc", &nowhere][..], 3, "no node answers at 127.0.0.1:1"),
        (&["--rpc", &broken], 3, "no such key: (hidden)"),
        (&["--rpc", &node], 3, "Cannot POST /(hidden)"),
        (&["--rpc", &format!("node.example/{CANARY}")], 2, "not the URL of a node"),
        (&["--rpc", &format!("ftp://node.example/{CANARY}")], 2, "not the URL of a node"),
        (&["--rpc", &node, "--indexer", &nowhere], 3, "127.0.0.1:1"),
        (&["--rpc", &node, "--indexer", &broken], 3, "401"),
        (&["--rpc", &node, "--indexer", &remote], 2, "index.example is not on this machine"),
        (&["--rpc", &node, "--indexer", &format!("x/{CANARY}")], 2, "not the URL of an indexer"),
    ] {
        let run = folder.run(&[&["--json"], arguments, &list].concat());
        prints_no_key(&run).fails(code, says);
    }
}

#[test]
fn help_shows_no_present_value_that_may_hold_a_key() {
    let mut folder = CommandFolder::new();
    for variable in ["PSEPHOS_RPC", "PSEPHOS_RPC_HEADERS", "PSEPHOS_INDEXER", "PSEPHOS_ALSO_RPC"] {
        folder = folder.with(variable, &url_with_key("node.example"));
    }
    for arguments in [&["--help"][..], &["vote", "--help"], &["vote", "-h"], &["relay", "--help"], &["serve", "--help"]]
    {
        let run = folder.run(arguments);
        assert_eq!(run.code, 0, "{run:#?}");
        assert!(run.stdout.contains("PSEPHOS_RPC_HEADERS"), "{run:#?}");
        prints_no_key(&run);
    }
}

#[test]
fn headers_are_sent_and_never_printed() {
    let (address, received) = start_server(answer_chain_id);
    let url = format!("http://{address}");
    let folder = folder_with_deployment();
    let header = format!("Authorization: Bearer {CANARY}");
    prints_no_key(&folder.run(&[
        "--rpc",
        &url,
        "--rpc-header",
        &header,
        "--rpc-header",
        "x-team: one",
        "poll",
        "list",
    ]))
    .fails(3, "404");
    let folder = folder.with("PSEPHOS_RPC_HEADERS", &format!("{header}\nx-team: one\n"));
    prints_no_key(&folder.run(&["--rpc", &url, "poll", "list"])).fails(3, "404");
    for request in received.lock().unwrap().iter() {
        assert!(request.contains(&format!("authorization: Bearer {CANARY}\r\n")), "{request}");
        assert!(request.contains("x-team: one\r\n"), "{request}");
    }
    let folder = folder.with("PSEPHOS_RPC_HEADERS", CANARY);
    prints_no_key(&folder.run(&["--rpc", &url, "poll", "list"])).fails(2, "header 1 for the node is invalid");
}

#[test]
fn invalid_values_of_node_options_are_code_2() {
    let folder = folder_with_deployment();
    for (arguments, says) in [
        (&["--rpc-timeout", "0"][..], "--rpc-timeout"),
        (&["--gas-price", "cheap"], "1.5gwei"),
        (&["--priority-gas-price=-1"], "--priority-gas-price"),
        (&["--legacy", "--priority-gas-price", "1gwei"], "cannot be used with"),
    ] {
        folder.run(&[arguments, &["poll", "list"]].concat()).fails(2, says);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_are_shown_as_transactions_are_sent() {
    let organisation = Organisation::new().await;
    organisation.account("dao").await;
    let deployed = organisation.run("dao", &["deploy"]);
    let contracts = deployed.json()["contracts"].as_array().unwrap().len();
    let hashes = |run: &Run| run.stderr.matches("Sending transaction 0x").count();
    assert_eq!(hashes(&deployed), contracts, "{deployed:#?}");
    let create = ["--quiet", "--legacy", "--gas-price", "30gwei", "chamber", "create", "--name", "Public"];
    let created = organisation.run("dao", &create);
    assert!(created.code == 0 && hashes(&created) == 0, "{created:#?}");
    let provider = organisation.chain.connection().provider();
    let newest = provider.get_block(alloy::eips::BlockId::latest()).full().await.unwrap().unwrap();
    let prices: Vec<_> = newest.transactions.into_transactions().map(|mined| Transaction::gas_price(&mined)).collect();
    assert_eq!(prices, [Some(30_000_000_000)]);
}
