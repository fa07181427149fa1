//! Failures of `psephos charter`: exit codes and hints for what is in files of agendas, pilots, axes and charters.

use std::path::PathBuf;

use psephos_charter::agenda::{AgendaFileError, SelectionError};
use psephos_charter::answers::{AnswersFileError, DraftError};
use psephos_charter::axis::{AxisError, AxisFileError, LearnError};
use psephos_charter::charter::CheckError;
use psephos_charter::outcome::{CountError, OutcomeError};
use psephos_charter::pilot::PilotError;
use psephos_charter::polis::PolisError;
use psephos_client::files::FileError;

use crate::client_failure::file_code;
use crate::failure::{CHECK_FAILED, Failure, INPUT, MACHINE};

/// What is wrong with an input of `psephos charter`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CharterFailure {
    /// A file cannot be read, or is no text.
    #[error(transparent)]
    File(#[from] FileError),
    /// An export cannot be read.
    #[error("{}: {error}", folder.display())]
    Polis {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        error: PolisError,
    },
    /// No agenda or no voters follow from an export.
    #[error("{}: {error}", folder.display())]
    Selection {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        error: SelectionError,
    },
    /// There are fewer voters than a pilot is to have.
    #[error("the export has {voters} voters on this agenda, and a pilot of {size} people is asked for")]
    FewVoters {
        /// The number of voters.
        voters: usize,
        /// The size of the pilot.
        size: usize,
    },
    /// A file is no agenda.
    #[error("{}: {error}", path.display())]
    Agenda {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: AgendaFileError,
    },
    /// A file is no pilot.
    #[error("{}: {error}", path.display())]
    Pilot {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: PilotError,
    },
    /// No axis follows from a pilot.
    #[error("{}: {error}", path.display())]
    Learn {
        /// The pilot's file.
        path: PathBuf,
        /// Why.
        error: LearnError,
    },
    /// A file is no axis, or not the one of this agenda and pilot.
    #[error("{}: {error}", path.display())]
    Axis {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: AxisFileError,
    },
    /// Answers are to another number of statements than the axis.
    #[error(transparent)]
    Camp(#[from] AxisError),
    /// Answers cannot be counted.
    #[error(transparent)]
    Count(#[from] CountError),
    /// There is no outcome.
    #[error(transparent)]
    Outcome(#[from] OutcomeError),
    /// A document that is shown holds no charter.
    #[error("{}: {error}", path.display())]
    Document {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: CheckError,
    },
    /// A document does not hold the charter in force, unchanged.
    #[error("{}: {error}", path.display())]
    Check {
        /// The file.
        path: PathBuf,
        /// What differs.
        error: CheckError,
    },
    /// No version of the charter is in force.
    #[error("no version of the charter is in force: no prompt is the right one")]
    NoneInForce,
    /// A file is none of answers to the agenda.
    #[error("{}: {error}", path.display())]
    Answers {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: AnswersFileError,
    },
    /// A draft is not one of answers to the agenda.
    #[error("{}: {error}", path.display())]
    Draft {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: DraftError,
    },
    /// A draft is of another agenda.
    #[error("{} is a draft of answers to the agenda {stated}, not to {actual}", path.display())]
    OtherDraft {
        /// The file.
        path: PathBuf,
        /// The agenda hash in the draft.
        stated: String,
        /// The agenda's hash.
        actual: String,
    },
}

impl From<CharterFailure> for Failure {
    fn from(failure: CharterFailure) -> Self {
        Self::Charter(Box::new(failure))
    }
}

impl CharterFailure {
    /// Returns the exit code: 1 if a check says no, 2 for a file that is invalid or of another agenda or pilot.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::File(error) => file_code(error),
            Self::Polis { error: PolisError::Io { source, .. }, .. }
            | Self::Pilot { error: PilotError::Io(source), .. }
                if source.kind() != std::io::ErrorKind::NotFound =>
            {
                MACHINE
            }
            Self::NoneInForce | Self::Check { .. } | Self::Axis { error: AxisFileError::Differs { .. }, .. } => {
                CHECK_FAILED
            }
            _ => INPUT,
        }
    }

    /// Returns what to do.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::File(FileError::NotText { .. }) => "save it as UTF-8 text, or take the file that was published",
            Self::File(FileError::TooLarge { .. }) => "take the file that `psephos charter` wrote",
            Self::File(_) => "check the path and the permissions",
            Self::Polis { error, .. } => polis_hint(error),
            Self::Selection { error: SelectionError::Unknown { .. } | SelectionError::OtherText { .. }, .. } => {
                "`psephos charter import` makes the agenda of this export; nothing was written"
            }
            Self::Selection { .. } => "choose other values of --min-answers, --moderated and --statements",
            Self::FewVoters { .. } => "choose a smaller --size, or fewer answers with --min-answers",
            Self::Agenda { .. } => "take the agenda that was published; `psephos charter import` writes one anew",
            Self::Pilot { .. } => {
                "a pilot has a line a person and a column a statement: 1, -1, 0 or nothing, separated by commas"
            }
            Self::Learn { .. } => "`psephos charter pilot` draws a pilot of this agenda",
            Self::Axis { error, .. } => axis_hint(error),
            Self::Outcome(OutcomeError::Theta(_)) => {
                "name a part between a half and the whole with --theta BASIS_POINTS"
            }
            Self::Camp(_) | Self::Count(_) | Self::Outcome(_) => "take agenda, pilot and axis of one poll",
            Self::Document { .. } => "take the document that was exported, unchanged",
            Self::Check { error: CheckError::NotLive { .. }, .. } => {
                "do not serve a model with it: take the document of the charter in force"
            }
            Self::Check { .. } => "do not serve a model with it: take the exported document, unchanged",
            Self::NoneInForce => {
                "`psephos charter show` lists the versions; compare with one of them by its hash with --hash HASH"
            }
            Self::Answers { .. } => "`psephos charter answer` asks for them one by one",
            Self::Draft { .. } | Self::OtherDraft { .. } => {
                "move the draft away, or name another file with --out; nothing was changed"
            }
        }
    }
}

fn polis_hint(error: &PolisError) -> &'static str {
    match error {
        PolisError::Io { .. } => "name the folder of an export: it has comments.csv and participants-votes.csv",
        PolisError::Encoding { .. } => "in a spreadsheet, choose the format CSV UTF-8; nothing was written",
        PolisError::TooLarge { .. } | PolisError::Empty { .. } => {
            "take the files as Polis exports them; nothing was written"
        }
        _ => "correct the file, or take it as Polis exports it; nothing was written",
    }
}

fn axis_hint(error: &AxisFileError) -> &'static str {
    match error {
        AxisFileError::Agenda { .. } | AxisFileError::Length { .. } => "take the axis and the agenda of one poll",
        AxisFileError::Pilot { .. } => "take the pilot from which the axis was made: its hash is in the axis",
        AxisFileError::Differs { .. } => {
            "do not use this axis: it divides other voters than its pilot says; --out FILE writes the one that follows"
        }
        _ => "take the axis that was published; `psephos charter axis` computes it anew",
    }
}
