//! The Groth16 engine: setup, proof and the key's bytes, all on stock arkworks.
//!
//! The only file that knows `ark_groth16`: another engine replaces this one, and nobody else notices.

use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::{Matrix, SynthesisError};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};
use psephos_circuits::R1cs;
use psephos_circuits::r1cs::Synthesizer;
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::key::Points;
use crate::{Proof, ProofError};

/// Bytes of an uncompressed point of G1.
const G1: usize = 64;
/// Bytes of an uncompressed point of G2.
const G2: usize = 128;
/// Bytes of a list's length.
const LENGTH: usize = 8;

/// A proving key with the matrices that it was made for.
pub(crate) struct Engine {
    key: ark_groth16::ProvingKey<Bn254>,
    /// Owned, as arkworks wants one slice of three matrices.
    matrices: Vec<Matrix<Fr>>,
    inputs: usize,
}

/// Why the engine made no proof.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl Engine {
    /// Makes a key. Whoever knows the state of `rng` can forge.
    pub(crate) fn setup(system: &R1cs, rng: &mut (impl RngCore + CryptoRng)) -> Result<Engine, SynthesisError> {
        let synthesizer = Synthesizer { system, assignment: None };
        let key = Groth16::<Bn254>::generate_random_parameters_with_reduction(synthesizer, rng)?;
        Ok(Engine::new(key, system))
    }

    fn new(key: ark_groth16::ProvingKey<Bn254>, system: &R1cs) -> Engine {
        Engine { key, matrices: system.matrices().map(Clone::clone).into(), inputs: system.inputs() }
    }

    /// A zero-knowledge proof for a satisfying assignment. Does not look whether it satisfies.
    pub(crate) fn prove(&self, assignment: &[Fr], rng: &mut (impl RngCore + CryptoRng)) -> Result<Proof, EngineError> {
        let blinding = Zeroizing::new([Fr::rand(rng), Fr::rand(rng)]);
        let proof = Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
            &self.key,
            blinding[0],
            blinding[1],
            &self.matrices,
            self.inputs,
            self.matrices[0].len(),
            assignment,
        )?;
        Ok(Proof::from_points(proof.a, proof.b, proof.c)?)
    }

    /// The verifying half.
    pub(crate) fn points(&self) -> Points {
        let vk = &self.key.vk;
        Points {
            alpha: vk.alpha_g1,
            beta: vk.beta_g2,
            gamma: vk.gamma_g2,
            delta: vk.delta_g2,
            ic: vk.gamma_abc_g1.clone(),
        }
    }

    /// Bytes of the key of this system: every list's length follows from the system.
    pub(crate) fn size(system: &R1cs) -> usize {
        let (inputs, variables) = (system.inputs(), system.variables());
        let domain = (system.constraints() + inputs).next_power_of_two();
        let verifying = G1 + 3 * G2 + LENGTH + inputs * G1;
        let queries = variables * (G1 + G1 + G2) + (domain - 1) * G1 + (variables - inputs) * G1;
        verifying + 2 * G1 + 5 * LENGTH + queries
    }

    /// The key, uncompressed.
    pub(crate) fn write(&self) -> Result<Vec<u8>, SerializationError> {
        let mut bytes = Vec::with_capacity(self.key.uncompressed_size());
        self.key.serialize_uncompressed(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads [`Engine::write`] **without checking the points**: see `key_file` for why that is sound there.
    pub(crate) fn read(system: &R1cs, mut bytes: &[u8]) -> Result<Engine, SerializationError> {
        let key = ark_groth16::ProvingKey::<Bn254>::deserialize_uncompressed_unchecked(&mut bytes)?;
        let (inputs, variables) = (system.inputs(), system.variables());
        let shape = key.vk.gamma_abc_g1.len() == inputs
            && [key.a_query.len(), key.b_g1_query.len(), key.b_g2_query.len()] == [variables; 3]
            && key.l_query.len() == variables - inputs
            && key.h_query.len() == (system.constraints() + inputs).next_power_of_two() - 1;
        match shape && bytes.is_empty() {
            true => Ok(Engine::new(key, system)),
            false => Err(SerializationError::InvalidData),
        }
    }
}
