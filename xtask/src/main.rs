//! The project's own chores, run as `cargo xtask <task>`.
//!
//! This program is compiled before every chore, so it stays small: it depends on nothing heavy and calls the
//! `psephos` command for whatever needs the provers or a chain.

pub mod contracts;
mod demo;
mod gas;
mod generate;
mod links;
mod npm;
mod process;
mod service;
mod suite;
mod verifiers;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const USAGE: &str = "\
Usage: cargo xtask <task>

  demo [args..]        a whole election on a local chain; the arguments go to `psephos demo`
  test                 everything that must hold before a change is accepted
  generate [--check]   verifiers and contract artifacts from the circuits; --check fails if they are out of date
  verifiers DIR        compile the verifiers of a ceremony's keys, and complete their manifest
  gas                  measure gas on a local chain and write docs/src/gas.md
  service              start the service and check it against its own description, with schemathesis
  links                check the pages and relative links of the documentation

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
        ("gas", []) => gas::run(&workspace),
        ("service", []) => workspace.build_psephos().and_then(|_| service::run(&workspace)),
        ("links", []) => links::run(&workspace),
        ("help" | "--help" | "-h", []) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown task: {}\n\n{USAGE}", arguments.join(" "))),
    }
}
