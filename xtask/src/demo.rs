//! `cargo xtask demo`: one command from a fresh checkout to an election.

use crate::npm;
use crate::process;
use crate::workspace::Workspace;

/// Installs the local chain if it is missing, builds `psephos` and runs its demonstration with `arguments`.
///
/// The build is that of the dev profile, which optimises the crates that prove: it takes a fraction of the time of a
/// release build with link-time optimisation, and `cargo xtask test` reuses it.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    npm::install_contracts(workspace)?;
    let manifest = workspace.path("Cargo.toml");
    let mut cargo = workspace.cargo(&["run", "--package", "psephos", "--manifest-path"]);
    cargo.arg(manifest).args(["--", "demo"]).args(arguments);
    // Paths in the arguments are relative to the caller's folder, not to the workspace.
    if let Ok(here) = std::env::current_dir() {
        cargo.current_dir(here);
    }
    process::run(&mut cargo)
}
