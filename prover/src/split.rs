//! Proofs by two provers, of which neither learns anything about the witness.
//!
//! Without its blinding a Groth16 proof is three sums of points of the key that are linear in the assignment `w` and in
//! the values `h` of the quotient polynomial:
//!
//! ```text
//! A = alpha + sum w_i·A_i      B = beta + sum w_i·B_i      C = sum w_i·L_i + sum h_i·H_i
//! ```
//!
//! The client computes `w` and `h`, matrices and FFTs. It splits both into two additive *witness shares*: the first
//! prover gets a seed, from which it expands uniform elements, and the second one the differences. Each returns the
//! three sums of its share ([`PartialSums`]). The client adds them, makes the proof anew (`crate::rerandomisation`)
//! and verifies it. A share alone is uniform: no statement, no poll, no vote follows from it. Both together are the
//! witness.
//!
//! What a prover that answers wrongly learns is in the book, chapter "Two provers"; three rules of this module follow
//! from there. Shares are drawn anew for every try. Whatever is wrong with the answers, the error is the same,
//! [`ProveError::InvalidSums`]. And no proof is returned that does not verify.

mod expansion;
mod share;
mod sums;
#[cfg(test)]
mod tests;

use ark_bn254::Fr;
use psephos_circuits::{Circuit, Unsatisfied};
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

pub use self::share::{SEED_BYTES, ShareError, WitnessShare};
pub use self::sums::{PartialSums, SUMS_BYTES};
use crate::rerandomisation::UnblindedProof;
use crate::{Proof, ProveError, ProvingKey};

/// All that a proof is a linear function of: the assignment (one, public inputs, witness) and the values of the
/// quotient polynomial. Secret: without `Debug`, wiped when dropped.
pub struct ExtendedWitness {
    inputs: usize,
    variables: usize,
    elements: Zeroizing<Vec<Fr>>,
}

/// Two shares of an [`ExtendedWitness`], each for another prover. Both together are the witness. They can be neither
/// cloned nor drawn again.
pub struct SplitWitness {
    /// The seed of the first share.
    pub seed: Zeroizing<[u8; SEED_BYTES]>,
    /// The second share: what is left, as words.
    pub rest: Zeroizing<Vec<u8>>,
}

impl ExtendedWitness {
    /// Splits the witness into two shares, with a fresh seed.
    pub fn split(&self, rng: &mut (impl RngCore + CryptoRng)) -> SplitWitness {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        rng.fill_bytes(seed.as_mut());
        let rest = expansion::subtract_expansion(&self.elements, &seed);
        SplitWitness { seed, rest }
    }

    /// Number of elements of each share.
    pub fn share_length(&self) -> usize {
        self.elements.len()
    }

    fn assignment(&self) -> &[Fr] {
        &self.elements[..self.variables]
    }
}

impl<C: Circuit> ProvingKey<C> {
    /// Number of elements of a witness share: the circuit's variables and the points of the quotient's domain.
    pub fn share_length(&self) -> usize {
        self.system().num_variables() + self.engine().domain_size()
    }

    /// Checks a statement and computes all that its proof is a linear function of. The key's points are not prepared.
    ///
    /// # Errors
    /// As [`ProvingKey::prove`].
    pub fn extend_witness(&self, circuit: &C) -> Result<ExtendedWitness, ProveError> {
        circuit.check().map_err(|e| ProveError::Statement(Box::new(e)))?;
        let assignment = Zeroizing::new(circuit.generate_assignment());
        if assignment.get(1..self.system().num_inputs()) != Some(&circuit.public_inputs()) {
            return Err(ProveError::Inputs);
        }
        self.extend_assignment(&assignment)
    }

    /// Computes all that the proof of an assignment is a linear function of.
    ///
    /// # Errors
    /// Returns [`ProveError::Unsatisfied`] if its length is wrong, [`ProveError::Engine`] if the circuit is too large.
    pub fn extend_assignment(&self, assignment: &[Fr]) -> Result<ExtendedWitness, ProveError> {
        let variables = self.system().num_variables();
        if assignment.len() != variables {
            return Err(Unsatisfied::Length { expected: variables, actual: assignment.len() }.into());
        }
        let program = self.engine().quotient_program(self.system()).map_err(|e| ProveError::Engine(e.to_string()))?;
        let quotient = program.compute_elements(assignment);
        // Never reallocated: no copy is left behind.
        let mut elements = Zeroizing::new(Vec::with_capacity(self.share_length()));
        elements.extend_from_slice(assignment);
        elements.extend_from_slice(&quotient);
        Ok(ExtendedWitness { inputs: self.system().num_inputs(), variables, elements })
    }

    /// Computes the sums of a witness share. Takes a time that depends on the share alone, which is uniform.
    ///
    /// # Errors
    /// Returns [`ProveError::Share`] for a share of another length, [`ProveError::Engine`] for a damaged key.
    pub fn sum_share(&self, share: &WitnessShare) -> Result<PartialSums, ProveError> {
        let (expected, actual) = (self.share_length(), share.elements().len());
        if actual != expected {
            return Err(ShareError::Length { expected, actual }.into());
        }
        let (assignment, quotient) = share.elements().split_at(self.system().num_variables());
        let engine = |error: &dyn std::error::Error| ProveError::Engine(error.to_string());
        let sums = self.engine().sum_share(self.system(), assignment, quotient).map_err(|e| engine(&e))?;
        PartialSums::new(sums).map_err(|e| engine(&e))
    }

    /// Makes the proof of a statement from the answers of two provers, in the encoding of [`PartialSums`]. The proof is
    /// blinded with fresh randomness and verified.
    ///
    /// # Errors
    /// Returns [`ProveError::InvalidSums`] whatever is wrong with the answers, or [`ProveError::Unsatisfied`] if no
    /// answers could have been right: a bug.
    pub fn combine_sums(
        &self,
        witness: &ExtendedWitness,
        answers: [&[u8]; 2],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof, ProveError> {
        let [one, two] = answers.map(PartialSums::from_bytes);
        let proof = match (one, two) {
            (Ok(one), Ok(two)) => self.blind_sums(&one, &two, rng),
            _ => None,
        };
        let inputs = witness.assignment().get(1..witness.inputs).unwrap_or_default();
        match proof.filter(|proof| self.verifying_key().verify(proof, inputs).is_ok()) {
            Some(proof) => Ok(proof),
            None => {
                self.system().check_satisfied(witness.assignment())?;
                Err(ProveError::InvalidSums)
            }
        }
    }

    fn blind_sums(&self, one: &PartialSums, two: &PartialSums, rng: &mut (impl RngCore + CryptoRng)) -> Option<Proof> {
        let points = self.engine().verifying_points();
        let unblinded =
            UnblindedProof { a: one.a + two.a + points.alpha, b: one.b + two.b + points.beta, c: one.c + two.c };
        unblinded.rerandomise(points.delta, rng).ok()
    }
}
