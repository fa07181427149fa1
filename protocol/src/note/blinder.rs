//! The secret value that hides a note's content.

use ark_ff::UniformRand;
use rand::{CryptoRng, RngCore};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Fr, field};

/// A note's blinder: with it, the content of a note can be found by trying members and votes. Erased on drop, compared
/// in constant time, without `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct NoteBlinder(Fr);

impl NoteBlinder {
    /// Draws a uniform blinder.
    pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> NoteBlinder {
        NoteBlinder(Fr::rand(rng))
    }

    /// Returns the blinder of a derived, stored or received value.
    pub fn from_fr(blinder: Fr) -> NoteBlinder {
        NoteBlinder(blinder)
    }

    /// Returns the secret value.
    pub fn expose(&self) -> &Fr {
        &self.0
    }
}

impl ConstantTimeEq for NoteBlinder {
    fn ct_eq(&self, other: &NoteBlinder) -> Choice {
        Zeroizing::new(field::to_bytes(&self.0)).ct_eq(&*Zeroizing::new(field::to_bytes(&other.0)))
    }
}

impl PartialEq for NoteBlinder {
    fn eq(&self, other: &NoteBlinder) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for NoteBlinder {}
