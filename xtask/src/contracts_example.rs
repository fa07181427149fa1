//! Runs the example of the contracts' README as it is there, on a port of its own.

use std::fs;

use crate::process;
use crate::service::find_free_port;
use crate::workspace::Workspace;

const PAGE: &str = "verifier-contracts/README.md";
/// The beginning of the script, and the port that it has.
const FIRST: &str = "node_modules/.bin/anvil --silent";
const PORT: &str = "8545";

/// Runs the script and checks that it prints the census which the page says: its number of members and its weight.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let page = fs::read_to_string(workspace.path(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let script = find_script(&page).ok_or_else(|| format!("{PAGE} has no script that begins with `{FIRST}`"))?;
    let script = on_port(script, find_free_port()?);
    // The example links libraries, which are a part of forge's settings: in the same folders it would have forge
    // compile everything again for the tests.
    let built = workspace.target().join("tmp/contracts-example");
    let mut bash = workspace.command("bash", "verifier-contracts");
    bash.env("FOUNDRY_OUT", built.join("out")).env("FOUNDRY_CACHE_PATH", built.join("cache"));
    let printed = process::capture(bash.args(["-eu", "-c", &script]))?;
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    match lines.as_slice() {
        [.., root, "1", "5"] if root.starts_with("505729") => Ok(()),
        _ => Err(format!("the example of {PAGE} does not print what the page says, but:\n{printed}")),
    }
}

fn find_script(page: &str) -> Option<&str> {
    page.split("```").find_map(|block| block.strip_prefix("sh\n").filter(|script| script.starts_with(FIRST)))
}

/// Gives the script another port, and stops the chain if a command fails.
fn on_port(script: &str, port: u16) -> String {
    let script = script.replace(PORT, &port.to_string()).replace(FIRST, &format!("{FIRST} --port {port}"));
    format!("trap 'kill $ANVIL 2> /dev/null || true' EXIT\n{script}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_is_found_and_runs_on_its_own_port() {
        let page =
            "```sh\nnpm ci\n```\n```sh\nnode_modules/.bin/anvil --silent & A=$!\nURL=http://127.0.0.1:8545\n```\n";
        let script = on_port(find_script(page).expect("a script"), 77);
        assert!(script.contains("anvil --silent --port 77 & A=$!\nURL=http://127.0.0.1:77\n"), "{script}");
        assert_eq!(find_script("```sh\nnpm ci\n```"), None);
    }
}
