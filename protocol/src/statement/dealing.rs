//! The statement `dealing` (specification, sections 5 and 8): a dealer's contribution to a committee's keys, encrypted
//! to the committee's trustees.

mod error;
mod share;

use ark_ff::{PrimeField, Zero};
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    Fr, Point, Scalar,
    committee::{PolynomialCommitments, Polynomials, Recipients},
    constants::{COMMITTEE_KEYS, QUOTIENT_BITS, QUOTIENTS_PER_WORD, SCALAR_DIGITS, tag},
    elements::{StatementHash, TrusteeContext},
    poseidon, scalar, transcript,
};

pub use error::DealingError;
pub use share::{EncryptedShare, ShareValue, derive_pads};

/// The values of a dealing that are posted on chain beside the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedDealing {
    /// The commitment to the secrets, of which all other fields are a function.
    pub h: StatementHash,
    /// The dealer's ephemeral key `E = e·G`.
    pub ephemeral: Point,
    /// The polynomial commitments `A_{j,k}`.
    pub commitments: PolynomialCommitments,
    /// One encrypted share for each registered trustee, by index.
    pub shares: Vec<EncryptedShare>,
}

super::instance!("The commitment to the secrets.");

impl Instance {
    /// Computes the public inputs for a posted dealing, as the contract does from its own `ctx` and trustees and the
    /// posted values.
    ///
    /// # Errors
    /// Returns [`DealingError::Shape`] if the dealing is for another committee threshold or number of trustees.
    pub fn from_posted(
        posted: &PostedDealing,
        ctx: TrusteeContext,
        recipients: &Recipients,
    ) -> Result<Instance, DealingError> {
        let elements = list_elements(posted, ctx, recipients)?;
        let z = transcript::derive_challenge(posted.h, &elements);
        Ok(Instance { h: posted.h, z, y: transcript::evaluate(&elements, z) })
    }
}

/// The witness. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// The dealer's context.
    pub ctx: TrusteeContext,
    /// The trustees to which it deals, and the committee threshold.
    pub recipients: Recipients,
    /// The ephemeral secret `e`.
    pub ephemeral: Scalar,
    /// The polynomials `p_1..p_8`.
    pub polynomials: Polynomials,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.ephemeral.zeroize();
    }
}

impl Witness {
    /// Computes the posted values, from the secrets alone.
    pub fn compute_posted(&self) -> PostedDealing {
        let share = |(point, key): (u64, &crate::committee::TransportKey)| {
            let agreed = key.point().mul(&self.ephemeral);
            EncryptedShare::encrypt_values(&self.evaluate_at(point), self.ctx, point, &agreed)
        };
        PostedDealing {
            h: self.commit_secrets(),
            ephemeral: Point::generator().mul(&self.ephemeral),
            commitments: self.polynomials.commitments(),
            shares: self.recipients.registered().map(share).collect(),
        }
    }

    /// Returns `tau_{j,k}` for `k` up to the circuit's capacity. A coefficient from the threshold on has no meaning,
    /// and 1 is used.
    pub fn tau(&self, key: usize, coefficient: usize) -> ark_ff::BigInt<4> {
        let list = &self.polynomials.expose()[key];
        scalar::to_odd_form(list.get(coefficient).unwrap_or(&Scalar::from(1u64)), SCALAR_DIGITS)
    }

    /// Returns the values of the eight polynomials at a point, whether a trustee has registered there or not.
    pub fn evaluate_at(&self, point: u64) -> [ShareValue; COMMITTEE_KEYS] {
        let threshold = self.polynomials.threshold();
        std::array::from_fn(|key| {
            let tau: Zeroizing<Vec<_>> = Zeroizing::new((0..threshold).map(|k| self.tau(key, k)).collect());
            ShareValue::from_coefficients(&tau, point)
        })
    }

    /// Returns `h = Chain(DEALING, ctx, flags, tk_1.x, .., tau(e), tau_{1,0}, .., kappa)`, with the quotients
    /// of points 1 to `N`, four to a word.
    ///
    /// The quotients are in it because a remainder below `2^251` need not be below `l`: with them, the posted values
    /// are a function of `h`.
    fn commit_secrets(&self) -> StatementHash {
        let capacity = self.recipients.capacity();
        let element = |tau| Fr::from_bigint(tau).expect("252 bits are below r");
        let shift = element(ark_ff::BigInt::<4>::one() << QUOTIENT_BITS as u32);
        let mut inputs = Zeroizing::new(vec![tag::dealing(), self.ctx.to_fr(), self.recipients.flags()]);
        inputs.extend(key_coordinates(&self.recipients));
        inputs.push(element(scalar::to_odd_form(&self.ephemeral, SCALAR_DIGITS)));
        for key in 0..COMMITTEE_KEYS {
            inputs.extend((0..capacity).map(|coefficient| element(self.tau(key, coefficient))));
        }
        for point in 1..=capacity as u64 {
            let values = self.evaluate_at(point);
            let word =
                |part: &[ShareValue]| part.iter().rev().fold(Fr::zero(), |sum, v| sum * shift + Fr::from(v.quotient));
            inputs.extend(values.chunks(QUOTIENTS_PER_WORD).map(word));
        }
        StatementHash::from_fr(poseidon::chain(&inputs))
    }
}

