//! A poll's text: the question and the names of its options, in a bounded and versioned form (specification, section
//! 6).
//!
//! Voters decide by this text, so it must not show one thing and mean another: no control or invisible characters, no
//! reordering, and no two options that look alike.

use psephos_protocol::decision::{DecisionKind, MOTION_OPTIONS};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_security::{GeneralSecurityProfile, confusable_detection::skeleton};

/// The version of the form that this program writes, and the only one that it reads.
pub const METADATA_VERSION: u32 = 1;

/// The greatest length of all metadata in bytes, which the contract enforces too.
pub const MAX_METADATA_BYTES: usize = 4_096;

/// The greatest length of a title in bytes.
pub const MAX_TITLE_BYTES: usize = 256;

/// The greatest length of an option's name in bytes.
pub const MAX_OPTION_BYTES: usize = 96;

/// The greatest length of a description in bytes.
pub const MAX_DESCRIPTION_BYTES: usize = 2_048;

/// The greatest length of a link in bytes.
pub const MAX_URI_BYTES: usize = 512;

/// The names of the options of a motion. They are fixed, so that no text can exchange them.
pub const MOTION_NAMES: [&str; MOTION_OPTIONS] = ["Against", "For", "Abstain"];

/// A poll's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The version of this form.
    pub version: u32,
    /// The question.
    pub title: String,
    /// The options' names; none for a motion, whose names are fixed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// More about the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A document about the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

/// A document elsewhere, with the hash of its content: what it says is then a part of the poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its address: `https` or `ipfs`.
    pub uri: String,
    /// SHA-256 of its bytes, as `0x` and 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Metadata that is not shown to voters, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// It is not JSON of the form.
    #[error("the metadata is not JSON of the specified form: {0}")]
    Form(String),
    /// It has another version.
    #[error("the metadata has version {0}; this program reads version {METADATA_VERSION}")]
    Version(u32),
    /// A part is too long.
    #[error("the {part} has {length} bytes; at most {greatest} are allowed")]
    TooLong {
        /// Which part.
        part: String,
        /// Its length in bytes.
        length: usize,
        /// The greatest length.
        greatest: usize,
    },
    /// A part has no visible text.
    #[error("the {0} is empty")]
    Empty(String),
    /// A part begins or ends with a space, so that two texts could look the same.
    #[error("the {0} begins or ends with a space")]
    Padded(String),
    /// A part is not in Unicode's normalisation form C, so that two texts could look the same.
    #[error("the {0} is not in Unicode's normalisation form C")]
    NotNormalised(String),
    /// A part has a character that is invisible, reorders text or is not one of identifiers and punctuation.
    #[error("the {part} has the character U+{code:04X}, which is invisible, reorders text or has no fixed look")]
    ForbiddenCharacter {
        /// Which part.
        part: String,
        /// The character's code point.
        code: u32,
    },
    /// There are more or fewer names than options.
    #[error("the metadata names {named} options, but the poll has {options}")]
    OptionCount {
        /// The number of names.
        named: usize,
        /// The number of the poll's options.
        options: usize,
    },
    /// A motion's metadata names options.
    #[error("the options of a motion are Against, For and Abstain; its metadata names others")]
    NamedMotion,
    /// Two options look alike.
    #[error("the options {first:?} and {second:?} look alike")]
    Confusable {
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A link is not one of `https` or `ipfs` in visible ASCII.
    #[error("{0:?} is not a link of https or ipfs in visible ASCII")]
    InvalidUri(String),
    /// A link's hash is not one.
    #[error("the link's sha256 is not 0x and 64 lower-case hexadecimal digits")]
    InvalidLinkHash,
}

impl Metadata {
    /// Creates metadata of a title and options, which are none for a motion. Text is brought into normalisation form C.
    pub fn new(title: &str, options: &[String]) -> Self {
        let normalise = |text: &str| text.trim().nfc().collect::<String>();
        let options = options.iter().map(|option| normalise(option)).collect();
        Self { version: METADATA_VERSION, title: normalise(title), options, description: None, link: None }
    }

    /// Reads and checks a poll's metadata.
    ///
    /// # Errors
    /// [`MetadataError`], which names the first part that a voter could misread.
    pub fn parse(text: &str, decision: DecisionKind, options: usize) -> Result<Self, MetadataError> {
        check_length("metadata", text, MAX_METADATA_BYTES)?;
        let metadata: Self = serde_json::from_str(text).map_err(|error| MetadataError::Form(error.to_string()))?;
        metadata.check(decision, options)?;
        Ok(metadata)
    }

    /// Checks and writes it.
    ///
    /// # Errors
    /// As [`Metadata::parse`].
    pub fn to_json(&self, decision: DecisionKind, options: usize) -> Result<String, MetadataError> {
        self.check(decision, options)?;
        let text = serde_json::to_string(self).map_err(|error| MetadataError::Form(error.to_string()))?;
        check_length("metadata", &text, MAX_METADATA_BYTES)?;
        Ok(text)
    }

