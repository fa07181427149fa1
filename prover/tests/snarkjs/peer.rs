//! Running snarkjs, for the tests of several crates.
//!
//! `npm ci` in this folder installs it. Without it tests say that they are skipped, unless `PSEPHOS_REQUIRE_PEERS` is set: then they fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// This folder, if snarkjs is installed in it. `root` is the workspace's.
pub(crate) fn installed(root: &Path) -> Option<PathBuf> {
    let dir = root.join("prover/tests/snarkjs");
    if dir.join("node_modules/snarkjs").is_dir() {
        return Some(dir);
    }
    let how = "snarkjs is not installed: run `npm ci` in prover/tests/snarkjs";
    assert!(std::env::var_os("PSEPHOS_REQUIRE_PEERS").is_none(), "{how}");
    eprintln!("SKIPPED, {how}");
    None
}

/// Runs snarkjs in a folder: whether it succeeded, and what it said. It leaves before a pipe is empty, so it writes to a file.
pub(crate) fn run(peer: &Path, dir: &Path, arguments: &[&str]) -> (bool, String) {
    let (cli, said) = (peer.join("node_modules/snarkjs/build/cli.cjs"), dir.join("said.txt"));
    let out = fs::File::create(&said).expect("a file");
    let mut command = Command::new("node");
    command.arg(cli).args(arguments).current_dir(dir).stderr(out.try_clone().expect("a file")).stdout(out);
    let success = command.status().expect("node starts").success();
    (success, fs::read_to_string(said).expect("what it said"))
}
