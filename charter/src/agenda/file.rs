//! `agenda.json`: an agenda as a file, with its hash so that a changed text is noticed.

use serde::{Deserialize, Serialize};

use super::{Agenda, AgendaError, AgendaStatement};
use crate::hash::Hash32;

/// The version of the form that this program writes, and the only one that it reads.
pub const AGENDA_VERSION: u32 = 1;
/// Greatest size of an agenda file in bytes.
pub const MAX_AGENDA_BYTES: usize = 256 << 10;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgendaFile {
    version: u32,
    /// The agenda hash.
    agenda: Hash32,
    statements: Vec<AgendaStatement>,
}

/// Text that is no agenda file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgendaFileError {
    /// It is too large.
    #[error("the agenda file has {0} bytes, at most {MAX_AGENDA_BYTES} are read: check that it is the right file")]
    TooLarge(usize),
    /// It is not JSON of the form.
    #[error("the agenda file is not JSON of the specified form: {0}")]
    Form(String),
    /// It has another version.
    #[error("the agenda file has version {0}; this program reads version {AGENDA_VERSION}")]
    Version(u32),
    /// Its statements are no agenda.
    #[error(transparent)]
    Agenda(#[from] AgendaError),
    /// The hash in it is not that of its statements.
    #[error(
        "the agenda file states the hash {stated}, but its statements have {computed}: a text or their order was \
         changed"
    )]
    Hash {
        /// The hash in the file.
        stated: Hash32,
        /// The hash of its statements.
        computed: Hash32,
    },
}

impl Agenda {
    /// Writes the agenda as JSON, a statement a line group and a line break at the end. The bytes depend on the
    /// statements alone.
    pub fn to_json(&self) -> String {
        let file = AgendaFile { version: AGENDA_VERSION, agenda: self.hash(), statements: self.statements.clone() };
        // Numbers and strings alone: serialisation has nothing to fail on.
        serde_json::to_string_pretty(&file).map(|text| text + "\n").unwrap_or_default()
    }

    /// Reads an agenda file and compares its hash.
    ///
    /// # Errors
    /// [`AgendaFileError`], also if one byte of a statement was changed.
    pub fn parse_json(text: &str) -> Result<Self, AgendaFileError> {
        if text.len() > MAX_AGENDA_BYTES {
            return Err(AgendaFileError::TooLarge(text.len()));
        }
        let file: AgendaFile = serde_json::from_str(text).map_err(|error| AgendaFileError::Form(error.to_string()))?;
        if file.version != AGENDA_VERSION {
            return Err(AgendaFileError::Version(file.version));
        }
        let agenda = Self::new(file.statements)?;
        let (stated, computed) = (file.agenda, agenda.hash());
        if stated != computed {
            return Err(AgendaFileError::Hash { stated, computed });
        }
        Ok(agenda)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Agenda {
        let texts = ["Be honest.", "Say \"I do not know\".", "我覺得 Ω"];
        let statements = (1..).zip(texts).map(|(id, text)| AgendaStatement { id, text: text.into() });
        Agenda::new(statements.collect()).unwrap()
    }

    #[test]
    fn file_is_read_as_it_was_written() {
        let text = sample().to_json();
        assert_eq!(Agenda::parse_json(&text), Ok(sample()));
        assert!(text.ends_with("}\n") && text.contains("我覺得"));
    }

    #[test]
    fn changed_statements_are_rejected() {
        let text = sample().to_json();
        for changed in [text.replace("Be honest", "Be honesт"), text.replace("honest.", "honest!")] {
            assert!(matches!(Agenda::parse_json(&changed), Err(AgendaFileError::Hash { .. })), "{changed}");
        }
        let broken = text.replace("Be honest.", "Be honest.\\n");
        assert!(matches!(Agenda::parse_json(&broken), Err(AgendaFileError::Agenda(AgendaError::Text { .. }))));
    }

    #[test]
    fn other_files_are_rejected() {
        let text = sample().to_json();
        let version = text.replace("\"version\": 1", "\"version\": 2");
        assert_eq!(Agenda::parse_json(&version), Err(AgendaFileError::Version(2)));
        let further = text.replace("\"version\": 1", "\"version\": 1, \"more\": 1");
        assert!(matches!(Agenda::parse_json(&further), Err(AgendaFileError::Form(_))));
        assert!(matches!(Agenda::parse_json("[]"), Err(AgendaFileError::Form(_))));
        let large = " ".repeat(MAX_AGENDA_BYTES + 1);
        assert_eq!(Agenda::parse_json(&large), Err(AgendaFileError::TooLarge(large.len())));
    }
}
