//! Which documented commands of `psephos` the Rust tests ran: the harness of the command's tests records them.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::exceptions::{NEEDS, NOT_RUN};
use super::{is_psephos, list_documented};
use crate::process;
use crate::workspace::Workspace;

/// The test of the command that compares the records with the pages, by the command's own grammar.
const TEST: &str = "args::documented::run::documented_commands_were_run";

/// The folder of the records, which `cli/tests/support/record.rs` writes.
fn records(workspace: &Workspace) -> PathBuf {
    workspace.target().join("commands-run")
}

/// Removes what earlier runs of the tests recorded.
///
/// # Errors
/// Says what cannot be removed.
pub(crate) fn forget_runs(workspace: &Workspace) -> Result<(), String> {
    let folder = records(workspace);
    match folder.exists() {
        true => fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display())),
        false => Ok(()),
    }
}

/// Begins the records of a run of the Rust tests.
///
/// # Errors
/// Says which folder cannot be written.
pub(crate) fn start_records(workspace: &Workspace) -> Result<(), String> {
    forget_runs(workspace)?;
    let folder = records(workspace);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// Checks that the Rust tests ran every documented command of `psephos`. Without a run of them it is skipped, which the
/// end of the suite says.
///
/// # Errors
/// Names every command that no test ran, with what is missing, and every exception that is not needed.
pub(crate) fn check_were_run(workspace: &Workspace) -> Result<(), String> {
    let folder = records(workspace);
    if !folder.exists() {
        let skipped = "whether tests run every documented command of psephos: the Rust tests were not a part of this";
        eprintln!("    skipped: {skipped}");
        workspace.record_skip(skipped);
        return Ok(());
    }
    let commands: Vec<_> = list_documented(workspace)?
        .into_iter()
        .filter(|(_, command)| is_psephos(command))
        .map(|(page, command)| (format!("{page}:{}", command.line), command.text))
        .collect();
    let lacking = NEEDS.iter().filter(|(_, program)| !process::is_installed(program)).map(|(command, _)| *command);
    let exceptions: Vec<_> = NOT_RUN.iter().map(|(command, _)| *command).chain(lacking).collect();
    let file = workspace.target().join("tmp/documented-commands.json");
    let written = json!({ "commands": commands, "exceptions": exceptions }).to_string();
    fs::create_dir_all(workspace.target().join("tmp")).map_err(|error| format!("target/tmp: {error}"))?;
    fs::write(&file, written).map_err(|error| format!("{}: {error}", file.display()))?;
    // The whole workspace's features, so that nothing is built again.
    let mut cargo = workspace.cargo(&["test", "--workspace", "--locked", "--bin", "psephos"]);
    cargo.env("PSEPHOS_COMMANDS_RUN", &folder).env("PSEPHOS_COMMANDS_DOCUMENTED", &file);
    cargo.args(["--", "--ignored", "--exact", TEST]);
    let printed = process::capture(&mut cargo)?;
    // A name that no test has would pass as well.
    if !printed.contains("1 passed") {
        return Err(format!("psephos has no test {TEST}\n{printed}"));
    }
    eprintln!("    the tests ran {} of {} documented commands", commands.len() - exceptions.len(), commands.len());
    Ok(())
}
