//! Field elements and points as the binary files store them.
//!
//! A point is its affine coordinates, little-endian and in Montgomery form; all zero is the point at infinity. Decoding
//! requires every coordinate to be less than its modulus. Whether a point is on its curve and in its subgroup is a
//! separate check, [`check_points`]: it costs far more, and a key whose hash is known has passed it once and for all.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::Affine;
use ark_ff::{BigInt, BigInteger, Fp, MontBackend, MontConfig, PrimeField, Zero};
use rayon::prelude::*;

use crate::encoding::check_point;
use crate::{EncodingError, FileFormatError};

/// Length of a point of G1 in bytes.
pub const G1_BYTES: usize = 64;
/// Length of a point of G2 in bytes.
pub const G2_BYTES: usize = 128;
/// Length of a field element in bytes.
pub const ELEMENT_BYTES: usize = 32;

/// The order of the scalar field, little-endian.
pub(crate) fn scalar_modulus() -> [u8; 32] {
    bytes_of(&Fr::MODULUS)
}

/// The order of the base field, little-endian.
pub(crate) fn base_modulus() -> [u8; 32] {
    bytes_of(&Fq::MODULUS)
}

fn bytes_of(number: &BigInt<4>) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, limb) in bytes.chunks_exact_mut(8).zip(number.0) {
        bytes.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

fn number_of(bytes: &[u8]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
    }
    BigInt(limbs)
}

/// Decodes an element in Montgomery form, which must be below the modulus.
fn decode_montgomery<C: MontConfig<4>>(bytes: &[u8]) -> Result<Fp<MontBackend<C, 4>, 4>, EncodingError> {
    let number = number_of(bytes);
    if number >= C::MODULUS { Err(EncodingError::NotCanonical) } else { Ok(Fp::new_unchecked(number)) }
}

/// Decodes a scalar that is stored in canonical form, not in Montgomery form.
///
/// # Errors
/// Returns [`EncodingError::NotCanonical`] unless it is less than the modulus.
pub fn decode_scalar(bytes: &[u8; 32]) -> Result<Fr, EncodingError> {
    Fr::from_bigint(number_of(bytes)).ok_or(EncodingError::NotCanonical)
}

/// Encodes a scalar in canonical form, little-endian.
pub fn encode_scalar(x: &Fr) -> [u8; 32] {
    bytes_of(&x.into_bigint())
}

/// Decodes a coefficient of a key, which is stored as `x·R^2`: one Montgomery product with a witness in canonical form
/// gives the result in Montgomery form.
pub(crate) fn decode_coefficient(bytes: &[u8; 32]) -> Result<Fr, EncodingError> {
    Ok(Fr::new_unchecked(decode_montgomery::<ark_bn254::FrConfig>(bytes)?.into_bigint()))
}

/// Encodes a coefficient of a key: the inverse of [`decode_coefficient`].
pub(crate) fn encode_coefficient(x: &Fr) -> [u8; 32] {
    bytes_of(&(*x * Fr::new_unchecked(Fr::R2)).0)
}

/// A point as files store it.
pub trait FilePoint: AffineRepr + Copy {
    /// Length of a point in bytes.
    const BYTES: usize;

    /// Decodes a point without checking that it is on its curve.
    ///
    /// # Errors
    /// Returns [`EncodingError::NotCanonical`].
    fn decode_unchecked(bytes: &[u8]) -> Result<Self, EncodingError>;

    /// Appends the encoding of a point.
    fn append_encoding(&self, out: &mut Vec<u8>);

    /// Appends a point as transcripts hash it: big-endian, in canonical form, the imaginary part of an element of `Fq2`
    /// first.
    fn append_hash_input(&self, out: &mut Vec<u8>);

    /// Checks that it is on its curve and in its subgroup. The point at infinity passes.
    ///
    /// # Errors
    /// Returns [`EncodingError::NotOnCurve`] or [`EncodingError::NotInSubgroup`].
    fn check_group(&self) -> Result<(), EncodingError>;
}

