//! Statement `decryption` (specification, section 8): a trustee's share of a total is made with its share of the keys.

use ark_ff::One;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroize;

use crate::{
    Fr, Point, Scalar,
    committee::KeyShare,
    constants::{COMMITTEE_KEYS, tag},
    field, poseidon, transcript,
};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum DecryptionError {
    /// `pk_j = sk_j·G` does not hold.
    #[error("key {index} is not of this secret")]
    Key {
        /// The key, from 0.
        index: usize,
    },
    /// `E_j = sk_j·C` does not hold.
    #[error("share {index} is not of this secret")]
    Share {
        /// The share, from 0.
        index: usize,
    },
    /// A public input is not the witness's.
    #[error("binding: the public input {name} is {expected}, the witness gives {actual}")]
    Binding {
        /// The public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
}

/// What goes on chain beside the proof, with the pairs after the poll's size filled in as `(G, C)`; those are not transmitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    /// `Chain(DECRYPTION, L)`.
    #[serde(with = "field::serde_hex")]
    pub h: Fr,
    /// `pk_1..pk_8`.
    pub keys: [Point; COMMITTEE_KEYS],
    /// `E_1..E_8`.
    pub share: [Point; COMMITTEE_KEYS],
}

super::instance!("The hash of `L`.");

impl Instance {
    /// The public inputs that the contract computes: its own `ctx`, `C` and keys, and the posted share.
    pub fn of(posted: &Posted, ctx: Fr, c: &Point) -> Instance {
        let elements = elements(ctx, c, &posted.keys, &posted.share);
        let z = transcript::challenge(posted.h, &elements);
        Instance { h: posted.h, z, y: transcript::evaluate(&elements, z) }
    }
}

/// The witness. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// The chamber's context.
    pub ctx: Fr,
    /// The first point of the encrypted total.
    pub c: Point,
    /// `sk_1..sk_8`; 1 after the poll's size.
    pub secrets: [Scalar; COMMITTEE_KEYS],
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.secrets.zeroize();
    }
}

impl Witness {
    fn multiples_of(&self, base: &Point) -> [Point; COMMITTEE_KEYS] {
        self.secrets.each_ref().map(|secret| base.mul(secret))
    }
}

/// `L = (ctx, C.x, C.y, pk_1.x, pk_1.y, E_1.x, E_1.y, ..)`: 35 elements.
pub fn elements(ctx: Fr, c: &Point, keys: &[Point; COMMITTEE_KEYS], share: &[Point; COMMITTEE_KEYS]) -> Vec<Fr> {
    let mut elements = vec![ctx, c.x(), c.y()];
    elements.extend(keys.iter().zip(share).flat_map(|(key, part)| [key.x(), key.y(), part.x(), part.y()]));
    elements
}

/// `Chain(DECRYPTION, L)`.
pub fn hash(elements: &[Fr]) -> Fr {
    let mut inputs = vec![tag::decryption()];
    inputs.extend(elements);
    poseidon::chain(&inputs)
}

/// A trustee's share of `c` for a poll of size `size`; the pairs after it are `(G, C)` with `sk = 1`.
pub fn build(ctx: Fr, c: &Point, share: &KeyShare, size: usize) -> (Instance, Witness, Posted) {
    let mut secrets = *share.expose();
    secrets.iter_mut().skip(size).for_each(|filler| *filler = Scalar::one());
    let witness = Witness { ctx, c: *c, secrets };
    secrets.zeroize();

    let keys = witness.multiples_of(&Point::generator());
    let share = witness.multiples_of(c);
    let h = hash(&elements(ctx, c, &keys, &share));
    let posted = Posted { h, keys, share };
    (Instance::of(&posted, ctx, c), witness, posted)
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// [`DecryptionError::Binding`]; [`check_posted`] says which key or share is wrong.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), DecryptionError> {
    let keys = witness.multiples_of(&Point::generator());
    let share = witness.multiples_of(&witness.c);
    let elements = elements(witness.ctx, &witness.c, &keys, &share);
    let h = hash(&elements);
    let y = transcript::evaluate(&elements, instance.z);
    for (name, expected, actual) in [("h", instance.h, h), ("y", instance.y, y)] {
        if expected != actual {
            return Err(DecryptionError::Binding { name, expected, actual });
        }
    }
    Ok(())
}

/// Checks a witness against posted keys and shares, pair by pair.
///
/// # Errors
/// [`DecryptionError::Key`], [`DecryptionError::Share`], [`DecryptionError::Binding`].
pub fn check_posted(posted: &Posted, witness: &Witness) -> Result<(), DecryptionError> {
    let keys = witness.multiples_of(&Point::generator());
    let share = witness.multiples_of(&witness.c);
    for index in 0..COMMITTEE_KEYS {
        if posted.keys[index] != keys[index] {
            return Err(DecryptionError::Key { index });
        }
        if posted.share[index] != share[index] {
            return Err(DecryptionError::Share { index });
        }
    }
    let actual = hash(&elements(witness.ctx, &witness.c, &keys, &share));
    if posted.h != actual {
        return Err(DecryptionError::Binding { name: "h", expected: posted.h, actual });
    }
    Ok(())
}
