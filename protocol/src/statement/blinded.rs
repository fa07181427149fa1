//! The statement `blinded` (specification, section 8): a trustee's decryption share is made with its key share, and
//! blinded by factors that the teller can decrypt.

use rand::{CryptoRng, RngCore};
use thiserror::Error;
use zeroize::Zeroize;

use crate::{
    Fr, Point, Scalar,
    committee::{KeyShare, TransportKey},
    constants::{CIRCUIT_SIZES, tag},
    elements::{Context, StatementHash},
    poseidon,
    rounding::{BlindingFactors, EncryptedFactors},
    scalar, transcript,
};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum BlindedError {
    /// There is no circuit of this size, or not a secret and a factor for each of its keys.
    #[error(
        "{secrets} secrets and {factors} blinding factors do not fit a circuit of size {size}: sizes are {CIRCUIT_SIZES:?}"
    )]
    Size {
        /// The size.
        size: usize,
        /// The number of secrets.
        secrets: usize,
        /// The number of factors.
        factors: usize,
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

/// The values of a blinded share that are posted on chain beside the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedBlinded {
    /// The hash `Chain(BLINDED, L)`.
    pub h: StatementHash,
    /// The blinded share `F_1..F_M`.
    pub points: Vec<Point>,
    /// The blinding factors, encrypted to the teller.
    pub factors: EncryptedFactors,
}

super::instance!("The hash of `L`.");

impl Instance {
    /// Computes the public inputs, as the contract does from its own `ctx`, `C` and keys, and the posted share.
    pub fn from_posted(
        posted: &PostedBlinded,
        ctx: Context,
        c: &Point,
        teller: &TransportKey,
        keys: &[Point],
    ) -> Instance {
        let elements = list_elements(ctx, c, teller, keys, &posted.points, &posted.factors);
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
    /// The teller's transport key.
    pub teller: TransportKey,
    /// The secret `e` of the ephemeral key.
    pub ephemeral: Scalar,
    /// The key share `sk_1..sk_M`.
    pub secrets: Vec<Scalar>,
    /// The blinding factors `b_1..b_M`.
    pub factors: BlindingFactors,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.ephemeral.zeroize();
        self.secrets.zeroize();
    }
}

impl Witness {
    /// Returns the circuit size `M`.
    pub fn size(&self) -> usize {
        self.secrets.len()
    }

    /// Computes what is posted, and the trustee's verification keys.
    pub fn compute_posted(&self) -> (PostedBlinded, Vec<Point>) {
        let multiply = |base: &Point| self.secrets.iter().map(|secret| base.mul(secret)).collect::<Vec<Point>>();
        let keys = multiply(&Point::generator());
        let points = self.factors.blind(&multiply(&self.c));
        let factors = EncryptedFactors {
            ephemeral: Point::generator().mul(&self.ephemeral),
            words: self.factors.encrypt(self.ctx, &self.teller, &self.ephemeral),
        };
        let elements = list_elements(self.ctx, &self.c, &self.teller, &keys, &points, &factors);
        (PostedBlinded { h: hash_elements(&elements), points, factors }, keys)
    }

    fn check_size(&self) -> Result<(), BlindedError> {
        let (size, factors) = (self.size(), self.factors.expose().len());
        match CIRCUIT_SIZES.contains(&size) && factors == size {
            true => Ok(()),
            false => Err(BlindedError::Size { size, secrets: size, factors }),
        }
    }
}

/// Returns `L = (ctx, C, K, E, pk_1, F_1, x_1, .., pk_M, F_M, x_M)`, points as `x, y`: `7 + 5M` elements.
pub fn list_elements(
    ctx: Context,
    c: &Point,
    teller: &TransportKey,
    keys: &[Point],
    points: &[Point],
    factors: &EncryptedFactors,
) -> Vec<Fr> {
    let (k, e) = (teller.point(), &factors.ephemeral);
    let mut elements = vec![ctx.to_fr(), c.x(), c.y(), k.x(), k.y(), e.x(), e.y()];
    let rows = keys.iter().zip(points).zip(&factors.words);
    elements.extend(rows.flat_map(|((key, point), word)| [key.x(), key.y(), point.x(), point.y(), *word]));
    elements
}

/// Returns `h = Chain(BLINDED, L)`.
pub fn hash_elements(elements: &[Fr]) -> StatementHash {
    let mut inputs = vec![tag::blinded()];
    inputs.extend(elements);
    StatementHash::from_fr(poseidon::chain(&inputs))
}

/// Makes a trustee's blinded share of `c` for the teller, for a circuit of size `size`, with fresh blinding factors.
/// Keys behind `size` take no part.
pub fn build_share(
    ctx: Context,
    c: &Point,
    share: &KeyShare,
    teller: &TransportKey,
    size: usize,
    rng: &mut (impl RngCore + CryptoRng),
) -> (Instance, Witness, PostedBlinded) {
    let secrets = share.expose().iter().take(size).copied().collect();
    let factors = BlindingFactors::random(size, rng);
    let ephemeral = scalar::random_nonzero_scalar(rng);
    let witness = Witness { ctx, c: *c, teller: *teller, ephemeral, secrets, factors };
    let (posted, keys) = witness.compute_posted();
    (Instance::from_posted(&posted, ctx, c, teller, &keys), witness, posted)
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// Returns [`BlindedError::Size`] if there is no circuit for the witness, and [`BlindedError::Binding`] if a public
/// input differs from what it gives.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), BlindedError> {
    witness.check_size()?;
    let (posted, keys) = witness.compute_posted();
    let elements = list_elements(witness.ctx, &witness.c, &witness.teller, &keys, &posted.points, &posted.factors);
    let y = transcript::evaluate(&elements, instance.z);
    for (name, expected, actual) in [("h", instance.h.to_fr(), posted.h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())]
    {
        if expected != actual {
            return Err(BlindedError::Binding { name, expected, actual });
        }
    }
    Ok(())
}
