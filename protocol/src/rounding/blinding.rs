//! Blinding factors: they hide a trustee's decryption share from everyone but the teller.

use std::sync::LazyLock;

use ark_ff::{BigInt, BigInteger, PrimeField};
use rand::{CryptoRng, RngCore};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    Fr, Point, Scalar,
    committee::{LagrangeCoefficients, TransportKey, TransportSecret},
    constants::{SCALAR_DIGITS, tag},
    curve::hash_to_point,
    elements::Context,
    poseidon, scalar,
};

/// `H`, a point of unknown discrete logarithm.
pub static BLINDING_BASE: LazyLock<Point> = LazyLock::new(|| hash_to_point("psephos.v1.blinding"));

/// The reason why encrypted blinding factors cannot be opened.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum BlindingError {
    /// A decrypted word is no scalar's. The proof of a share excludes this for the transport key that it names.
    #[error("blinding factor {0} (from 0) does not decrypt: the share was made for another teller, or was not proven")]
    NotForThisTeller(usize),
}

/// A trustee's blinding factors `b_1..b_M` of one share. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct BlindingFactors(Zeroizing<Vec<Scalar>>);

impl BlindingFactors {
    /// Draws fresh factors. They must never be used for a second total: the difference of the two shares would show
    /// the difference of what they decrypt.
    pub fn random(size: usize, rng: &mut (impl RngCore + CryptoRng)) -> BlindingFactors {
        BlindingFactors::new((0..size).map(|_| scalar::random_nonzero_scalar(rng)).collect())
    }

    /// Returns factors with these values.
    pub fn new(values: Vec<Scalar>) -> BlindingFactors {
        BlindingFactors(Zeroizing::new(values))
    }

    /// Returns the values, for a witness.
    pub fn expose(&self) -> &[Scalar] {
        &self.0
    }

    /// Returns `E_j + b_j·H` for the points of a decryption share.
    pub fn blind(&self, share: &[Point]) -> Vec<Point> {
        share.iter().zip(self.0.iter()).map(|(point, b)| *point + BLINDING_BASE.mul(b)).collect()
    }

    /// Combines the factors of several shares as the shares themselves are combined: `B_j = sum lambda_i·b_ij`.
    ///
    /// # Panics
    /// Panics if there are not as many lists as coefficients, or one has fewer than `size` factors (programming
    /// errors).
    pub fn combine(lists: &[BlindingFactors], coefficients: &LagrangeCoefficients, size: usize) -> BlindingFactors {
        let combine = |j: usize| {
            let values = Zeroizing::new(lists.iter().map(|list| list.0[j]).collect::<Vec<Scalar>>());
            coefficients.combine_scalars(&values)
        };
        BlindingFactors::new((0..size).map(combine).collect())
    }

    /// Encrypts the factors to the teller: `x_j = tau_j + pad_j`, where `b_j = 2·tau_j - (2^252 - 1)`.
    pub fn encrypt(&self, ctx: Context, teller: &TransportKey, ephemeral: &Scalar) -> Vec<Fr> {
        let pads = Zeroizing::new(derive_pads(ctx, &teller.point().mul(ephemeral)));
        self.0.iter().zip(pads.iter()).map(|(b, pad)| to_word(b) + pad).collect()
    }
}

/// What a trustee posts of its blinding factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedFactors {
    /// `E = e·G`.
    pub ephemeral: Point,
    /// `x_1..x_M`.
    pub words: Vec<Fr>,
}

impl EncryptedFactors {
    /// Decrypts the factors with the teller's transport secret.
    ///
    /// # Errors
    /// Returns [`BlindingError`] if a word does not decrypt to a scalar.
    pub fn decrypt(&self, ctx: Context, secret: &TransportSecret) -> Result<BlindingFactors, BlindingError> {
        let pads = Zeroizing::new(derive_pads(ctx, &secret.agree_key(&self.ephemeral)));
        let mut values = Zeroizing::new(Vec::with_capacity(self.words.len()));
        for (j, (word, pad)) in self.words.iter().zip(pads.iter()).enumerate() {
            values.push(from_word(word - pad).ok_or(BlindingError::NotForThisTeller(j))?);
        }
        Ok(BlindingFactors(values))
    }
}

/// Returns `W = V·G - B·H`, a commitment to a total.
pub fn commit_total(total: u64, factor: &Scalar) -> Point {
    Point::generator().mul_u64(total) - BLINDING_BASE.mul(factor)
}

/// Derives the pads that hide the factors of a share in the chamber of `ctx`, from the agreed point `S = e·tk`.
fn derive_pads(ctx: Context, agreed: &Point) -> [Fr; poseidon::SQUEEZE_LENGTH] {
    poseidon::squeeze(&[tag::blinding(), ctx.to_fr(), agreed.x(), agreed.y()])
}

/// Returns the `tau` of a scalar, 252 bits, as a field element.
fn to_word(factor: &Scalar) -> Fr {
    Fr::from_bigint(scalar::to_odd_form(factor, SCALAR_DIGITS)).expect("a number of 252 bits is below r")
}

/// Returns the scalar of a `tau`, or `None` if it has more than 252 bits.
fn from_word(word: Fr) -> Option<Scalar> {
    let tau: Zeroizing<BigInt<4>> = Zeroizing::new(word.into_bigint());
    if tau.num_bits() > SCALAR_DIGITS as u32 {
        return None;
    }
    let bytes = Zeroizing::new(tau.to_bytes_le());
    // Reduced on purpose: `tau` is an integer that may be above `l`.
    let reduced = Zeroizing::new(Scalar::from_le_bytes_mod_order(&bytes));
    Some(*reduced + *reduced - (scalar::power_of_two(SCALAR_DIGITS) - Scalar::from(1u64)))
}
