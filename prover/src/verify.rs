//! Verification of one proof.

use ark_bn254::{Bn254, Fr, G1Projective};
use ark_ec::pairing::Pairing;

use crate::{Proof, VerifyingKey};

/// Why a proof, or a batch of them, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The statement has another number of public inputs.
    #[error("expected {expected} public inputs, got {actual}")]
    PublicInputCount {
        /// Inputs of the key.
        expected: usize,
        /// Inputs given.
        actual: usize,
    },
    /// The pairing equation does not hold: not a proof of this statement under this key.
    #[error("the proof is not valid")]
    InvalidProof,
    /// At least one proof of the batch is not valid; [`VerifyingKey::find_invalid`] says which.
    #[error("the batch of {proofs} contains a proof that is not valid")]
    InvalidBatch {
        /// Size of the batch.
        proofs: usize,
    },
}

impl VerifyingKey {
    /// Whether `proof` proves the statement with these public inputs.
    ///
    /// The number of inputs is checked here (arkworks' own verifier takes any number and ignores or drops the rest). Inputs
    /// are canonical by their type; parse them with [`crate::encoding`].
    ///
    /// # Errors
    /// [`VerifyError::PublicInputCount`] or [`VerifyError::InvalidProof`].
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
