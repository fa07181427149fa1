//! Committees: their key vector, and the distributed key generation by which trustees make it (specification, section
//! 5).
//!
//! A trustee registers a [`TransportKey`]; dealers deal [`Polynomials`], whose [`PolynomialCommitments`] are public and
//! whose values are sent encrypted; every trustee adds up its values to a [`KeyShare`]. No one party ever holds the
//! secret of a key.

mod key_share;
mod lagrange;
mod polynomials;
mod recipients;
mod transport;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::{
    Point,
    constants::{COMMITTEE_KEYS, KEY_SPLIT_BITS, tag},
    elements::KeysHash,
    poseidon,
};

pub use key_share::KeyShare;
pub use lagrange::{LagrangeCoefficients, LagrangeError};
pub(crate) use polynomials::random_nonzero;
pub use polynomials::{CommitmentsError, PolynomialCommitments, Polynomials};
pub use recipients::{Recipients, RecipientsError};
pub use transport::{PossessionError, ProofOfPossession, TransportKey, TransportKeyError, TransportSecret};

/// The reason why a key vector is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CommitteeError {
    /// A key is the identity.
    #[error("committee key {index} (from 0) is the identity element of the curve")]
    IdentityKey {
        /// The index of the key, from 0.
        index: usize,
    },
    /// A key equals another one or its negative: the difference (or sum) of two options' ciphertexts would show the
    /// votes to everyone.
    #[error("committee key {index} (from 0) equals an earlier key or its negative")]
    RepeatedKey {
        /// The index of the later key, from 0.
        index: usize,
    },
}

/// A committee's public keys `PK_1..PK_8`, none of them the identity, equal to another or its negative, with
/// `PK'_j = 2^126·PK_j`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVector {
    keys: [Point; COMMITTEE_KEYS],
    shifted: [Point; COMMITTEE_KEYS],
}

impl KeyVector {
    /// Returns the key vector of these keys.
    ///
    /// # Errors
    /// Returns [`CommitteeError::IdentityKey`] if a key is the identity, and [`CommitteeError::RepeatedKey`] if one
    /// equals an earlier key or its negative.
    pub fn new(keys: [Point; COMMITTEE_KEYS]) -> Result<KeyVector, CommitteeError> {
        if let Some(index) = keys.iter().position(Point::is_identity) {
            return Err(CommitteeError::IdentityKey { index });
        }
        // A point and its negative share `y`.
        let repeated = |(i, key): (usize, &Point)| keys[..i].iter().any(|other| other.y() == key.y());
        if let Some((index, _)) = keys.iter().enumerate().find(|pair| repeated(*pair)) {
            return Err(CommitteeError::RepeatedKey { index });
        }
        Ok(KeyVector { keys, shifted: keys.map(|key| key.double_times(KEY_SPLIT_BITS)) })
    }

    /// Returns `PK_1..PK_8`.
    pub fn keys(&self) -> &[Point; COMMITTEE_KEYS] {
        &self.keys
    }

    /// Returns `PK'_1..PK'_8`.
    pub fn shifted(&self) -> [Point; COMMITTEE_KEYS] {
        self.shifted
    }

    /// Returns `K_M`, the hash of the first `size` keys: `K_0 = KEYS`,
    /// `K_j = Poseidon(K_{j-1}, PK_j.x, PK_j.y, PK'_j.x, PK'_j.y)`.
    ///
    /// # Panics
    /// Panics if `size` is above 8 (a programming error).
    pub fn hash_keys(&self, size: usize) -> KeysHash {
        assert!(size <= COMMITTEE_KEYS, "a committee has 8 keys, not {size}");
        let pairs = self.keys[..size].iter().zip(&self.shifted);
        KeysHash::from_fr(pairs.fold(tag::keys(), |hash, (key, shifted)| {
            poseidon::hash(&[hash, key.x(), key.y(), shifted.x(), shifted.y()])
        }))
    }
}

impl Serialize for KeyVector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.keys.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KeyVector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeyVector, D::Error> {
        KeyVector::new(Deserialize::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
