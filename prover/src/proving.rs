//! Proving keys and proof generation.

use std::error::Error;
use std::io::Cursor;
use std::marker::PhantomData;
use std::time::Duration;

use ark_bn254::Fr;
use psephos_circuits::{Circuit, R1cs, Unsatisfied};
use rand::{CryptoRng, Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::groth16::{Groth16Prover, Preparation};
use crate::key::VerifyingPoints;
use crate::key_file::KeyFileError;
use crate::split::ShareError;
use crate::{KeyError, KeyInfo, Proof, VerifyError, VerifyingKey, development, key_file};
use psephos_formats::zkey;

/// The proving key of circuit `C`, with the circuit's matrices.
pub struct ProvingKey<C> {
    engine: Groth16Prover,
    system: R1cs,
    verifying_key: VerifyingKey,
    circuit: PhantomData<fn(&C)>,
}

/// Why there is no proof. Only [`ProveError::Statement`] and [`ProveError::Share`] can be the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The witness does not satisfy the statement. The error names the clause.
    #[error("the statement does not hold: {0}")]
    Statement(#[source] Box<dyn Error + Send + Sync>),
    /// The native check passes, but the circuit is not satisfied: a bug.
    #[error("the circuit disagrees with its statement (a bug, please report it): {0}")]
    Unsatisfied(#[from] Unsatisfied),
    /// The circuit's public inputs differ from those that it assigns: a bug.
    #[error("the circuit assigns other public inputs than it names (a bug, please report it)")]
    Inputs,
    /// The engine failed: a bug, or a damaged key.
    #[error("the proof cannot be computed (a damaged key, or a bug): {0}")]
    Engine(String),
    /// The new proof does not verify: a bug, or a damaged key.
    #[error("the new proof does not verify (a damaged key, or a bug): {0}")]
    Rejected(#[from] VerifyError),
    /// A witness share has another length than the circuit's, or is no list of field elements.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// What two provers returned for their shares makes no valid proof. Which of them is wrong cannot be told, and how
    /// is not said: see [`crate::split`].
    #[error(
        "the answers of the two provers make no valid proof: at least one of them is wrong, and nothing says which"
    )]
    InvalidSums,
}

impl<C: Circuit> ProvingKey<C> {
    /// Generates the development key of this circuit, which [`crate::KeyStore`] caches. Anyone can forge proofs under
    /// it.
    ///
    /// # Errors
    /// Returns [`KeyError::Setup`] if the circuit is too large.
    pub fn generate_development() -> Result<ProvingKey<C>, KeyError> {
        let system = C::constraint_system();
        let hash = system.circuit_hash();
        let engine =
            development::generate_key(&system, &hash).map_err(|reason| KeyError::Setup { circuit: C::NAME, reason })?;
        ProvingKey::from_engine(engine, system, hash, true)
    }

    pub(crate) fn from_engine(
        engine: Groth16Prover,
        system: R1cs,
        circuit_hash: [u8; 32],
        development: bool,
    ) -> Result<ProvingKey<C>, KeyError> {
        let info = circuit_key_info::<C>(&system, circuit_hash, development);
        let verifying_key = VerifyingKey::new(engine.verifying_points(), info)?;
        if !engine.has_consistent_blinding() {
            return Err(KeyError::Degenerate("its beta or delta in G1 is not that in G2: proofs would not be blinded"));
        }
        Ok(ProvingKey { engine, system, verifying_key, circuit: PhantomData })
    }

    /// Proves the statement of `circuit`.
    ///
    /// In this order: the statement's native `check()`, the assignment, the proof, its verification. So an invalid
    /// witness gives an error and never a proof (the engine alone would return an invalid proof, or one of another
    /// statement).
    ///
    /// `rng` blinds the proof: it must be a cryptographic generator with a secret state, or the proof is not
    /// zero-knowledge. The assignment is zeroized afterwards. Memory that its list left behind while it grew, and
    /// copies inside arkworks' arithmetic, are not; and the time taken depends on the witness, so a remote prover must
    /// not respond as soon as it can.
    ///
    /// # Errors
    /// Returns [`ProveError::Statement`] with the clause that fails; any other variant is a bug or a damaged key.
    pub fn prove(&self, circuit: &C, rng: &mut (impl RngCore + CryptoRng)) -> Result<Proof, ProveError> {
        circuit.check().map_err(|e| ProveError::Statement(Box::new(e)))?;
        self.prove_checked(circuit, rng)
    }

    /// [`ProvingKey::prove`] for a statement whose native `check()` has passed before. If it has not, there is still no
    /// proof: the new one does not verify.
    ///
    /// # Errors
    /// As [`ProvingKey::prove`], but without the clause.
    pub fn prove_checked(&self, circuit: &C, rng: &mut (impl RngCore + CryptoRng)) -> Result<Proof, ProveError> {
        let assignment: Zeroizing<Vec<Fr>> = Zeroizing::new(circuit.generate_assignment());
        if assignment.get(1..self.system.num_inputs()) != Some(&circuit.public_inputs()) {
            return Err(ProveError::Inputs);
        }
        self.prove_assignment(&assignment, rng)
    }

    /// Proves from a complete assignment (one, public inputs, witness), which another program may have generated.
    ///
    /// # Errors
    /// Returns [`ProveError::Unsatisfied`]; otherwise as [`ProvingKey::prove`].
    pub fn prove_assignment(
        &self,
        assignment: &[Fr],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof, ProveError> {
        let expected = self.system.num_variables();
        if assignment.len() != expected {
            return Err(Unsatisfied::Length { expected, actual: assignment.len() }.into());
        }
        let proof = self
            .engine
            .prove_unchecked(&self.system, assignment, rng)
            .map_err(|e| ProveError::Engine(e.to_string()))?;
        // An assignment that does not satisfy the system gives a proof that does not verify; the reason is searched for
        // only then.
        if let Err(refused) = self.verifying_key.verify(&proof, &assignment[1..self.system.num_inputs()]) {
            self.system.check_satisfied(assignment)?;
            return Err(refused.into());
        }
        Ok(proof)
    }

    /// Proves many statements and returns the results in their order. Each proof takes one core, and all cores work at
    /// once: that gives more proofs per second than proving one after another on all cores, and each takes longer.
    /// `rng` provides a seed for each.
    pub fn prove_all(&self, circuits: &[C], rng: &mut (impl RngCore + CryptoRng)) -> Vec<Result<Proof, ProveError>> {
        // Prepared first, or all threads would do it at once.
        if let Err(error) = self.prepare() {
            let failure = error.to_string();
            return circuits.iter().map(|_| Err(ProveError::Engine(failure.clone()))).collect();
        }
        let seeds: Vec<_> = circuits.iter().map(|_| Zeroizing::new(rng.r#gen::<[u8; 32]>())).collect();
        let prove =
            |(circuit, seed): (&C, &Zeroizing<[u8; 32]>)| self.prove(circuit, &mut ChaCha20Rng::from_seed(**seed));
        circuits.par_iter().zip(&seeds).map(prove).collect()
    }

    /// Sets how the key is prepared for proofs.
    #[must_use]
    pub fn with_preparation(self, preparation: Preparation) -> ProvingKey<C> {
        ProvingKey { engine: self.engine.with_preparation(preparation), ..self }
    }

    /// Prepares the key, which its first proof would do otherwise.
    ///
    /// # Errors
    /// Returns [`ProveError::Engine`] if the circuit is too large.
    pub fn prepare(&self) -> Result<(), ProveError> {
        self.engine.prepared_key(&self.system).map(|_| ()).map_err(|e| ProveError::Engine(e.to_string()))
    }

    /// Measures how long each part of a proof from this assignment takes, one after another.
    ///
    /// # Errors
    /// Returns [`ProveError::Unsatisfied`] if its length is wrong, [`ProveError::Engine`] if the circuit is too large.
    pub fn measure_stages(&self, assignment: &[Fr]) -> Result<Vec<(&'static str, Duration)>, ProveError> {
        let expected = self.system.num_variables();
        if assignment.len() != expected {
            return Err(Unsatisfied::Length { expected, actual: assignment.len() }.into());
        }
        let prepared = self.engine.prepared_key(&self.system).map_err(|e| ProveError::Engine(e.to_string()))?;
        Ok(prepared.measure_stages(assignment))
    }

    /// The key that verifies this key's proofs.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// Information about the key: circuit, hashes, sizes, names of the inputs.
    pub fn info(&self) -> &KeyInfo {
        self.verifying_key.info()
    }

    /// The circuit's constraint system.
    pub fn system(&self) -> &R1cs {
        &self.system
    }

    pub(crate) fn engine(&self) -> &Groth16Prover {
        &self.engine
    }

    /// Imports a key from a `.zkey` file of any origin. Every point is checked, and its entries of A and B must be this
    /// circuit's. That C is this circuit's too, and that no one knows its secrets, only the verification of its
    /// ceremony shows.
    ///
    /// # Errors
    /// Returns [`KeyError::Import`], or [`KeyError::Degenerate`], also for an initial zkey.
    pub fn from_zkey(bytes: &[u8]) -> Result<ProvingKey<C>, KeyError> {
        let system = C::constraint_system();
        let hash = system.circuit_hash();
        let engine = key_file::import_engine(bytes, &system)
            .map_err(|problem| KeyError::Import { circuit: C::NAME, problem: Box::new(problem) })?;
        ProvingKey::from_engine(engine, system, hash, false)
    }

    /// Returns the verifying key of a `.zkey` file of this circuit that has been verified: only the verifying key's own
    /// points are checked again.
    ///
    /// # Errors
    /// Returns [`KeyError::Import`] or [`KeyError::Degenerate`].
    pub fn read_verifying_key(bytes: &[u8], system: &R1cs) -> Result<VerifyingKey, KeyError> {
        let read = || -> Result<VerifyingPoints, KeyFileError> {
            let mut file = zkey::open_zkey(Cursor::new(bytes))?;
            let (header, ic) = (zkey::Header::read_header(&mut file)?, zkey::read_ic(&mut file)?);
            Ok(VerifyingPoints {
                alpha: header.alpha_g1,
                beta: header.beta_g2,
                gamma: header.gamma_g2,
                delta: header.delta_g2,
                ic,
            })
        };
        let points = read().map_err(|problem| KeyError::Import { circuit: C::NAME, problem: Box::new(problem) })?;
        VerifyingKey::new(points, circuit_key_info::<C>(system, system.circuit_hash(), false))
    }

    /// Encodes the development key as a `.zkey` file, with which snarkjs and rapidsnark prove too. A ceremony's key has
    /// its file already.
    ///
    /// # Errors
    /// Writing to memory does not fail.
    pub fn to_zkey(&self) -> std::io::Result<Vec<u8>> {
        key_file::encode_development_key(&self.engine, &self.system, &self.info().circuit_hash)
    }
}

/// Returns the information about a circuit's key that does not depend on its points. The key's hash is computed later.
fn circuit_key_info<C: Circuit>(system: &R1cs, circuit_hash: [u8; 32], development: bool) -> KeyInfo {
    KeyInfo {
        circuit: C::NAME.into(),
        circuit_hash,
        key_hash: [0; 32],
        constraints: system.num_constraints(),
        variables: system.num_variables(),
        inputs: C::PUBLIC_INPUTS.iter().map(|name| (*name).into()).collect(),
        development,
    }
}
