//! arkworks' prover as it comes: its own key, its own quotient.

use ark_bn254::{Bn254, Fr};
use ark_groth16::r1cs_to_qap::LibsnarkReduction;
use ark_groth16::{Groth16, Proof, ProvingKey};
use psephos_circuits::r1cs::Synthesizer;
use psephos_circuits::{Circuit, R1cs};
use rand::Rng;
use rand::rngs::StdRng;

use crate::rng;

type Prover = Groth16<Bn254, LibsnarkReduction>;

/// arkworks' key of a circuit, with the circuit's matrices.
pub struct Stock<C> {
    key: ProvingKey<Bn254>,
    system: R1cs,
    circuit: std::marker::PhantomData<C>,
}

impl<C: Circuit> Stock<C> {
    /// Makes a key.
    #[allow(clippy::new_without_default, reason = "it takes seconds")]
    pub fn new() -> Stock<C> {
        let system = C::system();
        let shape = Synthesizer { system: &system, assignment: None };
        let key = Prover::generate_random_parameters_with_reduction(shape, &mut rng(1)).unwrap();
        Stock { key, system, circuit: std::marker::PhantomData }
    }

    /// From a ready witness, with matrices at hand.
    pub fn prove(&self, assignment: &[Fr], rng: &mut StdRng) -> Proof<Bn254> {
        let (r, s) = (rng.r#gen::<u128>().into(), rng.r#gen::<u128>().into());
        let (matrices, inputs, constraints) = (self.system.matrices(), self.system.inputs(), self.system.constraints());
        Prover::create_proof_with_reduction_and_matrices(&self.key, r, s, matrices, inputs, constraints, assignment)
            .unwrap()
    }

    /// From a statement with its witness, the way its own interface takes circuits. The assignment is ours.
    pub fn prove_circuit(&self, circuit: &C, rng: &mut StdRng) -> Proof<Bn254> {
        let assignment = circuit.assignment();
        let circuit = Synthesizer { system: &self.system, assignment: Some(&assignment) };
        Prover::create_random_proof_with_reduction(circuit, &self.key, rng).unwrap()
    }
}
