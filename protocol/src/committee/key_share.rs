//! A trustee's share of the secrets of a committee's keys.

use std::ops::Add;

use ark_ff::Zero;
use zeroize::Zeroizing;

use crate::{Point, Scalar, constants::COMMITTEE_KEYS};

/// `sk_1..sk_8` at one trustee's point. For a threshold of one it is the secret itself. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct KeyShare(Zeroizing<[Scalar; COMMITTEE_KEYS]>);

impl KeyShare {
    /// A share of these values.
    pub fn new(values: [Scalar; COMMITTEE_KEYS]) -> KeyShare {
        KeyShare(Zeroizing::new(values))
    }

    /// A share to which dealings are added.
    pub fn zero() -> KeyShare {
        KeyShare::new([Scalar::zero(); COMMITTEE_KEYS])
    }

    /// `pk_j = sk_j·G`.
    pub fn public(&self) -> [Point; COMMITTEE_KEYS] {
        self.multiply(&Point::generator())
    }

    /// `E_j = sk_j·C`.
    pub fn multiply(&self, c: &Point) -> [Point; COMMITTEE_KEYS] {
        self.0.each_ref().map(|secret| c.mul(secret))
    }

    /// The secret values, for a witness.
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
