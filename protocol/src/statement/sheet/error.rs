//! The error of the statement `sheet`: the clause that fails.

use thiserror::Error;

use crate::{
    Fr,
    census::CensusError,
    constants::SHEET_SIZES,
    elements::{Context, NoteCommitment, Nullifier},
    sheet::{AnswerError, RelatedRandomness},
    signature::SignatureError,
};

/// The clause of the statement that does not hold. No variant contains a secret.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum SheetError {
    /// The form is not of the circuit's size.
    #[error("a sheet of {size} cells does not fit this circuit: sizes are {SHEET_SIZES:?}")]
    Size {
        /// The size of the form.
        size: usize,
    },
    /// There is not one scalar for each block.
    #[error("a sheet of this size has {expected} blocks, not {actual}: each needs randomness of its own")]
    RandomnessLength {
        /// The number of blocks.
        expected: usize,
        /// The given number of scalars.
        actual: usize,
    },
    /// A draft's blocks have related randomness. The statement itself does not ask for this.
    #[error("randomness: {0}")]
    RelatedRandomness(#[from] RelatedRandomness),
    /// Clause 1: the membership proof is deeper than the circuits.
    #[error("membership: {0}")]
    Membership(CensusError),
    /// Clause 1: the witness's scope, census root, keys and form do not give the chamber's context.
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
    /// Clauses 3 and 4: the answers are not those of the form's cells and kind.
    #[error("cells: {0}")]
    Answers(#[from] AnswerError),
    /// Clauses 5 to 7: the ciphertexts are not encryptions of the counted values.
    #[error("encryption: the posted ciphertexts are not encryptions of the counted values")]
    Encryption,
    /// Clause 8: the note differs.
    #[error("note: the note commitment {expected} is posted, the witness gives {actual}")]
    Note {
        /// The posted value.
        expected: NoteCommitment,
        /// The value that the witness gives.
        actual: NoteCommitment,
    },
    /// Clause 9: the signature does not verify.
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    /// Clause 10: a public input differs from that of the witness.
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
