//! The text of a sheet poll, which its creator publishes with it: what is asked, and the agenda.
//!
//! The contract binds both: the text is part of the sheet poll's fingerprint, and the agenda's hash stands beside it.
//! So a client shows its voter the very statements that the sheet is bound to.

use serde::{Deserialize, Serialize};

use super::{Agenda, AgendaError, AgendaStatement};
use crate::text::{TextError, check_text};

/// The version of the form that this program writes, and the only one that it reads.
pub const METADATA_VERSION: u32 = 1;
/// Greatest size of the text in bytes, as the contract has it.
pub const MAX_METADATA_BYTES: usize = 16_384;

/// What a sheet poll asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetText {
    /// The question that all statements are about.
    pub question: String,
    /// The statements.
    pub agenda: Agenda,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    question: String,
    statements: Vec<AgendaStatement>,
}

/// Text that a client does not show to voters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// It is longer than the contract accepts.
    #[error("question and statements have {0} bytes as JSON, at most {MAX_METADATA_BYTES} are allowed: shorten them")]
    TooLarge(usize),
    /// It is not JSON of the form.
    #[error("the text is not JSON of the specified form: {0}")]
    Form(String),
    /// It has another version.
    #[error("the text has version {0}; this program reads version {METADATA_VERSION}")]
    Version(u32),
    /// The question could be misread.
    #[error("the question: {0}")]
    Question(TextError),
    /// The statements are no agenda.
    #[error(transparent)]
    Agenda(#[from] AgendaError),
}

impl SheetText {
    /// Creates the text of a sheet poll.
    ///
    /// # Errors
    /// [`MetadataError`] if the question could be misread, or the whole is too long.
    pub fn new(question: impl Into<String>, agenda: Agenda) -> Result<Self, MetadataError> {
        let text = Self { question: question.into(), agenda };
        check_text(&text.question).map_err(MetadataError::Question)?;
        match text.to_json().len() {
            length if length > MAX_METADATA_BYTES => Err(MetadataError::TooLarge(length)),
            _ => Ok(text),
        }
    }

    /// Writes the text as the JSON that is published.
    pub fn to_json(&self) -> String {
        let statements = self.agenda.statements().to_vec();
        let form = Form { version: METADATA_VERSION, question: self.question.clone(), statements };
        // Numbers and strings alone: serialisation has nothing to fail on.
        serde_json::to_string(&form).unwrap_or_default()
    }

    /// Reads what was published.
    ///
    /// # Errors
    /// [`MetadataError`], also for a question or a statement that could be misread.
    pub fn parse_json(text: &str) -> Result<Self, MetadataError> {
        if text.len() > MAX_METADATA_BYTES {
            return Err(MetadataError::TooLarge(text.len()));
        }
        let form: Form = serde_json::from_str(text).map_err(|error| MetadataError::Form(error.to_string()))?;
        if form.version != METADATA_VERSION {
            return Err(MetadataError::Version(form.version));
        }
        Self::new(form.question, Agenda::new(form.statements)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agenda(texts: &[String]) -> Agenda {
        let statements = (1..).zip(texts).map(|(id, text)| AgendaStatement { id, text: text.clone() });
        Agenda::new(statements.collect()).unwrap()
    }

    fn sample() -> SheetText {
        SheetText::new("How should it behave?", agenda(&["Be honest.".into(), "Be \"kind\".".into()])).unwrap()
    }

    #[test]
    fn text_is_read_as_it_was_written() {
        assert_eq!(SheetText::parse_json(&sample().to_json()), Ok(sample()));
    }

    #[test]
    fn text_that_could_be_misread_is_rejected() {
        let json = sample().to_json();
        let parse = |from: &str, to: &str| SheetText::parse_json(&json.replace(from, to)).unwrap_err();
        assert!(matches!(parse("behave?", "behave?\\n"), MetadataError::Question(TextError::LineBreak)));
        assert!(matches!(parse("Be honest.", "Be\\u202e honest."), MetadataError::Agenda(AgendaError::Text { .. })));
        assert_eq!(parse("\"version\":1", "\"version\":2"), MetadataError::Version(2));
        assert!(matches!(parse("\"question\"", "\"other\""), MetadataError::Form(_)));
        assert!(matches!(parse("\"id\":2", "\"id\":1"), MetadataError::Agenda(AgendaError::DuplicateNumber { .. })));
    }

    #[test]
    fn text_that_the_contract_refuses_is_rejected() {
        let long: Vec<String> = (10..50).map(|number| format!("{number}{}", "x".repeat(500))).collect();
        assert!(matches!(SheetText::new("Why?", agenda(&long)), Err(MetadataError::TooLarge(_))));
        let large = " ".repeat(MAX_METADATA_BYTES + 1);
        assert_eq!(SheetText::parse_json(&large), Err(MetadataError::TooLarge(large.len())));
    }
}