impl FilePoint for Affine<ark_bn254::g1::Config> {
    const BYTES: usize = G1_BYTES;

    fn decode_unchecked(bytes: &[u8]) -> Result<G1Affine, EncodingError> {
        let [x, y] = [decode_montgomery::<ark_bn254::FqConfig>(&bytes[..32])?, decode_montgomery(&bytes[32..64])?];
        if x.is_zero() && y.is_zero() { Ok(G1Affine::zero()) } else { Ok(G1Affine::new_unchecked(x, y)) }
    }

    fn append_encoding(&self, out: &mut Vec<u8>) {
        let [x, y] = self.xy().unwrap_or_default().into();
        [x, y].iter().for_each(|c: &Fq| out.extend_from_slice(&bytes_of(&c.0)));
    }

    fn append_hash_input(&self, out: &mut Vec<u8>) {
        let [x, y] = self.xy().unwrap_or_default().into();
        [x, y].iter().for_each(|c: &Fq| out.extend_from_slice(&c.into_bigint().to_bytes_be()));
    }

    fn check_group(&self) -> Result<(), EncodingError> {
        accept_infinity(check_point(*self))
    }
}

impl FilePoint for Affine<ark_bn254::g2::Config> {
    const BYTES: usize = G2_BYTES;

    fn decode_unchecked(bytes: &[u8]) -> Result<G2Affine, EncodingError> {
        let read = |at: usize| decode_montgomery::<ark_bn254::FqConfig>(&bytes[at..at + 32]);
        let (x, y) = (Fq2::new(read(0)?, read(32)?), Fq2::new(read(64)?, read(96)?));
        if x.is_zero() && y.is_zero() { Ok(G2Affine::zero()) } else { Ok(G2Affine::new_unchecked(x, y)) }
    }

    fn append_encoding(&self, out: &mut Vec<u8>) {
        let (x, y) = self.xy().unwrap_or_default();
        [x.c0, x.c1, y.c0, y.c1].iter().for_each(|c| out.extend_from_slice(&bytes_of(&c.0)));
    }

    fn append_hash_input(&self, out: &mut Vec<u8>) {
        let (x, y) = self.xy().unwrap_or_default();
        [x.c1, x.c0, y.c1, y.c0].iter().for_each(|c| out.extend_from_slice(&c.into_bigint().to_bytes_be()));
    }

    fn check_group(&self) -> Result<(), EncodingError> {
        accept_infinity(check_point(*self))
    }
}

fn accept_infinity<P>(outcome: Result<P, EncodingError>) -> Result<(), EncodingError> {
    match outcome {
        Ok(_) | Err(EncodingError::Identity) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Decodes a list of points, on all threads. `what` names the list in errors.
///
/// # Errors
/// Returns `Element` with the index of one that does not encode a point.
pub fn decode_points<P: FilePoint>(what: &'static str, bytes: &[u8]) -> Result<Vec<P>, FileFormatError> {
    let decode =
        |(index, bytes)| P::decode_unchecked(bytes).map_err(|source| FileFormatError::Element { what, index, source });
    bytes.par_chunks_exact(P::BYTES).with_min_len(1024).enumerate().map(decode).collect()
}

/// Encodes a list of points.
pub fn encode_points<P: FilePoint>(points: &[P]) -> Vec<u8> {
    let mut out = Vec::with_capacity(points.len() * P::BYTES);
    points.iter().for_each(|point| point.append_encoding(&mut out));
    out
}

/// Checks that every point is in its group.
///
/// # Errors
/// Returns `Element` with the index of one that is not.
pub fn check_points<P: FilePoint>(what: &'static str, points: &[P]) -> Result<(), FileFormatError> {
    let check = |(index, point): (usize, &P)| {
        point.check_group().map_err(|source| FileFormatError::Element { what, index, source })
    };
    points.par_iter().enumerate().with_min_len(64).try_for_each(check)
}
