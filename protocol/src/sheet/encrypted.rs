//! The ciphertexts of a sheet, in blocks.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    Fr, Point, Scalar,
    committee::KeyVector,
    constants::{BLOCK_CELLS, COMMITTEE_KEYS, SHEET_SIZES, sheet_points},
    curve::PointError,
    encryption::{Ciphertext, EncryptionError, encrypt_values},
};

/// The ciphertexts of a sheet, or the sum of those of several: block 0 with the turnout under the committee's first
/// key, then blocks of eight cells, each under all eight keys and with a randomness of its own. So the total of a block
/// is an ordinary encrypted total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedSheet(Vec<Ciphertext>);

impl EncryptedSheet {
    /// Encrypts `u_0, u_1, .., u_K`, each below `2^64`, with one scalar for each block. Missing scalars leave out
    /// blocks: callers have checked their number.
    pub fn encrypt(u: &[u64], keys: &KeyVector, r: &[Scalar]) -> EncryptedSheet {
        let (turnout, cells) = u.split_at(u.len().min(1));
        let blocks = std::iter::once(turnout).chain(cells.chunks(BLOCK_CELLS));
        EncryptedSheet(blocks.zip(r).map(|(values, r)| encrypt_values(values, keys, r)).collect())
    }

    /// Returns the empty encrypted total of a sheet of `size` cells: identities only.
    pub fn zero(size: usize) -> EncryptedSheet {
        let cells = (0..size / BLOCK_CELLS).map(|_| Ciphertext::zero(BLOCK_CELLS));
        EncryptedSheet(std::iter::once(Ciphertext::zero(1)).chain(cells).collect())
    }

    /// Returns the number of cells, `K`.
    pub fn size(&self) -> usize {
        self.0.iter().skip(1).map(Ciphertext::size).sum()
    }

    /// Returns the blocks, the turnout's first.
    pub fn blocks(&self) -> &[Ciphertext] {
        &self.0
    }

    /// Returns the encryption of the sum of the values.
    ///
    /// # Panics
    /// Panics if the sizes differ (a programming error).
    pub fn add(&self, other: &EncryptedSheet) -> EncryptedSheet {
        self.combine_blocks(other, Ciphertext::add)
    }

    /// Returns the encryption of the difference of the values.
    ///
    /// # Panics
    /// Panics if the sizes differ (a programming error).
    pub fn sub(&self, other: &EncryptedSheet) -> EncryptedSheet {
        self.combine_blocks(other, Ciphertext::sub)
    }

    /// Returns all points: `C_0, D_0, C_1, D_1,1, .., D_B,8`.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.0.iter().flat_map(|block| std::iter::once(&block.c).chain(&block.d))
    }

    /// Returns the coordinates of all points: `C_0.x, C_0.y, D_0.x, ..`.
    pub fn coordinates(&self) -> Vec<Fr> {
        self.points().flat_map(|point| [point.x(), point.y()]).collect()
    }

    /// Returns the ciphertexts with these coordinates.
    ///
    /// # Errors
    /// Returns [`EncryptionError`] if their number is not that of a size, or for the first pair that is not a point.
    pub fn from_coordinates(coordinates: &[Fr]) -> Result<EncryptedSheet, EncryptionError> {
        Self::read_coordinates(coordinates, Point::from_coordinates)
    }

    /// Returns the ciphertexts with coordinates that were accepted before, without repeating the subgroup checks.
    ///
    /// # Errors Returns [`EncryptionError`] if their number is not that of a size, or for the first pair that is not on
    /// the curve.
    pub fn from_checked_coordinates(coordinates: &[Fr]) -> Result<EncryptedSheet, EncryptionError> {
        Self::read_coordinates(coordinates, Point::from_checked_coordinates)
    }

    fn read_coordinates(
        coordinates: &[Fr],
        point: impl Fn([Fr; 2]) -> Result<Point, PointError>,
    ) -> Result<EncryptedSheet, EncryptionError> {
        let (pairs, rest) = coordinates.as_chunks::<2>();
        let read =
            |(index, pair): (usize, &[Fr; 2])| point(*pair).map_err(|source| EncryptionError::Point { index, source });
        match rest.is_empty() && has_sheet_length(pairs.len()) {
            true => Ok(Self::from_points(&pairs.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?)),
            false => Err(EncryptionError::SheetLength { actual: coordinates.len() }),
        }
    }

    /// Arranges points, as many as a sheet has.
    fn from_points(points: &[Point]) -> EncryptedSheet {
        let (turnout, cells) = points.split_at(2);
        let blocks = std::iter::once(turnout).chain(cells.chunks(1 + COMMITTEE_KEYS));
        EncryptedSheet(blocks.map(|block| Ciphertext { c: block[0], d: block[1..].to_vec() }).collect())
    }

    fn combine_blocks(
        &self,
        other: &EncryptedSheet,
        combine: impl Fn(&Ciphertext, &Ciphertext) -> Ciphertext,
    ) -> EncryptedSheet {
        assert_eq!(self.0.len(), other.0.len(), "sheets of different sizes");
        EncryptedSheet(self.0.iter().zip(&other.0).map(|(a, b)| combine(a, b)).collect())
    }
}

fn has_sheet_length(points: usize) -> bool {
    SHEET_SIZES.iter().any(|size| points == sheet_points(*size))
}

impl Serialize for EncryptedSheet {
    /// Writes the list of all points.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.points())
    }
}

impl<'de> Deserialize<'de> for EncryptedSheet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EncryptedSheet, D::Error> {
        let points = Vec::<Point>::deserialize(deserializer)?;
        match has_sheet_length(points.len()) {
            true => Ok(EncryptedSheet::from_points(&points)),
            false => Err(de::Error::custom(EncryptionError::SheetLength { actual: 2 * points.len() })),
        }
    }
}
