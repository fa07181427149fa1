//! `cargo xtask test`: all checks and tests, cheapest first.

use std::time::{Duration, Instant};

use crate::workspace::Workspace;
use crate::{
    contracts_example, documented, figures, generate, links, missing, npm, process, service, style, summary, tools,
};

/// A named step; the suite stops at the first that fails.
struct Step {
    name: &'static str,
    run: fn(&Workspace) -> Result<(), String>,
}

const STEPS: &[Step] = &[
    Step { name: "node packages", run: npm::install_all },
    Step { name: "documentation links", run: links::run },
    Step { name: "documented commands", run: check_documented },
    Step { name: "style and vocabulary", run: style::run },
    Step { name: "rust format", run: check_rust_format },
    Step { name: "solidity format", run: check_solidity_format },
    Step { name: "solidity documentation", run: check_natspec },
    Step { name: "dependency licences", run: check_dependencies },
    Step { name: "clippy", run: run_clippy },
    Step { name: "reduced builds", run: check_reduced_builds },
    Step { name: "build of the tests", run: build_tests },
    Step { name: "generated files", run: generate::check_built },
    Step { name: "solidity build", run: build_solidity },
    Step { name: "example of the contracts", run: contracts_example::run },
    Step { name: "solidity tests", run: run_solidity_tests },
    Step { name: "figures", run: figures::check_built },
    Step { name: "service against its OpenAPI description", run: service::run },
    Step { name: "rust documentation", run: build_rust_documentation },
    Step { name: "book", run: build_book },
    Step { name: "rust tests", run: run_rust_tests },
    Step { name: "documented commands of psephos", run: documented::check_were_run },
];

/// Runs every step, with its name and time, and stops at the first that fails. At the end says what was skipped.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let mut times: Vec<(&str, Duration)> = Vec::new();
    documented::forget_runs(workspace)?;
    for (position, step) in STEPS.iter().enumerate() {
        eprintln!("\n==> [{}/{}] {}", position + 1, STEPS.len(), step.name);
        let start = Instant::now();
        let outcome = (step.run)(workspace);
        let took = start.elapsed();
        if let Err(error) = outcome {
            eprintln!("\n==> FAILED: {} after {:.1} s", step.name, took.as_secs_f64());
            return Err(format!("step \"{}\" failed: {error}", step.name));
        }
        eprintln!("    {}: ok in {:.1} s", step.name, took.as_secs_f64());
        times.push((step.name, took));
    }
    missing::record(workspace);
    eprint!("{}", summary::describe(&times, &workspace.skips(), &documented::list_not_run()));
    Ok(())
}

/// Checks that every command of the documentation has a step or a test that runs it, without running any.
pub(crate) fn check_documented(workspace: &Workspace) -> Result<(), String> {
    let steps: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    documented::check(workspace, &steps)
}

fn check_rust_format(workspace: &Workspace) -> Result<(), String> {
    process::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
        .map_err(|error| format!("{error}; `cargo fmt --all` fixes it"))
}

fn check_solidity_format(workspace: &Workspace) -> Result<(), String> {
    process::run(workspace.command("forge", "verifier-contracts").args(["fmt", "--check"]))
        .map_err(|error| format!("{error}; `forge fmt` fixes it"))
}

fn run_clippy(workspace: &Workspace) -> Result<(), String> {
    process::run(&mut workspace.cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn build_tests(workspace: &Workspace) -> Result<(), String> {
    process::run(&mut workspace.cargo(&["test", "--workspace", "--locked", "--no-run"]))
}

/// Builds contracts and tests as their README says, with the compiler's and the linter's warnings as errors.
fn build_solidity(workspace: &Workspace) -> Result<(), String> {
    process::run(workspace.command("npm", "verifier-contracts").args(["run", "build"]))
}

fn run_solidity_tests(workspace: &Workspace) -> Result<(), String> {
    process::run(workspace.command("npm", "verifier-contracts").arg("test"))
}

/// With `PSEPHOS_REQUIRE_PEERS`, a test that compares with an independent implementation fails if that is missing
/// instead of being skipped. The tests record which commands they run.
fn run_rust_tests(workspace: &Workspace) -> Result<(), String> {
    documented::start_records(workspace)?;
    let mut cargo = workspace.cargo(&["test", "--workspace", "--locked"]);
    process::run(cargo.env("PSEPHOS_REQUIRE_PEERS", "1"))
}

/// Builds the documentation with private items, so that their links are checked too.
fn build_rust_documentation(workspace: &Workspace) -> Result<(), String> {
    let mut cargo = workspace.cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
    process::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Builds the book; mdBook also reports links to pages that it does not have.
fn build_book(workspace: &Workspace) -> Result<(), String> {
    match tools::find_tool(workspace, &tools::MDBOOK)? {
        Some(mdbook) => process::run(workspace.command(&mdbook.to_string_lossy(), ".").args(["build", "docs"])),
        None => Ok(()),
    }
}

/// Checks that every external and public item of the contracts has NatSpec.
fn check_natspec(workspace: &Workspace) -> Result<(), String> {
    process::run(workspace.command("npm", "verifier-contracts").args(["run", "--silent", "natspec"]))
}

/// Checks licences, banned crates and sources by `deny.toml`. Advisories need a database from the network; the workflow
/// on GitHub checks them as well.
fn check_dependencies(workspace: &Workspace) -> Result<(), String> {
    match tools::find_tool(workspace, &tools::CARGO_DENY)? {
        Some(deny) => {
            let mut command = workspace.command(&deny.to_string_lossy(), ".");
            process::run(command.args(["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))
        }
        None => Ok(()),
    }
}

/// Checks what the tests do not build: state and wire formats for WebAssembly, the verify-only prover, and the fuzz
/// targets.
pub(crate) fn check_reduced_builds(workspace: &Workspace) -> Result<(), String> {
    let builds: [&[&str]; 4] = [
        &["check", "--package", "psephos-state", "--target", "wasm32-unknown-unknown", "--locked"],
        &[
            "check",
            "--package",
            "psephos-wire",
            "--no-default-features",
            "--target",
            "wasm32-unknown-unknown",
            "--locked",
        ],
        &["check", "--package", "psephos-prover", "--no-default-features", "--locked"],
        &["check", "--manifest-path", "fuzz/Cargo.toml", "--locked"],
    ];
    builds.iter().try_for_each(|arguments| process::run(&mut workspace.cargo(arguments)))?;
    run_state_in_webassembly(workspace)
}

/// Applies recorded events to a chain state inside WebAssembly, in Node.
fn run_state_in_webassembly(workspace: &Workspace) -> Result<(), String> {
    let target = "wasm32-unknown-unknown";
    let example = ["--package", "psephos-state", "--example", "apply_events", "--target", target, "--locked"];
    process::run(workspace.cargo(&["build"]).args(example))?;
    let program = workspace.target().join(target).join("debug/examples/apply_events.wasm");
    process::run(workspace.command("node", ".").arg("state/examples/apply_events.mjs").arg(program))
}
