//! A dealer's secret polynomials, and the public commitments to them.

use ark_ff::Zero;
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{CommitteeError, KeyShare, KeyVector};
use crate::{
    Point, Scalar,
    constants::{CIRCUIT_SIZES, COMMITTEE_KEYS, MAX_TRUSTEES},
    field, scalar, transcript,
};

/// Eight secret polynomials of `T` nonzero coefficients each. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct Polynomials(Zeroizing<Vec<Vec<Scalar>>>);

impl Polynomials {
    /// Draws uniform polynomials with nonzero coefficients.
    ///
    /// # Panics
    /// Panics unless `1 <= threshold <= 16` (a programming error).
    pub fn random(threshold: usize, rng: &mut (impl RngCore + CryptoRng)) -> Polynomials {
        assert!((1..=MAX_TRUSTEES).contains(&threshold), "a committee threshold is from 1 to 16, not {threshold}");
        let mut polynomial = || (0..threshold).map(|_| random_nonzero(rng)).collect();
        Polynomials(Zeroizing::new((0..COMMITTEE_KEYS).map(|_| polynomial()).collect()))
    }

    /// Returns polynomials with these coefficients, eight lists of equal length. Unlike [`Polynomials::random`] it
    /// accepts zeros, for which no proof exists.
    ///
    /// # Panics
    /// Panics if there are not eight lists of one length from 1 to 16 (a programming error).
    pub fn from_coefficients(coefficients: Vec<Vec<Scalar>>) -> Polynomials {
        let length = coefficients.first().map_or(0, Vec::len);
        let regular = coefficients.len() == COMMITTEE_KEYS && coefficients.iter().all(|list| list.len() == length);
        assert!(
            regular && (1..=MAX_TRUSTEES).contains(&length),
            "expected eight polynomials of one length from 1 to 16"
        );
        Polynomials(Zeroizing::new(coefficients))
    }

    /// Returns the committee threshold `T`.
    pub fn threshold(&self) -> usize {
        self.0[0].len()
    }

    /// Returns the secret coefficients `a_{j,k}`, `j` and `k` from 0, for a witness.
    pub fn expose(&self) -> &[Vec<Scalar>] {
        &self.0
    }

    /// Evaluates the polynomials at a point `i`: returns `p_1(i)..p_8(i)`.
    pub fn evaluate_at(&self, point: u64) -> KeyShare {
        let i = Scalar::from(point);
        let horner = |coefficients: &[Scalar]| coefficients.iter().rev().fold(Scalar::zero(), |sum, a| sum * i + a);
        KeyShare::new(std::array::from_fn(|j| horner(&self.0[j])))
    }

    /// Returns the polynomial commitments `A_{j,k} = a_{j,k}·G`.
    pub fn commitments(&self) -> PolynomialCommitments {
        let g = Point::generator();
        let points = self.0.iter().flatten().map(|coefficient| g.mul(coefficient)).collect();
        PolynomialCommitments { points, threshold: self.threshold() }
    }
}

/// Draws a uniform nonzero scalar.
pub(crate) fn random_nonzero(rng: &mut (impl RngCore + CryptoRng)) -> Scalar {
    loop {
        let value = scalar::random_scalar(rng);
        if !value.is_zero() {
            return value;
        }
    }
}

/// The reason why points are not polynomial commitments.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CommitmentsError {
    /// The number of points is not eight times a number of coefficients from 1 to 16.
    #[error("{0} points are not polynomial commitments: expected eight for each of 1 to {MAX_TRUSTEES} coefficients")]
    Length(usize),
    /// The commitments to add are for different committee thresholds.
    #[error("polynomial commitments for the threshold {actual} cannot be added to those for the threshold {expected}")]
    Threshold {
        /// The threshold of the other dealings.
        expected: usize,
        /// The threshold of this dealing.
        actual: usize,
    },
}