    /// Returns the names of the options, in their order.
    pub fn option_names(&self, decision: DecisionKind) -> Vec<String> {
        match decision {
            DecisionKind::Motion => MOTION_NAMES.map(str::to_owned).to_vec(),
            DecisionKind::Options => self.options.clone(),
        }
    }

    fn check(&self, decision: DecisionKind, options: usize) -> Result<(), MetadataError> {
        if self.version != METADATA_VERSION {
            return Err(MetadataError::Version(self.version));
        }
        check_line("title", &self.title, MAX_TITLE_BYTES)?;
        match (decision, self.options.len()) {
            (DecisionKind::Motion, 0) => {}
            (DecisionKind::Motion, _) => return Err(MetadataError::NamedMotion),
            (DecisionKind::Options, named) if named == options => self.check_options()?,
            (DecisionKind::Options, named) => return Err(MetadataError::OptionCount { named, options }),
        }
        if let Some(description) = &self.description {
            check_length("description", description, MAX_DESCRIPTION_BYTES)?;
            for line in description.split('\n').filter(|line| !line.is_empty()) {
                check_text("description", line)?;
            }
        }
        self.link.as_ref().map_or(Ok(()), Link::check)
    }

    /// Checks each name, and that no two of them look alike: their skeletons differ (Unicode Technical Standard 39), as
    /// they stand and in lower case, without spaces.
    fn check_options(&self) -> Result<(), MetadataError> {
        let look = |text: &str| skeleton(text).filter(|c| !c.is_whitespace()).collect::<String>();
        let mut seen: Vec<([String; 2], &String)> = Vec::new();
        for (position, option) in self.options.iter().enumerate() {
            check_line(&format!("name of option {}", position + 1), option, MAX_OPTION_BYTES)?;
            let looks = [look(option), look(&option.to_lowercase())];
            if let Some((_, first)) = seen.iter().find(|(other, _)| other[0] == looks[0] || other[1] == looks[1]) {
                return Err(MetadataError::Confusable { first: (*first).clone(), second: option.clone() });
            }
            seen.push((looks, option));
        }
        Ok(())
    }
}

impl Link {
    fn check(&self) -> Result<(), MetadataError> {
        check_length("link", &self.uri, MAX_URI_BYTES)?;
        let has_scheme = ["https://", "ipfs://"].iter().any(|scheme| self.uri.starts_with(scheme));
        if !has_scheme || !self.uri.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(MetadataError::InvalidUri(self.uri.clone()));
        }
        let digits = self.sha256.strip_prefix("0x").unwrap_or_default();
        let is_hash = digits.len() == 64 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if is_hash { Ok(()) } else { Err(MetadataError::InvalidLinkHash) }
    }
}

fn check_length(part: &str, text: &str, greatest: usize) -> Result<(), MetadataError> {
    match text.len() {
        length if length > greatest => Err(MetadataError::TooLong { part: part.to_owned(), length, greatest }),
        _ => Ok(()),
    }
}

/// Checks text that is shown in one line.
fn check_line(part: &str, text: &str, greatest: usize) -> Result<(), MetadataError> {
    check_length(part, text, greatest)?;
    if text.is_empty() {
        return Err(MetadataError::Empty(part.to_owned()));
    }
    if text.trim() != text {
        return Err(MetadataError::Padded(part.to_owned()));
    }
    check_text(part, text)
}

fn check_text(part: &str, text: &str) -> Result<(), MetadataError> {
    if let Some(forbidden) = text.chars().find(|c| !is_readable(*c)) {
        return Err(MetadataError::ForbiddenCharacter { part: part.to_owned(), code: forbidden.into() });
    }
    if !is_nfc(text) {
        return Err(MetadataError::NotNormalised(part.to_owned()));
    }
    Ok(())
}

/// Returns whether a character looks like itself wherever it stands: visible ASCII, a space, a character that Unicode
/// allows in identifiers (which leaves out control, bidirectional, zero-width and ignorable ones), or one of the
/// punctuation and symbols of running text and of currencies.
fn is_readable(c: char) -> bool {
    c == ' ' || c.is_ascii_graphic() || c.identifier_allowed() || is_punctuation(c)
}

fn is_punctuation(c: char) -> bool {
    matches!(c, '¡' | '¿' | '§' | '«' | '»' | '°' | '±' | '²' | '³' | '·' | '×' | '÷' | '‐'..='―' | '‘'..='‟' | '…' | '′' | '″')
        || matches!(c, '¢'..='¥' | '₠'..='⃀' | '≤' | '≥' | '−' | '、' | '。' | '「' | '」' | '，' | '？' | '！' | '：')
}

#[cfg(test)]
mod tests;
