//! A stakeholder's identity: seed, secret keys and identity commitment (specification, section 2).

mod account_seed;
mod randomness;
mod randomness_search;

use ark_ff::{PrimeField, Zero};
use hkdf::Hkdf;
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha512;
use subtle::{Choice, ConstantTimeEq};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    Fr, Point, Scalar,
    constants::tag,
    elements::{Context, Message},
    field,
    note::NoteBlinder,
    poseidon, scalar,
    signature::{Signature, derive_challenge, to_signed_challenge},
};

const SALT: &[u8] = b"psephos.v1";

/// The reason why an identity cannot be made.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum IdentityError {
    /// The seed gives the authorising key zero (one seed in `2^251`).
    #[error("the seed gives a zero authorising key: use another seed")]
    ZeroKey,
    /// The commitment is zero, which is the leaf of a removed member and never an identity.
    #[error("an identity commitment must not be zero")]
    ZeroCommitment,
}

/// Derives 64 bytes by HKDF-SHA-512 with the protocol's salt.
pub(crate) fn derive_bytes(secret: &[u8], info: &str) -> Zeroizing<[u8; 64]> {
    let mut output = Zeroizing::new([0; 64]);
    Hkdf::<Sha512>::new(Some(SALT), secret)
        .expand(info.as_bytes(), output.as_mut())
        .expect("64 bytes are within HKDF's limit");
    output
}

/// A seed: 32 random bytes from which all secrets are derived. The one of a voter's file gives a seed for each account
/// ([`Seed::derive_account_seed`]), and that the account's identity. Erased on drop, compared in constant time, without
/// `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    /// Draws a fresh seed.
    pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Seed {
        let mut seed = Seed([0; 32]);
        rng.fill_bytes(&mut seed.0);
        seed
    }

    /// Returns the seed of stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Seed {
        Seed(bytes)
    }

    /// Returns the secret bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ConstantTimeEq for Seed {
    fn ct_eq(&self, other: &Seed) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for Seed {
    fn eq(&self, other: &Seed) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Seed {}

/// The nullifier key `nk`, 254 bits: a party that knows it can recognise its holder's ballots. Erased on drop, compared
/// in constant time, without `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct NullifierKey(Fr);

impl NullifierKey {
    /// Returns the nullifier key of a stored or received value.
    pub fn from_fr(key: Fr) -> NullifierKey {
        NullifierKey(key)
    }

    /// Returns the secret value.
    pub fn expose(&self) -> &Fr {
        &self.0
    }
}

impl ConstantTimeEq for NullifierKey {
    fn ct_eq(&self, other: &NullifierKey) -> Choice {
        Zeroizing::new(field::to_bytes(&self.0)).ct_eq(&*Zeroizing::new(field::to_bytes(&other.0)))
    }
}

impl PartialEq for NullifierKey {
    fn eq(&self, other: &NullifierKey) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for NullifierKey {}

/// An identity commitment `id`, which a member registers. Public; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdentityCommitment(Fr);

impl IdentityCommitment {
    /// Returns the identity commitment of this value.
    ///
    /// # Errors
    /// Returns [`IdentityError::ZeroCommitment`] if the value is zero.
    pub fn from_fr(value: Fr) -> Result<IdentityCommitment, IdentityError> {
        if value.is_zero() { Err(IdentityError::ZeroCommitment) } else { Ok(IdentityCommitment(value)) }
    }

    /// Returns the commitment as a field element.
    pub fn value(&self) -> Fr {
        self.0
    }
}

impl Serialize for IdentityCommitment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        field::serde_hex::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for IdentityCommitment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<IdentityCommitment, D::Error> {
        IdentityCommitment::from_fr(field::serde_hex::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Derives the identity commitment `id = Poseidon(ID, ak.x, ak.y, nk)`.
pub fn derive_commitment(ak: &Point, nk: &NullifierKey) -> IdentityCommitment {
    IdentityCommitment(poseidon::hash(&[tag::id(), ak.x(), ak.y(), *nk.expose()]))
}

/// The secret keys of a stakeholder. Erased on drop, compared in constant time, without `Debug`.
#[derive(Clone)]
pub struct Identity {
    ask: Zeroizing<Scalar>,
    ak: Point,
    nk: NullifierKey,
    blinding: Zeroizing<[u8; 64]>,
}

impl Identity {
    /// Derives the identity of a seed.
    ///
    /// # Errors
    /// Returns [`IdentityError::ZeroKey`] if the seed gives a zero authorising key.
    pub fn from_seed(seed: &Seed) -> Result<Identity, IdentityError> {
        let ask = Zeroizing::new(scalar::from_wide(&derive_bytes(seed.expose(), "authorising-key")));
        if ask.is_zero() {
            return Err(IdentityError::ZeroKey);
        }
        let nk = NullifierKey(Fr::from_be_bytes_mod_order(derive_bytes(seed.expose(), "nullifier-key").as_ref()));
        let ak = Point::generator().mul(&ask);
        Ok(Identity { ask, ak, nk, blinding: derive_bytes(seed.expose(), "blinding-key") })
    }

    /// Returns the public authorising key `ak = ask·G`.
    pub fn authorising_key(&self) -> Point {
        self.ak
    }

    /// Returns a copy of the nullifier key `nk`.
    pub fn nullifier_key(&self) -> NullifierKey {
        self.nk.clone()
    }

    /// Returns the identity commitment `id`.
    pub fn commitment(&self) -> IdentityCommitment {
        derive_commitment(&self.ak, &self.nk)
    }

    /// Derives the blinder of this voter's note in a ballot whose ciphertext begins with `C`: HKDF of the seed's
    /// blinding key, `ctx` and `C`. A prover that received one ballot's blinder learns no other.
    pub fn derive_note_blinder(&self, ctx: Context, c: &Point) -> NoteBlinder {
        let mut input = Zeroizing::new([0; 160]);
        input[..64].copy_from_slice(self.blinding.as_ref());
        for (place, element) in input[64..].chunks_exact_mut(32).zip([ctx.to_fr(), c.x(), c.y()]) {
            place.copy_from_slice(&field::to_bytes(&element));
        }
        NoteBlinder::from_fr(Fr::from_be_bytes_mod_order(derive_bytes(input.as_ref(), "note-blinder").as_ref()))
    }

    /// Makes a Schnorr signature of `message`. The nonce is derived from the key and the message and hedged with fresh
    /// randomness: a broken random number generator does not reveal the key.
    pub fn sign(&self, message: Message, rng: &mut (impl RngCore + CryptoRng)) -> Signature {
        let mut input = Zeroizing::new([0; 96]);
        input[..32].copy_from_slice(&*Zeroizing::new(scalar::to_bytes(&self.ask)));
        input[32..64].copy_from_slice(&message.to_bytes());
        rng.fill_bytes(&mut input[64..]);
        let nonce = Zeroizing::new(scalar::from_wide(&derive_bytes(input.as_ref(), "nonce")));

        let nonce_point = Point::generator().mul(&nonce);
        let e = to_signed_challenge(derive_challenge(&nonce_point, &self.ak, message));
        Signature { nonce_point, response: *nonce + e * *self.ask }
    }
}

impl ConstantTimeEq for Identity {
    fn ct_eq(&self, other: &Identity) -> Choice {
        let ours = Zeroizing::new(scalar::to_bytes(&self.ask));
        ours.ct_eq(&*Zeroizing::new(scalar::to_bytes(&other.ask))) & self.nk.ct_eq(&other.nk)
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Identity) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Identity {}
