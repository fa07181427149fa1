//! An agenda: the statements of a sheet, in their order, and the hash that binds their texts.
//!
//! `agenda hash = keccak256(keccak256(text_1), .., keccak256(text_count))` over bytes of UTF-8. It is part of a sheet
//! poll's content, so every sheet is bound to the texts, and a contract recomputes it from texts that it is handed.

mod file;
mod metadata;
mod select;

pub use file::{AGENDA_VERSION, AgendaFileError, MAX_AGENDA_BYTES};
pub use metadata::{MAX_METADATA_BYTES, METADATA_VERSION, MetadataError, SheetText};
pub use select::{Selection, SelectionError, SelectionOptions, Voter, select_agenda, select_voters};

use std::collections::HashMap;

use crate::{
    MAX_STATEMENTS,
    hash::Hash32,
    text::{TextError, check_text},
};

/// A statement of an agenda.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgendaStatement {
    /// Its number where it comes from, for people; the hash does not contain it.
    pub id: u64,
    /// Its text ([`check_text`]).
    pub text: String,
}

/// Statements in their order, each text valid and none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agenda {
    statements: Vec<AgendaStatement>,
}

/// Statements that are no agenda. Places count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgendaError {
    /// There is no statement, or there are more than a sheet has cells.
    #[error("an agenda has 1 to {MAX_STATEMENTS} statements, not {0}")]
    Count(usize),
    /// A text cannot be a statement.
    #[error("statement {place} (number {id}): {error}")]
    Text {
        /// Its place.
        place: usize,
        /// Its number.
        id: u64,
        /// Why.
        error: TextError,
    },
    /// Two statements have one number.
    #[error("statements {first} and {second} have the same number {id}")]
    DuplicateNumber {
        /// The place of one.
        first: usize,
        /// The place of the other.
        second: usize,
        /// Their number.
        id: u64,
    },
    /// Two statements have one text.
    #[error("statements {first} and {second} have the same text: remove one of them")]
    DuplicateText {
        /// The place of one.
        first: usize,
        /// The place of the other.
        second: usize,
    },
}

impl Agenda {
    /// Creates an agenda.
    ///
    /// # Errors
    /// [`AgendaError`], which names the first statement that cannot be on it.
    pub fn new(statements: Vec<AgendaStatement>) -> Result<Self, AgendaError> {
        if statements.is_empty() || statements.len() > MAX_STATEMENTS {
            return Err(AgendaError::Count(statements.len()));
        }
        let (mut numbers, mut texts) = (HashMap::new(), HashMap::new());
        for (place, statement) in (1..).zip(&statements) {
            check_text(&statement.text).map_err(|error| AgendaError::Text { place, id: statement.id, error })?;
            if let Some(first) = numbers.insert(statement.id, place) {
                return Err(AgendaError::DuplicateNumber { first, second: place, id: statement.id });
            }
            if let Some(first) = texts.insert(statement.text.as_str(), place) {
                return Err(AgendaError::DuplicateText { first, second: place });
            }
        }
        Ok(Self { statements })
    }

    /// Returns the statements in their order.
    pub fn statements(&self) -> &[AgendaStatement] {
        &self.statements
    }

    /// Returns the number of statements, from 1 to [`MAX_STATEMENTS`].
    #[expect(clippy::len_without_is_empty, reason = "an agenda is never empty")]
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Returns the hash of the texts in their order.
    pub fn hash(&self) -> Hash32 {
        hash_texts(self.statements.iter().map(|statement| statement.text.as_str()))
    }
}

/// Returns the agenda hash of texts: the hash of their hashes.
pub fn hash_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Hash32 {
    let hashes: Vec<Hash32> = texts.into_iter().map(|text| Hash32::of(text.as_bytes())).collect();
    Hash32::of_words(&hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agenda_of(texts: &[&str]) -> Result<Agenda, AgendaError> {
        let statements = (10..).zip(texts).map(|(id, text)| AgendaStatement { id, text: (*text).to_owned() });
        Agenda::new(statements.collect())
    }

    #[test]
    fn hash_is_that_of_the_hashes_of_the_texts() {
        let words = [Hash32::of(b"a").0, Hash32::of("é".as_bytes()).0].concat();
        assert_eq!(agenda_of(&["a", "é"]).unwrap().hash(), Hash32::of(&words));
    }

    #[test]
    fn one_byte_or_another_order_is_another_hash() {
        let texts = ["Be honest.", "Be kind.", "Say what you do not know."];
        let hash = agenda_of(&texts).unwrap().hash();
        for place in 0..texts.len() {
            for byte in 0..texts[place].len() {
                let mut changed = texts.map(str::to_owned);
                let flipped = if texts[place].as_bytes()[byte] == b'x' { "y" } else { "x" };
                changed[place].replace_range(byte..=byte, flipped);
                assert_ne!(agenda_of(&changed.each_ref().map(String::as_str)).unwrap().hash(), hash);
            }
        }
        assert_ne!(agenda_of(&[texts[1], texts[0], texts[2]]).unwrap().hash(), hash);
        assert_ne!(agenda_of(&texts[..2]).unwrap().hash(), hash);
    }

    #[test]
    fn statements_that_are_no_agenda_are_rejected() {
        assert_eq!(agenda_of(&[]), Err(AgendaError::Count(0)));
        let many: Vec<String> = (0..41).map(|number| format!("statement {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(agenda_of(&many[..40]).is_ok());
        assert_eq!(agenda_of(&many), Err(AgendaError::Count(41)));
        assert_eq!(agenda_of(&["a", "b", "a"]), Err(AgendaError::DuplicateText { first: 1, second: 3 }));
        assert_eq!(agenda_of(&["a", "b\nc"]), Err(AgendaError::Text { place: 2, id: 11, error: TextError::LineBreak }));
        let twice = ["a", "b"].map(|text| AgendaStatement { id: 7, text: text.into() });
        assert_eq!(Agenda::new(twice.to_vec()), Err(AgendaError::DuplicateNumber { first: 1, second: 2, id: 7 }));
    }
}
