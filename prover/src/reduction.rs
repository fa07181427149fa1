//! Circom's QAP reduction: the quotient polynomial `h` on the odd coset, as snarkjs, circom's tools and every
//! ceremony's keys use it.
//!
//! `A·B - C` vanishes on the domain of `d` points, so it is fixed by its values on the `d` odd points of twice the
//! domain. The key holds the Lagrange polynomials of those points (`H`), and the prover needs no division and no
//! inverse FFT of the result: three inverse FFTs, and three forward ones on the coset. libsnark's reduction, arkworks'
//! default, multiplies powers of tau with the coefficients of `h` instead: a proof made with one reduction does not
//! verify under a key made with the other.

use ark_ff::PrimeField;
use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP, evaluate_constraint};
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::{ConstraintSystemRef, Matrix, SynthesisError};
use rayon::prelude::*;
use zeroize::Zeroizing;

/// Circom's reduction from constraints to polynomials.
pub(crate) struct CircomReduction;

/// The result of [`R1CSToQAP::instance_map_with_evaluation`]: A, B and C at tau for each variable, the vanishing
/// polynomial there, the number of variables less one, the size of the domain.
type Instance<F> = (Vec<F>, Vec<F>, Vec<F>, F, usize, usize);

impl R1CSToQAP for CircomReduction {
    fn instance_map_with_evaluation<F: PrimeField, D: EvaluationDomain<F>>(
        cs: ConstraintSystemRef<F>,
        t: &F,
    ) -> Result<Instance<F>, SynthesisError> {
        LibsnarkReduction::instance_map_with_evaluation::<F, D>(cs, t)
    }

    /// Computes the values of `A·B - C` at the odd points for arkworks' prover, with which tests compare this crate's
    /// (which uses the engine's FFTs). C is taken as `A∘B` on the domain, which it is for a satisfied system.
    fn witness_map_from_matrices<F: PrimeField, D: EvaluationDomain<F>>(
        matrices: &[Matrix<F>],
        inputs: usize,
        constraints: usize,
        assignment: &[F],
    ) -> Result<Vec<F>, SynthesisError> {
        let domain = D::new(constraints + inputs).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        let odd = odd_coset::<F, D>(&domain)?;
        let evaluate = |matrix: &Matrix<F>| {
            let mut values: Vec<F> = matrix.par_iter().map(|row| evaluate_constraint(row, assignment)).collect();
            values.resize(domain.size(), F::zero());
            values
        };
        let (mut a, b) = rayon::join(|| evaluate(&matrices[0]), || evaluate(&matrices[1]));
        a[constraints..constraints + inputs].copy_from_slice(&assignment[..inputs]);
        // The caller wipes the result; these two hold as much of the witness.
        let mut b = Zeroizing::new(b);
        let mut c: Zeroizing<Vec<F>> = Zeroizing::new(a.par_iter().zip(&*b).map(|(a, b)| *a * b).collect());
        for values in [&mut a, &mut *b, &mut *c] {
            domain.ifft_in_place(values);
            odd.fft_in_place(values);
        }
        a.par_iter_mut().zip(&*b).zip(&*c).for_each(|((a, b), c)| *a = *a * b - c);
        Ok(a)
    }

    /// Computes the odd Lagrange polynomials of twice the domain at `t`, over delta.
    fn h_query_scalars<F: PrimeField, D: EvaluationDomain<F>>(
        max_power: usize,
        t: F,
        _: F,
        delta_inverse: F,
    ) -> Result<Vec<F>, SynthesisError> {
        let twice = D::new(2 * (max_power + 1)).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        let all = twice.evaluate_all_lagrange_coefficients(t);
        Ok(all.into_par_iter().skip(1).step_by(2).map(|value| value * delta_inverse).collect())
    }
}

/// Returns the coset of points between those of the domain.
fn odd_coset<F: PrimeField, D: EvaluationDomain<F>>(domain: &D) -> Result<D, SynthesisError> {
    let shift = F::get_root_of_unity(2 * domain.size() as u64);
    shift.and_then(|shift| domain.get_coset(shift)).ok_or(SynthesisError::PolynomialDegreeTooLarge)
}
