//! `cargo xtask demo`: one command from a fresh checkout to an election.

use crate::npm;
use crate::process;
use crate::workspace::Workspace;

/// The conversation that `--charter` without a folder takes: its data may be distributed with its attribution.
const CONVERSATION: &str = "charter/data/polis/vtaiwan.uberx";

/// Installs the local chain if it is missing, builds `psephos` and runs its demonstration with `arguments`.
///
/// The build is that of the dev profile, which optimises the crates that prove: it takes a fraction of the time of a
/// release build with link-time optimisation, and `cargo xtask test` reuses it.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    npm::install_contracts(workspace)?;
    let manifest = workspace.path("Cargo.toml");
    let mut cargo = workspace.cargo(&["run", "--package", "psephos", "--manifest-path"]);
    let mut arguments = arguments.to_vec();
    if let Some(place) = find_folderless(&arguments) {
        arguments.insert(place, workspace.path(CONVERSATION).display().to_string());
    }
    cargo.arg(manifest).args(["--", "demo"]).args(arguments);
    // Paths in the arguments are relative to the caller's folder, not to the workspace.
    if let Ok(here) = std::env::current_dir() {
        cargo.current_dir(here);
    }
    process::run(&mut cargo)
}

/// Returns where the folder of a `--charter` is missing.
fn find_folderless(arguments: &[String]) -> Option<usize> {
    let place = arguments.iter().position(|argument| argument == "--charter")? + 1;
    arguments.get(place).is_none_or(|next| next.starts_with("--")).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_charter_without_a_folder_gets_the_default() {
        let place = |line: &str| find_folderless(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(place("--charter"), Some(1));
        assert_eq!(place("--json --charter --voters 60"), Some(2));
        assert_eq!(place("--charter folder --voters 60"), None);
        assert_eq!(place("--batch 8"), None);
    }
}
