//! Making a proof anew: from a valid proof without blinding, or any other, to a uniformly distributed one of the same
//! statement.
//!
//! For any `(A, B, C)` and any `rho != 0` and `eta`,
//!
//! ```text
//! e(A/rho, rho·(B + eta·delta)) = e(A, B)·e(A, eta·delta) = e(A, B)·e(eta·A, delta)
//! ```
//!
//! so that `(A/rho, rho·(B + eta·delta), C + eta·A)` verifies if and only if `(A, B, C)` does. With `rho` and `eta`
//! uniform and `A`, `B` finite, `A/rho` is uniform among the finite points of G1, `rho·(B + eta·delta)` uniform in G2
//! and independent of it, and `C` is what the equation demands: the distribution of an honestly blinded proof, up to
//! the points at infinity, which have probability `1/r` each. So the proof that is published says nothing about the
//! witness that is not in the statement, by whichever party and in whichever way `(A, B, C)` was computed.
//!
//! Source: Baghery, Kohlweiss, Siim, Volkhov, "Another look at extraction and randomization of Groth's zk-SNARK"
//! (Financial Cryptography 2021), Theorem 3.
//!
//! Where `A` is infinity, `A/rho` is infinity too: the result would not be uniform, and would show that the assignment
//! is one of those whose `A` cancels out. Such a proof, and one whose `B` is infinity, is refused before anything is
//! returned.

use ark_bn254::{Fr, G1Projective, G2Affine, G2Projective};
use ark_ec::CurveGroup;
use ark_ff::{Field, UniformRand, Zero};
use rand::{CryptoRng, RngCore};
use zeroize::{Zeroize, Zeroizing};

use crate::Proof;

/// A proof that is not blinded: `r = s = 0`. It is a function of the witness, with which guesses of it can be tested;
/// wiped when dropped.
pub(crate) struct UnblindedProof {
    pub(crate) a: G1Projective,
    pub(crate) b: G2Projective,
    pub(crate) c: G1Projective,
}

impl Drop for UnblindedProof {
    fn drop(&mut self) {
        self.a.zeroize();
        self.b.zeroize();
        self.c.zeroize();
    }
}

/// A proof cannot be made anew, as a part of it is the point at infinity. With an honest key that happens with
/// negligible probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is degenerate: a part of the proof is the point at infinity")]
pub(crate) struct DegenerateProof;

impl UnblindedProof {
    /// Makes the proof anew with fresh randomness. `delta` is the verifying key's. Whether the proof is valid is not
    /// checked: the caller verifies the result, which is valid if and only if this one is.
    pub(crate) fn rerandomise(
        self,
        delta: G2Affine,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof, DegenerateProof> {
        if self.a.is_zero() || self.b.is_zero() {
            return Err(DegenerateProof);
        }
        let (rho, inverse) = draw_invertible(rng);
        let eta = Zeroizing::new(Fr::rand(rng));
        let a = self.a * *inverse;
        let b = (self.b + delta * *eta) * *rho;
        let c = self.c + self.a * *eta;
        Proof::from_points(a.into_affine(), b.into_affine(), c.into_affine()).map_err(|_| DegenerateProof)
    }
}

/// Draws a uniform element that is not zero, and returns it with its inverse.
fn draw_invertible(rng: &mut (impl RngCore + CryptoRng)) -> (Zeroizing<Fr>, Zeroizing<Fr>) {
    loop {
        let rho = Zeroizing::new(Fr::rand(rng));
        if let Some(inverse) = rho.inverse() {
            return (rho, Zeroizing::new(inverse));
        }
    }
}

#[cfg(test)]
mod tests;
