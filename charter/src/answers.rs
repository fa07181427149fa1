//! Answers to statements: agree, disagree, pass, or not seen.

mod draft;
mod file;

pub use draft::{DRAFT_BYTES, DraftError, pack_draft, unpack_draft};
pub use file::{ANSWERS_VERSION, AnswersFileError, MAX_ANSWERS_BYTES, parse_answers, write_answers};

use serde::{Deserialize, Serialize};

use crate::text::truncate;

/// A voter's answer to a statement that it has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It agrees.
    Agree,
    /// It disagrees.
    Disagree,
    /// It neither agrees nor disagrees. A sheet does not tell this from a statement that was not seen.
    Pass,
}

/// A voter's answers, one a statement of the agenda and in its order; `None` where the statement was not seen.
pub type Row = Vec<Option<Answer>>;

/// A cell that is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no answer: write 1 for agree, -1 for disagree, 0 for pass, or leave the cell empty if it was not seen"
)]
pub struct InvalidAnswer(String);

impl Answer {
    /// Returns the number that stands for it: 1, -1 or 0.
    pub fn to_number(self) -> i8 {
        match self {
            Self::Agree => 1,
            Self::Disagree => -1,
            Self::Pass => 0,
        }
    }
}

/// Parses a cell of a table: `1`, `-1`, `0` or empty, also as the floating-point numbers that spreadsheets write
/// (`1.0`).
///
/// # Errors
/// [`InvalidAnswer`] for everything else.
pub fn parse_answer(cell: &str) -> Result<Option<Answer>, InvalidAnswer> {
    let trimmed = cell.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, trimmed),
    };
    match (parse_integer(digits), negative) {
        (Some(0), _) => Ok(Some(Answer::Pass)),
        (Some(1), false) => Ok(Some(Answer::Agree)),
        (Some(1), true) => Ok(Some(Answer::Disagree)),
        _ => Err(InvalidAnswer(truncate(cell))),
    }
}

/// Parses an integer without a sign, also as the floating-point number of that value (`12.0`).
pub(crate) fn parse_integer(text: &str) -> Option<u64> {
    let text = text.trim();
    let integer = match text.split_once('.') {
        Some((integer, fraction)) if fraction.bytes().all(|digit| digit == b'0') => integer,
        Some(_) => return None,
        None => text,
    };
    let is_number = !integer.is_empty() && integer.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { integer.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_are_answers() {
        for (cell, expected) in [
            ("1", Some(Answer::Agree)),
            (" 1.0 ", Some(Answer::Agree)),
            ("-1", Some(Answer::Disagree)),
            ("-1.00", Some(Answer::Disagree)),
            ("0", Some(Answer::Pass)),
            ("0.0", Some(Answer::Pass)),
            ("", None),
            ("  ", None),
        ] {
            assert_eq!(parse_answer(cell), Ok(expected), "{cell:?}");
        }
    }

    #[test]
    fn other_cells_are_rejected() {
        for cell in ["2", "-2", "0.5", "agree", "+1", "1e0", "--1", "-", ".", "١"] {
            assert!(parse_answer(cell).is_err(), "{cell:?}");
        }
    }
}
