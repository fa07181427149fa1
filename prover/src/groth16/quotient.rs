//! The quotient polynomial of an assignment: the part of a proof that needs the circuit but no point of its key.

use ark_bn254::Fr;
use psephos_circuits::R1cs;
use psephos_engine::{Backend, HalfScalars, QuotientDomain};
use zeroize::Zeroizing;

use super::matrices::SparseMatrix;

/// A circuit's matrices A and B by rows, and the domain of its quotient.
pub(crate) struct QuotientProgram {
    inputs: usize,
    matrices: [SparseMatrix; 2],
    domain: QuotientDomain,
}

impl QuotientProgram {
    /// Prepares a system whose key has a domain of `size` points. Returns `None` if the domain is too large.
    pub(super) fn new(system: &R1cs, size: usize, arithmetic: Backend) -> Option<QuotientProgram> {
        let [a, b, _] = system.matrices();
        let matrices = [SparseMatrix::new(a), SparseMatrix::new(b)];
        Some(QuotientProgram { inputs: system.num_inputs(), matrices, domain: QuotientDomain::new(arithmetic, size)? })
    }

    /// Computes the values of the quotient polynomial on the odd coset, as half-length scalars.
    pub(super) fn compute_halves(&self, assignment: &[Fr]) -> Zeroizing<Vec<HalfScalars>> {
        let [a, b] = self.evaluate_matrices(assignment);
        self.combine_values(a, b)
    }

    /// Computes the values of the quotient polynomial on the odd coset.
    pub(crate) fn compute_elements(&self, assignment: &[Fr]) -> Zeroizing<Vec<Fr>> {
        let [a, b] = self.evaluate_matrices(assignment);
        self.domain.evaluate_quotient_elements(a, b)
    }

    /// Computes the quotient from the values of A and B on the domain.
    pub(super) fn combine_values(&self, a: Zeroizing<Vec<Fr>>, b: Zeroizing<Vec<Fr>>) -> Zeroizing<Vec<HalfScalars>> {
        self.domain.evaluate_quotient(a, b)
    }

    /// Computes the values of A and B on the domain.
    pub(super) fn evaluate_matrices(&self, assignment: &[Fr]) -> [Zeroizing<Vec<Fr>>; 2] {
        let [a, b] = &self.matrices;
        let size = self.domain.size();
        let (mut a_values, b_values) =
            rayon::join(|| a.multiply_assignment(assignment, size), || b.multiply_assignment(assignment, size));
        // These rows make the polynomials of the public inputs independent.
        a_values[a.row_count()..][..self.inputs].copy_from_slice(&assignment[..self.inputs]);
        [a_values, b_values]
    }
}
