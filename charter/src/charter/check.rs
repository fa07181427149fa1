//! The check of a prompt or a markdown file: does it hold the charter whose hash it states?

use std::collections::BTreeMap;

use super::{
    Charter, CharterError, CharterTerms, Principle,
    markdown::{BEGIN, BEGIN_END, END, compute_checksum, export_markdown},
};
use crate::{
    MAX_STATEMENTS,
    hash::{Address, Hash32},
    text::truncate,
};

/// Greatest size of a document in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 4 << 20;

/// A document that holds a charter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedDocument {
    /// The charter.
    pub charter: Charter,
    /// Its hash, recomputed.
    pub hash: Hash32,
    /// Whether there is other text around the charter. It is not checked, and a model obeys it too.
    pub has_other_text: bool,
}

/// A document that does not hold the charter it states. Principles count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The document is too large.
    #[error("the document has {0} bytes, at most {MAX_DOCUMENT_BYTES} are checked")]
    TooLarge(usize),
    /// There is no charter in it.
    #[error("the document has no charter: no line begins with `{BEGIN}`")]
    Missing,
    /// There is more than one charter in it.
    #[error("the document has more than one charter: a model would obey all of them")]
    Several,
    /// The charter does not end.
    #[error("the charter has no last line `{END}`")]
    Unended,
    /// The first line has not the form.
    #[error("the charter's first line has no valid `{0}`: export the charter again")]
    Header(&'static str),
    /// A line is none of the form's.
    #[error("line {line} is not one of a charter: `{text}`")]
    Line {
        /// The line of the document, from 1.
        line: usize,
        /// What is there.
        text: String,
    },
    /// Principles are missing or were added.
    #[error("the charter has {actual} principles, its first line states {stated}")]
    Count {
        /// The stated number.
        stated: usize,
        /// The number that there are.
        actual: usize,
    },
    /// A principle is not the stated one.
    #[error("principle {number} was changed: `{text}`")]
    Principle {
        /// Its number.
        number: usize,
        /// Its text as it is.
        text: String,
    },
    /// The principles and terms are no charter.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// The hash is another one.
    #[error("the document states the charter hash {stated}, but its contents have {computed}")]
    Hash {
        /// The stated hash.
        stated: Hash32,
        /// The recomputed hash.
        computed: Hash32,
    },
    /// It is a valid charter, but not the one in force.
    #[error("the document holds the charter {actual} (version {version}), the one in force is {live}")]
    NotLive {
        /// The hash of the charter in force.
        live: Hash32,
        /// The document's charter hash.
        actual: Hash32,
        /// The document's version.
        version: u64,
    },
}

/// Checks that a document holds one charter, and that its principles and terms have the stated hash.
///
/// # Errors
/// [`CheckError`], which names the first principle that was changed.
pub fn check_document(document: &str) -> Result<CheckedDocument, CheckError> {
    if document.len() > MAX_DOCUMENT_BYTES {
        return Err(CheckError::TooLarge(document.len()));
    }
    let document = document.strip_prefix('\u{feff}').unwrap_or(document);
    // A line break of another system is none of a principle's bytes.
    let lines: Vec<&str> = document.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let mut begins = (0..lines.len()).filter(|at| lines[*at].trim_start().starts_with(BEGIN.trim_end()));
    let begin = begins.next().ok_or(CheckError::Missing)?;
    if begins.next().is_some() {
        return Err(CheckError::Several);
    }
    let end = (begin..lines.len()).find(|at| lines[*at] == END).ok_or(CheckError::Unended)?;
    let header = Header::parse_header(lines[begin])?;
    let principles = parse_principles(&lines, begin, end, header.terms.version)?;
    let (stated, actual) = (header.checksums.len(), principles.len());
    let changed = (1..).zip(principles.iter().zip(&header.checksums));
    if let Some((number, (text, _))) = changed.into_iter().find(|(_, (text, sum))| compute_checksum(text) != **sum)
        && stated == actual
    {
        return Err(CheckError::Principle { number, text: truncate(text) });
    }
    if stated != actual {
        return Err(CheckError::Count { stated, actual });
    }
    let indices = (0..MAX_STATEMENTS).filter(|index| header.adopted >> index & 1 == 1);
    let principles: Vec<Principle> = indices.zip(principles).map(|(index, text)| Principle { index, text }).collect();
    let (stated, named) = (principles.len(), header.adopted.count_ones() as usize);
    if (stated, named) != (actual, actual) {
        return Err(CheckError::Count { stated: named, actual });
    }
    let charter = Charter::new(header.terms, principles)?;
    let (stated, computed) = (header.hash, charter.hash());
    if stated != computed {
        return Err(CheckError::Hash { stated, computed });
    }
    // What is left is the form: there is one way to write a charter.
    let block = lines[begin..=end].join("\n") + "\n";
    if block != export_markdown(&charter) {
        return Err(CheckError::Line { line: begin + 1, text: truncate(lines[begin]) });
    }
    let others = lines[..begin].iter().chain(&lines[end + 1..]);
    let has_other_text = others.into_iter().any(|line| !line.trim().is_empty());
    Ok(CheckedDocument { charter, hash: computed, has_other_text })
}

