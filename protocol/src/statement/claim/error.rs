//! The error of the statement `claim`: the clause that fails.

use thiserror::Error;

use crate::{
    Fr,
    constants::CIRCUIT_SIZES,
    elements::{NotesRoot, RewardNullifier},
    signature::SignatureError,
};

/// The clause of the statement that does not hold. No variant contains a secret, so none reveals the amount that a note
/// would be paid.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ClaimError {
    /// There is no circuit of this size.
    #[error("a note of {size} choices does not fit any circuit: sizes are {CIRCUIT_SIZES:?}")]
    Size {
        /// The given number of choices.
        size: usize,
    },
    /// The circuit does not have the ratified option.
    #[error("policy: the ratified option {option} (from 0) is not one of the circuit's {size} options")]
    Policy {
        /// The ratified option, from 0.
        option: usize,
        /// `M`.
        size: usize,
    },
    /// Clause 1: a choice is one that no note has.
    #[error("note: a choice does not fit in 40 bits")]
    Value,
    /// The claim is for another chamber, under another policy or to another recipient.
    #[error("terms: chamber, policy or recipient differ from those of the witness")]
    Terms,
    /// Clause 1: the note is not in the notes tree.
    #[error("note: its path leads to the notes root {actual}, not {expected}")]
    NotesRoot {
        /// The posted root.
        expected: NotesRoot,
        /// The value that the witness gives.
        actual: NotesRoot,
    },
    /// Clause 2: the reward nullifier differs.
    #[error("reward nullifier: {expected} is posted, the witness gives {actual}")]
    RewardNullifier {
        /// The posted value.
        expected: RewardNullifier,
        /// The value that the witness gives.
        actual: RewardNullifier,
    },
    /// Clause 3: the amount is not the one that the policy gives.
    #[error("amount: {posted} is posted, but the policy gives this note another amount")]
    Amount {
        /// The posted amount.
        posted: u128,
    },
    /// Clause 4: the signature does not verify.
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    /// Clause 5: a public input differs from that of the witness.
    #[error("binding: the public input {name} is {expected}, the witness gives {actual}")]
    Binding {
        /// The name of the public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The value that the witness gives.
        actual: Fr,
    },
}
