//! What an import changed or left out, for people to read.

use std::fmt;

use super::PolisFile;
use crate::text::{Changes, TextError};

/// Something that an import changed or left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A column that not every export has is missing.
    MissingColumn {
        /// The file.
        file: PolisFile,
        /// The column.
        column: &'static str,
    },
    /// A statement's text was changed: it is then not byte for byte what participants of the conversation saw.
    ChangedText {
        /// The statement's number.
        statement: u64,
        /// Its line in `comments.csv`, from 1.
        line: u64,
        /// What was changed.
        changes: Changes,
    },
    /// A statement cannot be on an agenda and was left out, with its answers.
    LeftOut {
        /// The statement's number.
        statement: u64,
        /// Its line in `comments.csv`, from 1.
        line: u64,
        /// Why.
        reason: TextError,
    },
    /// Columns of statements that `comments.csv` does not know were left out, with their answers.
    UnknownStatements(Vec<u64>),
    /// Statements have no column of answers.
    WithoutAnswers(Vec<u64>),
    /// Columns with other names than those of an export were ignored.
    IgnoredColumns(Vec<String>),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingColumn { file, column } => {
                let effect = match *column {
                    "moderated" => "every statement counts as not moderated",
                    _ => "how well an axis agrees with the groups of Polis cannot be measured",
                };
                write!(f, "{} has no column `{column}`: {effect}", file.name())
            }
            Self::ChangedText { statement, line, changes } => {
                let done = [
                    (changes.line_breaks, "line breaks became spaces"),
                    (changes.characters, "characters that are invisible or reorder text were removed"),
                    (changes.normalised, "it was brought into Unicode's normalisation form C"),
                ];
                let done: Vec<&str> = done.iter().filter(|(did, _)| *did).map(|(_, what)| *what).collect();
                write!(
                    f,
                    "comments.csv, line {line}: the text of statement {statement} was changed: {}",
                    done.join(", ")
                )
            }
            Self::LeftOut { statement, line, reason } => {
                write!(f, "comments.csv, line {line}: statement {statement} is left out: {reason}")
            }
            Self::UnknownStatements(ids) => write!(
                f,
                "participants-votes.csv: answers to {} are left out: comments.csv does not have the text",
                list(ids)
            ),
            Self::WithoutAnswers(ids) => {
                write!(f, "participants-votes.csv has no column for {}: they count as not answered", list(ids))
            }
            Self::IgnoredColumns(names) => {
                write!(f, "participants-votes.csv: ignored the columns {}", names.join(", "))
            }
        }
    }
}

/// Lists the first statements.
fn list(ids: &[u64]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = ids.iter().take(SHOWN).map(u64::to_string).collect();
    let rest = ids.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("the statements {}{more}", shown.join(", "))
}
