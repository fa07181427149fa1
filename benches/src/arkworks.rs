//! arkworks' unmodified Groth16 prover, with its own key format and QAP reduction, for comparison.

use ark_bn254::{Bn254, Fr};
use ark_groth16::r1cs_to_qap::LibsnarkReduction;
use ark_groth16::{Groth16, Proof, ProvingKey};
use psephos_circuits::r1cs::Synthesizer;
use psephos_circuits::{Circuit, R1cs};
use rand::Rng;
use rand::rngs::StdRng;

use crate::seeded_rng;

type Prover = Groth16<Bn254, LibsnarkReduction>;

/// An arkworks proving key of a circuit, with the circuit's constraint system.
pub struct ArkworksProver<C> {
    key: ProvingKey<Bn254>,
    system: R1cs,
    circuit: std::marker::PhantomData<C>,
}

impl<C: Circuit> ArkworksProver<C> {
    /// Generates a key.
    #[allow(clippy::new_without_default, reason = "it takes seconds")]
    pub fn new() -> ArkworksProver<C> {
        let system = C::constraint_system();
        let shape = Synthesizer { system: &system, assignment: None };
        let key = Prover::generate_random_parameters_with_reduction(shape, &mut seeded_rng(1)).unwrap();
        ArkworksProver { key, system, circuit: std::marker::PhantomData }
    }

    /// Proves a precomputed assignment, with precomputed matrices.
    pub fn prove(&self, assignment: &[Fr], rng: &mut StdRng) -> Proof<Bn254> {
        let (r, s) = (rng.r#gen::<u128>().into(), rng.r#gen::<u128>().into());
        let (matrices, inputs, constraints) =
            (self.system.matrices(), self.system.num_inputs(), self.system.num_constraints());
        Prover::create_proof_with_reduction_and_matrices(&self.key, r, s, matrices, inputs, constraints, assignment)
            .unwrap()
    }

    /// Proves a statement with its witness through arkworks' interface for circuits. The assignment is computed by
    /// Psephos.
    pub fn prove_circuit(&self, circuit: &C, rng: &mut StdRng) -> Proof<Bn254> {
        let assignment = circuit.generate_assignment();
        let circuit = Synthesizer { system: &self.system, assignment: Some(&assignment) };
        Prover::create_random_proof_with_reduction(circuit, &self.key, rng).unwrap()
    }
}
