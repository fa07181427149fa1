//! `cargo xtask generate`: generates the files that are derived from the circuits and committed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use crate::workspace::Workspace;
use crate::{contracts, npm, process};

/// The folder of the generated verifiers.
const SOURCES: &str = "verifier-contracts/src/generated";

/// The OpenAPI description of the service.
const OPENAPI: &str = "docs/src/openapi.json";

/// Generated files, and folders that hold nothing else.
const GENERATED: &[&str] = &[SOURCES, "chain/artifacts", contracts::TEST_ARTIFACTS, OPENAPI];

/// Writes the verifiers of the development keys, compiles the contracts and writes their artifacts for Rust.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    npm::install_contracts(workspace)?;
    // First: Rust's bindings are made of them, so that `psephos` does not compile where an interface has changed.
    contracts::build_artifacts(workspace.root())?;
    write_generated(workspace, &workspace.build_psephos()?)
}

fn write_generated(workspace: &Workspace, psephos: &Path) -> Result<(), String> {
    let directory = workspace.path(SOURCES);
    fs::create_dir_all(&directory).map_err(|error| format!("cannot create {}: {error}", directory.display()))?;
    let run = |arguments: &[&str]| {
        let mut command = workspace.command(&psephos.to_string_lossy(), ".");
        // Development keys, even if this environment names others.
        command.env_remove("PSEPHOS_KEYS").args(["--quiet", "--json"]).args(arguments);
        process::capture(&mut command)
    };
    for (circuit, contract) in read_verifiers(&run(&["keys", "list"])?)? {
        let file = format!("{SOURCES}/{contract}.sol");
        run(&["keys", "export-verifier", &circuit, "--name", &contract, "--force", "--out", &file])?;
    }
    let description =
        process::capture(workspace.command(&psephos.to_string_lossy(), ".").args(["serve", "--openapi"]))?;
    fs::write(workspace.path(OPENAPI), description).map_err(|error| format!("cannot write {OPENAPI}: {error}"))?;
    contracts::build_artifacts(workspace.root())
}

/// Reads circuits, each with the contract that verifies it, from the output of `psephos keys list --json`.
fn read_verifiers(keys: &str) -> Result<Vec<(String, String)>, String> {
    let value: Value = serde_json::from_str(keys).map_err(|error| format!("`psephos keys list --json`: {error}"))?;
    let entries = value["keys"].as_array().ok_or("`psephos keys list --json` lists no keys")?;
    let text = |entry: &Value, field: &str| {
        let text = entry[field].as_str().map(str::to_owned);
        text.ok_or_else(|| format!("`psephos keys list --json`: a key has no {field}"))
    };
    entries.iter().map(|entry| Ok((text(entry, "circuit")?, text(entry, "verifier")?))).collect()
}

/// Generates again and fails if anything differs from the committed files, which are then restored.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    npm::install_contracts(workspace)?;
    compare_generated(workspace, &workspace.build_psephos()?)
}

/// Like [`check`], with the `psephos` command that the build of the tests has left, so that nothing is compiled twice.
pub(crate) fn check_built(workspace: &Workspace) -> Result<(), String> {
    compare_generated(workspace, &workspace.psephos())
}

fn compare_generated(workspace: &Workspace, psephos: &Path) -> Result<(), String> {
    let before = read_generated(workspace)?;
    let times: Vec<_> = before.keys().map(|path| (path, read_time(path))).collect();
    write_generated(workspace, psephos)?;
    let after = read_generated(workspace)?;
    // Cargo would compile everything again that depends on files that are written anew, even with the same content.
    for (path, time) in times {
        if let Some(time) = time.filter(|_| before.get(path) == after.get(path)) {
            set_time(path, time)?;
        }
    }
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let stale: Vec<_> = names.into_iter().filter(|name| before.get(*name) != after.get(*name)).collect();
    if stale.is_empty() {
        return Ok(());
    }
    for path in &stale {
        restore_file(path, before.get(*path).map(Vec::as_slice))?;
    }
    let shown = |path: &&PathBuf| path.strip_prefix(workspace.root()).unwrap_or(path).display().to_string();
    let list: Vec<_> = stale.iter().map(shown).collect();
    Err(format!("out of date: {}\nrun `cargo xtask generate` and commit what it writes", list.join(", ")))
}

fn read_generated(workspace: &Workspace) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    for place in GENERATED {
        collect_files(&workspace.path(place), &mut files)?;
    }
    Ok(files)
}

fn collect_files(place: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    if place.is_file() {
        let bytes = fs::read(place).map_err(|error| format!("cannot read {}: {error}", place.display()))?;
        files.insert(place.to_owned(), bytes);
    }
    for entry in place.read_dir().into_iter().flatten().flatten() {
        collect_files(&entry.path(), files)?;
    }
    Ok(())
}

/// Returns when a file was written.
fn read_time(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn set_time(path: &Path, time: SystemTime) -> Result<(), String> {
    let file = fs::OpenOptions::new().write(true).open(path);
    let outcome = file.and_then(|file| file.set_modified(time));
    outcome.map_err(|error| format!("cannot set the time of {}: {error}", path.display()))
}

fn restore_file(path: &Path, content: Option<&[u8]>) -> Result<(), String> {
    let outcome = match content {
        Some(bytes) => fs::write(path, bytes),
        None => fs::remove_file(path),
    };
    outcome.map_err(|error| format!("cannot restore {}: {error}", path.display()))
}
