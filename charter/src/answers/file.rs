//! `answers.json`: a voter's answers to every statement of an agenda, before they are encrypted.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Answer, Row};
use crate::{agenda::Agenda, hash::Hash32};

/// The version of the form that this program writes, and the only one that it reads.
pub const ANSWERS_VERSION: u32 = 1;
/// Greatest size of an answers file in bytes.
pub const MAX_ANSWERS_BYTES: usize = 16 << 10;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    /// The agenda hash.
    agenda: Hash32,
    answers: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The statement's number.
    statement: u64,
    answer: Answer,
}

/// Text that is no answers file, or none of this agenda. No variant says what was answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswersFileError {
    /// It is too large.
    #[error("the answers file has {0} bytes, at most {MAX_ANSWERS_BYTES} are read: check that it is the right file")]
    TooLarge(usize),
    /// It is not JSON of the form.
    #[error("the answers file is not JSON of the specified form: {0}")]
    Form(String),
    /// It has another version.
    #[error("the answers file has version {0}; this program reads version {ANSWERS_VERSION}")]
    Version(u32),
    /// It answers another agenda.
    #[error("the answers are to the agenda {stated}, not to {actual}")]
    Agenda {
        /// The hash in the file.
        stated: Hash32,
        /// The agenda's hash.
        actual: Hash32,
    },
    /// It answers a statement that is not on the agenda.
    #[error("the answers have statement {0}, which is not on the agenda: remove it")]
    Unknown(u64),
    /// It answers a statement twice.
    #[error("the answers have statement {0} twice: keep one of the two")]
    Duplicate(u64),
    /// It does not answer a statement.
    #[error("the answers lack statement {0}: add agree, disagree or pass")]
    Missing(u64),
}

/// Writes the answers to an agenda as JSON, with a line break at the end.
///
/// # Errors
/// [`AnswersFileError::Missing`] with the first statement that is not answered: to pass is an answer of its own.
pub fn write_answers(agenda: &Agenda, answers: &[Option<Answer>]) -> Result<String, AnswersFileError> {
    let entries = agenda.statements().iter().enumerate().map(|(place, statement)| {
        let answer = answers.get(place).copied().flatten().ok_or(AnswersFileError::Missing(statement.id))?;
        Ok(Entry { statement: statement.id, answer })
    });
    let answers = entries.collect::<Result<_, _>>()?;
    let form = Form { version: ANSWERS_VERSION, agenda: agenda.hash(), answers };
    // Numbers and strings alone: serialisation has nothing to fail on.
    Ok(serde_json::to_string_pretty(&form).map(|text| text + "\n").unwrap_or_default())
}

/// Reads the answers to an agenda, in its order. The file may have them in any order.
///
/// # Errors
/// [`AnswersFileError`], which names the first statement that is unknown, repeated or missing.
pub fn parse_answers(text: &str, agenda: &Agenda) -> Result<Row, AnswersFileError> {
    if text.len() > MAX_ANSWERS_BYTES {
        return Err(AnswersFileError::TooLarge(text.len()));
    }
    let form: Form = serde_json::from_str(text).map_err(|error| AnswersFileError::Form(error.to_string()))?;
    if form.version != ANSWERS_VERSION {
        return Err(AnswersFileError::Version(form.version));
    }
    let (stated, actual) = (form.agenda, agenda.hash());
    if stated != actual {
        return Err(AnswersFileError::Agenda { stated, actual });
    }
    let places: HashMap<u64, usize> =
        agenda.statements().iter().enumerate().map(|(place, statement)| (statement.id, place)).collect();
    let mut answers = vec![None; agenda.len()];
    for Entry { statement, answer } in form.answers {
        let place = *places.get(&statement).ok_or(AnswersFileError::Unknown(statement))?;
        if answers[place].replace(answer).is_some() {
            return Err(AnswersFileError::Duplicate(statement));
        }
    }
    match agenda.statements().iter().zip(&answers).find(|(_, answer)| answer.is_none()) {
        Some((statement, _)) => Err(AnswersFileError::Missing(statement.id)),
        None => Ok(answers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agenda::AgendaStatement;

    fn agenda() -> Agenda {
        let statements = [(4, "Be honest."), (7, "Be kind."), (9, "Say what you do not know.")];
        let statements = statements.map(|(id, text)| AgendaStatement { id, text: text.into() });
        Agenda::new(statements.to_vec()).unwrap()
    }

    const ANSWERS: [Option<Answer>; 3] = [Some(Answer::Agree), Some(Answer::Pass), Some(Answer::Disagree)];

    #[test]
    fn file_is_read_as_it_was_written() {
        let text = write_answers(&agenda(), &ANSWERS).unwrap();
        assert_eq!(parse_answers(&text, &agenda()), Ok(ANSWERS.to_vec()));
        assert!(text.contains("\"agree\"") && text.contains("\"disagree\"") && text.contains("\"pass\""));
        assert_eq!(write_answers(&agenda(), &ANSWERS[..1]), Err(AnswersFileError::Missing(7)));
        assert_eq!(write_answers(&agenda(), &[None; 3]), Err(AnswersFileError::Missing(4)));
    }

    #[test]
    fn other_statements_are_named() {
        let text = write_answers(&agenda(), &ANSWERS).unwrap();
        let parse = |from: &str, to: &str| parse_answers(&text.replace(from, to), &agenda());
        assert_eq!(parse("\"statement\": 7", "\"statement\": 4"), Err(AnswersFileError::Duplicate(4)));
        assert_eq!(parse("\"statement\": 7", "\"statement\": 8"), Err(AnswersFileError::Unknown(8)));
        assert!(matches!(parse("\"pass\"", "\"maybe\""), Err(AnswersFileError::Form(_))));
        assert_eq!(parse("\"version\": 1", "\"version\": 2"), Err(AnswersFileError::Version(2)));
        let short = format!("{{\"version\":1,\"agenda\":\"{}\",\"answers\":[]}}", agenda().hash());
        assert_eq!(parse_answers(&short, &agenda()), Err(AnswersFileError::Missing(4)));
        let large = " ".repeat(MAX_ANSWERS_BYTES + 1);
        assert_eq!(parse_answers(&large, &agenda()), Err(AnswersFileError::TooLarge(large.len())));
    }

    #[test]
    fn answers_to_another_agenda_are_rejected() {
        let text = write_answers(&agenda(), &ANSWERS).unwrap();
        let mut statements = agenda().statements().to_vec();
        statements.swap(0, 1);
        let other = Agenda::new(statements).unwrap();
        assert!(matches!(parse_answers(&text, &other), Err(AnswersFileError::Agenda { .. })));
    }

    #[test]
    fn largest_agenda_fits() {
        let statements = (0..crate::MAX_STATEMENTS as u64)
            .map(|place| AgendaStatement { id: u64::MAX - place, text: format!("statement {place}") });
        let agenda = Agenda::new(statements.collect()).unwrap();
        let answers = vec![Some(Answer::Disagree); agenda.len()];
        let text = write_answers(&agenda, &answers).unwrap();
        assert_eq!(parse_answers(&text, &agenda), Ok(answers));
    }
}
