//! The files that commands of `charter` read, and the options that say which people of an export are voters.

use std::fs::File;
use std::path::Path;

use clap::Args;
use psephos_charter::MAX_STATEMENTS;
use psephos_charter::agenda::{Agenda, MAX_AGENDA_BYTES, SelectionOptions, Voter, select_voters};
use psephos_charter::axis::{AxisFile, MAX_AXIS_BYTES};
use psephos_charter::pilot::{Pilot, PilotError};
use psephos_charter::polis::{Export, PolisError, PolisFile, read_export};
use psephos_client::files;

use crate::charter_failure::CharterFailure;

/// Which participants of an export are voters.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct VoterArgs {
    /// Answers to moderated statements from which a participant is a voter
    #[arg(long, value_name = "N", default_value_t = 7)]
    min_answers: usize,
    /// Statements that count: 1 those that moderators accepted, 0 those that they did not reject, -1 all
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true,
        value_parser = clap::value_parser!(i8).range(-1..=1))]
    moderated: i8,
}

impl VoterArgs {
    /// Returns the options for an agenda of at most `statements` statements.
    pub(super) fn to_options(self, statements: usize) -> SelectionOptions {
        SelectionOptions { statements, least_moderation: self.moderated, least_answers: self.min_answers }
    }
}

/// Reads the export in a folder.
pub(super) fn read_polis(folder: &Path) -> Result<Export, CharterFailure> {
    let open = |file: PolisFile| File::open(folder.join(file.name())).map_err(|source| PolisError::Io { file, source });
    let read = || read_export(open(PolisFile::Comments)?, open(PolisFile::Votes)?);
    read().map_err(|error| CharterFailure::Polis { folder: folder.to_owned(), error })
}

/// Reads the export in a folder, and returns its voters on an agenda in the order of the lot.
pub(super) fn read_voters(folder: &Path, agenda: &Agenda, args: VoterArgs) -> Result<Vec<Voter>, CharterFailure> {
    let export = read_polis(folder)?;
    select_voters(&export, agenda, &args.to_options(MAX_STATEMENTS))
        .map_err(|error| CharterFailure::Selection { folder: folder.to_owned(), error })
}

/// Reads an agenda.
pub(super) fn read_agenda(path: &Path) -> Result<Agenda, CharterFailure> {
    let text = read_text(path, MAX_AGENDA_BYTES)?;
    Agenda::parse_json(&text).map_err(|error| CharterFailure::Agenda { path: path.to_owned(), error })
}

/// Reads a pilot.
pub(super) fn read_pilot(path: &Path) -> Result<Pilot, CharterFailure> {
    let refuse = |error| CharterFailure::Pilot { path: path.to_owned(), error };
    let file = File::open(path).map_err(|error| refuse(PilotError::Io(error)))?;
    Pilot::read_csv(file).map_err(refuse)
}

/// Reads an axis.
pub(super) fn read_axis(path: &Path) -> Result<AxisFile, CharterFailure> {
    let text = read_text(path, MAX_AXIS_BYTES)?;
    AxisFile::parse_json(&text).map_err(|error| CharterFailure::Axis { path: path.to_owned(), error })
}

/// Reads UTF-8 text of at most `max` bytes. Some editors put a byte order mark in front of it.
pub(crate) fn read_text(path: &Path, max: usize) -> Result<String, CharterFailure> {
    let text = files::read_text(path, max)?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        voters: VoterArgs,
    }

    #[test]
    fn defaults_are_those_of_the_selection() {
        let line = Line::parse_from(["test"]);
        assert_eq!(line.voters.to_options(MAX_STATEMENTS), SelectionOptions::default());
        assert_eq!(Line::parse_from(["test", "--moderated", "-1"]).voters.moderated, -1);
        assert!(Line::try_parse_from(["test", "--moderated", "2"]).is_err());
    }
}
