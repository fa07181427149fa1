//! The record of the commands that tests ran, by which the suite knows that every documented one was run.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Records a command that ended with success: its arguments, as one line of JSON. Each test process has a file of its
/// own; `cargo xtask test` removes all of them before the Rust tests, and compares them with the pages after these.
pub(crate) fn record_success(arguments: &[impl AsRef<OsStr>]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../commands-run");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(std::process::id().to_string());
    let mut file = OpenOptions::new().create(true).append(true).open(file).expect("a file");
    let words: Vec<_> = arguments.iter().map(|argument| argument.as_ref().to_string_lossy()).collect();
    // One write, so that lines of tests in other threads are whole.
    file.write_all(format!("{}\n", serde_json::json!(words)).as_bytes()).expect("written");
}