/// Polynomial commitments `A_{j,k}`, key by key, `k` from 0: of one dealing, or the sum `B_{j,k}` of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PolynomialCommitments {
    points: Vec<Point>,
    #[serde(skip)]
    threshold: usize,
}

impl PolynomialCommitments {
    /// Returns the commitments of these points, key by key.
    ///
    /// # Errors
    /// Returns [`CommitmentsError::Length`] unless there are eight points per coefficient, for 1 to 16 coefficients.
    pub fn new(points: Vec<Point>) -> Result<PolynomialCommitments, CommitmentsError> {
        let threshold = points.len() / COMMITTEE_KEYS;
        if !points.len().is_multiple_of(COMMITTEE_KEYS) || !(1..=MAX_TRUSTEES).contains(&threshold) {
            return Err(CommitmentsError::Length(points.len()));
        }
        Ok(PolynomialCommitments { points, threshold })
    }

    /// Returns the committee threshold `T`.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// Returns all points, key by key.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Returns `A_{j,k}`, `j` and `k` from 0, or `None` for a coefficient from the threshold on.
    pub fn get(&self, key: usize, coefficient: usize) -> Option<&Point> {
        (coefficient < self.threshold).then(|| &self.points[key * self.threshold + coefficient])
    }

    /// Evaluates the commitments at a point `i`: returns `pk_{i,j} = sum_k i^k·A_{j,k}`, the public keys of the values
    /// there.
    pub fn evaluate_at(&self, point: u64) -> [Point; COMMITTEE_KEYS] {
        let horner = |points: &[Point]| points.iter().rev().fold(Point::identity(), |sum, a| sum.mul_u64(point) + *a);
        std::array::from_fn(|j| horner(&self.points[j * self.threshold..][..self.threshold]))
    }

    /// Returns `keccak(pk_1.x, .., pk_3.y)` and `keccak(pk_4.x, .., pk_8.y)` of the public keys at a point.
    pub fn key_hashes_at(&self, point: u64) -> [[u8; 32]; 2] {
        let keys = self.evaluate_at(point);
        let hash = |keys: &[Point]| {
            let coordinates = keys.iter().flat_map(|key| [key.x(), key.y()]);
            transcript::keccak_words(coordinates.map(|element| field::to_bytes(&element)))
        };
        let (first, others) = keys.split_at(CIRCUIT_SIZES[0]);
        [hash(first), hash(others)]
    }

    /// Returns the verification key at a point, which a contract stores: the hash of
    /// [`PolynomialCommitments::key_hashes_at`].
    pub fn verification_key_at(&self, point: u64) -> [u8; 32] {
        transcript::keccak_words(self.key_hashes_at(point))
    }

    /// Adds up the commitments of several dealings; returns `None` if there are none.
    ///
    /// # Errors
    /// Returns [`CommitmentsError::Threshold`] if the dealings are for different committee thresholds.
    pub fn sum_dealings<'a>(
        dealings: impl IntoIterator<Item = &'a PolynomialCommitments>,
    ) -> Result<Option<PolynomialCommitments>, CommitmentsError> {
        let mut dealings = dealings.into_iter();
        let Some(first) = dealings.next() else { return Ok(None) };
        let mut sum = first.clone();
        for next in dealings {
            if next.threshold != sum.threshold {
                return Err(CommitmentsError::Threshold { expected: sum.threshold, actual: next.threshold });
            }
            sum.points.iter_mut().zip(&next.points).for_each(|(total, point)| *total = *total + *point);
        }
        Ok(Some(sum))
    }

    /// Returns the key vector, `PK_j = B_{j,0}`.
    ///
    /// # Errors
    /// Returns [`CommitteeError`] if a key is the identity, or equals another or its negative.
    pub fn key_vector(&self) -> Result<KeyVector, CommitteeError> {
        KeyVector::new(std::array::from_fn(|j| self.points[j * self.threshold]))
    }
}

impl<'de> Deserialize<'de> for PolynomialCommitments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PolynomialCommitments, D::Error> {
        PolynomialCommitments::new(Vec::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
