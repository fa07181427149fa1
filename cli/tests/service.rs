//! The whole service as a process of its own: voters prove, hand over and read by it; it is stopped and started again.

#[path = "support/house.rs"]
mod house;
mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use house::{House, vote};
use serde_json::Value;

const LOG: &str = "service.log";

/// `psephos serve`, and where it is.
struct Service {
    child: Child,
    url: String,
    admin: String,
}

impl Service {
    fn start(house: &House) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_psephos"));
        command.args(["--json", "--sender", "relayer.key", "serve"]).current_dir(house.desk.path("."));
        for (name, value) in [
            ("PSEPHOS_RPC", house.chain.connection().url()),
            ("PSEPHOS_PASSPHRASE", house::PASSPHRASE),
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
        // Into a file: a pipe that nobody empties would stop it.
        let log = std::fs::OpenOptions::new().create(true).append(true).open(house.desk.path(LOG)).expect("a log");
        command.env_remove("PSEPHOS_KEYS").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let shown: Value = serde_json::from_str(&line).expect("JSON");
        let address = |name: &str| format!("http://{}", shown[name].as_str().expect("an address"));
        Self { url: address("listening"), admin: address("admin"), child }
    }

    /// Ends it as a system does.
    fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill").success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A test that fails leaves none behind.
        let _ = self.child.kill();
    }
}

async fn get(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("text"))
}

async fn ready(service: &Service) {
    for _ in 0..300 {
        if get(&format!("{}/readyz", service.url)).await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it is not ready: {}", get(&service.admin).await.1);
}

async fn counts(house: &House, name: &str) {
    for _ in 0..100 {
        let package = format!("{name}.json");
        if vote(house, name, &["--check", "--package", &package]).code == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name}'s ballot does not come to the chain");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn voters_prove_hand_over_and_read_by_one_service() {
    psephos_chain::tls::install_provider();
    let house = House::new().await;
    house::open_poll(&house).await;
    let service = Service::start(&house);
    ready(&service).await;

    // Everything by the service: read from its index, proved by it, handed to it.
    let url = service.url.clone();
    let by_service = ["--choice", "1", "--out", "ada.json", "--prover", &url, "--relayer", &url, "--index", &url];
    let voted = vote(&house, "ada", &by_service);
    assert!(voted.stderr.contains("learns who you are in the chamber"), "{voted:#?}");
    assert!(voted.json()["promise"]["by"].as_u64().is_some());
    counts(&house, "ada").await;

    // What it says of the chain is what the node says.
    let shown = |more: &[&str]| house.desk.run(&[&["--json", "poll", "show", "1"], more].concat()).json();
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
        let (status, text) = get(&format!("{url}{page}")).await;
        assert!(status == 200 && text.contains(says), "{page}: {text:.300}");
    }
    let page = get(&service.admin).await.1;
    for part in ["prover", "index", "relayer"] {
        assert!(page.contains(&format!("<h2>{part} ")), "{part}: {page}");
    }
    // A ballot that is accepted and the service stopped: it waits, and is cast by the next process.
    service.stop();
    vote(&house, "ben", &["--choice", "2", "--out", "ben.json", "--prover", &url]).fails(3, "no service answers");
    let again = Service::start(&house);
    let start = Instant::now();
    ready(&again).await;
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let url = again.url.clone();
    vote(&house, "ben", &["--choice", "2", "--out", "ben.json", "--prover", &url, "--relayer", &url]).json();
    counts(&house, "ben").await;
    again.stop();

    // Nothing in its log, at any level, names a voter: no account, no identity, no passphrase.
    let log = std::fs::read_to_string(house.desk.path(LOG)).expect("a log").to_lowercase();
    assert!(log.contains("listening") && log.len() > 1_000);
    for name in ["ada", "ben"] {
        let file = format!("{name}.key");
        let account = house.desk.run(&["--json", "--sender", &file, "sender", "show"]).json();
        let identity = house.desk.run(&["--json", "identity", "show", &format!("{name}.identity")]).json();
        for secret in [account["address"].as_str(), identity["id"].as_str()].map(|text| text.expect("shown")) {
            let digits = secret.trim_start_matches("0x").to_lowercase();
            assert!(!log.contains(&digits), "{name}'s {secret} is in the log");
        }
    }
    assert!(!log.contains(house::PASSPHRASE));
}

#[test]
fn what_is_missing_is_said_before_anything_starts() {
    let desk = support::Desk::new();
    desk.run(&["serve"]).fails(2, "no deployment file");
    desk.run(&["serve", "--only", "everything"]).fails(2, "possible values: prover, relayer, index");
    desk.run(&["serve", "--config", "nowhere.toml"]).fails(2, "nowhere.toml");
    desk.put("bad.toml", "[http]\nlisten = \"0.0.0.0:80\"\n");
    desk.run(&["serve", "--only", "prover", "--config", "bad.toml"]).fails(2, "there is no TLS");
    desk.put("odd.toml", "[prover]\nspeed = 3\n");
    desk.run(&["serve", "--config", "odd.toml"]).fails(2, "speed");
    desk.run(&["worker"]).fails(2, "a queue that other machines reach");
    let made = desk.run(&["--json", "serve", "--new-token"]).json();
    assert_eq!(made["token"].as_str().map(str::len), Some(64));
    assert_ne!(made["token"], made["hash"]);
    // What is printed can be read again.
    let printed = desk.run(&["serve", "--print-config"]);
    desk.put("printed.toml", &printed.stdout);
    assert_eq!(desk.run(&["serve", "--print-config", "--config", "printed.toml"]).stdout, printed.stdout);
    for (url, says) in [("http://prover.example", "in the clear"), ("ftp://x", "not the address of a service")] {
        let run = desk.run(&["vote", "--poll", "1", "--chamber", "0", "--choice", "1", "--prover", url]);
        assert!(run.code == 2, "{says}: {run:#?}");
    }
}
