//! The Groth16 prover: setup and proof generation.
//!
//! The only module that knows how a proof is computed. Its key is a [`Zkey`] as its file holds it; before the first
//! proof it is prepared for `psephos_engine`, which does the arithmetic.

mod matrices;
mod prepared;
mod query;
mod quotient;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::{Arc, OnceLock};

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Projective};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{UniformRand, Zero};
use ark_groth16::Groth16;
use ark_relations::gr1cs::SynthesisError;
use psephos_circuits::R1cs;
use psephos_circuits::r1cs::Synthesizer;
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

pub use self::prepared::Preparation;
use self::prepared::PreparedKey;
use self::quotient::QuotientProgram;
use crate::circuit_files::constraint_system;
use crate::key::VerifyingPoints;
use crate::reduction::CircomReduction;
use crate::{Proof, ProofError};
use psephos_formats::elements::FilePoint;
use psephos_formats::zkey::{Header, Shape, Zkey};

/// A proving key, with its prepared form once there is one.
pub(crate) struct Groth16Prover {
    key: Zkey,
    preparation: Preparation,
    quotient: OnceLock<Arc<QuotientProgram>>,
    prepared: OnceLock<PreparedKey>,
}

/// The reason why the engine made no proof.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Groth16Error {
    #[error("the circuit is too large for the field's roots of unity")]
    Domain,
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl Groth16Prover {
    /// Generates a key. Anyone who knows the state of `rng` can forge proofs under it.
    pub(crate) fn generate_key(
        system: &R1cs,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Groth16Prover, SynthesisError> {
        let synthesizer = Synthesizer { system, assignment: None };
        let key = Groth16::<Bn254, CircomReduction>::generate_random_parameters_with_reduction(synthesizer, rng)?;
        let zkey = Zkey {
            header: Header {
                alpha_g1: key.vk.alpha_g1,
                beta_g1: key.beta_g1,
                beta_g2: key.vk.beta_g2,
                gamma_g2: key.vk.gamma_g2,
                delta_g1: key.delta_g1,
                delta_g2: key.vk.delta_g2,
            },
            ic: key.vk.gamma_abc_g1,
            a: key.a_query,
            b_g1: key.b_g1_query,
            b_g2: key.b_g2_query,
            l: key.l_query,
            h: key.h_query,
        };
        Ok(Groth16Prover::from_zkey(zkey))
    }

    /// Builds the engine of a key; `None` if the key's shape is not that of the system's keys.
    pub(crate) fn new(key: Zkey, system: &R1cs) -> Option<Groth16Prover> {
        let Shape { variables, inputs, domain } = Shape::from_system(&constraint_system(system));
        let lengths = [key.a.len(), key.b_g1.len(), key.b_g2.len(), key.l.len(), key.h.len(), key.ic.len()];
        let fits = lengths == [variables, variables, variables, variables - inputs, domain, inputs];
        fits.then(|| Groth16Prover::from_zkey(key))
    }

    /// Whether the points that blind a proof are those of the verifying key. If they were not, proofs would still
    /// verify, and reveal the witness to the party that made the key.
    pub(crate) fn has_consistent_blinding(&self) -> bool {
        let Header { beta_g1, beta_g2, delta_g1, delta_g2, .. } = self.key.header;
        let there = |point: &G1Affine| !point.is_zero() && point.check_group().is_ok();
        // Compared by their ratio: a key that one party made may have other generators.
        [beta_g1, delta_g1].iter().all(there)
            && Bn254::multi_pairing([beta_g1, -delta_g1], [delta_g2, beta_g2]).is_zero()
    }

    fn from_zkey(key: Zkey) -> Groth16Prover {
        let preparation = Preparation::default();
        Groth16Prover { key, preparation, quotient: OnceLock::new(), prepared: OnceLock::new() }
    }

    /// Sets how the key is prepared for proofs.
    pub(crate) fn with_preparation(self, preparation: Preparation) -> Groth16Prover {
        Groth16Prover { preparation, quotient: OnceLock::new(), prepared: OnceLock::new(), ..self }
    }

    /// Returns the program of the quotient, which is prepared the first time; no point of the key is.
    pub(crate) fn quotient_program(&self, system: &R1cs) -> Result<&Arc<QuotientProgram>, Groth16Error> {
        if self.quotient.get().is_none() {
            let program = QuotientProgram::new(system, self.key.h.len(), self.preparation.arithmetic);
            _ = self.quotient.set(Arc::new(program.ok_or(Groth16Error::Domain)?));
        }
        self.quotient.get().ok_or(Groth16Error::Domain)
    }

    /// Returns the prepared key, which the first proof prepares unless that was done before.
    pub(crate) fn prepared_key(&self, system: &R1cs) -> Result<&PreparedKey, Groth16Error> {
        // Not `get_or_init`: preparation is shared among threads, and a thread that waits for its share may begin
        // another proof, which would then wait here for ever. Two threads that prepare at once only lose time.
        if self.prepared.get().is_none() {
            let quotient = self.quotient_program(system)?.clone();
            _ = self.prepared.set(PreparedKey::new(&self.key, quotient, self.preparation));
        }
        self.prepared.get().ok_or(Groth16Error::Domain)
    }

    /// Computes a zero-knowledge proof for an assignment. Whether it satisfies the key's system is not checked.
    pub(crate) fn prove_unchecked(
        &self,
        system: &R1cs,
        assignment: &[Fr],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof, Groth16Error> {
        let prepared = self.prepared_key(system)?;
        let header = &self.key.header;
        let blinding = Zeroizing::new([Fr::rand(rng), Fr::rand(rng)]);
        let [r, s] = *blinding;
        let sums = prepared.compute_sums(assignment);
        let a = header.delta_g1 * r + header.alpha_g1 + sums.a;
        let b_g1 = header.delta_g1 * s + header.beta_g1 + sums.b_g1;
        let b = header.delta_g2 * s + header.beta_g2 + sums.b_g2;
        let c = sums.c + a * s + b_g1 * r - header.delta_g1 * (r * s);
        Ok(Proof::from_points(a.into_affine(), b.into_affine(), c.into_affine())?)
    }

    /// Computes the sums of a share of an assignment and of its quotient's values.
    pub(crate) fn sum_share(
        &self,
        system: &R1cs,
        assignment: &[Fr],
        quotient: &[Fr],
    ) -> Result<(G1Projective, G2Projective, G1Projective), Groth16Error> {
        Ok(self.prepared_key(system)?.sum_share(assignment, quotient))
    }

    /// Number of points of the quotient's domain.
    pub(crate) fn domain_size(&self) -> usize {
        self.key.h.len()
    }

    /// Returns the points of the verifying key.
    pub(crate) fn verifying_points(&self) -> VerifyingPoints {
        VerifyingPoints {
            alpha: self.key.header.alpha_g1,
            beta: self.key.header.beta_g2,
            gamma: self.key.header.gamma_g2,
            delta: self.key.header.delta_g2,
            ic: self.key.ic.clone(),
        }
    }

    /// Returns the points of the proving key.
    pub(crate) fn zkey(&self) -> &Zkey {
        &self.key
    }
}
