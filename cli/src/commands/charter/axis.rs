//! `psephos charter axis`: the axis of an agenda from a pilot, computed or computed again.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use psephos_charter::agenda::Agenda;
use psephos_charter::axis::{Accuracy, AxisFile, measure_accuracy};
use psephos_charter::pilot::{PILOT_WARNING, Pilot};
use serde_json::json;

use super::inputs::{VoterArgs, read_agenda, read_axis, read_pilot, read_voters};
use crate::charter_failure::CharterFailure;
use crate::failure::{Failure, OK};
use crate::files;
use crate::format::{percent, thousands};
use crate::session::Session;
use crate::table::Table;

/// Arguments of `charter axis`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["out", "check"])))]
pub(crate) struct AxisArgs {
    /// Agenda
    #[arg(long, value_name = "FILE", default_value = "agenda.json")]
    agenda: PathBuf,
    /// Pilot: the answers of people drawn by lot
    #[arg(long, value_name = "FILE", default_value = "pilot.csv")]
    pilot: PathBuf,
    /// File to write the axis to
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Axis to compute again and compare
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Folder of an export with opinion groups: also show how many of its voters are in the camp of their group
    #[arg(long, value_name = "DIR")]
    polis: Option<PathBuf>,
    #[command(flatten)]
    voters: VoterArgs,
    /// Overwrite an existing file
    #[arg(long, requires = "out")]
    force: bool,
}

/// Runs the command.
pub(super) fn run(session: &Session, args: &AxisArgs) -> Result<u8, Failure> {
    if let Some(out) = args.out.as_deref().filter(|_| !args.force) {
        files::ensure_absent(out)?;
    }
    let agenda = read_agenda(&args.agenda)?;
    let pilot = read_pilot(&args.pilot)?;
    let axis = match args.check.as_deref() {
        Some(path) => check_axis(path, &agenda, &pilot)?,
        None => AxisFile::learn(&agenda, &pilot)
            .map_err(|error| CharterFailure::Learn { path: args.pilot.clone(), error })?,
    };
    let accuracy = match args.polis.as_deref() {
        Some(folder) => Some(measure(folder, &agenda, &axis, args.voters)?),
        None => None,
    };
    if let Some(out) = &args.out {
        files::write_file(out, axis.to_json().as_bytes(), args.force)?;
    }
    session.output().print_warning(PILOT_WARNING);
    show(session, args, &agenda, &axis, accuracy)?;
    Ok(OK)
}

/// Reads an axis and compares it with the one that follows from the pilot.
fn check_axis(path: &Path, agenda: &Agenda, pilot: &Pilot) -> Result<AxisFile, CharterFailure> {
    let axis = read_axis(path)?;
    axis.verify(agenda, pilot).map_err(|error| CharterFailure::Axis { path: path.to_owned(), error })?;
    Ok(axis)
}

fn measure(folder: &Path, agenda: &Agenda, axis: &AxisFile, args: VoterArgs) -> Result<Accuracy, CharterFailure> {
    let voters = read_voters(folder, agenda, args)?;
    let people = voters.iter().map(|voter| (voter.answers.as_slice(), voter.group));
    Ok(measure_accuracy(&axis.axis, people)?)
}

fn show(
    session: &Session,
    args: &AxisArgs,
    agenda: &Agenda,
    file: &AxisFile,
    accuracy: Option<Accuracy>,
) -> Result<(), Failure> {
    let axis = &file.axis;
    let measured = accuracy.map(|accuracy| {
        let Accuracy { agreeing, known } = accuracy;
        json!({ "agreeing": agreeing, "known": known, "basis_points": accuracy.basis_points() })
    });
    let path = args.out.as_ref().or(args.check.as_ref()).map(files::shown);
    let shown = json!({
        "file": path, "checked": args.check.is_some(), "agenda": file.agenda, "pilot": file.pilot,
        "threshold": axis.threshold(), "agree": axis.agree(), "disagree": axis.disagree(), "accuracy": measured,
    });
    session.output().print_result(&shown, || {
        let mut table = Table::new(&[">statement", ">agree", ">disagree", "text"]);
        let weights = axis.agree().iter().zip(axis.disagree());
        for (statement, (agree, disagree)) in agenda.statements().iter().zip(weights) {
            let (id, text) = (statement.id.to_string(), statement.text.clone());
            table.add_row([id, agree.to_string(), disagree.to_string(), text]);
        }
        let mut text = format!("{}\ncamp B has scores above {}\n", table.render(), axis.threshold());
        if let Some(accuracy) = accuracy {
            text.push_str(&describe_accuracy(accuracy));
        }
        text.push_str(&format!("agenda {}\npilot  {}\n", file.agenda, file.pilot));
        match (&args.out, &args.check) {
            (Some(out), _) => text.push_str(&format!("written to {}", out.display())),
            (None, Some(check)) => {
                text.push_str(&format!("✓ {} follows from this agenda and this pilot", check.display()));
            }
            (None, None) => {}
        }
        text
    })
}

fn describe_accuracy(accuracy: Accuracy) -> String {
    let [agreeing, known] = [accuracy.agreeing, accuracy.known].map(|number| number as u64);
    match known {
        0 => "the export has no opinion groups to compare the camps with\n".into(),
        _ => format!(
            "{} of {} voters of the export ({}) are in the camp of their opinion group\n",
            thousands(agreeing),
            thousands(known),
            percent(agreeing, known)
        ),
    }
}
