//! Exponential ElGamal with one encryption randomness per ballot and one key per option (specification, section 7).

use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    Fr, Point, Scalar,
    committee::KeyVector,
    constants::{CIRCUIT_SIZES, COMMITTEE_KEYS},
    curve::{PointError, PointSum},
    note::NoteBlinder,
    scalar,
};

/// The reason why coordinates are not a ciphertext.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum EncryptionError {
    /// The number of coordinates is not that of 3 or 8 options.
    #[error("a ciphertext has 8 coordinates (circuit size 3) or 18 (size 8), not {actual}")]
    Length {
        /// The number of coordinates given.
        actual: usize,
    },
    /// The number of coordinates is not that of a sheet of 16 or 40 cells.
    #[error("a sheet has 40 coordinates (16 cells) or 94 (40 cells), not {actual}")]
    SheetLength {
        /// The number of coordinates given.
        actual: usize,
    },
    /// A pair of coordinates is not a point.
    #[error("point {index} (from 0) of the ciphertext: {source}")]
    Point {
        /// The index of the point, from 0: of a ciphertext, 0 is `C` and `j` is `D_j`.
        index: usize,
        /// The reason why it is not a point.
        source: PointError,
    },
}

/// A ballot's randomness: the encryption randomness `r` and the blinder of its note. It opens ciphertext and note, so
/// it is erased on drop, without `Debug`.
///
/// [`crate::identity::Identity::draw_randomness`] derives one that the voter can recover from its seed and the chain.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Randomness {
    scalar: Scalar,
    blinder: NoteBlinder,
}

impl Randomness {
    /// Draws fresh randomness; `r` is never zero.
    pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Randomness {
        Randomness { scalar: scalar::random_nonzero_scalar(rng), blinder: NoteBlinder::random(rng) }
    }

    /// Returns randomness of given values. An `r` of zero would leave the values unencrypted.
    pub fn from_parts(scalar: Scalar, blinder: NoteBlinder) -> Randomness {
        Randomness { scalar, blinder }
    }

    /// Returns the secret `r`.
    pub fn expose(&self) -> &Scalar {
        &self.scalar
    }

    /// Returns the secret blinder of the note.
    pub fn blinder(&self) -> &NoteBlinder {
        &self.blinder
    }
}

/// An exponential ElGamal ciphertext: `C = r·G`, `D_j = u_j·G + r·PK_j`, `j = 1..M`.
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
/// Panics if there are more than 8 values (a programming error).
pub fn encrypt_values(u: &[u64], keys: &KeyVector, r: &Scalar) -> Ciphertext {
    assert!(u.len() <= COMMITTEE_KEYS, "a committee has 8 keys, not {}", u.len());
    let generator = Point::generator();
    let d = u.iter().zip(keys.keys()).map(|(&value, key)| generator.mul_u64(value) + key.mul(r)).collect();
    Ciphertext { c: generator.mul(r), d }
}

impl Ciphertext {
    /// Returns the empty encrypted total of a poll of size `size`: identities only.
    pub fn zero(size: usize) -> Ciphertext {
        Ciphertext { c: Point::identity(), d: vec![Point::identity(); size] }
    }

    /// Returns the number of encrypted values, `M`.
    pub fn size(&self) -> usize {
        self.d.len()
    }

    /// Returns the encryption of the sum of the values.
    ///
    /// # Panics
    /// Panics if the sizes differ (a programming error).
    pub fn add(&self, other: &Ciphertext) -> Ciphertext {
        self.combine_points(other, |a, b| a + b)
    }

    /// Returns the encryption of the difference of the values.
    ///
    /// # Panics
    /// Panics if the sizes differ (a programming error).
    pub fn sub(&self, other: &Ciphertext) -> Ciphertext {
        self.combine_points(other, |a, b| a - b)
    }

    /// Returns `C.x, C.y, D_1.x, D_1.y, ..`: `2M + 2` elements.
    pub fn coordinates(&self) -> Vec<Fr> {
        std::iter::once(&self.c).chain(&self.d).flat_map(|point| [point.x(), point.y()]).collect()
    }

    /// Returns the ciphertext with these coordinates.
    ///
    /// # Errors
    /// Returns [`EncryptionError`] if the number of coordinates is wrong, or for the first pair that is not a point.
    pub fn from_coordinates(coordinates: &[Fr]) -> Result<Ciphertext, EncryptionError> {
        Self::read_coordinates(coordinates, Point::from_coordinates)
    }

    /// Returns the ciphertext with coordinates that were accepted before, without repeating the subgroup checks
    /// ([`Point::from_checked_coordinates`]).
    ///
    /// # Errors
    /// Returns [`EncryptionError`] if the number of coordinates is wrong, or for the first pair that is not on the
    /// curve.
    pub fn from_checked_coordinates(coordinates: &[Fr]) -> Result<Ciphertext, EncryptionError> {
        Self::read_coordinates(coordinates, Point::from_checked_coordinates)
    }

    /// Returns the homomorphic sum of ciphertexts of this size, with one inversion per point instead of one per
    /// addition.
    ///
    /// # Panics
    /// Panics if the sizes differ (a programming error).
    pub fn sum_ciphertexts<'a>(size: usize, all: impl IntoIterator<Item = &'a Ciphertext>) -> Ciphertext {
        let mut sums = vec![PointSum::default(); size + 1];
        for ciphertext in all {
            assert_eq!(ciphertext.size(), size, "ciphertexts of different sizes");
            let points = std::iter::once(&ciphertext.c).chain(&ciphertext.d);
            sums.iter_mut().zip(points).for_each(|(sum, point)| sum.add_point(point));
        }
        let mut points = sums.iter().map(PointSum::as_point);
        Ciphertext { c: points.next().unwrap_or(Point::identity()), d: points.collect() }
    }

    fn read_coordinates(
        coordinates: &[Fr],
        point: impl Fn([Fr; 2]) -> Result<Point, PointError>,
    ) -> Result<Ciphertext, EncryptionError> {
        if !CIRCUIT_SIZES.iter().any(|size| coordinates.len() == 2 * size + 2) {
            return Err(EncryptionError::Length { actual: coordinates.len() });
        }
        let (pairs, _) = coordinates.as_chunks::<2>();
        let read =
            |(index, pair): (usize, &[Fr; 2])| point(*pair).map_err(|source| EncryptionError::Point { index, source });
        let mut points = pairs.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        let d = points.split_off(1);
        Ok(Ciphertext { c: points[0], d })
    }

    fn combine_points(&self, other: &Ciphertext, operation: impl Fn(Point, Point) -> Point) -> Ciphertext {
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
        if !CIRCUIT_SIZES.contains(&d.len()) {
            return Err(de::Error::custom(EncryptionError::Length { actual: 2 * d.len() + 2 }));
        }
        Ok(Ciphertext { c, d })
    }
}
