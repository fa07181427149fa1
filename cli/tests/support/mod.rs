//! Running the command as a user does.

mod record;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) use record::record_success;

/// A deployment file of contracts that exist nowhere.
pub(crate) const DEPLOYMENT: &str = r#"{ "version": 1, "chain_id": 31337, "from_block": 0,
    "registry": "0x0000000000000000000000000000000000000001", "policy": "0x0000000000000000000000000000000000000002",
    "committee": "0x0000000000000000000000000000000000000003", "polls": "0x0000000000000000000000000000000000000004",
    "rounding": "0x0000000000000000000000000000000000000016", "rewards": "0x000000000000000000000000000000000000000e",
    "sheets": { "sheets": "0x0000000000000000000000000000000000000019", "bridging": "0x000000000000000000000000000000000000001a",
    "charters": "0x000000000000000000000000000000000000001b", "outcomes": "0x000000000000000000000000000000000000001c",
    "action_classes": "0x000000000000000000000000000000000000001d",
    "rewards": "0x000000000000000000000000000000000000001e", "fee_pot": "0x000000000000000000000000000000000000001f" },
    "verifiers": { "ballot3": "0x0000000000000000000000000000000000000005",
    "ballot8": "0x0000000000000000000000000000000000000006",
    "update3": "0x0000000000000000000000000000000000000010", "update8": "0x0000000000000000000000000000000000000011",
    "blinded3": "0x0000000000000000000000000000000000000012", "blinded8": "0x0000000000000000000000000000000000000013",
    "decision3": "0x0000000000000000000000000000000000000014", "decision8": "0x0000000000000000000000000000000000000015",
    "sheet16": "0x0000000000000000000000000000000000000017", "sheet40": "0x0000000000000000000000000000000000000018",
    "decryption": "0x0000000000000000000000000000000000000007",
    "dealing5": "0x0000000000000000000000000000000000000008", "dealing16": "0x0000000000000000000000000000000000000009",
    "committee_keys": "0x000000000000000000000000000000000000000a", "notes": "0x000000000000000000000000000000000000000b",
    "claim3": "0x000000000000000000000000000000000000000c", "claim8": "0x000000000000000000000000000000000000000d" } }"#;

/// A directory of its own, in which the command runs with an environment of its own.
pub(crate) struct CommandFolder {
    directory: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// What a run printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl CommandFolder {
    /// An empty folder. Nothing of the caller's environment that the command reads gets in.
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory"), environment: Vec::new() }
    }

    /// The same with a variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Puts a file into the folder.
    pub(crate) fn put(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("written");
        path
    }

    /// Runs the command without a terminal, and records it if it succeeds.
    pub(crate) fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Run {
        let Output { status, stdout, stderr } = self.command(arguments).output().expect("the command starts");
        if status.success() {
            record::record_success(arguments);
        }
        Run { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) }
    }

    /// The command without a terminal, not started yet.
    pub(crate) fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_psephos"));
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        for name in [
            "PSEPHOS_DEPLOYMENT",
            "PSEPHOS_KEYS",
            "PSEPHOS_RPC",
            "PSEPHOS_PASSPHRASE",
            "PSEPHOS_SENDER_KEY",
            "PSEPHOS_SENDER_PASSPHRASE",
            "PSEPHOS_MNEMONIC",
            "PSEPHOS_MNEMONIC_PASSPHRASE",
            "PSEPHOS_SIGNER_URL",
            "PSEPHOS_PROXY",
            "ALL_PROXY",
            "HTTPS_PROXY",
            "HTTP_PROXY",
            "NO_PROXY",
            "all_proxy",
            "https_proxy",
            "http_proxy",
            "no_proxy",
        ] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).args(arguments);
        command
    }

    /// Everything that is in files of the folder.
    pub(crate) fn files(&self) -> String {
        fn gather(directory: &Path, out: &mut String) {
            for entry in directory.read_dir().expect("listed").flatten() {
                if entry.path().is_dir() {
                    gather(&entry.path(), out);
                } else {
                    out.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).expect("read")));
                }
            }
        }
        let mut out = String::new();
        gather(self.directory.path(), &mut out);
        out
    }
}

impl Run {
    /// Asserts the exit code and that standard error says this.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, says: &str) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert!(self.stderr.contains(says), "does not say {says:?}: {self:#?}");
        self
    }

    /// Asserts success and that standard error says this.
    #[track_caller]
    pub(crate) fn succeeds(&self, says: &str) -> &Self {
        self.fails(0, says)
    }

    /// Asserts success and gives the JSON object on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{self:#?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not one JSON value ({error}): {self:#?}"))
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the command prints UTF-8")
}
