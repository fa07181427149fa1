//! The export of a Polis conversation: `comments.csv` has its statements, `participants-votes.csv` a row of answers a
//! participant.
//!
//! Columns are found by their names, in any order; quoted fields and floating-point numbers (`1.0`) are read. What an
//! import changes or leaves out is listed as notices, what it cannot read is an error that names file, line and remedy.
//!
//! Source: the exports of pol.is, as published in the repository `compdemocracy/openData`.

mod comments;
mod encoding;
mod error;
mod notice;
mod table;
#[cfg(test)]
mod tests;
mod votes;

use std::io::Read;

pub use error::{Encoding, LineError, PolisError};
pub use notice::Notice;

use crate::answers::Row;

/// Greatest size of `comments.csv` in bytes.
pub const MAX_COMMENTS_BYTES: usize = 64 << 20;
/// Greatest size of `participants-votes.csv` in bytes.
pub const MAX_VOTES_BYTES: usize = 256 << 20;

/// A file of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolisFile {
    /// `comments.csv`.
    Comments,
    /// `participants-votes.csv`.
    Votes,
}

impl PolisFile {
    /// Returns its name within the export's folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comments => "comments.csv",
            Self::Votes => "participants-votes.csv",
        }
    }

    /// Returns its greatest size in bytes.
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Comments => MAX_COMMENTS_BYTES,
            Self::Votes => MAX_VOTES_BYTES,
        }
    }
}

/// A statement of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its number, `comment-id`.
    pub id: u64,
    /// Its text, in one line ([`crate::text::normalise_text`]).
    pub text: String,
    /// The moderators' decision: -1 rejected, 0 none, 1 accepted. 0 if the export does not say.
    pub moderated: i8,
}

/// A participant of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Its number.
    pub id: u64,
    /// The opinion group in which Polis puts it; none if it answered too little.
    pub group: Option<u64>,
    /// Its answers, in the order of [`Export::statements`].
    pub answers: Row,
}

/// An export of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The statements that can be used, by ascending number.
    pub statements: Vec<Statement>,
    /// The participants, in the order of the file.
    pub participants: Vec<Participant>,
    /// What was changed or left out.
    pub notices: Vec<Notice>,
}

/// Reads an export from the contents of its two files.
///
/// # Errors
/// [`PolisError`], which names the file, the line where there is one, and what to do.
pub fn read_export(comments: impl Read, votes: impl Read) -> Result<Export, PolisError> {
    let comments = encoding::read_text(PolisFile::Comments, comments)?;
    let votes = encoding::read_text(PolisFile::Votes, votes)?;
    parse_export(&comments, &votes)
}

/// Parses an export from the text of its two files. A byte order mark must not be in it.
///
/// # Errors
/// As [`read_export`].
pub fn parse_export(comments: &str, votes: &str) -> Result<Export, PolisError> {
    let mut notices = Vec::new();
    let (statements, left_out) = comments::parse_comments(comments, &mut notices)?;
    let participants = votes::parse_votes(votes, &statements, &left_out, &mut notices)?;
    Ok(Export { statements, participants, notices })
}
