//! The whole service as a separate process: voters prove, submit and read through it; it is stopped and restarted.

use std::time::{Duration, Instant};

use crate::organisation::{self, Organisation, trustee, vote, wait_until_counted};
use crate::running_service::{LOG, NatsServer, RunningService, RunningWorker, get_page, wait_until_ready};
use crate::support;
use serde_json::Value;

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn voters_prove_submit_and_read_through_one_service() {
    psephos_chain::tls::install_provider();
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let service = RunningService::start(&organisation);
    wait_until_ready(&service).await;

    // The trustee attests the poll, and a voter who pinned its account reads so before voting.
    let (url, node) = (service.url.clone(), organisation.chain.connection().url().to_owned());
    organisation.folder.run(&["--json", "committee", "pin", "0"]).json();
    let attest = ["attest", "--poll", "1", "--also-rpc", &node, "--publish", &url];
    let attested = trustee(&organisation, "tia", &attest).json();
    // A service is named by its host: its URL may hold a key.
    assert_eq!(attested["published"][0], url.trim_start_matches("http://"), "{attested}");
    let done = trustee(&organisation, "tia", &["watch", "--once", "--publish", &url]).json();
    assert_eq!(done["done"].as_array().map(Vec::len), Some(0), "it was attested: {done}");

    // Everything through the service: read from its indexer, proved by it, submitted to it.
    let through_service =
        ["--option", "1", "--out", "ada.json", "--prover", &url, "--relayer", &url, "--indexer", &url];
    let voted = vote(&organisation, "ada", &through_service);
    assert!(voted.stderr.contains("learns who you are in the chamber"), "{voted:#?}");
    assert!(voted.stderr.contains("1 node operator, 1 of 1 trustees needed"), "{voted:#?}");
    assert!(voted.json()["promise"]["by"].as_u64().is_some());
    wait_until_counted(&organisation, "ada").await;

    // Its chain state is that of the node.
    let shown = |more: &[&str]| organisation.folder.run(&[&["--json", "poll", "show", "1"], more].concat()).json();
    let mut by_indexer = Value::Null;
    for _ in 0..50 {
        by_indexer = shown(&["--rpc", &node, "--indexer", &url]);
        if by_indexer == shown(&[]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(by_indexer, shown(&[]));
    for (page, says) in [("/v1/relay", "\"relayer\""), ("/v1/indexer", "\"block\""), ("/openapi.json", "/v1/events")] {
        let (status, text) = get_page(&format!("{url}{page}")).await;
        assert!(status == 200 && text.contains(says), "{page}: {text:.300}");
    }
    let page = get_page(&service.admin).await.1;
    for part in ["prover", "indexer", "relayer"] {
        assert!(page.contains(&format!("<h2>{part} ")), "{part}: {page}");
    }
    // Two provers, of which neither learns anything, if they are two.
    let cem = |provers: &str| {
        vote(&organisation, "cem", &["--option", "2", "--out", "cem.json", "--provers", provers, "--relayer", &url])
    };
    cem(&format!("{url},{url}/")).fails(2, "one service would have both shares");
    cem(&url).fails(2, "--provers needs two services, and names 1");
    // One service under two names is not noticed, and warned of.
    let voted = cem(&format!("{url},{}", url.replace("127.0.0.1", "localhost")));
    voted.json();
    for says in
        ["Each alone learns your network address", "learns who you are in the chamber", "seem to have one operator"]
    {
        assert!(voted.stderr.contains(says), "{says}: {voted:#?}");
    }
    wait_until_counted(&organisation, "cem").await;
    // A ballot that is accepted before the service stops is stored, and cast by the next process.
    service.stop();
    vote(&organisation, "ben", &["--option", "2", "--out", "ben.json", "--prover", &url])
        .fails(3, "no service answers");
    // That one proves for those who have a token, and has workers prove where it can: there is a queue to share.
    let made = organisation.folder.run(&["--json", "serve", "--new-token"]).json();
    organisation.folder.put("token", made["token"].as_str().expect("a token"));
    let nats = NatsServer::start(&organisation.folder.path("nats"));
    let mut settings = format!("[http]\nprover_tokens = [{}]\n", made["hash"]);
    if let Some(nats) = &nats {
        settings += &format!("[prover]\nremote_workers = true\n[queue.nats]\nurl = \"{}\"\n", nats.url);
    }
    let again = RunningService::start_with(&organisation, &settings, &[]);
    let worker = nats.as_ref().map(|_| RunningWorker::start(&organisation));
    let start = Instant::now();
    wait_until_ready(&again).await;
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let url = again.url.clone();
    let choice = ["--option", "2", "--out", "ben.json", "--prover", &url, "--relayer", &url];
    vote(&organisation, "ben", &choice).fails(3, "token");
    vote(&organisation, "ben", &[&choice[..], &["--prover-token-file", "token"]].concat()).json();
    wait_until_counted(&organisation, "ben").await;
    again.stop();
    if let Some(worker) = worker {
        worker.stop();
    }

    // Whatever the configuration says, only the components that are named run.
    let without_prover = RunningService::start_with(&organisation, "", &["--only", "relayer,indexer"]);
    wait_until_ready(&without_prover).await;
    let status = async |page: &str| get_page(&format!("{}{page}", without_prover.url)).await.0;
    assert_eq!([status("/v1/relay").await, status("/v1/indexer").await, status("/v1/proofs").await], [200, 200, 404]);
    without_prover.stop();

    // Nothing in its log, at any level, names a voter: no account, no identity, no passphrase.
    let log = std::fs::read_to_string(organisation.folder.path(LOG)).expect("a log").to_lowercase();
    assert!(log.contains("listening") && log.len() > 1_000);
    for name in ["ada", "ben"] {
        let file = format!("{name}.key");
        let account = organisation.folder.run(&["--json", "--sender", &file, "sender", "show"]).json();
        let address = account["address"].as_str().expect("shown");
        let show = ["--json", "identity", "show", &format!("{name}.identity"), "--account", address];
        let identity = organisation.folder.run(&show).json();
        for secret in [account["address"].as_str(), identity["id"].as_str()].map(|text| text.expect("shown")) {
            let digits = secret.trim_start_matches("0x").to_lowercase();
            assert!(!log.contains(&digits), "{name}'s {secret} is in the log");
        }
    }
    assert!(!log.contains(organisation::PASSPHRASE));
}

#[test]
fn missing_settings_are_reported_before_anything_starts() {
    let folder = support::CommandFolder::new();
    folder.run(&["serve"]).fails(2, "no deployment file");
    folder.run(&["serve", "--only", "everything"]).fails(2, "possible values: prover, relayer, indexer");
    folder.run(&["serve", "--config", "nowhere.toml"]).fails(2, "nowhere.toml");
    folder.put("bad.toml", "[http]\nlisten = \"0.0.0.0:80\"\n");
    folder.run(&["serve", "--only", "prover", "--config", "bad.toml"]).fails(2, "there is no TLS");
    folder.put("odd.toml", "[prover]\nspeed = 3\n");
    folder.run(&["serve", "--config", "odd.toml"]).fails(2, "speed");
    for (settings, says) in [
        ("mix = 0", "[relayer] mix = 0"),
        ("mix = 33", "waits for 1 to 32 of them"),
        ("mix = 18446744073709551616", "mix"),
        ("mix = -1", "mix"),
        ("batch = 0", "a batch has 1 to 64 ballots"),
        ("mix = 8\nclosing = 60", "must be more than `last_call`"),
    ] {
        folder.put("mix.toml", &format!("[relayer]\n{settings}\n"));
        folder.run(&["serve", "--only", "relayer", "--config", "mix.toml"]).fails(2, says);
    }
    for (settings, says) in [
        ("mean = 1001", "at most 1000 masks"),
        ("sweep = 120", "more than twice as long"),
        ("own_percent = 0", "1 to 90 percent"),
    ] {
        folder.put("masker.toml", &format!("[masker]\n{settings}\n"));
        folder.run(&["serve", "--only", "relayer", "--masker", "--config", "masker.toml"]).fails(2, says);
    }
    folder.run(&["serve", "--only", "prover", "--masker"]).fails(2, "the masker is a part of the relayer");
    let printed = folder.run(&["serve", "--masker", "--print-config"]).stdout;
    assert!(printed.contains("[masker]\nenabled = true"), "{printed}");
    folder.run(&["worker"]).fails(2, "a queue that other machines reach");
    let made = folder.run(&["--json", "serve", "--new-token"]).json();
    assert_eq!(made["token"].as_str().map(str::len), Some(64));
    assert_ne!(made["token"], made["hash"]);
    // The printed configuration can be read again.
    let printed = folder.run(&["serve", "--print-config"]);
    folder.put("printed.toml", &printed.stdout);
    assert_eq!(folder.run(&["serve", "--print-config", "--config", "printed.toml"]).stdout, printed.stdout);
    for (url, says) in [("http://prover.example", "would not be encrypted"), ("ftp://x", "not the URL of a service")] {
        let run = folder.run(&["vote", "--poll", "1", "--chamber", "0", "--option", "1", "--prover", url]);
        assert!(run.code == 2, "{says}: {run:#?}");
    }
}
