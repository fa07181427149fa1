//! Batch verification, and the search for the invalid proofs of a batch.
//!
//! Each equation `e(A, B) = e(alpha, beta)·e(IC(x), gamma)·e(C, delta)` is raised to a random 128-bit coefficient `r_i`
//! (the first is 1) and all are multiplied: `prod e(r_i·A_i, B_i) · e(sum r_i·alpha, -beta) · e(sum r_i·IC(x_i),
//! -gamma) · e(sum r_i·C_i, -delta) = 1`. That costs one Miller loop per proof (the engine's, eight at a time with
//! SIMD), three shared ones, and one final exponentiation. A batch with an invalid proof passes with a probability of
//! at most 2^-127, as the coefficients are drawn after the proofs are fixed.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective};
use ark_ec::pairing::{MillerLoopOutput, Pairing};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{One, Zero};
use psephos_engine::{
    Backend, Bases, Digits, MillerValue, MsmPlan, ScaledPair, decompose_scalars, miller_loops, miller_values,
};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;

use crate::bisection::bisect;
use crate::{Proof, VerifyError, VerifyingKey};

impl VerifyingKey {
    /// Verifies all proofs, each for its own inputs. An empty batch is valid. Computes on all threads of rayon's pool.
    ///
    /// # Errors
    /// Returns [`VerifyError::PublicInputCount`] or [`VerifyError::InvalidBatch`].
    pub fn verify_batch(
        &self,
        items: &[(Proof, Vec<Fr>)],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), VerifyError> {
        self.verify_batch_with(Backend::detect(), items, rng)
    }

    /// [`VerifyingKey::verify_batch`] with an arithmetic backend of the caller's choice.
    ///
    /// # Errors
    /// As [`VerifyingKey::verify_batch`].
    pub fn verify_batch_with(
        &self,
        arithmetic: Backend,
        items: &[(Proof, Vec<Fr>)],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), VerifyError> {
        items.iter().try_for_each(|(_, inputs)| self.check_count(inputs))?;
        let terms: Vec<Term<'_>> =
            items.iter().zip(random_coefficients(items.len(), rng)).enumerate().map(Term::new).collect();
        let pairs: Vec<ScaledPair> = terms.iter().map(Term::to_pair).collect();
        let (loops, sums) =
            rayon::join(|| miller_loops(arithmetic, &pairs), || SharedSums::from_terms(self, arithmetic, &terms));
        match sums.has_product_one(self, loops) {
            true => Ok(()),
            false => Err(VerifyError::InvalidBatch { proofs: items.len() }),
        }
    }

    /// Returns the indices of the items that do not verify, ascending: those that a relayer drops from a batch.
    ///
    /// The Miller loop of each proof is computed once; then the batch is bisected, so each invalid item costs about
    /// `log2(items)` final exponentiations and three prepared Miller loops each.
    pub fn find_invalid(&self, items: &[(Proof, Vec<Fr>)], rng: &mut (impl RngCore + CryptoRng)) -> Vec<usize> {
        let (counted, mut invalid): (Vec<usize>, Vec<usize>) =
            (0..items.len()).partition(|i| self.check_count(&items[*i].1).is_ok());
        let coefficients = random_coefficients(counted.len(), rng);
        let mut terms: Vec<Term<'_>> =
            counted.iter().zip(coefficients).map(|(index, r)| Term::new((*index, (&items[*index], r)))).collect();
        let pairs: Vec<ScaledPair> = terms.iter().map(Term::to_pair).collect();
        let values = miller_values(Backend::detect(), &pairs);
        terms.iter_mut().zip(values).for_each(|(term, value)| term.value = value);
        if !self.subset_holds(&terms) {
            let mut found = Vec::new();
            bisect(&terms, &mut |part| self.subset_holds(part), &mut found);
            invalid.extend(found.into_iter().map(|term| term.index));
        }
        invalid.sort_unstable();
        invalid
    }

