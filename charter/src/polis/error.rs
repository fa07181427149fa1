//! Why an export cannot be read.

use std::{fmt, io};

use super::PolisFile;
use crate::answers::InvalidAnswer;

/// An encoding other than UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, least significant byte first, as "Unicode text" of spreadsheets.
    Utf16LittleEndian,
    /// UTF-16, most significant byte first.
    Utf16BigEndian,
    /// Latin-1 (ISO 8859-1) or its superset Windows-1252: single bytes above 0x7f.
    Latin1,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16LittleEndian => "UTF-16 (little-endian)",
            Self::Utf16BigEndian => "UTF-16 (big-endian)",
            Self::Latin1 => "Latin-1 or Windows-1252",
        })
    }
}

/// An export that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PolisError {
    /// A file could not be read.
    #[error("{}: {source}", file.name())]
    Io {
        /// The file.
        file: PolisFile,
        /// The reason.
        source: io::Error,
    },
    /// A file is too large.
    #[error("{} is larger than {} bytes, the maximum: check that it is the right file", file.name(), file.max_bytes())]
    TooLarge {
        /// The file.
        file: PolisFile,
    },
    /// A file is not UTF-8.
    #[error("{}, line {line}: the text is not UTF-8, but looks like {encoding}: save the file as UTF-8", file.name())]
    Encoding {
        /// The file.
        file: PolisFile,
        /// The first line with other bytes, from 1.
        line: u64,
        /// What it looks like.
        encoding: Encoding,
    },
    /// A file has no header, or no row below it.
    #[error("{} has no rows: export the conversation again", file.name())]
    Empty {
        /// The file.
        file: PolisFile,
    },
    /// A column is missing.
    #[error(
        "{}, line 1: there is no column `{column}`, only {found}: export the conversation again, or add the column",
        file.name()
    )]
    MissingColumn {
        /// The file.
        file: PolisFile,
        /// The column's name.
        column: &'static str,
        /// The first columns that there are.
        found: String,
    },
    /// The columns are separated by another character than a comma.
    #[error("{}, line 1: the columns are separated by `{separator}`: save the file with commas", file.name())]
    Separator {
        /// The file.
        file: PolisFile,
        /// The other character.
        separator: char,
    },
    /// Two columns have one name, or are of one statement.
    #[error("{}, line 1: there are two columns `{column}`: remove one of them", file.name())]
    DuplicateColumn {
        /// The file.
        file: PolisFile,
        /// The name.
        column: String,
    },
    /// No column of the votes is of a statement of `comments.csv`.
    #[error(
        "participants-votes.csv, line 1: no column is of a statement of comments.csv: take both files from one export"
    )]
    NoStatements,
    /// A line cannot be read.
    #[error("{}, line {line}: {error}", file.name())]
    Line {
        /// The file.
        file: PolisFile,
        /// The line on which the row begins, from 1.
        line: u64,
        /// What is wrong with it.
        error: LineError,
    },
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It has another number of fields than the header.
    #[error("it has {actual} fields, the header has {expected}: quote fields that contain commas")]
    Fields {
        /// Number of the header's fields.
        expected: usize,
        /// Number of the line's fields.
        actual: usize,
    },
    /// A quoted field does not end.
    #[error("a quoted field that begins here does not end before the file does: close it with a quotation mark")]
    OpenQuote,
    /// A number is none.
    #[error("`{value}` in column `{column}` is no number: write digits only")]
    NoNumber {
        /// The column.
        column: &'static str,
        /// What is there.
        value: String,
    },
    /// The moderators' decision is none.
    #[error("`{0}` in column `moderated` is no decision: write 1 for accepted, -1 for rejected, 0 for none")]
    Moderation(String),
    /// A cell of a statement is no answer.
    #[error("in the column of statement {statement}: {error}")]
    Answer {
        /// The statement's number.
        statement: u64,
        /// What is wrong.
        error: InvalidAnswer,
    },
    /// A number occurs twice.
    #[error("{what} {id} is on line {first} already: keep one of the two")]
    Duplicate {
        /// "statement" or "participant".
        what: &'static str,
        /// The number.
        id: u64,
        /// The line where it is first.
        first: u64,
    },
    /// The line is not CSV.
    #[error("the line is not CSV: {0}")]
    Csv(String),
}
