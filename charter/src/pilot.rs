//! A pilot: people drawn by lot who publish their answers, so that anyone can recompute the axis.
//!
//! File: CSV without a header, a row a person in the order of the lot, a column a statement in the order of the agenda;
//! `1`, `-1`, `0` or empty. The canonical form has no spaces or quotes and a line feed after each row; its hash is
//! bound into the axis of a sheet poll.

use std::io::Read;

use csv::ReaderBuilder;

use crate::{
    MAX_STATEMENTS,
    answers::{InvalidAnswer, Row, parse_answer},
    hash::Hash32,
};

/// What a person who makes an axis must know, for a program to show.
pub const PILOT_WARNING: &str = "a pilot must be drawn by lot among all members: of the first to come, or of \
                                 volunteers, many think alike, and the axis then divides others than the camps";

/// Least number of people of a pilot.
pub const MIN_PILOT: usize = 30;
/// Greatest size of a pilot's file in bytes.
pub const MAX_PILOT_BYTES: usize = 16 << 20;

/// The answers of a pilot: at least [`MIN_PILOT`] rows, all of one length from 2 to [`MAX_STATEMENTS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pilot {
    rows: Vec<Row>,
}

/// Rows that are no pilot. Lines and columns count from 1.
#[derive(Debug, thiserror::Error)]
pub enum PilotError {
    /// There are too few people.
    #[error("the pilot has {0} people, at least {MIN_PILOT} are needed: draw more by lot")]
    TooSmall(usize),
    /// There are too few or too many statements.
    #[error("the pilot has {0} columns, an axis is over 2 to {MAX_STATEMENTS} statements")]
    Columns(usize),
    /// A row has another length than the first.
    #[error("row {row} of the pilot has {actual} columns, the first has {expected}")]
    Length {
        /// The row.
        row: usize,
        /// The length of the first row.
        expected: usize,
        /// The length of this row.
        actual: usize,
    },
    /// A cell is no answer.
    #[error("line {line}, column {column} of the pilot: {error} (the file has no header)")]
    Answer {
        /// The line.
        line: u64,
        /// The column.
        column: usize,
        /// What is wrong.
        error: InvalidAnswer,
    },
    /// The file is not CSV in UTF-8.
    #[error("the pilot's file is not CSV in UTF-8: {0}")]
    Csv(#[from] csv::Error),
    /// The file could not be read.
    #[error("the pilot's file could not be read: {0}")]
    Io(#[from] std::io::Error),
    /// The file is too large.
    #[error("the pilot's file is larger than {MAX_PILOT_BYTES} bytes: check that it is the right file")]
    TooLarge,
}

impl Pilot {
    /// Creates a pilot of rows in the order of the lot.
    ///
    /// # Errors
    /// [`PilotError`], if rows are too few, too short, too long, or of different lengths.
    pub fn new(rows: Vec<Row>) -> Result<Self, PilotError> {
        if rows.len() < MIN_PILOT {
            return Err(PilotError::TooSmall(rows.len()));
        }
        let expected = rows[0].len();
        if !(2..=MAX_STATEMENTS).contains(&expected) {
            return Err(PilotError::Columns(expected));
        }
        let other = (1..).zip(&rows).find(|(_, row)| row.len() != expected);
        match other {
            Some((row, answers)) => Err(PilotError::Length { row, expected, actual: answers.len() }),
            None => Ok(Self { rows }),
        }
    }

    /// Returns the rows in the order of the lot.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the number of statements.
    pub fn statements(&self) -> usize {
        self.rows[0].len()
    }

    /// Writes the canonical CSV.
    pub fn to_csv(&self) -> String {
        let mut out = String::new();
        for row in &self.rows {
            for (column, answer) in row.iter().enumerate() {
                if column > 0 {
                    out.push(',');
                }
                if let Some(answer) = answer {
                    out.push_str(&answer.to_number().to_string());
                }
            }
            out.push('\n');
        }
        out
    }

    /// Reads a pilot's file. Spaces, quotes, `1.0` and line breaks of other systems are accepted: the hash is that of
    /// the canonical form.
    ///
    /// # Errors
    /// [`PilotError`], which names line and column.
    pub fn read_csv(reader: impl Read) -> Result<Self, PilotError> {
        let mut bytes = Vec::new();
        reader.take(MAX_PILOT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > MAX_PILOT_BYTES {
            return Err(PilotError::TooLarge);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(1, csv::Position::line);
            let cells = (1..)
                .zip(&record)
                .map(|(column, cell)| parse_answer(cell).map_err(|error| PilotError::Answer { line, column, error }));
            rows.push(cells.collect::<Result<Row, _>>()?);
        }
        Self::new(rows)
    }

    /// Returns the pilot hash: keccak256 of the canonical CSV, shifted right by one byte, so that it is an element of
    /// the circuits' field.
    pub fn hash(&self) -> Hash32 {
        Hash32::of(self.to_csv().as_bytes()).to_element()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answer;

    fn sample() -> Pilot {
        let cells = [Some(Answer::Agree), Some(Answer::Disagree), Some(Answer::Pass), None];
        let row = |person: usize| (0..3).map(|column| cells[(person + column * column) % 4]).collect();
        Pilot::new((0..40).map(row).collect()).unwrap()
    }

    #[test]
    fn file_is_read_as_it_was_written() {
        let pilot = sample();
        let text = pilot.to_csv();
        assert!(text.starts_with("1,-1,1\n-1,0,-1\n0,,0\n,1,\n"), "{text}");
        assert_eq!(Pilot::read_csv(text.as_bytes()).unwrap(), pilot);
    }

    #[test]
    fn other_spellings_have_the_same_hash() {
        let pilot = sample();
        let text = pilot.to_csv();
        let quoted = text.replace("0,", "\"0\",").replace("-1", " -1.0").replace('\n', "\r\n");
        let spelled = format!("\u{feff}{quoted}");
        assert_eq!(Pilot::read_csv(spelled.as_bytes()).unwrap().hash(), pilot.hash());
        assert_eq!(pilot.hash(), Hash32::of(text.as_bytes()).to_element());
        let reordered = Pilot::new(pilot.rows().iter().rev().cloned().collect()).unwrap();
        assert_ne!(reordered.hash(), pilot.hash());
    }

    #[test]
    fn rows_that_are_no_pilot_are_rejected() {
        let rows = sample().rows().to_vec();
        assert!(matches!(Pilot::new(rows[..29].to_vec()), Err(PilotError::TooSmall(29))));
        assert!(matches!(Pilot::new(vec![vec![None]; 30]), Err(PilotError::Columns(1))));
        assert!(matches!(Pilot::new(vec![vec![None; 41]; 30]), Err(PilotError::Columns(41))));
        let mut uneven = rows;
        uneven[7].pop();
        assert!(matches!(Pilot::new(uneven), Err(PilotError::Length { row: 8, expected: 3, actual: 2 })));
    }

    #[test]
    fn errors_of_a_file_name_line_and_column() {
        let text = sample().to_csv().replacen("0,,0", "0,2,0", 1);
        let error = Pilot::read_csv(text.as_bytes()).unwrap_err();
        assert!(matches!(error, PilotError::Answer { line: 3, column: 2, .. }), "{error}");
        let header = format!("a,b,c\n{}", sample().to_csv());
        assert!(Pilot::read_csv(header.as_bytes()).unwrap_err().to_string().contains("no header"));
        assert!(matches!(Pilot::read_csv(&b"1,\xff,0\n"[..]), Err(PilotError::Csv(_))));
        assert!(matches!(Pilot::read_csv(&b""[..]), Err(PilotError::TooSmall(0))));
    }
}
