//! Schnorr signatures on Baby Jubjub with a 128-bit challenge (specification, section 2).

use ark_ff::PrimeField;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Point, Scalar, constants::tag, elements::Message, poseidon, scalar};

/// The reason why a signature is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// `s·G = R + e'·ak` does not hold.
    #[error("the signature does not verify for this key and message")]
    Mismatch,
}

/// A Schnorr signature `(R, s)`.
///
/// `s` is below `l` and has one encoding; an `s + l` does not exist here, and in a circuit it would be the same
/// signature of the same message. Nothing uses a signature as an identifier, so that would do no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// `R = k·G`.
    pub nonce_point: Point,
    /// `s = k + e'·ask mod l`.
    #[serde(with = "scalar::serde_hex")]
    pub response: Scalar,
}

impl Signature {
    /// Verifies `s·G = R + e'·ak`.
    ///
    /// # Errors
    /// Returns [`SignatureError::Mismatch`] if the equation does not hold.
    pub fn verify(&self, ak: &Point, message: Message) -> Result<(), SignatureError> {
        let e = signed_challenge(challenge(&self.nonce_point, ak, message));
        let expected = self.nonce_point + ak.mul(&e);
        if Point::generator().mul(&self.response) == expected { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

/// Returns the challenge `e`: the low 128 bits of the canonical integer `Poseidon(SIGNATURE, R.x, R.y, ak.x, ak.y, m)`.
pub fn challenge(nonce: &Point, ak: &Point, message: Message) -> u128 {
    let inputs = [tag::signature(), nonce.x(), nonce.y(), ak.x(), ak.y(), message.to_fr()];
    let digest = poseidon::hash(&inputs).into_bigint();
    u128::from(digest.0[1]) << 64 | u128::from(digest.0[0])
}

/// Returns `e' = 2e - 2^128 + 1 mod l`: the number whose 128 digits are `+1` where `e` has a one and `-1` elsewhere.
pub fn signed_challenge(e: u128) -> Scalar {
    let two_to_64 = Scalar::from(u64::MAX) + Scalar::from(1u64);
    Scalar::from(e) + Scalar::from(e) - two_to_64 * two_to_64 + Scalar::from(1u64)
}
