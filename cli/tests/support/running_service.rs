//! `psephos serve` as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::organisation::{self, Organisation};

/// The file of its log.
pub(crate) const LOG: &str = "service.log";

/// A running `psephos serve` with its URLs.
pub(crate) struct RunningService {
    child: Child,
    pub(crate) url: String,
    #[allow(dead_code, reason = "not every test file looks at its status page")]
    pub(crate) admin: String,
    /// The key of its OHTTP gateway.
    #[allow(dead_code, reason = "not every test file has a gateway")]
    pub(crate) ohttp_key: Option<String>,
}

impl RunningService {
    #[allow(dead_code, reason = "not every test file starts one without more options")]
    pub(crate) fn start(organisation: &Organisation) -> Self {
        Self::start_with(organisation, &[])
    }

    pub(crate) fn start_with(organisation: &Organisation, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_psephos"));
        command
            .args(["--json", "--sender", "relayer.key", "serve"])
            .args(options)
            .current_dir(organisation.folder.path("."));
        for (name, value) in [
            ("PSEPHOS_RPC", organisation.chain.connection().url()),
            ("PSEPHOS_PASSPHRASE", organisation::PASSPHRASE),
            ("PSEPHOS_DEPLOYMENT", "deployment.json"),
            ("PSEPHOS_LOG", "trace"),
            ("PSEPHOS_SERVE_DATA", "service"),
            ("PSEPHOS_SERVE_HTTP__LISTEN", "127.0.0.1:0"),
            ("PSEPHOS_SERVE_HTTP__ADMIN", "127.0.0.1:0"),
            ("PSEPHOS_SERVE_RELAYER__MAX_AGE", "1"),
            ("PSEPHOS_SERVE_RELAYER__CONFIRMATIONS", "1"),
            ("PSEPHOS_SERVE_RELAYER__MIN_FEE", "\"0\""),
            ("PSEPHOS_SERVE_RELAYER__INTERVAL_MS", "100"),
            ("PSEPHOS_SERVE_INDEXER__INTERVAL_MS", "100"),
        ] {
            command.env(name, value);
        }
        // The log goes to a file: a pipe that is never drained would block the process.
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(organisation.folder.path(LOG)).expect("a log");
        command.env_remove("PSEPHOS_KEYS").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let shown: Value = serde_json::from_str(&line).expect("JSON");
        let address = |name: &str| format!("http://{}", shown[name].as_str().expect("an address"));
        let ohttp_key = shown["ohttp_key"].as_str().map(ToOwned::to_owned);
        Self { url: address("listening"), admin: address("admin"), ohttp_key, child }
    }

    /// Stops the process by SIGTERM, as a service manager does.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill").success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for RunningService {
    fn drop(&mut self) {
        // A failing test leaves no process behind.
        let _ = self.child.kill();
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
