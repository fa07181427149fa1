//! Runs the command as a user does.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A temporary directory in which the command runs, with an environment of its own.
pub(crate) struct Sandbox {
    directory: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// The output of a run, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Sandbox {
    /// Creates an empty sandbox. No variable of the caller's environment that the command reads is passed on.
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory"), environment: Vec::new() }
    }

    /// Adds an environment variable.
    #[allow(dead_code, reason = "not every test file sets one")]
    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Returns the path of a file in the sandbox.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file and returns its path.
    pub(crate) fn write_file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("written");
        path
    }

    /// Runs the command without a terminal.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_psephos"));
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        for name in ["PSEPHOS_DEPLOYMENT", "PSEPHOS_KEYS", "PSEPHOS_RPC", "PSEPHOS_PASSPHRASE", "PSEPHOS_SENDER_KEY"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let Output { status, stdout, stderr } = command.args(arguments).output().expect("the command starts");
        Run { code: status.code().unwrap_or(-1), stdout: decode_utf8(stdout), stderr: decode_utf8(stderr) }
    }

    /// Returns the concatenated contents of all files.
    #[allow(dead_code, reason = "not every test file reads them")]
    pub(crate) fn read_all_files(&self) -> String {
        fn gather_files(directory: &Path, out: &mut String) {
            for entry in directory.read_dir().expect("listed").flatten() {
                if entry.path().is_dir() {
                    gather_files(&entry.path(), out);
                } else {
                    out.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).expect("read")));
                }
            }
        }
        let mut out = String::new();
        gather_files(self.directory.path(), &mut out);
        out
    }
}

impl Run {
    /// Asserts the exit code, and that standard error contains this text.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, says: &str) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert!(self.stderr.contains(says), "does not say {says:?}: {self:#?}");
        self
    }

    /// Asserts success and returns the JSON value on standard output.
    #[track_caller]
    #[allow(dead_code, reason = "not every test file reads results")]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{self:#?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not one JSON value ({error}): {self:#?}"))
    }
}

fn decode_utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the command prints UTF-8")
}
