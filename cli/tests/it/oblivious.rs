//! Ballots through an OHTTP relay by commands: they are accepted, and nothing leaves around a relay that fails.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::organisation::{Organisation, vote, wait_until_counted};
use crate::running_service::{RunningService, wait_until_ready};
use psephos_chain::hex;
use psephos_service::ohttp::RELAY_PATH;

/// Starts a relayer that only counts connections, and returns its URL.
fn start_counter() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            counter.fetch_add(1, Ordering::SeqCst);
            let _ = client.read(&mut [0; 64]);
        }
    });
    (url, connections)
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_go_through_an_ohttp_relay_or_nowhere() {
    let organisation = Organisation::new().await;
    crate::organisation::open_poll(&organisation).await;
    let service = RunningService::start_with(&organisation, "", &["--only", "relayer,indexer", "--ohttp", "--masker"]);
    wait_until_ready(&service).await;
    let gateway = format!("{}/ohttp", service.url);
    let relaying = RunningService::start_with(&organisation, "", &["--only", "prover", "--ohttp-relay-for", &gateway]);
    wait_until_ready(&relaying).await;
    let (relay, key) = (format!("{}{RELAY_PATH}", relaying.url), service.ohttp_key.clone().expect("a key"));

    // Prove and hand over in one command, with the key in hexadecimal.
    let through = ["--relayer", &service.url, "--ohttp-relay", &relay, "--ohttp-key", &key];
    let voted = vote(&organisation, "ada", &[&["--choice", "Yes", "--out", "ada.json"][..], &through].concat());
    assert!(voted.json()["promise"]["by"].as_u64().is_some(), "{voted:#?}");
    wait_until_counted(&organisation, "ada").await;

    // What cannot hide anything is refused, and what fails sends nothing around the relay.
    vote(&organisation, "ben", &["--option", "2", "--out", "ben.json"]).json();
    let folder = &organisation.folder;
    let (counted, connections) = start_counter();
    let give = |options: &[&str]| folder.run(&[&["--json", "relay", "ben.json"], options].concat());
    let to_counted = ["--relayer", &counted, "--ohttp-relay"];
    give(&["--ohttp-relay", &relay]).fails(2, "--relayer");
    give(&["--relayer", &counted, "--ohttp-key", &key]).fails(2, "--ohttp-relay");
    give(&[&to_counted[..], &[&relay]].concat()).fails(2, "--ohttp-key FILE");
    give(&[&to_counted[..], &[&relay, "--ohttp-key", "missing.keys"]].concat()).fails(2, "not the key of a gateway");
    give(&[&to_counted[..], &[&format!("{counted}/ohttp"), "--ohttp-key", &key]].concat())
        .fails(2, "as the relayer is");
    give(&[&to_counted[..], &["http://relay.example", "--ohttp-key", &key]].concat())
        .fails(2, "would not be encrypted");
    let down = ["http://127.0.0.1:9/v1/ohttp-relay", "--ohttp-key", &key];
    give(&[&to_counted[..], &down].concat()).fails(3, "no service answers at 127.0.0.1:9");
    let other = format!("{}{}{}", &key[..4], if &key[4..6] == "00" { "01" } else { "00" }, &key[6..]);
    give(&[&to_counted[..], &[&relay, "--ohttp-key", &other]].concat()).fails(3, "does not have this key");
    assert_eq!(connections.load(Ordering::SeqCst), 0, "the relayer was asked for nothing");
    assert!(!folder.path("ben.json.receipt").exists());

    // The key in a file, as the gateway shows it.
    std::fs::write(folder.path("relayer.keys"), hex::decode(&key).expect("hexadecimal")).expect("written");
    give(&["--relayer", &service.url, "--ohttp-relay", &relay, "--ohttp-key", "relayer.keys"]).json();
    wait_until_counted(&organisation, "ben").await;
    relaying.stop();
    service.stop();
}
