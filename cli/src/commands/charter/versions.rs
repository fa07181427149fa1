//! `psephos charter show` of the chain, and `psephos charter export`: the versions of the charter.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use psephos_charter::charter::{Charter, PrincipleTotals, export_jsonl, export_markdown};
use psephos_charter::outcome::ChamberTotals;
use psephos_client::ChainState;
use psephos_client::sheets::{charter_from_version, read_sheet_text, sheet_totals};
use psephos_state::CharterVersion;
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::files;
use crate::format::plural;
use crate::session::Session;
use crate::table::Table;
use crate::times::format_time;

/// Arguments of `charter export`.
#[derive(Debug, Args)]
pub(crate) struct ExportVersionArgs {
    /// Version number (default: the version in force)
    #[arg(long, value_name = "N")]
    version: Option<u64>,
    /// Markdown for a prompt, or a line of JSON for each principle, with its totals
    #[arg(long, value_name = "FORMAT", default_value = "md")]
    format: ExportFormat,
    /// File to write (default: standard output)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "out")]
    force: bool,
}

/// The form of an exported charter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// Markdown, which `psephos charter check` checks
    Md,
    /// A line of JSON for each principle
    Jsonl,
}

/// Shows the versions of the charter, and lists the sheet polls.
pub(super) fn show_versions(session: &Session, state: &ChainState) -> Result<u8, Failure> {
    let live = state.live_charter().map(|(number, _)| number);
    let versions = state.charters.iter().map(|(number, version)| version_to_json(state, *number, version));
    let sheets = state.sheets.iter().map(|(number, entry)| {
        let question = read_sheet_text(*number, entry).ok().map(|text| text.question);
        let sheets: usize = entry.chambers.values().map(|chamber| chamber.latest.len()).sum();
        json!({ "sheet": number, "question": question, "state": entry.state_at(state.time), "sheets": sheets })
    });
    let (versions, sheets): (Vec<Value>, Vec<Value>) = (versions.collect(), sheets.collect());
    let shown = json!({ "live": live, "versions": versions, "sheets": sheets });
    session.output().print_result(&shown, || {
        let mut text = String::new();
        for (&number, version) in &state.charters {
            text.push_str(&describe_version(state, number, version, live));
            text.push('\n');
        }
        if state.charters.is_empty() {
            text.push_str("No version of the charter was enacted yet.\n\n");
        }
        let mut table = Table::new(&[">sheet poll", "question", "state", ">sheets"]);
        for sheet in &sheets {
            let cell = |name: &str| match &sheet[name] {
                Value::String(text) => text.clone(),
                Value::Null => "(not shown)".into(),
                other => other.to_string(),
            };
            table.add_row(["sheet", "question", "state", "sheets"].map(cell));
        }
        text + &if table.is_empty() { "There are no sheet polls yet.".into() } else { table.render() }
    })?;
    Ok(OK)
}

fn version_to_json(state: &ChainState, number: u64, version: &CharterVersion) -> Value {
    let valid = charter_from_version(state, number);
    let principles = version.principles().map(|(place, text)| json!({ "statement": place + 1, "text": text }));
    json!({
        "version": number, "hash": version.charter_hash, "parent": version.parent, "sheet": version.sheet,
        "stage": version.stage, "expires": version.expires_at, "expired": state.time > version.expires_at,
        "model": version.model_hash, "policy": version.policy_hash, "root": version.root,
        "principles": principles.collect::<Vec<_>>(), "problem": valid.err().map(|error| error.to_string()),
    })
}

fn describe_version(state: &ChainState, number: u64, version: &CharterVersion, live: Option<u64>) -> String {
    let in_force = if live == Some(number) { ", in force" } else { "" };
    let until = if state.time > version.expires_at { "expired" } else { "expires" };
    let mut text = format!(
        "Version {number}: {}{in_force}\n  hash      {}\n  {until}   {}\n  adopted by sheet poll {}\n",
        version.stage,
        version.charter_hash,
        format_time(version.expires_at),
        version.sheet
    );
    if let Err(error) = charter_from_version(state, number) {
        text.push_str(&format!("  NOT A CHARTER: {error}\n"));
    }
    let mut table = Table::new(&[">statement", "principle"]);
    for (place, principle) in version.principles() {
        table.add_row([(place + 1).to_string(), principle.to_owned()]);
    }
    text + &table.render()
}

/// Runs `charter export`.
pub(super) async fn export(session: &Session, args: &ExportVersionArgs) -> Result<u8, Failure> {
    if let Some(out) = args.out.as_deref().filter(|_| !args.force) {
        files::ensure_absent(out)?;
    }
    let state = session.read_state().await?;
    let number = match args.version {
        Some(number) if state.charters.contains_key(&number) => number,
        Some(number) => {
            let versions = plural(state.charters.len() as u64, "version");
            return Err(Failure::invalid_input(
                format!("there is no version {number} of the charter: it has {versions}, numbered from 1"),
                "`psephos charter show` lists them",
            ));
        }
        None => state.live_charter().map(|(number, _)| number).ok_or_else(|| {
            Failure::chain_refusal(
                "no version of the charter is in force",
                "name one with --version N: `psephos charter show` lists them",
            )
        })?,
    };
    let charter = charter_from_version(&state, number)?;
    let text = match args.format {
        ExportFormat::Md => export_markdown(&charter),
        ExportFormat::Jsonl => export_jsonl(&charter, &totals_of(&state, number, &charter)?),
    };
    let Some(out) = &args.out else {
        let shown = json!({ "version": number, "hash": charter.hash(), "text": text });
        session.output().print_result(&shown, || text.trim_end_matches('\n').to_owned())?;
        return Ok(OK);
    };
    files::write_file(out, text.as_bytes(), args.force)?;
    let shown = json!({ "version": number, "hash": charter.hash(), "file": files::shown(out) });
    session.output().print_result(&shown, || {
        format!("Version {number} of the charter, hash {}\nwritten to {}", charter.hash(), out.display())
    })?;
    Ok(OK)
}

/// Returns the totals of each principle, of all tallied chambers in the order in which the sheet poll lists them.
fn totals_of(state: &ChainState, number: u64, charter: &Charter) -> Result<Vec<PrincipleTotals>, Failure> {
    let Some(version) = state.charters.get(&number) else { return Ok(Vec::new()) };
    let entry = state.sheet(version.sheet)?;
    let totals = sheet_totals(entry)?;
    let listed = entry.parameters.chambers.iter().filter_map(|rule| totals.get(&rule.chamber).cloned());
    let chambers: Vec<ChamberTotals> = listed.collect();
    Ok(charter.principles().iter().map(|principle| PrincipleTotals::of(&chambers, principle.index)).collect())
}
