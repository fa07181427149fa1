//! The statement `decryption` (specification, section 8): a trustee's decryption share is made with its key share.

use ark_ff::One;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroize;

use crate::{
    Fr, Point, Scalar,
    committee::KeyShare,
    constants::{COMMITTEE_KEYS, tag},
    elements::{Context, StatementHash},
    poseidon, transcript,
};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum DecryptionError {
    /// `pk_j = sk_j·G` does not hold.
    #[error("verification key {index} (from 0) is not the public key of the witness's secret")]
    Key {
        /// The index of the key, from 0.
        index: usize,
    },
    /// `E_j = sk_j·C` does not hold.
    #[error("decryption share {index} (from 0) was not made with the witness's secret")]
    Share {
        /// The index of the share, from 0.
        index: usize,
    },
    /// A public input differs from that of the witness.
    #[error("binding: the public input {name} is {expected}, the witness gives {actual}")]
    Binding {
        /// The name of the public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The value that the witness gives.
        actual: Fr,
    },
}

/// The values of a decryption share that are posted on chain beside the proof, with the pairs after the poll's size
/// filled in as `(G, C)`; those are not transmitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedShare {
    /// The hash `Chain(DECRYPTION, L)`.
    pub h: StatementHash,
    /// The trustee's public keys `pk_1..pk_8`.
    pub keys: [Point; COMMITTEE_KEYS],
    /// The decryption share `E_1..E_8`.
    pub share: [Point; COMMITTEE_KEYS],
}

super::instance!("The hash of `L`.");

impl Instance {
    /// Computes the public inputs, as the contract does from its own `ctx`, `C` and keys, and the posted share.
    pub fn from_posted(posted: &PostedShare, ctx: Context, c: &Point) -> Instance {
        let elements = list_elements(ctx, c, &posted.keys, &posted.share);
        let z = transcript::derive_challenge(posted.h, &elements);
        Instance { h: posted.h, z, y: transcript::evaluate(&elements, z) }
    }
}

/// The witness. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// The chamber's context.
    pub ctx: Context,
    /// The first point `C` of the encrypted total.
    pub c: Point,
    /// The key share `sk_1..sk_8`; 1 after the poll's size.
    pub secrets: [Scalar; COMMITTEE_KEYS],
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.secrets.zeroize();
    }
}

impl Witness {
    fn multiply_base(&self, base: &Point) -> [Point; COMMITTEE_KEYS] {
        self.secrets.each_ref().map(|secret| base.mul(secret))
    }
}

/// Returns `L = (ctx, C.x, C.y, pk_1.x, pk_1.y, E_1.x, E_1.y, ..)`: 35 elements.
pub fn list_elements(
    ctx: Context,
    c: &Point,
    keys: &[Point; COMMITTEE_KEYS],
    share: &[Point; COMMITTEE_KEYS],
) -> Vec<Fr> {
    let mut elements = vec![ctx.to_fr(), c.x(), c.y()];
    elements.extend(keys.iter().zip(share).flat_map(|(key, part)| [key.x(), key.y(), part.x(), part.y()]));
    elements
}

/// Returns `h = Chain(DECRYPTION, L)`.
pub fn hash_elements(elements: &[Fr]) -> StatementHash {
    let mut inputs = vec![tag::decryption()];
    inputs.extend(elements);
    StatementHash::from_fr(poseidon::chain(&inputs))
}

/// Makes a trustee's decryption share of `c` for a poll of size `size`; the pairs after it are `(G, C)` with `sk = 1`.
pub fn build_share(ctx: Context, c: &Point, share: &KeyShare, size: usize) -> (Instance, Witness, PostedShare) {
    let mut secrets = *share.expose();
    secrets.iter_mut().skip(size).for_each(|filler| *filler = Scalar::one());
    let witness = Witness { ctx, c: *c, secrets };
    secrets.zeroize();

    let keys = witness.multiply_base(&Point::generator());
    let share = witness.multiply_base(c);
    let h = hash_elements(&list_elements(ctx, c, &keys, &share));
    let posted = PostedShare { h, keys, share };
    (Instance::from_posted(&posted, ctx, c), witness, posted)
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// Returns [`DecryptionError::Binding`] if a public input differs; [`check_posted`] names the key or share that is
/// wrong.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), DecryptionError> {
    let keys = witness.multiply_base(&Point::generator());
    let share = witness.multiply_base(&witness.c);
    let elements = list_elements(witness.ctx, &witness.c, &keys, &share);
    let h = hash_elements(&elements);
    let y = transcript::evaluate(&elements, instance.z);
    for (name, expected, actual) in [("h", instance.h.to_fr(), h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())] {
        if expected != actual {
            return Err(DecryptionError::Binding { name, expected, actual });
        }
    }
    Ok(())
}

/// Checks a witness against posted keys and shares, pair by pair.
///
/// # Errors
/// Returns [`DecryptionError::Key`] or [`DecryptionError::Share`] for the first that differs, and
/// [`DecryptionError::Binding`] if `h` does.
pub fn check_posted(posted: &PostedShare, witness: &Witness) -> Result<(), DecryptionError> {
    let keys = witness.multiply_base(&Point::generator());
    let share = witness.multiply_base(&witness.c);
    for index in 0..COMMITTEE_KEYS {
        if posted.keys[index] != keys[index] {
            return Err(DecryptionError::Key { index });
        }
        if posted.share[index] != share[index] {
            return Err(DecryptionError::Share { index });
        }
    }
    let actual = hash_elements(&list_elements(witness.ctx, &witness.c, &keys, &share));
    if posted.h != actual {
        return Err(DecryptionError::Binding { name: "h", expected: posted.h.to_fr(), actual: actual.to_fr() });
    }
    Ok(())
}
