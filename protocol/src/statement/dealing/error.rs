//! Why a dealing does not hold.

use thiserror::Error;

use crate::Fr;

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum DealingError {
    /// The dealing is for another committee.
    #[error(
        "a dealing for a threshold of {threshold} and {shares} trustees; the committee has {expected_threshold} and {expected_shares} registered"
    )]
    Shape {
        /// The dealing's threshold.
        threshold: usize,
        /// The committee's.
        expected_threshold: usize,
        /// Encrypted shares of the dealing.
        shares: usize,
        /// Registered trustees.
        expected_shares: usize,
    },
    /// The committee has another number of trustees than the circuit serves.
    #[error("a circuit for committees of capacity {expected}; this one has {actual}")]
    Capacity {
        /// The circuit's capacity.
        expected: usize,
        /// The committee's.
        actual: usize,
    },
    /// A secret is zero (one in `2^251`); draw again.
    #[error("a secret of the dealing is zero")]
    Zero,
    /// `E = e·G` does not hold.
    #[error("the ephemeral key is not of this secret")]
    Ephemeral,
    /// `A_{j,k} = a_{j,k}·G` does not hold.
    #[error("the commitment to coefficient {coefficient} of polynomial {key} is to another one")]
    Commitment {
        /// The polynomial, from 0.
        key: usize,
        /// The coefficient, from 0.
        coefficient: usize,
    },
    /// An encrypted share hides something else than the polynomials' values.
    #[error("word {word} for point {point} hides another value")]
    Share {
        /// The recipient's point.
        point: u64,
        /// The word, from 0.
        word: usize,
    },
    /// A public input is not the witness's.
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
