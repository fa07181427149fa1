//! `psephos charter import`: from the export of a Polis conversation to an agenda.

use std::path::PathBuf;

use clap::Args;
use psephos_charter::MAX_STATEMENTS;
use psephos_charter::agenda::{Selection, select_agenda};
use psephos_charter::polis::Export;
use serde_json::json;

use super::inputs::{VoterArgs, read_polis};
use super::notices::{describe_notices, list_notices};
use crate::charter_failure::CharterFailure;
use crate::failure::{Failure, OK};
use crate::files;
use crate::format::thousands;
use crate::session::Session;
use crate::table::Table;

/// Arguments of `charter import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Folder of the export, with comments.csv and participants-votes.csv
    #[arg(long, value_name = "DIR")]
    polis: PathBuf,
    /// Greatest number of statements, 1 to 40
    #[arg(long, value_name = "N", default_value_t = MAX_STATEMENTS as u64,
        value_parser = clap::value_parser!(u64).range(1..=MAX_STATEMENTS as u64))]
    statements: u64,
    #[command(flatten)]
    voters: VoterArgs,
    /// File to write the agenda to
    #[arg(long, value_name = "FILE", default_value = "agenda.json")]
    out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(super) fn run(session: &Session, args: &ImportArgs) -> Result<u8, Failure> {
    if !args.force {
        files::ensure_absent(&args.out)?;
    }
    let export = read_polis(&args.polis)?;
    let options = args.voters.to_options(usize::try_from(args.statements).unwrap_or(MAX_STATEMENTS));
    let selection = select_agenda(&export, &options)
        .map_err(|error| CharterFailure::Selection { folder: args.polis.clone(), error })?;
    files::write_file(&args.out, selection.agenda.to_json().as_bytes(), args.force)?;
    show(session, args, &export, &selection)?;
    Ok(OK)
}

fn show(session: &Session, args: &ImportArgs, export: &Export, selection: &Selection) -> Result<(), Failure> {
    let Selection { agenda, voters, repeated } = selection;
    let passed_over = repeated.iter().map(|(id, first)| json!({ "statement": id, "same_text_as": first }));
    let shown = json!({
        "file": files::shown(&args.out), "agenda": agenda.hash(), "statements": agenda.statements(),
        "voters": voters.len(), "export_statements": export.statements.len(),
        "export_participants": export.participants.len(), "repeated": passed_over.collect::<Vec<_>>(),
        "notices": list_notices(&export.notices),
    });
    session.output().print_result(&shown, || {
        let mut table = Table::new(&[">place", ">statement", "text"]);
        for (place, statement) in (1_usize..).zip(agenda.statements()) {
            table.add_row([place.to_string(), statement.id.to_string(), statement.text.clone()]);
        }
        let mut text = format!("{}\n", table.render());
        text.push_str(&format!(
            "Kept {} of {} statements, and {} of {} participants as voters\n",
            agenda.len(),
            export.statements.len(),
            thousands(voters.len() as u64),
            thousands(export.participants.len() as u64),
        ));
        if !repeated.is_empty() {
            let list: Vec<String> = repeated.iter().map(|(id, first)| format!("{id} (as {first})")).collect();
            text.push_str(&format!("repeated, passed over: {}\n", list.join(", ")));
        }
        text.push_str(&describe_notices(&export.notices));
        text.push_str(&format!("Agenda {}\nwritten to {}", agenda.hash(), args.out.display()));
        text
    })
}
