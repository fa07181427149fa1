//! A trustee's share of a committee's secret keys.

use std::ops::Add;

use ark_ff::Zero;
use zeroize::Zeroizing;

use crate::{Point, Scalar, constants::COMMITTEE_KEYS};

/// A key share: `sk_1..sk_8` at one trustee's point. For a committee threshold of one it is the secret itself. Erased
/// on drop, without `Debug`.
#[derive(Clone)]
pub struct KeyShare(Zeroizing<[Scalar; COMMITTEE_KEYS]>);

impl KeyShare {
    /// Returns a key share of these values.
    pub fn new(values: [Scalar; COMMITTEE_KEYS]) -> KeyShare {
        KeyShare(Zeroizing::new(values))
    }

    /// Returns the zero share, to which the values of dealings are added.
    pub fn zero() -> KeyShare {
        KeyShare::new([Scalar::zero(); COMMITTEE_KEYS])
    }

    /// Returns the public keys of the share, `pk_j = sk_j·G`.
    pub fn public_keys(&self) -> [Point; COMMITTEE_KEYS] {
        self.multiply_point(&Point::generator())
    }

    /// Returns the decryption share of `C`, `E_j = sk_j·C`.
    pub fn multiply_point(&self, c: &Point) -> [Point; COMMITTEE_KEYS] {
        self.0.each_ref().map(|secret| c.mul(secret))
    }

    /// Returns the secret values, for a witness.
    pub fn expose(&self) -> &[Scalar; COMMITTEE_KEYS] {
        &self.0
    }
}

impl Add for &KeyShare {
    type Output = KeyShare;
    fn add(self, other: &KeyShare) -> KeyShare {
        KeyShare::new(std::array::from_fn(|j| self.0[j] + other.0[j]))
    }
}