    fn subset_holds(&self, terms: &[Term<'_>]) -> bool {
        let loops = terms.iter().map(|term| term.value).product();
        SharedSums::from_terms(self, Backend::detect(), terms).has_product_one(self, loops)
    }
}

/// An item with its coefficient and, for the search, the Miller loop of `r·A` and `B`.
struct Term<'a> {
    index: usize,
    proof: &'a Proof,
    inputs: &'a [Fr],
    r: u128,
    value: MillerValue,
}

impl<'a> Term<'a> {
    fn new((index, ((proof, inputs), r)): (usize, (&'a (Proof, Vec<Fr>), u128))) -> Term<'a> {
        Term { index, proof, inputs, r, value: MillerValue::one() }
    }

    fn to_pair(&self) -> ScaledPair {
        let (a, b, _) = self.proof.points();
        (a, self.r, b)
    }
}

/// The side of a batch's equation that all items share.
struct SharedSums {
    /// Scalars of the IC points: the first is the sum of all coefficients.
    ic: Vec<Fr>,
    /// `sum r·C`.
    c: G1Projective,
}

/// Number of items whose inputs one thread sums at a time.
const PART: usize = 64;

impl SharedSums {
    fn from_terms(key: &VerifyingKey, arithmetic: Backend, terms: &[Term<'_>]) -> SharedSums {
        let nothing = || vec![Fr::zero(); key.points.ic.len()];
        let part = |terms: &[Term<'_>]| {
            let mut ic = nothing();
            for term in terms {
                let r = Fr::from(term.r);
                ic[0] += r;
                ic[1..].iter_mut().zip(term.inputs).for_each(|(sum, x)| *sum += r * x);
            }
            ic
        };
        let add = |mut sums: Vec<Fr>, more: Vec<Fr>| {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            sums
        };
        let (ic, c) =
            rayon::join(|| terms.par_chunks(PART).map(part).reduce(nothing, add), || sum_of_c(arithmetic, terms));
        SharedSums { ic, c }
    }

    /// Whether the product of `loops` and the shared pairings is one.
    fn has_product_one(self, key: &VerifyingKey, loops: MillerValue) -> bool {
        let alpha = key.points.alpha * self.ic[0];
        let bound = G1Projective::msm_unchecked(&key.points.ic, &self.ic);
        let prepared = &key.prepared;
        let shared = Bn254::multi_miller_loop(
            G1Projective::normalize_batch(&[alpha, bound, self.c]),
            [prepared.minus_beta.clone(), prepared.minus_gamma.clone(), prepared.minus_delta.clone()],
        );
        let product = Bn254::final_exponentiation(MillerLoopOutput(loops * shared.0));
        product.is_some_and(|value| value.is_zero())
    }
}

/// Number of terms from which preparing the points for the engine pays off.
const MANY: usize = 64;

/// Computes `sum r·C`. No proof's `C` is the point at infinity, which the engine could not prepare.
fn sum_of_c(arithmetic: Backend, terms: &[Term<'_>]) -> G1Projective {
    let points: Vec<G1Affine> = terms.iter().map(|term| term.proof.points().2).collect();
    let scalars: Vec<Fr> = terms.iter().map(|term| Fr::from(term.r)).collect();
    if terms.len() < MANY {
        return G1Projective::msm_unchecked(&points, &scalars);
    }
    let plan = MsmPlan::new(points.len(), 0);
    Bases::new(arithmetic, plan, &points).multiscalar_mul(&Digits::new(plan, &decompose_scalars(&scalars)))
}

/// Returns one, then random non-zero 128-bit numbers.
fn random_coefficients(count: usize, rng: &mut (impl RngCore + CryptoRng)) -> Vec<u128> {
    let random = || (u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())).max(1);
    std::iter::once(1).chain(std::iter::repeat_with(random)).take(count).collect()
}
