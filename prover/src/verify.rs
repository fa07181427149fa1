//! Verification of one proof.

use ark_bn254::{Bn254, Fr, G1Projective};
use ark_ec::pairing::Pairing;

use crate::{Proof, VerifyingKey};

/// Why a proof or a batch of proofs is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The number of public inputs is not the statement's.
    #[error("expected {expected} public inputs, got {actual}")]
    PublicInputCount {
        /// Number of the key's inputs.
        expected: usize,
        /// Actual number of inputs.
        actual: usize,
    },
    /// The pairing equation does not hold: this is not a proof of the statement under this key.
    #[error("the proof is invalid")]
    InvalidProof,
    /// At least one proof of the batch is invalid; [`VerifyingKey::find_invalid`] returns which.
    #[error("the batch of {proofs} proofs contains an invalid one")]
    InvalidBatch {
        /// Number of proofs in the batch.
        proofs: usize,
    },
}

impl VerifyingKey {
    /// Verifies that `proof` proves the statement with these public inputs.
    ///
    /// The number of inputs is checked here (arkworks' own verifier takes any number and ignores or drops the rest).
    /// Inputs are canonical by their type; parse them with [`crate::encoding`].
    ///
    /// # Errors
    /// Returns [`VerifyError::PublicInputCount`] or [`VerifyError::InvalidProof`].
    pub fn verify(&self, proof: &Proof, inputs: &[Fr]) -> Result<(), VerifyError> {
        self.check_count(inputs)?;
        let (a, b, c) = proof.points();
        let bound: G1Projective = self.points.ic[1..].iter().zip(inputs).map(|(p, x)| *p * x).sum();
        let bound = bound + self.points.ic[0];
        let product = Bn254::multi_miller_loop(
            [a, bound.into(), c],
            [b.into(), self.prepared.minus_gamma.clone(), self.prepared.minus_delta.clone()],
        );
        match Bn254::final_exponentiation(product) {
            Some(value) if value == self.prepared.alpha_beta => Ok(()),
            _ => Err(VerifyError::InvalidProof),
        }
    }

    pub(crate) fn check_count(&self, inputs: &[Fr]) -> Result<(), VerifyError> {
        let expected = self.points.ic.len() - 1;
        match inputs.len() == expected {
            true => Ok(()),
            false => Err(VerifyError::PublicInputCount { expected, actual: inputs.len() }),
        }
    }
}
