//! Verification of many proofs at once, and the search for those that spoil a batch.
//!
//! Each equation `e(A, B) = e(alpha, beta)·e(IC(x), gamma)·e(C, delta)` is raised to a random 128-bit coefficient `r_i` (the
//! first is 1) and all are multiplied:
//! `prod e(r_i·A_i, B_i) · e(sum r_i·alpha, -beta) · e(sum r_i·IC(x_i), -gamma) · e(sum r_i·C_i, -delta) = 1`.
//! One Miller loop a proof, three shared, one final exponentiation. A batch with a proof that is not valid passes with a
//! probability of at most 2^-127, as the coefficients are drawn after the proofs are fixed.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective};
use ark_ec::pairing::{MillerLoopOutput, Pairing};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{One, Zero};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;

use crate::{Proof, VerifyError, VerifyingKey};

type Gt = <Bn254 as Pairing>::TargetField;

impl VerifyingKey {
    /// Whether all proofs hold, each for its own inputs. An empty batch holds.
    ///
    /// # Errors
    /// [`VerifyError::PublicInputCount`] or [`VerifyError::InvalidBatch`].
    pub fn verify_batch(
        &self,
        items: &[(Proof, Vec<Fr>)],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), VerifyError> {
        items.iter().try_for_each(|(_, inputs)| self.check_count(inputs))?;
        let all: Vec<_> = items.iter().zip(coefficients(items.len(), rng)).collect();
        let pairs: Vec<_> = all.par_iter().map(|((proof, _), r)| scaled(proof, *r)).collect();
        let (scaled_a, b): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let loops = Bn254::multi_miller_loop(G1Projective::normalize_batch(&scaled_a), b).0;
        let sums = all.iter().fold(Sums::new(self), |sums, ((proof, inputs), r)| sums.add(proof, inputs, *r));
        match sums.holds(self, loops) {
            true => Ok(()),
            false => Err(VerifyError::InvalidBatch { proofs: items.len() }),
        }
    }

    /// Positions of the items that do not verify, ascending: what a relayer drops from a batch.
    ///
    /// The Miller loop of each proof is computed once; then halves are tried, so each invalid item costs about
    /// `log2(items)` final exponentiations and three prepared Miller loops.
    pub fn find_invalid(&self, items: &[(Proof, Vec<Fr>)], rng: &mut (impl RngCore + CryptoRng)) -> Vec<usize> {
        let (counted, mut invalid): (Vec<usize>, Vec<usize>) =
            (0..items.len()).partition(|i| self.check_count(&items[*i].1).is_ok());
        let coefficients = coefficients(counted.len(), rng);
        let terms: Vec<Term<'_>> = counted
            .par_iter()
            .zip(coefficients)
            .map(|(index, r)| {
                let (proof, inputs) = &items[*index];
                let (a, b) = scaled(proof, r);
                let value = Bn254::multi_miller_loop([a.into_affine()], [b]).0;
                Term { index: *index, proof, inputs, r, value }
            })
            .collect();
        if !self.subset_holds(&terms) {
            self.bisect(&terms, &mut invalid);
        }
        invalid.sort_unstable();
        invalid
    }

    /// `terms` do not hold together.
    fn bisect(&self, terms: &[Term<'_>], invalid: &mut Vec<usize>) {
        if let [] | [_] = terms {
            invalid.extend(terms.iter().map(|term| term.index));
            return;
        }
        let (left, right) = terms.split_at(terms.len() / 2);
        let left_holds = self.subset_holds(left);
        if !left_holds {
            self.bisect(left, invalid);
        }
        // If the left half holds, the right one cannot: the whole is their product.
        if left_holds || !self.subset_holds(right) {
            self.bisect(right, invalid);
        }
    }

    fn subset_holds(&self, terms: &[Term<'_>]) -> bool {
        let loops = terms.iter().map(|term| term.value).product();
        terms.iter().fold(Sums::new(self), |sums, t| sums.add(t.proof, t.inputs, t.r)).holds(self, loops)
    }
}

/// An item with its coefficient and the Miller loop of `r·A` and `B`.
struct Term<'a> {
    index: usize,
    proof: &'a Proof,
    inputs: &'a [Fr],
    r: Fr,
    value: Gt,
}

/// The shared side of a batch's equation.
struct Sums {
    /// Scalars of the IC points: the first is the sum of all coefficients.
    ic: Vec<Fr>,
    c: (Vec<G1Affine>, Vec<Fr>),
}

impl Sums {
    fn new(key: &VerifyingKey) -> Sums {
        Sums { ic: vec![Fr::zero(); key.points.ic.len()], c: (vec![], vec![]) }
    }

    fn add(mut self, proof: &Proof, inputs: &[Fr], r: Fr) -> Sums {
        self.ic[0] += r;
        self.ic[1..].iter_mut().zip(inputs).for_each(|(sum, x)| *sum += r * x);
        self.c.0.push(proof.points().2);
        self.c.1.push(r);
        self
    }

    /// Whether the product of `loops` and of the shared pairings is one.
    fn holds(self, key: &VerifyingKey, loops: Gt) -> bool {
        let alpha = key.points.alpha * self.ic[0];
        let bound = G1Projective::msm_unchecked(&key.points.ic, &self.ic);
        let c = G1Projective::msm_unchecked(&self.c.0, &self.c.1);
        let prepared = &key.prepared;
        let shared = Bn254::multi_miller_loop(
            G1Projective::normalize_batch(&[alpha, bound, c]),
            [prepared.minus_beta.clone(), prepared.minus_gamma.clone(), prepared.minus_delta.clone()],
        );
        let product = Bn254::final_exponentiation(MillerLoopOutput(loops * shared.0));
        product.is_some_and(|value| value.is_zero())
    }
}

/// `r·A` and the prepared `B`.
fn scaled(proof: &Proof, r: Fr) -> (G1Projective, <Bn254 as Pairing>::G2Prepared) {
    let (a, b, _) = proof.points();
    (if r.is_one() { a.into_group() } else { a * r }, b.into())
}

/// One, then random non-zero 128-bit numbers.
fn coefficients(count: usize, rng: &mut (impl RngCore + CryptoRng)) -> Vec<Fr> {
    let random = || {
        let bits = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
        Fr::from(bits.max(1))
    };
    std::iter::once(Fr::one()).chain(std::iter::repeat_with(random)).take(count).collect()
}
