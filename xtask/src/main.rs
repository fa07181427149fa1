//! The project's development tasks, run as `cargo xtask <task>`.
//!
//! This program is compiled before every task, so it stays small: it depends on nothing heavy and calls the
//! `psephos` command for everything that needs the provers or a chain.

pub mod contracts;
mod contracts_example;
mod demo;
mod documented;
mod figures;
mod gas;
mod generate;
mod interfaces;
mod links;
mod missing;
mod npm;
mod process;
mod service;
mod style;
mod suite;
mod summary;
mod tools;
mod verifiers;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const USAGE: &str = "\
Usage: cargo xtask <task>

  demo [args..]        run a whole election on a local chain; arguments are passed to `psephos demo`
  test                 run all checks and tests
  generate [--check]   generate verifiers and contract artifacts; with --check, fail if they are out of date
  verifiers DIR        compile the verifiers of a ceremony's keys and complete its manifest
  figures              measure constraints, gas and bytes, and update docs/src/figures.json and the tables made from it
  gas                  measure gas in whole elections and update docs/src/gas.md (minutes)
  service              start the service and test it against its OpenAPI description with schemathesis
  documented [--runs]  check that every command of the documentation has what runs it; with --runs, compare those of
                       psephos with what the tests ran since target/commands-run was removed
  links                check pages, relative links and the interface chapter of the documentation
  reduced-builds       check what tests do not build: WebAssembly, the verify-only prover, fuzz targets
  style                check comment width, vocabulary, spelling and import cycles

Needs Rust and Node 20 or newer; everything else is installed from package-lock.json files inside the project.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the names of the tasks.
fn list_tasks() -> impl Iterator<Item = &'static str> {
    let tasks = USAGE.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    tasks.filter_map(|line| line.split_whitespace().next())
}

fn run(arguments: &[String]) -> Result<(), String> {
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", &[][..]),
    };
    let workspace = Workspace::locate()?;
    match (task, rest) {
        ("demo", args) => demo::run(&workspace, args),
        ("test", []) => suite::run(&workspace),
        ("generate", []) => generate::run(&workspace),
        ("generate", [flag]) if flag == "--check" => generate::check(&workspace),
        ("verifiers", [folder]) => verifiers::run(&workspace, folder),
        ("figures", []) => figures::update(&workspace),
        ("gas", []) => gas::run(&workspace),
        ("service", []) => workspace.build_psephos().and_then(|_| service::run(&workspace)),
        ("documented", []) => suite::check_documented(&workspace),
        ("documented", [flag]) if flag == "--runs" => documented::check_were_run(&workspace),
        ("links", []) => links::run(&workspace),
        ("style", []) => style::run(&workspace),
        ("reduced-builds", []) => suite::check_reduced_builds(&workspace),
        ("help" | "--help" | "-h", []) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown task: {}\n\n{USAGE}", arguments.join(" "))),
    }
}
