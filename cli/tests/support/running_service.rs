//! `psephos serve` and `psephos worker` as processes of their own, and the server of the queue that they share.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::organisation::{self, Organisation};
use crate::support::record_success;

/// The file of the log of all of them.
pub(crate) const LOG: &str = "service.log";
const SETTINGS: &str = r#"data = "service"
[relayer]
max_age = 1
confirmations = 1
min_fee = "0"
interval_ms = 100
[indexer]
interval_ms = 100
"#;

/// A process that ends with the test.
struct Process {
    child: Child,
    arguments: Vec<String>,
}

impl Process {
    /// Starts the command in the folder; its log goes to a file, because a pipe that is never drained would block it.
    fn start(organisation: &Organisation, arguments: &[&str]) -> Self {
        let mut command = organisation.folder.command(arguments);
        for (name, value) in [
            ("PSEPHOS_RPC", organisation.chain.connection().url()),
            ("PSEPHOS_PASSPHRASE", organisation::PASSPHRASE),
            ("PSEPHOS_LOG", "trace"),
            // Variables override the file.
            ("PSEPHOS_SERVE_HTTP__LISTEN", "127.0.0.1:0"),
            ("PSEPHOS_SERVE_HTTP__ADMIN", "127.0.0.1:0"),
        ] {
            command.env(name, value);
        }
        let child = command.stdout(Stdio::piped()).stderr(open_log(organisation)).spawn().expect("it starts");
        Self { child, arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect() }
    }

    /// Reads the line of JSON that it prints once it runs.
    fn read_line(&mut self) -> Value {
        let mut line = String::new();
        BufReader::new(self.child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    /// Stops it by SIGTERM, as a service manager does.
    fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill").success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
        record_success(&self.arguments);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A failing test leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn open_log(organisation: &Organisation) -> File {
    OpenOptions::new().create(true).append(true).open(organisation.folder.path(LOG)).expect("a log")
}

/// A running `psephos serve` with its URLs.
pub(crate) struct RunningService {
    process: Process,
    pub(crate) url: String,
    pub(crate) admin: String,
    /// The key of its OHTTP gateway.
    pub(crate) ohttp_key: Option<String>,
}

impl RunningService {
    pub(crate) fn start(organisation: &Organisation) -> Self {
        Self::start_with(organisation, "", &[])
    }

    /// Starts it with more settings, in TOML, and more options.
    pub(crate) fn start_with(organisation: &Organisation, settings: &str, options: &[&str]) -> Self {
        organisation.folder.put("service.toml", &format!("{SETTINGS}{settings}"));
        let serve = ["--json", "serve", "--config", "service.toml", "--sender", "relayer.key"];
        let mut process = Process::start(organisation, &[&serve[..], options].concat());
        let shown = process.read_line();
        let address = |name: &str| format!("http://{}", shown[name].as_str().expect("an address"));
        let ohttp_key = shown["ohttp_key"].as_str().map(ToOwned::to_owned);
        Self { url: address("listening"), admin: address("admin"), ohttp_key, process }
    }

    pub(crate) fn stop(self) {
        self.process.stop();
    }
}

/// A running `psephos worker` with the configuration of the service that was started last.
pub(crate) struct RunningWorker(Process);

impl RunningWorker {
    pub(crate) fn start(organisation: &Organisation) -> Self {
        let mut process = Process::start(organisation, &["--json", "worker", "--config", "service.toml"]);
        assert!(process.read_line()["slots"].as_u64().is_some());
        Self(process)
    }

    pub(crate) fn stop(self) {
        self.0.stop();
    }
}

/// A running NATS server.
pub(crate) struct NatsServer {
    child: Child,
    pub(crate) url: String,
}

impl NatsServer {
    /// Starts one that stores its files in this folder; none if it is not installed, which fails where it is required.
    pub(crate) fn start(store: &Path) -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port").port();
        let mut command = Command::new("nats-server");
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]).arg(store);
        let child = match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(child) => child,
            Err(error) if std::env::var_os("PSEPHOS_REQUIRE_NATS").is_some() => panic!("nats-server: {error}"),
            Err(_) => return None,
        };
        let server = Self { child, url: format!("nats://127.0.0.1:{port}") };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("nats-server does not listen");
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) async fn get_page(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("text"))
}

pub(crate) async fn wait_until_ready(service: &RunningService) {
    for _ in 0..300 {
        if get_page(&format!("{}/readyz", service.url)).await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it is not ready: {}", get_page(&service.admin).await.1);
}
