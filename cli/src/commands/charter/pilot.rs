//! `psephos charter pilot`: a pilot from an export, for demonstrations.

use std::path::PathBuf;

use clap::Args;
use psephos_charter::pilot::Pilot;
use serde_json::json;

use super::inputs::{VoterArgs, read_agenda, read_voters};
use crate::charter_failure::CharterFailure;
use crate::failure::{Failure, OK};
use crate::files;
use crate::format::thousands;
use crate::session::Session;

/// What a pilot from an export is not.
const NO_REAL_PILOT: &str = "this pilot is drawn from people who came to a conversation: it is for demonstrations and \
                             for exports. The pilot of a poll is drawn by lot among all members";

/// Arguments of `charter pilot`.
#[derive(Debug, Args)]
pub(crate) struct PilotArgs {
    /// Folder of the export from which the agenda was made
    #[arg(long, value_name = "DIR")]
    polis: PathBuf,
    /// Agenda
    #[arg(long, value_name = "FILE", default_value = "agenda.json")]
    agenda: PathBuf,
    #[command(flatten)]
    voters: VoterArgs,
    /// Number of people, at least 30
    #[arg(long, value_name = "N", default_value_t = 200)]
    size: usize,
    /// File to write the pilot to
    #[arg(long, value_name = "FILE", default_value = "pilot.csv")]
    out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(super) fn run(session: &Session, args: &PilotArgs) -> Result<u8, Failure> {
    if !args.force {
        files::ensure_absent(&args.out)?;
    }
    let agenda = read_agenda(&args.agenda)?;
    let mut voters = read_voters(&args.polis, &agenda, args.voters)?;
    let all = voters.len();
    if all < args.size {
        return Err(CharterFailure::FewVoters { voters: all, size: args.size }.into());
    }
    voters.truncate(args.size);
    let rows = voters.into_iter().map(|voter| voter.answers);
    let pilot = Pilot::new(rows.collect()).map_err(|error| CharterFailure::Pilot { path: args.out.clone(), error })?;
    files::write_file(&args.out, pilot.to_csv().as_bytes(), args.force)?;
    session.output().print_warning(NO_REAL_PILOT);
    let shown = json!({
        "file": files::shown(&args.out), "pilot": pilot.hash(), "agenda": agenda.hash(), "people": args.size,
        "voters": all, "statements": agenda.len(), "real": false,
    });
    session.output().print_result(&shown, || {
        format!(
            "{} people, drawn by lot from {} voters\nPilot {}\nwritten to {}",
            args.size,
            thousands(all as u64),
            pilot.hash(),
            args.out.display()
        )
    })?;
    Ok(OK)
}
