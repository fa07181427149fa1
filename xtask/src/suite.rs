//! `cargo xtask test`: everything that must hold, in the order that fails soonest.

use std::time::{Duration, Instant};

use crate::workspace::Workspace;
use crate::{generate, links, npm, process, service};

/// A named step; it stops the suite when it fails.
struct Step {
    name: &'static str,
    run: fn(&Workspace) -> Result<(), String>,
}

const STEPS: &[Step] = &[
    Step { name: "node packages", run: npm::install_all },
    Step { name: "links of the documentation", run: links::run },
    Step { name: "rust format", run: rust_format },
    Step { name: "solidity format", run: solidity_format },
    Step { name: "clippy", run: clippy },
    Step { name: "build of the tests", run: build_tests },
    Step { name: "generated files are current", run: generate::check_built },
    Step { name: "solidity tests", run: solidity_tests },
    Step { name: "service against its description", run: service::run },
    Step { name: "rust documentation", run: rust_documentation },
    Step { name: "book", run: book },
    Step { name: "rust tests", run: rust_tests },
];

/// Runs every step, with its name and time, and stops at the first that fails.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let mut times: Vec<(&str, Duration)> = Vec::new();
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
    eprintln!("\nAll {} steps passed:", STEPS.len());
    for (name, took) in &times {
        eprintln!("  {:<30} {:>8.1} s", name, took.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, took)| *took).sum();
    eprintln!("  {:<30} {:>8.1} s", "together", total.as_secs_f64());
    Ok(())
}

fn rust_format(workspace: &Workspace) -> Result<(), String> {
    process::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
        .map_err(|error| format!("{error}; `cargo fmt --all` puts it right"))
}

fn solidity_format(workspace: &Workspace) -> Result<(), String> {
    process::run(workspace.command("forge", "verifier-contracts").args(["fmt", "--check"]))
        .map_err(|error| format!("{error}; `forge fmt` puts it right"))
}

fn clippy(workspace: &Workspace) -> Result<(), String> {
    process::run(&mut workspace.cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn build_tests(workspace: &Workspace) -> Result<(), String> {
    process::run(&mut workspace.cargo(&["test", "--workspace", "--locked", "--no-run"]))
}

fn solidity_tests(workspace: &Workspace) -> Result<(), String> {
    process::run(workspace.command("npm", "verifier-contracts").arg("test"))
}

/// With `PSEPHOS_REQUIRE_PEERS`, a test that compares with an independent implementation fails if that is missing
/// instead of being skipped.
fn rust_tests(workspace: &Workspace) -> Result<(), String> {
    let mut cargo = workspace.cargo(&["test", "--workspace", "--locked"]);
    process::run(cargo.env("PSEPHOS_REQUIRE_PEERS", "1"))
}

fn rust_documentation(workspace: &Workspace) -> Result<(), String> {
    let mut cargo = workspace.cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    process::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

/// The links are already checked without mdBook; the book is built as well where the program is there.
fn book(workspace: &Workspace) -> Result<(), String> {
    if !process::installed("mdbook") {
        eprintln!("    mdbook is not installed: its pages and links were checked, the book is not built");
        return Ok(());
    }
    process::run(workspace.command("mdbook", ".").args(["build", "docs"]))
}