/// Checks a document and that its charter is the one in force: what a gateway does before it serves a model.
///
/// # Errors
/// As [`check_document`], and [`CheckError::NotLive`].
pub fn check_live_document(document: &str, live: Hash32) -> Result<CheckedDocument, CheckError> {
    let checked = check_document(document)?;
    if checked.hash == live {
        return Ok(checked);
    }
    Err(CheckError::NotLive { live, actual: checked.hash, version: checked.charter.terms().version })
}

struct Header<'a> {
    hash: Hash32,
    terms: CharterTerms,
    adopted: u64,
    checksums: Vec<&'a str>,
}

impl<'a> Header<'a> {
    fn parse_header(line: &'a str) -> Result<Self, CheckError> {
        let inner = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(BEGIN_END));
        let fields: BTreeMap<&str, &str> =
            inner.ok_or(CheckError::Header("-->"))?.split(' ').filter_map(|field| field.split_once('=')).collect();
        let field = |name: &'static str| fields.get(name).copied().ok_or(CheckError::Header(name));
        let hash = |name| field(name)?.parse::<Hash32>().map_err(|_| CheckError::Header(name));
        let number = |name| field(name)?.parse::<u64>().map_err(|_| CheckError::Header(name));
        let contract = field("contract")?.parse::<Address>().map_err(|_| CheckError::Header("contract"))?;
        let adopted = field("adopted")?.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
        Ok(Self {
            hash: hash("hash")?,
            terms: CharterTerms {
                chain_id: number("chain")?,
                contract,
                version: number("version")?,
                parent: hash("parent")?,
                poll: hash("poll")?,
                agenda: hash("agenda")?,
                expires_at: number("expires")?,
                model_hash: hash("model")?,
                policy_hash: hash("policy")?,
            },
            adopted: adopted.ok_or(CheckError::Header("adopted"))?,
            checksums: field("checksums")?.split(',').collect(),
        })
    }
}

/// Parses the lines between the first and the last: a title, an empty line, and the numbered principles.
fn parse_principles(lines: &[&str], begin: usize, end: usize, version: u64) -> Result<Vec<String>, CheckError> {
    let error = |at: usize| CheckError::Line { line: at + 1, text: truncate(lines[at]) };
    let first = begin + 3;
    if end < first || lines[begin + 1] != format!("# Charter {version}") {
        return Err(error(begin + 1));
    }
    if !lines[begin + 2].is_empty() {
        return Err(error(begin + 2));
    }
    let principles = (1..).zip(first..end).map(|(number, at)| {
        let text = lines[at].strip_prefix(&format!("{number}. ")).ok_or_else(|| error(at))?;
        Ok(text.to_owned())
    });
    principles.collect()
}