/// Makes a dealing with fresh secrets. They need not be stored: the dealer's own share is among those it encrypts.
pub fn build_dealing(
    ctx: TrusteeContext,
    recipients: Recipients,
    rng: &mut (impl RngCore + CryptoRng),
) -> (Instance, Witness, PostedDealing) {
    let polynomials = Polynomials::random(recipients.threshold(), rng);
    let ephemeral = *Zeroizing::new(crate::committee::random_nonzero(rng));
    let witness = Witness { ctx, recipients, ephemeral, polynomials };
    let posted = witness.compute_posted();
    let instance =
        Instance::from_posted(&posted, ctx, &witness.recipients).expect("the dealing was made for these recipients");
    (instance, witness, posted)
}

/// Returns `tk_1.x, tk_1.y, .., tk_N.y`, with `G` where no trustee has registered.
fn key_coordinates(recipients: &Recipients) -> Vec<Fr> {
    let generator = Point::generator();
    let key = |index| recipients.key(index).map_or(generator, |key| *key.point());
    (0..recipients.capacity()).map(key).flat_map(|point| [point.x(), point.y()]).collect()
}

/// Returns the list `L`, `26 N + 4` elements.
///
/// # Errors
/// Returns [`DealingError::Shape`] if the dealing is for another committee threshold or number of trustees.
pub fn list_elements(
    posted: &PostedDealing,
    ctx: TrusteeContext,
    recipients: &Recipients,
) -> Result<Vec<Fr>, DealingError> {
    let (threshold, registered) = (recipients.threshold(), recipients.registered().count());
    if posted.commitments.threshold() != threshold || posted.shares.len() != registered {
        return Err(DealingError::Shape {
            threshold: posted.commitments.threshold(),
            expected_threshold: threshold,
            shares: posted.shares.len(),
            expected_shares: registered,
        });
    }
    let capacity = recipients.capacity();
    let mut elements = vec![ctx.to_fr(), recipients.flags(), posted.ephemeral.x(), posted.ephemeral.y()];
    elements.extend(key_coordinates(recipients));
    for (key, coefficient) in (0..COMMITTEE_KEYS).flat_map(|key| (0..capacity).map(move |k| (key, k))) {
        let point = posted.commitments.get(key, coefficient);
        elements.extend(point.map_or([Fr::zero(); 2], |point| [point.x(), point.y()]));
    }
    let mut shares = posted.shares.iter();
    for index in 0..capacity {
        let share = recipients.key(index).and_then(|_| shares.next());
        elements.extend(share.map_or([Fr::zero(); COMMITTEE_KEYS], |share| *share.words()));
    }
    Ok(elements)
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// Returns [`DealingError::Zero`] if a secret is zero, for which no proof exists, and [`DealingError::Binding`] if a
/// public input differs; [`check_posted`] names the element that is wrong.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), DealingError> {
    // Zero has an odd form as every scalar does, but its multiple is the identity, an exceptional case of the circuit's
    // addition formulas.
    if witness.ephemeral.is_zero() || witness.polynomials.expose().iter().flatten().any(Zero::is_zero) {
        return Err(DealingError::Zero);
    }
    let posted = witness.compute_posted();
    let elements = list_elements(&posted, witness.ctx, &witness.recipients)?;
    let y = transcript::evaluate(&elements, instance.z);
    for (name, expected, actual) in [("h", instance.h.to_fr(), posted.h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())]
    {
        if expected != actual {
            return Err(DealingError::Binding { name, expected, actual });
        }
    }
    Ok(())
}

/// Checks a witness against a posted dealing, element by element.
///
/// # Errors
/// Returns [`DealingError`] for the first element that differs.
pub fn check_posted(posted: &PostedDealing, witness: &Witness) -> Result<(), DealingError> {
    list_elements(posted, witness.ctx, &witness.recipients)?;
    let actual = witness.compute_posted();
    if posted.ephemeral != actual.ephemeral {
        return Err(DealingError::Ephemeral);
    }
    let threshold = actual.commitments.threshold();
    let pairs = posted.commitments.points().iter().zip(actual.commitments.points());
    if let Some(position) = pairs.into_iter().position(|(left, right)| left != right) {
        return Err(DealingError::Commitment { key: position / threshold, coefficient: position % threshold });
    }
    let points = witness.recipients.registered().map(|(point, _)| point);
    for (point, (left, right)) in points.zip(posted.shares.iter().zip(&actual.shares)) {
        if let Some(word) = left.words().iter().zip(right.words()).position(|(left, right)| left != right) {
            return Err(DealingError::Share { point, word });
        }
    }
    match posted.h == actual.h {
        true => Ok(()),
        false => Err(DealingError::Binding { name: "h", expected: posted.h.to_fr(), actual: actual.h.to_fr() }),
    }
}
