//! The clause that fails.

use thiserror::Error;

use crate::{Fr, census::CensusError, constants::SIZES, rule::RuleError, signature::SignatureError};

/// The clause of the statement that does not hold. No variant contains a secret.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum BallotError {
    /// There is no circuit of this size, or the poll has more options than it.
    #[error("a ballot of {options} options does not fit a circuit of size {size}: sizes are {SIZES:?}")]
    Size {
        /// The size given.
        size: usize,
        /// The poll's options.
        options: usize,
    },
    /// The choice is not padded to `M` values.
    #[error("a choice has {expected} values, not {actual}")]
    ChoiceLength {
        /// `M`.
        expected: usize,
        /// The number of values given.
        actual: usize,
    },
    /// Clause 1: the membership proof is deeper than the circuits.
    #[error("membership: {0}")]
    Membership(CensusError),
    /// Clause 1: the weight is not in `1..2^40`.
    #[error("membership: the weight is not from 1 to 2^40 - 1")]
    Weight,
    /// Clause 1: scope, census root, keys and rule of the witness do not give the chamber's context.
    #[error("membership: leaf, census, scope, keys and rule give the context {actual}, not {expected}")]
    Context {
        /// The chamber's context.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 2.
    #[error("nullifier: {expected} is posted, the witness gives {actual}")]
    Nullifier {
        /// The posted value.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 3.
    #[error("rule: {0}")]
    Rule(#[from] RuleError),
    /// Clause 4.
    #[error("encryption: the posted ciphertext is not that of the choice")]
    Encryption,
    /// Clause 5.
    #[error("note: {expected} is posted, the witness gives {actual}")]
    Note {
        /// The posted value.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 6.
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    /// Clause 7: a public input is not the witness's.
    #[error("binding: the public input {name} is {expected}, the witness gives {actual}")]
    Binding {
        /// The public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
}
