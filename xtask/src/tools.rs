//! Programs that check the project and do not come from its lock files. `.ci/run` installs them below `target/`.

use std::path::PathBuf;

use crate::process;
use crate::workspace::Workspace;

/// A program, where it may be, and how to get it.
pub(crate) struct Tool {
    name: &'static str,
    /// What is not checked without it.
    checks: &'static str,
    folder: &'static str,
    install: &'static str,
}

/// Checks spelling and vocabulary.
pub(crate) const TYPOS: Tool = Tool {
    name: "typos",
    checks: "spelling and vocabulary",
    folder: "target/python/bin",
    install: "python3 -m venv target/python && target/python/bin/pip install typos",
};
/// Sends what the service's description allows, and what it does not.
pub(crate) const SCHEMATHESIS: Tool = Tool {
    name: "schemathesis",
    checks: "the service against its OpenAPI description",
    folder: "target/python/bin",
    install: "python3 -m venv target/python && target/python/bin/pip install schemathesis",
};
/// Builds the book.
pub(crate) const MDBOOK: Tool = Tool {
    name: "mdbook",
    checks: "that the book builds",
    folder: "target/tools/bin",
    install: "cargo install --root target/tools --locked --no-default-features mdbook",
};
/// Checks licences, duplicate crates and sources.
pub(crate) const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    checks: "licences and duplicate crates of dependencies",
    folder: "target/tools/bin",
    install: "cargo install --root target/tools --locked cargo-deny",
};

/// Finds a tool below `target/` or on `PATH`. If it is missing, says how to install it.
///
/// # Errors
/// It is missing although `PSEPHOS_REQUIRE_TOOLS` is set, as it is where changes are accepted: a check that is skipped
/// there is no check.
pub(crate) fn find_tool(workspace: &Workspace, tool: &Tool) -> Result<Option<PathBuf>, String> {
    let installed = workspace.path(tool.folder).join(tool.name);
    if installed.exists() {
        return Ok(Some(installed));
    }
    if process::is_installed(tool.name) {
        return Ok(Some(PathBuf::from(tool.name)));
    }
    eprintln!("    {} is not installed, its check is skipped: `{}`", tool.name, tool.install);
    workspace.record_skip(&format!("{}: {} is not installed (`{}`)", tool.checks, tool.name, tool.install));
    match std::env::var_os("PSEPHOS_REQUIRE_TOOLS") {
        Some(_) => Err(format!("{} is required here: `{}`", tool.name, tool.install)),
        None => Ok(None),
    }
}
