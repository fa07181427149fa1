//! Finished constraint systems: matrices, circuit hash, satisfaction, and the bridge to arkworks.

use ark_ff::{BigInteger, PrimeField, Zero};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, Matrix, SynthesisError, Variable,
};
use psephos_protocol::Fr;
use sha3::{Digest, Keccak256};

/// One row of a matrix: pairs of coefficient and variable, sorted by variable.
pub type Row = Vec<(Fr, usize)>;

/// A rank-1 constraint system `A·z ∘ B·z = C·z`.
#[derive(Clone)]
pub struct R1cs {
    pub(crate) num_inputs: usize,
    pub(crate) num_variables: usize,
    /// A, B and C, one after another as arkworks expects them.
    pub(crate) matrices: [Matrix<Fr>; 3],
    pub(crate) sections: Vec<&'static str>,
    pub(crate) section_of: Vec<u16>,
    pub(crate) free_inputs: Vec<usize>,
    pub(crate) assertions: Vec<(usize, &'static str)>,
}

/// The constraint, or the length, for which an assignment does not satisfy a system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsatisfied {
    /// The assignment has the wrong number of variables.
    #[error("the assignment has {actual} variables, but the circuit has {expected}")]
    Length {
        /// Number of variables of the circuit.
        expected: usize,
        /// Number of variables of the assignment.
        actual: usize,
    },
    /// The assignment does not satisfy this constraint.
    #[error("the assignment does not satisfy constraint {index} (section: {section})")]
    Constraint {
        /// Position of the constraint in the system, from 0.
        index: usize,
        /// Section of the circuit to which the constraint belongs.
        section: &'static str,
    },
}

impl R1cs {
    /// Returns a system that was not built here, without sections, assertions or free witness inputs. `None` if the
    /// matrices differ in their numbers of rows, or a row refers to a variable that does not exist.
    pub fn from_matrices(inputs: usize, variables: usize, a: Vec<Row>, b: Vec<Row>, c: Vec<Row>) -> Option<R1cs> {
        let fits = |matrix: &[Row]| matrix.len() == a.len() && matrix.iter().flatten().all(|(_, v)| *v < variables);
        if !(1..=variables).contains(&inputs) || ![&a, &b, &c].iter().all(|matrix| fits(matrix)) {
            return None;
        }
        let section_of = vec![0; a.len()];
        Some(R1cs {
            num_inputs: inputs,
            num_variables: variables,
            matrices: [a, b, c],
            sections: vec!["circuit"],
            section_of,
            free_inputs: Vec::new(),
            assertions: Vec::new(),
        })
    }

    /// Returns the number of public inputs, including the constant one.
    pub fn num_inputs(&self) -> usize {
        self.num_inputs
    }

    /// Returns the number of all variables: one, public inputs, witness.
    pub fn num_variables(&self) -> usize {
        self.num_variables
    }

    /// Returns the number of constraints.
    pub fn num_constraints(&self) -> usize {
        self.matrices[0].len()
    }

    /// Returns the matrices A, B and C.
    pub fn matrices(&self) -> &[Matrix<Fr>; 3] {
        &self.matrices
    }

    /// Returns the number of non-zero entries of A, B and C.
    pub fn non_zeros(&self) -> [usize; 3] {
        self.matrices.each_ref().map(|m| m.iter().map(Vec::len).sum())
    }

    /// Returns the number of constraints of each section, in the order in which the sections first appear.
    pub fn section_sizes(&self) -> Vec<(&'static str, usize)> {
        let mut counts = vec![0; self.sections.len()];
        self.section_of.iter().for_each(|s| counts[*s as usize] += 1);
        self.sections.iter().copied().zip(counts).filter(|(_, n)| *n > 0).collect()
    }

    /// Returns the section of a constraint.
    pub fn section_of(&self, constraint: usize) -> &'static str {
        self.sections[self.section_of[constraint] as usize]
    }

    /// Returns the free witness inputs.
    pub fn free_inputs(&self) -> &[usize] {
        &self.free_inputs
    }

    /// Returns the position and name of each assertion, a constraint on variables that others determine already.
    pub fn assertions(&self) -> &[(usize, &'static str)] {
        &self.assertions
    }

    /// Returns the circuit hash: Keccak-256 of the number of inputs, variables and constraints (8 bytes each,
    /// big-endian), then for each constraint its rows of A, B and C: the row's length, and variable (8 bytes) and
    /// coefficient (32 bytes) of each entry. Two circuits with the same hash have the same keys.
    pub fn circuit_hash(&self) -> [u8; 32] {
        let mut k = Keccak256::new();
        let word = |k: &mut Keccak256, n: usize| k.update((n as u64).to_be_bytes());
        [self.num_inputs, self.num_variables, self.num_constraints()].iter().for_each(|n| word(&mut k, *n));
        let [a, b, c] = &self.matrices;
        for ((a, b), c) in a.iter().zip(b).zip(c) {
            for row in [a, b, c] {
                word(&mut k, row.len());
                for (coefficient, variable) in row {
                    word(&mut k, *variable);
                    k.update(coefficient.into_bigint().to_bytes_be());
                }
            }
        }
        k.finalize().into()
    }

    /// Checks that the assignment satisfies every constraint.
    ///
    /// # Errors
    /// [`Unsatisfied`] with the first constraint that fails, or with the length if that is wrong.
    pub fn check_satisfied(&self, assignment: &[Fr]) -> Result<(), Unsatisfied> {
        if assignment.len() != self.num_variables {
            return Err(Unsatisfied::Length { expected: self.num_variables, actual: assignment.len() });
        }
        match self.violated_constraints(assignment).next() {
            None => Ok(()),
            Some(index) => Err(Unsatisfied::Constraint { index, section: self.section_of(index) }),
        }
    }

    /// Returns all constraints that an assignment of the right length violates.
    pub fn violated_constraints<'a>(&'a self, assignment: &'a [Fr]) -> impl Iterator<Item = usize> + 'a {
        let eval = |row: &Row| row.iter().fold(Fr::zero(), |sum, (k, v)| sum + *k * assignment[*v]);
        let [a, b, c] = &self.matrices;
        (0..a.len()).filter(move |i| eval(&a[*i]) * eval(&b[*i]) != eval(&c[*i]))
    }
}

/// A system with an assignment, in the form that arkworks synthesizes.
pub struct Synthesizer<'a> {
    /// The matrices.
    pub system: &'a R1cs,
    /// One, public inputs, witness; `None` for a setup, which asks for no values.
    pub assignment: Option<&'a [Fr]>,
}

impl ConstraintSynthesizer<Fr> for Synthesizer<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let Synthesizer { system, assignment } = self;
        let value = |i: usize| assignment.map(|z| z[i]).ok_or(SynthesisError::AssignmentMissing);
        let mut variables = vec![Variable::One];
        for i in 1..system.num_variables {
            variables.push(match i < system.num_inputs {
                true => cs.new_input_variable(|| value(i))?,
                false => cs.new_witness_variable(|| value(i))?,
            });
        }
        let combine = |row: &Row| LinearCombination(row.iter().map(|(k, v)| (*k, variables[*v])).collect());
        let [a, b, c] = &system.matrices;
        for ((a, b), c) in a.iter().zip(b).zip(c) {
            cs.enforce_r1cs_constraint(|| combine(a), || combine(b), || combine(c))?;
        }
        Ok(())
    }
}
