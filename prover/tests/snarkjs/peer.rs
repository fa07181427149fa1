//! Running snarkjs, for the tests of several crates.
//!
//! `npm ci` in this folder installs it. Without it tests print that they are skipped, unless `PSEPHOS_REQUIRE_PEERS` is
//! set: then they fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns this folder, if snarkjs is installed in it. `root` is the workspace's folder.
pub(crate) fn find_snarkjs(root: &Path) -> Option<PathBuf> {
    let dir = root.join("prover/tests/snarkjs");
    if dir.join("node_modules/snarkjs").is_dir() {
        return Some(dir);
    }
    let how = "snarkjs is not installed: run `npm ci` in prover/tests/snarkjs";
    assert!(std::env::var_os("PSEPHOS_REQUIRE_PEERS").is_none(), "{how}");
    eprintln!("SKIPPED, {how}");
    None
}

/// Runs snarkjs in a folder; returns whether it succeeded and its output. It exits before a pipe is drained, so its
/// output goes to a file.
pub(crate) fn run_snarkjs(peer: &Path, dir: &Path, arguments: &[&str]) -> (bool, String) {
    let (cli, said) = (peer.join("node_modules/snarkjs/build/cli.cjs"), dir.join("said.txt"));
    let out = fs::File::create(&said).expect("the output file can be created");
    let mut command = Command::new("node");
    command
        .arg(cli)
        .args(arguments)
        .current_dir(dir)
        .stderr(out.try_clone().expect("the output file can be created"))
        .stdout(out);
    let success = command.status().expect("node can be started").success();
    (success, fs::read_to_string(said).expect("the output can be read"))
}
