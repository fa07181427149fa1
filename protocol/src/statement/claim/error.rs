//! The clause that fails.

use thiserror::Error;

use crate::{Fr, constants::SIZES, signature::SignatureError};

/// The clause of the statement that does not hold. No variant contains a secret, so none says what a note would be paid.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ClaimError {
    /// There is no circuit of this size.
    #[error("a note of {size} choices: sizes are {SIZES:?}")]
    Size {
        /// The number of choices given.
        size: usize,
    },
    /// The ratified option is none of the circuit's.
    #[error("policy: option {option} is not among the {size} of the circuit")]
    Policy {
        /// The ratified option, from 0.
        option: usize,
        /// `M`.
        size: usize,
    },
    /// Clause 1: no note has such a weight or choice.
    #[error("note: a weight or a choice does not fit 40 bits")]
    Value,
    /// The claim is of another chamber, under another policy or for another recipient.
    #[error("terms: chamber, policy or recipient are not those of the witness")]
    Terms,
    /// Clause 1: the note is not in the tree.
    #[error("note: its path leads to the root {actual}, not {expected}")]
    NoteRoot {
        /// The posted root.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 2.
    #[error("reward nullifier: {expected} is posted, the witness gives {actual}")]
    RewardNullifier {
        /// The posted value.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 3.
    #[error("amount: the policy does not give this note {posted}")]
    Amount {
        /// The posted amount.
        posted: u128,
    },
    /// Clause 4.
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    /// Clause 5: a public input is not the witness's.
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
