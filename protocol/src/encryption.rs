//! Exponential ElGamal with one randomness and one key an option (specification, section 7).

use ark_ff::{UniformRand, Zero};
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    Fr, Point, Scalar,
    committee::KeyVector,
    constants::{COMMITTEE_KEYS, SIZES},
    curve::{PointError, Sum},
    scalar,
};

/// Why coordinates are not a ciphertext.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum EncryptionError {
    /// A ciphertext has 3 or 8 options.
    #[error("a ciphertext of {SIZES:?} options has 8 or 18 coordinates, not {actual}")]
    Length {
        /// The number of coordinates given.
        actual: usize,
    },
    /// A pair of coordinates is not a point.
    #[error("point {index}: {source}")]
    Point {
        /// The point: 0 is `C`, `j` is `D_j`.
        index: usize,
        /// What is wrong with it.
        source: PointError,
    },
}

/// A ballot's randomness: `r` of its encryption and the blinder of its note. It opens both: erased on drop, without `Debug`.
///
/// [`crate::identity::Identity::ballot_randomness`] makes one that the voter can find again from its seed and the chain.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Randomness {
    scalar: Scalar,
    blinder: Fr,
}

impl Randomness {
    /// Fresh randomness, `r` never zero.
    pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Randomness {
        let mut scalar = scalar::random(rng);
        while scalar.is_zero() {
            scalar = scalar::random(rng);
        }
        Randomness { scalar, blinder: Fr::rand(rng) }
    }

    /// Given values. An `r` of zero would encrypt nothing.
    pub fn from_parts(scalar: Scalar, blinder: Fr) -> Randomness {
        Randomness { scalar, blinder }
    }

    /// The secret `r`.
    pub fn expose(&self) -> &Scalar {
        &self.scalar
    }

    /// The secret blinder of the note.
    pub fn blinder(&self) -> &Fr {
        &self.blinder
    }
}

/// `C = r·G`, `D_j = u_j·G + r·PK_j`, `j = 1..M`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ciphertext {
    /// `C`.
    pub c: Point,
    /// `D_1..D_M`.
    pub d: Vec<Point>,
}

/// Encrypts `u_1..u_M`, each below `2^40`, under the first `M` keys.
///
/// # Panics
/// If there are more than 8 values (a programming error).
pub fn encrypt(u: &[u64], keys: &KeyVector, r: &Scalar) -> Ciphertext {
    assert!(u.len() <= COMMITTEE_KEYS, "a committee has 8 keys, not {}", u.len());
    let generator = Point::generator();
    let d = u.iter().zip(keys.keys()).map(|(&value, key)| generator.mul_u64(value) + key.mul(r)).collect();
    Ciphertext { c: generator.mul(r), d }
}

impl Ciphertext {
    /// The empty total of a poll of size `size`: identities only.
    pub fn zero(size: usize) -> Ciphertext {
        Ciphertext { c: Point::identity(), d: vec![Point::identity(); size] }
    }

    /// `M`.
    pub fn size(&self) -> usize {
        self.d.len()
    }

    /// The encryption of the sum of the values.
    ///
    /// # Panics
    /// If the sizes differ (a programming error).
    pub fn add(&self, other: &Ciphertext) -> Ciphertext {
        self.combine(other, |a, b| a + b)
    }

    /// The encryption of the difference of the values.
    ///
    /// # Panics
    /// If the sizes differ (a programming error).
    pub fn sub(&self, other: &Ciphertext) -> Ciphertext {
        self.combine(other, |a, b| a - b)
    }

    /// `C.x, C.y, D_1.x, D_1.y, ..`: `2M + 2` elements.
    pub fn coordinates(&self) -> Vec<Fr> {
        std::iter::once(&self.c).chain(&self.d).flat_map(|point| [point.x(), point.y()]).collect()
    }

    /// The ciphertext of its coordinates.
    ///
    /// # Errors
    /// [`EncryptionError`]: a wrong number of coordinates, or the first pair that is not a point.
    pub fn from_coordinates(coordinates: &[Fr]) -> Result<Ciphertext, EncryptionError> {
        Self::of_coordinates(coordinates, Point::from_coordinates)
    }

    /// The same, of coordinates that were taken before ([`Point::from_checked_coordinates`]).
    ///
    /// # Errors
    /// [`EncryptionError`].
    pub fn from_checked_coordinates(coordinates: &[Fr]) -> Result<Ciphertext, EncryptionError> {
        Self::of_coordinates(coordinates, Point::from_checked_coordinates)
    }

    /// The sum of ciphertexts of this size, with one inversion a point and not one an addition.
    ///
    /// # Panics
    /// If the sizes differ (a programming error).
    pub fn sum<'a>(size: usize, all: impl IntoIterator<Item = &'a Ciphertext>) -> Ciphertext {
        let mut sums = vec![Sum::default(); size + 1];
        for ciphertext in all {
            assert_eq!(ciphertext.size(), size, "ciphertexts of different sizes");
            let points = std::iter::once(&ciphertext.c).chain(&ciphertext.d);
            sums.iter_mut().zip(points).for_each(|(sum, point)| sum.add(point));
        }
        let mut points = sums.iter().map(Sum::point);
        Ciphertext { c: points.next().unwrap_or(Point::identity()), d: points.collect() }
    }

    fn of_coordinates(
        coordinates: &[Fr],
        point: impl Fn(Fr, Fr) -> Result<Point, PointError>,
    ) -> Result<Ciphertext, EncryptionError> {
        if !SIZES.iter().any(|size| coordinates.len() == 2 * size + 2) {
            return Err(EncryptionError::Length { actual: coordinates.len() });
        }
        let read = |(index, pair): (usize, &[Fr])| {
            point(pair[0], pair[1]).map_err(|source| EncryptionError::Point { index, source })
        };
        let mut points = coordinates.chunks_exact(2).enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        let d = points.split_off(1);
        Ok(Ciphertext { c: points[0], d })
    }

    fn combine(&self, other: &Ciphertext, operation: impl Fn(Point, Point) -> Point) -> Ciphertext {
        assert_eq!(self.size(), other.size(), "ciphertexts of different sizes");
        let d = self.d.iter().zip(&other.d).map(|(&a, &b)| operation(a, b)).collect();
        Ciphertext { c: operation(self.c, other.c), d }
    }
}

impl<'de> Deserialize<'de> for Ciphertext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ciphertext, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            c: Point,
            d: Vec<Point>,
        }
        let Fields { c, d } = Fields::deserialize(deserializer)?;
        if !SIZES.contains(&d.len()) {
            return Err(de::Error::custom(EncryptionError::Length { actual: 2 * d.len() + 2 }));
        }
        Ok(Ciphertext { c, d })
    }
}
