#![doc = include_str!("../README.md")]

mod amounts;
mod args;
mod charter_failure;
mod client_failure;
mod commands;
mod consent;
mod dao;
mod failure;
mod files;
mod format;
mod global_options;
mod hints;
mod member_list;
mod node_options;
mod nonce_use;
mod oblivious_args;
mod output;
mod plan;
mod progress;
mod prover_args;
mod secrets;
mod sender_options;
mod session;
mod source_args;
mod table;
mod times;
mod value_parsers;

use std::process::ExitCode;

use clap::Parser;

use args::CommandLine;
use failure::Failure;
use nonce_use::check_nonce;
use output::Output;
use session::Session;

/// Prints help, the version, or an error in the arguments, which with `--json` is a JSON object as any other failure.
fn report_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.render().to_string();
        // The lines about usage and help follow the first empty one.
        let text = text.split("\n\n").next().unwrap_or_default();
        let what = text.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ");
        Output::new(true, false).print_failure(&Failure::invalid_input(what, "try `psephos --help`"));
        return ExitCode::from(failure::INPUT);
    }
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { failure::INPUT } else { failure::OK })
}

fn main() -> ExitCode {
    let CommandLine { globals, command } = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => return report_usage(&error),
    };
    let session = Session::new(globals);
    let output = session.output();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            check_nonce(session.nonce(), &command).and_then(|()| runtime.block_on(commands::run(&session, command)))
        }
        Err(error) => Err(Failure::machine_failure(
            format!("cannot start threads: {error}"),
            "close other programs, or raise the limit on threads, and try again",
        )),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output.print_failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
