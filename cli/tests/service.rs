//! The whole service as a process: voters prove with it, submit to it and read from it; it is stopped and restarted.

#[path = "support/chain.rs"]
mod chain;
mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chain::{ChainSandbox, run_vote};
use serde_json::Value;

const LOG: &str = "service.log";

/// A running `psephos serve` and its URLs.
struct Service {
    child: Child,
    url: String,
    admin: String,
}

impl Service {
    fn start(chain: &ChainSandbox) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_psephos"));
        command.args(["--json", "--sender", "relayer.key", "serve"]).current_dir(chain.sandbox.path("."));
        for (name, value) in [
            ("PSEPHOS_RPC", chain.local.connection().url()),
            ("PSEPHOS_PASSPHRASE", chain::PASSPHRASE),
            ("PSEPHOS_DEPLOYMENT", "deployment.json"),
            ("PSEPHOS_LOG", "trace"),
            ("PSEPHOS_SERVE_DATA", "service"),
            ("PSEPHOS_SERVE_HTTP__LISTEN", "127.0.0.1:0"),
            ("PSEPHOS_SERVE_HTTP__ADMIN", "127.0.0.1:0"),
            ("PSEPHOS_SERVE_RELAYER__MAX_AGE", "1"),
            ("PSEPHOS_SERVE_RELAYER__CONFIRMATIONS", "1"),
            ("PSEPHOS_SERVE_RELAYER__INTERVAL_MS", "100"),
            ("PSEPHOS_SERVE_INDEX__INTERVAL_MS", "100"),
        ] {
            command.env(name, value);
        }
        // Into a file: a pipe that is not read would block it.
        let log = std::fs::OpenOptions::new().create(true).append(true).open(chain.sandbox.path(LOG)).expect("a log");
        command.env_remove("PSEPHOS_KEYS").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let shown: Value = serde_json::from_str(&line).expect("JSON");
        let address = |name: &str| format!("http://{}", shown[name].as_str().expect("an address"));
        Self { url: address("listening"), admin: address("admin"), child }
    }

    /// Ends it with SIGTERM, as an operating system does.
    fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill").success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A failing test leaves no process behind.
        let _ = self.child.kill();
    }
}

async fn fetch_text(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("text"))
}

async fn wait_until_ready(service: &Service) {
    for _ in 0..300 {
        if fetch_text(&format!("{}/readyz", service.url)).await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it is not ready: {}", fetch_text(&service.admin).await.1);
}

async fn wait_until_counted(chain: &ChainSandbox, name: &str) {
    for _ in 0..100 {
        let package = format!("{name}.json");
        if run_vote(chain, name, &["--check", "--package", &package]).code == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name}'s ballot does not come to the chain");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn voters_prove_submit_and_read_with_one_service() {
    psephos_chain::tls::install();
    let chain = ChainSandbox::new().await;
    chain::open_poll(&chain).await;
    let service = Service::start(&chain);
    wait_until_ready(&service).await;

    // All through the service: state from its indexer, proof from its prover, ballot to its relayer.
    let url = service.url.clone();
    let by_service = ["--choice", "1", "--out", "ada.json", "--prover", &url, "--relayer", &url, "--index", &url];
    let voted = run_vote(&chain, "ada", &by_service);
    assert!(voted.stderr.contains("learns who you are in the chamber"), "{voted:#?}");
    assert!(voted.json()["promise"]["by"].as_u64().is_some());
    wait_until_counted(&chain, "ada").await;

    // Its indexer shows the state that the node shows.
    let shown = |more: &[&str]| chain.sandbox.run(&[&["--json", "poll", "show", "1"], more].concat()).json();
    let mut by_index = Value::Null;
    for _ in 0..50 {
        by_index = shown(&["--index", &url]);
        if by_index == shown(&[]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(by_index, shown(&[]));
    for (page, says) in [("/v1/relay", "\"relayer\""), ("/v1/index", "\"block\""), ("/openapi.json", "/v1/events")] {
        let (status, text) = fetch_text(&format!("{url}{page}")).await;
        assert!(status == 200 && text.contains(says), "{page}: {text:.300}");
    }
    let page = fetch_text(&service.admin).await.1;
    for part in ["prover", "index", "relayer"] {
        assert!(page.contains(&format!("<h2>{part} ")), "{part}: {page}");
    }
    // While the service is stopped, proving fails with code 3; the next process serves again.
    service.stop();
    run_vote(&chain, "ben", &["--choice", "2", "--out", "ben.json", "--prover", &url]).fails(3, "no service answers");
    let again = Service::start(&chain);
    let start = Instant::now();
    wait_until_ready(&again).await;
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let url = again.url.clone();
    run_vote(&chain, "ben", &["--choice", "2", "--out", "ben.json", "--prover", &url, "--relayer", &url]).json();
    wait_until_counted(&chain, "ben").await;
    again.stop();

    // No log line at any level identifies a voter: no account, no identity, no passphrase.
    let log = std::fs::read_to_string(chain.sandbox.path(LOG)).expect("a log").to_lowercase();
    assert!(log.contains("listening") && log.len() > 1_000);
    for name in ["ada", "ben"] {
        let file = format!("{name}.key");
        let account = chain.sandbox.run(&["--json", "--sender", &file, "sender", "show"]).json();
        let identity = chain.sandbox.run(&["--json", "identity", "show", &format!("{name}.identity")]).json();
        for secret in [account["address"].as_str(), identity["id"].as_str()].map(|text| text.expect("shown")) {
            let digits = secret.trim_start_matches("0x").to_lowercase();
            assert!(!log.contains(&digits), "{name}'s {secret} is in the log");
        }
    }
    assert!(!log.contains(chain::PASSPHRASE));
}

#[test]
fn invalid_configuration_is_rejected_before_start() {
    let sandbox = support::Sandbox::new();
    sandbox.run(&["serve"]).fails(2, "no deployment file");
    sandbox.run(&["serve", "--only", "everything"]).fails(2, "possible values: prover, relayer, index");
    sandbox.run(&["serve", "--config", "nowhere.toml"]).fails(2, "nowhere.toml");
    sandbox.write_file("bad.toml", "[http]\nlisten = \"0.0.0.0:80\"\n");
    sandbox.run(&["serve", "--only", "prover", "--config", "bad.toml"]).fails(2, "there is no TLS");
    sandbox.write_file("odd.toml", "[prover]\nspeed = 3\n");
    sandbox.run(&["serve", "--config", "odd.toml"]).fails(2, "speed");
    sandbox.run(&["worker"]).fails(2, "a queue that other machines reach");
    let made = sandbox.run(&["--json", "serve", "--new-token"]).json();
    assert_eq!(made["token"].as_str().map(str::len), Some(64));
    assert_ne!(made["token"], made["hash"]);
    // The printed configuration can be read back.
    let printed = sandbox.run(&["serve", "--print-config"]);
    sandbox.write_file("printed.toml", &printed.stdout);
    assert_eq!(sandbox.run(&["serve", "--print-config", "--config", "printed.toml"]).stdout, printed.stdout);
    for (url, says) in [("http://prover.example", "in the clear"), ("ftp://x", "not the address of a service")] {
        let run = sandbox.run(&["vote", "--poll", "1", "--chamber", "0", "--choice", "1", "--prover", url]);
        assert!(run.code == 2, "{says}: {run:#?}");
    }
}
