//! `psephos completions` and `psephos man`: what a shell and a reader of manuals want, made from the command line
//! itself.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde_json::json;

use crate::args::CommandLine;
use crate::failure::{Failure, OK};
use crate::session::Session;

/// The name of the command.
const NAME: &str = "psephos";

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder to write the pages to, one for each command; created if it does not exist
    #[arg(long, value_name = "DIR", default_value = "man")]
    out: PathBuf,
}

/// Prints the completions of a shell, for the file that it reads them from.
pub(crate) fn print_completions(session: &Session, args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut CommandLine::command(), NAME, &mut script);
    let script = String::from_utf8_lossy(&script);
    session
        .output()
        .print_result(&json!({ "shell": args.shell.to_string(), "script": script }), || script.to_string())?;
    Ok(OK)
}

/// Writes the manual pages.
pub(crate) fn write_manual(session: &Session, args: &ManArgs) -> Result<u8, Failure> {
    let failed = |error: std::io::Error| Failure::unwritable_file(&args.out, &error);
    std::fs::create_dir_all(&args.out).map_err(failed)?;
    clap_mangen::generate_to(CommandLine::command(), &args.out).map_err(failed)?;
    session.output().print_result(&json!({ "folder": args.out }), || {
        format!("Manual pages written to {0}\nread them with `man -l {0}/{NAME}.1`", args.out.display())
    })?;
    Ok(OK)
}
