//! A dealer's secret polynomials, and the public commitments to them.

use ark_ff::Zero;
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{CommitteeError, KeyShare, KeyVector};
use crate::{
    Point, Scalar,
    constants::{COMMITTEE_KEYS, MAX_TRUSTEES, SIZES},
    field, scalar, transcript,
};

/// Eight polynomials of `T` coefficients that are not zero. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct Polynomials(Zeroizing<Vec<Vec<Scalar>>>);

impl Polynomials {
    /// Uniform ones.
    ///
    /// # Panics
    /// Unless `1 <= threshold <= 16` (a programming error).
    pub fn random(threshold: usize, rng: &mut (impl RngCore + CryptoRng)) -> Polynomials {
        assert!((1..=MAX_TRUSTEES).contains(&threshold), "a threshold of {threshold}");
        let mut polynomial = || (0..threshold).map(|_| nonzero(rng)).collect();
        Polynomials(Zeroizing::new((0..COMMITTEE_KEYS).map(|_| polynomial()).collect()))
    }

    /// Polynomials of these coefficients, eight lists of equal length. Unlike [`Polynomials::random`] it takes zeros, which no proof exists for.
    ///
    /// # Panics
    /// If they are not eight, or of different lengths (a programming error).
    pub fn from_coefficients(coefficients: Vec<Vec<Scalar>>) -> Polynomials {
        let length = coefficients.first().map_or(0, Vec::len);
        let regular = coefficients.len() == COMMITTEE_KEYS && coefficients.iter().all(|list| list.len() == length);
        assert!(regular && (1..=MAX_TRUSTEES).contains(&length), "eight polynomials of one length up to 16");
        Polynomials(Zeroizing::new(coefficients))
    }

    /// `T`.
    pub fn threshold(&self) -> usize {
        self.0[0].len()
    }

    /// `a_{j,k}`, `j` and `k` from 0, for a witness.
    pub fn expose(&self) -> &[Vec<Scalar>] {
        &self.0
    }

    /// `p_1(i)..p_8(i)`.
    pub fn at(&self, point: u64) -> KeyShare {
        let i = Scalar::from(point);
        let horner = |coefficients: &[Scalar]| coefficients.iter().rev().fold(Scalar::zero(), |sum, a| sum * i + a);
        KeyShare::new(std::array::from_fn(|j| horner(&self.0[j])))
    }

    /// `A_{j,k} = a_{j,k}·G`.
    pub fn commitments(&self) -> Commitments {
        let g = Point::generator();
        let points = self.0.iter().flatten().map(|coefficient| g.mul(coefficient)).collect();
        Commitments { points, threshold: self.threshold() }
    }
}

/// A uniform scalar that is not zero.
pub(crate) fn nonzero(rng: &mut (impl RngCore + CryptoRng)) -> Scalar {
    loop {
        let value = scalar::random(rng);
        if !value.is_zero() {
            return value;
        }
    }
}

/// Why points are no commitments.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CommitmentsError {
    /// Eight points a coefficient, 1 to 16 coefficients.
    #[error("{0} points are not eight polynomials of 1 to {MAX_TRUSTEES} coefficients")]
    Length(usize),
    /// Sums are of equal thresholds.
    #[error("commitments for a threshold of {actual} and not {expected}")]
    Threshold {
        /// Of the others.
        expected: usize,
        /// Of this one.
        actual: usize,
    },
}

/// Points `A_{j,k}`, key by key, `k` from 0: of one dealing, or the sum `B_{j,k}` of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Commitments {
    points: Vec<Point>,
    #[serde(skip)]
    threshold: usize,
}

impl Commitments {
    /// # Errors
    /// [`CommitmentsError::Length`].
    pub fn new(points: Vec<Point>) -> Result<Commitments, CommitmentsError> {
        let threshold = points.len() / COMMITTEE_KEYS;
        if !points.len().is_multiple_of(COMMITTEE_KEYS) || !(1..=MAX_TRUSTEES).contains(&threshold) {
            return Err(CommitmentsError::Length(points.len()));
        }
        Ok(Commitments { points, threshold })
    }

    /// `T`.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// All points, key by key.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// `A_{j,k}`, `j` and `k` from 0; `None` behind the threshold.
    pub fn get(&self, key: usize, coefficient: usize) -> Option<&Point> {
        (coefficient < self.threshold).then(|| &self.points[key * self.threshold + coefficient])
    }

    /// `pk_{i,j} = sum_k i^k·A_{j,k}`: what everybody knows of the values at a point.
    pub fn at(&self, point: u64) -> [Point; COMMITTEE_KEYS] {
        let horner = |points: &[Point]| points.iter().rev().fold(Point::identity(), |sum, a| sum.mul_u64(point) + *a);
        std::array::from_fn(|j| horner(&self.points[j * self.threshold..][..self.threshold]))
    }

    /// `keccak(pk_1.x, .., pk_3.y)` and `keccak(pk_4.x, .., pk_8.y)` of the keys at a point.
    pub fn key_hashes_at(&self, point: u64) -> [[u8; 32]; 2] {
        let keys = self.at(point);
        let hash = |keys: &[Point]| {
            let coordinates = keys.iter().flat_map(|key| [key.x(), key.y()]);
            transcript::keccak_words(coordinates.map(|element| field::to_bytes(&element)))
        };
        let (first, others) = keys.split_at(SIZES[0]);
        [hash(first), hash(others)]
    }

    /// What a contract keeps of the keys at a point: the hash of [`Commitments::key_hashes_at`].
    pub fn verification_key_at(&self, point: u64) -> [u8; 32] {
        transcript::keccak_words(self.key_hashes_at(point))
    }

    /// The sums of several dealings' commitments, `None` of none.
    ///
    /// # Errors
    /// [`CommitmentsError::Threshold`].
    pub fn sum<'a>(
        dealings: impl IntoIterator<Item = &'a Commitments>,
    ) -> Result<Option<Commitments>, CommitmentsError> {
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

    /// `PK_j = B_{j,0}`.
    ///
    /// # Errors
    /// [`CommitteeError`].
    pub fn keys(&self) -> Result<KeyVector, CommitteeError> {
        KeyVector::new(std::array::from_fn(|j| self.points[j * self.threshold]))
    }
}

impl<'de> Deserialize<'de> for Commitments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Commitments, D::Error> {
        Commitments::new(Vec::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
