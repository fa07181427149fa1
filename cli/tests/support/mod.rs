//! Running the command as a user does.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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

    #[allow(dead_code, reason = "not every test file sets one")]
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

    /// Runs the command without a terminal.
    pub(crate) fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Run {
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
        ] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let Output { status, stdout, stderr } = command.args(arguments).output().expect("the command starts");
        Run { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Everything that is in files of the folder.
    #[allow(dead_code, reason = "not every test file reads them")]
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

    /// Asserts success and gives the JSON object on standard output.
    #[track_caller]
    #[allow(dead_code, reason = "not every test file reads results")]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{self:#?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not one JSON value ({error}): {self:#?}"))
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the command prints UTF-8")
}
