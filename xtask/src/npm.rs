//! The project's Node packages: the local chain, the Solidity tools, and independent implementations for comparison
//! tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::process;
use crate::workspace::Workspace;

const OLDEST_NODE: u32 = 20;
const HOW_TO_GET_NODE: &str =
    "install Node 20 or newer (it brings npm), for example with your system's package manager";

/// Installs the packages of the contracts, which a local chain and a build need.
pub(crate) fn install_contracts(workspace: &Workspace) -> Result<(), String> {
    check_node()?;
    install_packages(workspace, &workspace.path("verifier-contracts"))
}

/// Installs the packages of every folder that has a `package-lock.json`.
pub(crate) fn install_all(workspace: &Workspace) -> Result<(), String> {
    check_node()?;
    let mut found = Vec::new();
    locked_directories(workspace.root(), 4, &mut found);
    found.sort();
    found.iter().try_for_each(|directory| install_packages(workspace, directory))
}

fn install_packages(workspace: &Workspace, directory: &Path) -> Result<(), String> {
    let shown = directory.strip_prefix(workspace.root()).unwrap_or(directory).display().to_string();
    if is_current(directory) {
        eprintln!("    {shown}: packages are installed");
        return Ok(());
    }
    let mut npm = workspace.command("npm", &shown);
    process::run(npm.args(["ci", "--no-audit", "--no-fund"])).map_err(|error| format!("in {shown}: {error}"))
}

/// npm writes `node_modules/.package-lock.json` when it has finished; older than the lock file means out of date.
fn is_current(directory: &Path) -> bool {
    let modified = |path: PathBuf| -> Option<SystemTime> { path.metadata().ok()?.modified().ok() };
    match (modified(directory.join("node_modules/.package-lock.json")), modified(directory.join("package-lock.json"))) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

fn locked_directories(directory: &Path, depth: u32, found: &mut Vec<PathBuf>) {
    if directory.join("package-lock.json").is_file() {
        found.push(directory.to_owned());
    }
    if depth == 0 {
        return;
    }
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let skipped = name == "node_modules" || name == "target" || name.to_string_lossy().starts_with('.');
        if !skipped && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            locked_directories(&entry.path(), depth - 1, found);
        }
    }
}

fn check_node() -> Result<(), String> {
    let version = process::capture(Command::new("node").arg("--version"))
        .map_err(|_| format!("node is missing: {HOW_TO_GET_NODE}"))?;
    match parse_major_version(&version) {
        Some(major) if major >= OLDEST_NODE => {}
        _ => return Err(format!("node is {}, too old: {HOW_TO_GET_NODE}", version.trim())),
    }
    if process::is_installed("npm") { Ok(()) } else { Err(format!("npm is missing: {HOW_TO_GET_NODE}")) }
}

/// Reads the first number of a version such as `v20.20.2`.
fn parse_major_version(version: &str) -> Option<u32> {
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(parse_major_version("v20.20.2\n"), Some(20));
        assert_eq!(parse_major_version("18.0.0"), Some(18));
        assert_eq!(parse_major_version("nightly"), None);
    }

    #[test]
    fn packages_that_were_never_installed_are_not_current() {
        assert!(!is_current(Path::new("/nonexistent")));
    }
}
