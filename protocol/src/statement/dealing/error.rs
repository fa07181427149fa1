//! The error of the statement `dealing`: the clause that fails.

use thiserror::Error;

use crate::Fr;

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum DealingError {
    /// The dealing is for another committee.
    #[error(
        "a dealing for a threshold of {threshold} and {shares} trustees does not fit the committee, which has a threshold \
         of {expected_threshold} and {expected_shares} registered trustees"
    )]
    Shape {
        /// The committee threshold of the dealing.
        threshold: usize,
        /// The committee threshold of the committee.
        expected_threshold: usize,
        /// The number of the dealing's encrypted shares.
        shares: usize,
        /// The number of registered trustees.
        expected_shares: usize,
    },
    /// The circuit serves committees of another capacity.
    #[error("the circuit serves committees of capacity {expected}, not {actual}")]
    Capacity {
        /// The circuit's capacity.
        expected: usize,
        /// The committee's capacity.
        actual: usize,
    },
    /// A secret is zero (one in `2^251`); secrets must be drawn again.
    #[error("a secret of the dealing is zero: draw new secrets")]
    Zero,
    /// `E = e·G` does not hold.
    #[error("the posted ephemeral key is not that of the witness's secret")]
    Ephemeral,
    /// `A_{j,k} = a_{j,k}·G` does not hold.
    #[error("the posted commitment to coefficient {coefficient} of polynomial {key} (both from 0) is to another value")]
    Commitment {
        /// The index of the polynomial, from 0.
        key: usize,
        /// The index of the coefficient, from 0.
        coefficient: usize,
    },
    /// An encrypted share does not hide the values of the polynomials.
    #[error("word {word} (from 0) of the share for point {point} does not encrypt the value of its polynomial")]
    Share {
        /// The recipient's point.
        point: u64,
        /// The index of the word, from 0.
        word: usize,
    },
    /// A public input differs from that of the witness.
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
