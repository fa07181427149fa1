//! A charter: adopted principles as a value with a hash that the contract `Charters` keeps.
//!
//! ```text
//! leaf_j       = keccak256(keccak256(j, keccak256(text_j)))
//! root         = Merkle root of the adopted leaves in order (OpenZeppelin's MerkleProof)
//! charter hash = keccak256(keccak256("psephos.v1.charter"), chain id, contract, version, parent, poll, agenda,
//!                          adopted, root, expires_at, model hash, policy hash)
//! ```
//!
//! All words have 32 bytes, numbers are big-endian. `j` is the statement's place in the agenda, from 0, so a proof also
//! shows which statement it is; `adopted` has bit `j` for each principle. The rule of adoption is in `poll`, the
//! fingerprint of the sheet poll.

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
    MAX_STATEMENTS,
    agenda::Agenda,
    hash::{Address, Hash32},
    outcome::{Outcome, list_adopted},
    text::{TextError, check_text},
};

/// What a charter is, besides its principles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CharterTerms {
    /// The chain of the contract that keeps it.
    pub chain_id: u64,
    /// The contract that keeps it.
    pub contract: Address,
    /// Its number: 1 for the first, then each is one more than its parent's.
    pub version: u64,
    /// The charter hash of the version before it; zero for the first.
    pub parent: Hash32,
    /// The fingerprint of the sheet poll that adopted its principles.
    pub poll: Hash32,
    /// The hash of that sheet poll's agenda.
    pub agenda: Hash32,
    /// The last second of Unix time in which it can hold.
    pub expires_at: u64,
    /// A hash of what is steered; zero for none.
    pub model_hash: Hash32,
    /// A hash of how it is used; zero for none.
    pub policy_hash: Hash32,
}

/// An adopted statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principle {
    /// Its place in the agenda, from 0.
    pub index: usize,
    /// Its text.
    pub text: String,
}

/// A version of a charter, valid by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charter {
    terms: CharterTerms,
    principles: Vec<Principle>,
}

/// Values that are no charter. Places count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CharterError {
    /// There is no principle, or there are too many.
    #[error("a charter has 1 to {MAX_STATEMENTS} principles, not {0}")]
    Count(usize),
    /// A place is behind the agenda's, or not above the one before.
    #[error("principle {place} is statement {index} (counted from 0): places ascend, and are below {MAX_STATEMENTS}")]
    Index {
        /// The principle's place in the charter.
        place: usize,
        /// Its place in the agenda, from 0.
        index: usize,
    },
    /// The agenda is another one than the terms name.
    #[error("the agenda has the hash {actual}, the terms name {stated}")]
    Agenda {
        /// The hash in the terms.
        stated: Hash32,
        /// The agenda's hash.
        actual: Hash32,
    },
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
    pub fn new(terms: CharterTerms, principles: Vec<Principle>) -> Result<Self, CharterError> {
        if principles.is_empty() || principles.len() > MAX_STATEMENTS {
            return Err(CharterError::Count(principles.len()));
        }
        if terms.version == 0 || (terms.version == 1) != (terms.parent == Hash32::ZERO) {
            return Err(CharterError::Parent(terms.version));
        }
        let (mut places, mut least) = (HashMap::new(), 0);
        for (place, Principle { index, text }) in (1..).zip(&principles) {
            if !(least..MAX_STATEMENTS).contains(index) {
                return Err(CharterError::Index { place, index: *index });
            }
            least = index + 1;
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
    /// As [`Charter::new`]; also if there is not one outcome a statement, or the terms name another agenda.
    pub fn from_outcomes(terms: CharterTerms, agenda: &Agenda, outcomes: &[Outcome]) -> Result<Self, CharterError> {
        if outcomes.len() != agenda.len() {
            return Err(CharterError::Outcomes { outcomes: outcomes.len(), statements: agenda.len() });
        }
        let (stated, actual) = (terms.agenda, agenda.hash());
        if stated != actual {
            return Err(CharterError::Agenda { stated, actual });
        }
        let principles = list_adopted(outcomes).into_iter();
        let principles = principles.map(|index| Principle { index, text: agenda.statements()[index].text.clone() });
        Self::new(terms, principles.collect())
    }

    /// Returns what it is besides its principles.
    pub fn terms(&self) -> &CharterTerms {
        &self.terms
    }

    /// Returns the principles in their order.
    pub fn principles(&self) -> &[Principle] {
        &self.principles
    }

    /// Returns which statements of the agenda are principles: bit `j` for statement `j`.
    pub fn adopted(&self) -> u64 {
        self.principles.iter().fold(0, |mask, principle| mask | 1 << principle.index)
    }

    /// Returns the Merkle root of the principles.
    pub fn root(&self) -> Hash32 {
        tree::compute_root(&self.leaves())
    }

    /// Returns the charter hash.
    pub fn hash(&self) -> Hash32 {
        let terms = &self.terms;
        Hash32::of_words(&[
            Hash32::of(b"psephos.v1.charter"),
            Hash32::from_number(terms.chain_id),
            terms.contract.to_word(),
            Hash32::from_number(terms.version),
            terms.parent,
            terms.poll,
            terms.agenda,
            Hash32::from_number(self.adopted()),
            self.root(),
            Hash32::from_number(terms.expires_at),
            terms.model_hash,
            terms.policy_hash,
        ])
    }

    fn leaves(&self) -> Vec<Hash32> {
        self.principles.iter().map(|principle| hash_leaf(principle.index as u64, &principle.text)).collect()
    }
}
