//! A trustee's transport key, to which shares are encrypted, and its proof of possession (specification, section 5).

use ark_ff::{Field, Zero};
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    Point, Scalar,
    constants::POSSESSION_CHALLENGE_BITS,
    elements::TrusteeContext,
    field,
    identity::{Seed, derive_bytes},
    scalar, transcript,
};

/// The reason why a transport key is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum TransportKeyError {
    /// The key is the identity, so everyone knows its secret.
    #[error("the transport key is the identity element of the curve: generate another key")]
    Identity,
    /// The seed gives the secret zero (one seed in `2^251`).
    #[error("the seed gives a zero transport secret: use another seed")]
    ZeroSecret,
}

/// The reason why a proof of possession is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PossessionError {
    /// `c` is not the challenge of `s·G - c·tk`.
    #[error("the proof of possession does not verify for this transport key and context")]
    Mismatch,
}

/// A transport key `tk`, not the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TransportKey(Point);

impl TransportKey {
    /// Returns the transport key of a point.
    ///
    /// # Errors
    /// Returns [`TransportKeyError::Identity`] if the point is the identity.
    pub fn new(point: Point) -> Result<TransportKey, TransportKeyError> {
        if point.is_identity() { Err(TransportKeyError::Identity) } else { Ok(TransportKey(point)) }
    }

    /// Returns the key as a point.
    pub fn point(&self) -> &Point {
        &self.0
    }
}

impl<'de> Deserialize<'de> for TransportKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TransportKey, D::Error> {
        TransportKey::new(Point::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The secret `ts` of a transport key. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct TransportSecret(Zeroizing<Scalar>);

impl TransportSecret {
    /// Derives the secret from a seed: HKDF-SHA-512 as for identities, info `trustee-transport-key`.
    ///
    /// # Errors
    /// Returns [`TransportKeyError::ZeroSecret`] if the seed gives zero.
    pub fn from_seed(seed: &Seed) -> Result<TransportSecret, TransportKeyError> {
        let secret = Zeroizing::new(scalar::from_wide(&derive_bytes(seed.expose(), "trustee-transport-key")));
        if secret.is_zero() { Err(TransportKeyError::ZeroSecret) } else { Ok(TransportSecret(secret)) }
    }

    /// Returns the transport key `tk = ts·G`.
    pub fn transport_key(&self) -> TransportKey {
        TransportKey(Point::generator().mul(&self.0))
    }

    /// Returns `P = ts/8·G`, from which a contract computes `tk = 8·P`: for any posted point on the curve, the
    /// registered key is in the subgroup.
    pub fn registration_point(&self) -> Point {
        let eighth = Scalar::from(8u64).inverse().expect("8 is not 0 modulo l");
        Point::generator().mul(&Zeroizing::new(*self.0 * eighth))
    }

    /// Returns the agreed point `S = ts·E`, which a dealer with the ephemeral key `E` knows as well.
    pub(crate) fn agree_key(&self, ephemeral: &Point) -> Point {
        ephemeral.mul(&self.0)
    }

    /// Proves that the secret is known, for the trustee of `ctx`.
    pub fn prove_possession(&self, ctx: TrusteeContext, rng: &mut (impl RngCore + CryptoRng)) -> ProofOfPossession {
        let mut input = Zeroizing::new([0; 96]);
        input[..32].copy_from_slice(&*Zeroizing::new(scalar::to_bytes(&self.0)));
        input[32..64].copy_from_slice(&ctx.to_bytes());
        rng.fill_bytes(&mut input[64..]);
        let nonce = Zeroizing::new(scalar::from_wide(&derive_bytes(input.as_ref(), "possession-nonce")));

        let challenge = derive_challenge(&Point::generator().mul(&nonce), &self.transport_key(), ctx);
        ProofOfPossession { challenge, response: *nonce + Scalar::from(challenge) * *self.0 }
    }
}

/// A proof of possession `(c, s)`: a Schnorr signature in its short form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofOfPossession {
    /// `c`, 126 bits.
    pub challenge: u128,
    /// `s = k + c·ts mod l`.
    #[serde(with = "scalar::serde_hex")]
    pub response: Scalar,
}

impl ProofOfPossession {
    /// Verifies that `c` is the challenge of `R = s·G - c·tk`.
    ///
    /// # Errors
    /// Returns [`PossessionError::Mismatch`] if it is not.
    pub fn verify(&self, key: &TransportKey, ctx: TrusteeContext) -> Result<(), PossessionError> {
        let nonce = Point::generator().mul(&self.response) - key.0.mul(&Scalar::from(self.challenge));
        if derive_challenge(&nonce, key, ctx) == self.challenge { Ok(()) } else { Err(PossessionError::Mismatch) }
    }
}

/// Derives the challenge `keccak(R.x, R.y, tk.x, tk.y, ctx) >> 130`, 126 bits.
fn derive_challenge(nonce: &Point, key: &TransportKey, ctx: TrusteeContext) -> u128 {
    let words = [nonce.x(), nonce.y(), key.0.x(), key.0.y(), ctx.to_fr()];
    let digest = transcript::keccak_words(words.iter().map(field::to_bytes));
    let (high, _) = digest.split_at(16);
    let high = u128::from_be_bytes(high.try_into().expect("16 bytes"));
    high >> (u128::BITS as usize - POSSESSION_CHALLENGE_BITS)
}
