//! The error of the statement `ballot`: the clause that fails.

use thiserror::Error;

use crate::{
    Fr,
    census::CensusError,
    constants::CIRCUIT_SIZES,
    elements::{Context, NoteCommitment, Nullifier},
    rule::RuleError,
    signature::SignatureError,
};

/// The clause of the statement that does not hold. No variant contains a secret.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum BallotError {
    /// There is no circuit of this size, or the poll has more options than the circuit.
    #[error("a ballot of {options} options does not fit a circuit of size {size}: sizes are {CIRCUIT_SIZES:?}")]
    Size {
        /// The given size.
        size: usize,
        /// The number of the poll's options.
        options: usize,
    },
    /// The choice is not padded to `M` values.
    #[error("a ballot of this circuit size has {expected} choices, not {actual}: pad them with zeros")]
    ChoiceLength {
        /// `M`.
        expected: usize,
        /// The given number of values.
        actual: usize,
    },
    /// Clause 1: the membership proof is deeper than the circuits.
    #[error("membership: {0}")]
    Membership(CensusError),
    /// Clause 1: the witness's scope, census root, keys and rule do not give the chamber's context.
    #[error("membership: the witness gives the context {actual}, not {expected}")]
    Context {
        /// The chamber's context.
        expected: Context,
        /// The value that the witness gives.
        actual: Context,
    },
    /// Clause 2: the nullifier differs.
    #[error("nullifier: {expected} is posted, the witness gives {actual}")]
    Nullifier {
        /// The posted value.
        expected: Nullifier,
        /// The value that the witness gives.
        actual: Nullifier,
    },
    /// Clause 3: the choice violates the ballot rule.
    #[error("rule: {0}")]
    Rule(#[from] RuleError),
    /// Clause 4: the ciphertext is not an encryption of the counted values.
    #[error("encryption: the posted ciphertext is not an encryption of the counted values")]
    Encryption,
    /// Clause 5: the note differs.
    #[error("note: the note commitment {expected} is posted, the witness gives {actual}")]
    Note {
        /// The posted value.
        expected: NoteCommitment,
        /// The value that the witness gives.
        actual: NoteCommitment,
    },
    /// Clause 6: the signature does not verify.
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    /// Clause 7: a public input differs from that of the witness.
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
