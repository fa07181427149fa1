//! A charter: adopted principles as a value with a hash that a contract keeps.
//!
//! ```text
//! leaf_i       = keccak256(keccak256(abi.encode(PRINCIPLE, i, keccak256(text_i))))
//! root         = Merkle root of the leaves (OpenZeppelin's MerkleProof)
//! charter hash = keccak256(abi.encode(CHARTER, version, parent, root, expires, poll))
//! PRINCIPLE    = keccak256("psephos.v1.principle"), CHARTER = keccak256("psephos.v1.charter")
//! ```
//!
//! All words have 32 bytes, numbers are big-endian. `i` counts from 0, so a proof also shows a principle's place.

mod check;
mod jsonl;
mod markdown;
#[cfg(test)]
mod tests;
mod tree;

pub use check::{CheckError, CheckedDocument, MAX_DOCUMENT_BYTES, check_document, check_live_document};
pub use jsonl::{GroupRecord, PrincipleTotals, export_jsonl};
pub use markdown::export_markdown;
pub use tree::{ProofError, hash_leaf, hash_pair, prove_principle, verify_principle};

use std::collections::HashMap;

use crate::{
    agenda::Agenda,
    hash::Hash32,
    outcome::{Outcome, list_adopted},
    text::{TextError, check_text},
};

/// Greatest number of principles of a charter.
pub const MAX_PRINCIPLES: usize = 1_024;

/// What a charter is, besides its principles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CharterTerms {
    /// Its number: 1 for the first, then each is one more than its parent's.
    pub version: u64,
    /// The charter hash of the version before it; zero for the first.
    pub parent: Hash32,
    /// The time from which it no longer holds, in seconds of Unix time; 0 if it has no end.
    pub expires: u64,
    /// The fingerprint of the sheet poll that adopted its principles.
    pub poll: Hash32,
}

/// A version of a charter, valid by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charter {
    terms: CharterTerms,
    principles: Vec<String>,
}

/// Values that are no charter. Places count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CharterError {
    /// There is no principle, or there are too many.
    #[error("a charter has 1 to {MAX_PRINCIPLES} principles, not {0}")]
    Count(usize),
    /// A principle's text cannot be one.
    #[error("principle {place}: {error}")]
    Text {
        /// Its place.
        place: usize,
        /// Why.
        error: TextError,
    },
    /// Two principles have one text.
    #[error("principles {first} and {second} have the same text: remove one of them")]
    Duplicate {
        /// The place of one.
        first: usize,
        /// The place of the other.
        second: usize,
    },
    /// The version and the parent do not fit.
    #[error("version {0} has the wrong kind of parent: version 1 has none (zero), every later one has one")]
    Parent(u64),
    /// There is not one outcome a statement.
    #[error("there are {outcomes} outcomes for {statements} statements")]
    Outcomes {
        /// The number of outcomes.
        outcomes: usize,
        /// The number of statements.
        statements: usize,
    },
}

impl Charter {
    /// Creates a charter of principles in their order.
    ///
    /// # Errors
    /// [`CharterError`], if a text cannot be a statement, occurs twice, or the version and the parent do not fit.
    pub fn new(terms: CharterTerms, principles: Vec<String>) -> Result<Self, CharterError> {
        if principles.is_empty() || principles.len() > MAX_PRINCIPLES {
            return Err(CharterError::Count(principles.len()));
        }
        if terms.version == 0 || (terms.version == 1) != (terms.parent == Hash32::ZERO) {
            return Err(CharterError::Parent(terms.version));
        }
        let mut places = HashMap::new();
        for (place, text) in (1..).zip(&principles) {
            check_text(text).map_err(|error| CharterError::Text { place, error })?;
            if let Some(first) = places.insert(text.as_str(), place) {
                return Err(CharterError::Duplicate { first, second: place });
            }
        }
        Ok(Self { terms, principles })
    }

    /// Creates a charter of the adopted statements of an agenda, in the agenda's order.
    ///
    /// # Errors
    /// As [`Charter::new`]; also if there is not one outcome a statement.
    pub fn from_outcomes(terms: CharterTerms, agenda: &Agenda, outcomes: &[Outcome]) -> Result<Self, CharterError> {
        if outcomes.len() != agenda.len() {
            return Err(CharterError::Outcomes { outcomes: outcomes.len(), statements: agenda.len() });
        }
        let texts = list_adopted(outcomes).into_iter().map(|place| agenda.statements()[place].text.clone());
        Self::new(terms, texts.collect())
    }

    /// Returns what it is besides its principles.
    pub fn terms(&self) -> &CharterTerms {
        &self.terms
    }

    /// Returns the principles in their order.
    pub fn principles(&self) -> &[String] {
        &self.principles
    }

    /// Returns the Merkle root of the principles.
    pub fn root(&self) -> Hash32 {
        tree::compute_root(&self.leaves())
    }

    /// Returns the charter hash.
    pub fn hash(&self) -> Hash32 {
        let CharterTerms { version, parent, expires, poll } = self.terms;
        let tag = Hash32::of(b"psephos.v1.charter");
        Hash32::of_words(&[tag, Hash32::from_number(version), parent, self.root(), Hash32::from_number(expires), poll])
    }

    fn leaves(&self) -> Vec<Hash32> {
        (0..).zip(&self.principles).map(|(index, text)| hash_leaf(index, text)).collect()
    }
}
