//! The error of the statement `update`: the clause that fails.

use thiserror::Error;

use crate::{Fr, census::CensusError, constants::CIRCUIT_SIZES, rule::RuleError, signature::SignatureError};

/// The clause of the statement that does not hold. No variant contains a secret, but those of clauses 1 and 2 tell that
/// a replacement was meant: they stay with the party that made the witness.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum UpdateError {
    /// There is no circuit of this size, the poll has more options than the circuit, or the old ciphertext is of
    /// another size.
    #[error("an update of {options} options does not fit a circuit of size {size}: sizes are {CIRCUIT_SIZES:?}")]
    Size {
        /// The given size.
        size: usize,
        /// The number of the poll's options.
        options: usize,
    },
    /// The choice is not padded to `M` values.
    #[error("an update of this circuit size has {expected} choices, not {actual}: pad them with zeros")]
    ChoiceLength {
        /// `M`.
        expected: usize,
        /// The given number of values.
        actual: usize,
    },
    /// Clause 1: the membership proof is deeper than the circuits.
    #[error("membership: {0}")]
    Membership(CensusError),
    /// Clause 1: the witness is no mask, and its Merkle path does not lead to the census root.
    #[error("membership: only a member of the census replaces a ballot")]
    NotAMember,
    /// Clause 2: the witness is no mask, and the slot is another's.
    #[error("slot: the nullifier is not that of the witness's identity, and only a slot's owner replaces its ballot")]
    OtherSlot,
    /// Clause 3: the choice violates the ballot rule.
    #[error("rule: {0}")]
    Rule(#[from] RuleError),
    /// Clause 6: the signature does not verify.
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
