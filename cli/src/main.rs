#![doc = include_str!("../README.md")]

mod args;
mod client_failure;
mod commands;
mod failure;
mod files;
mod format;
mod global_options;
mod hints;
mod members;
mod output;
mod progress;
mod remote;
mod secrets;
mod session;
mod table;
mod value_parsers;

use std::process::ExitCode;

use clap::Parser;

use args::CommandLine;
use failure::Failure;
use session::Session;

fn main() -> ExitCode {
    let CommandLine { globals, command } = CommandLine::parse();
    let session = Session::new(globals);
    let output = session.output();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(&session, command)),
        Err(error) => Err(Failure::machine(
            format!("cannot start threads: {error}"),
            "close other programs, or raise the limit on threads, and try again",
        )),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.code())
        }
    }
}
