//! `cargo xtask verifiers DIR`: compiles the verifier contracts of a ceremony's keys.

use std::path::absolute;

use crate::workspace::Workspace;
use crate::{npm, process};

/// Compiles the sources that `psephos ceremony finalise` wrote, and writes the hash of each contract's code into the
/// manifest.
pub(crate) fn run(workspace: &Workspace, folder: &str) -> Result<(), String> {
    let folder = absolute(folder).map_err(|error| format!("{folder}: {error}"))?;
    if !folder.join("manifest.json").is_file() {
        return Err(format!(
            "{} has no manifest: name the folder that `psephos ceremony finalise` wrote",
            folder.display()
        ));
    }
    npm::install_contracts(workspace)?;
    let mut node = workspace.command("node", "verifier-contracts");
    process::run(node.arg("script/verifiers.mjs").arg(folder))
}
