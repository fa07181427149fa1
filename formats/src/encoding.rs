//! Strict encodings of field elements and points.
//!
//! One value has one encoding, and everything else is rejected: nothing is reduced, and no sign, space, leading zero or
//! trailing byte is accepted. (arkworks parses `"r+7"` and reduces byte strings silently: those functions are not
//! used.)

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{BigInt, PrimeField, Zero};

/// A 32-byte big-endian word.
pub type Word = [u8; 32];

/// The reason why an encoding is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Wrong number of bytes.
    #[error("expected {expected} bytes, got {actual}")]
    Length {
        /// Bytes of the canonical encoding.
        expected: usize,
        /// Actual number of bytes.
        actual: usize,
    },
    /// Not less than the modulus of its field.
    #[error("the number is not less than the modulus of its field")]
    NotCanonical,
    /// Characters other than decimal digits, or a leading zero.
    #[error("not a canonical decimal number: digits only, without a leading zero")]
    NotDecimal,
    /// The coordinates satisfy no curve equation.
    #[error("the point is not on the curve")]
    NotOnCurve,
    /// On the curve, outside the subgroup of order `r`.
    #[error("the point is not in the subgroup of prime order")]
    NotInSubgroup,
    /// The point at infinity, which no valid proof or key contains.
    #[error("the point is the identity")]
    Identity,
}

/// Encodes a field element as 32 big-endian bytes.
pub fn to_word<F: PrimeField<BigInt = BigInt<4>>>(x: F) -> Word {
    let mut word = [0; 32];
    for (bytes, limb) in word.as_chunks_mut::<8>().0.iter_mut().zip(x.into_bigint().0.iter().rev()) {
        *bytes = limb.to_be_bytes();
    }
    word
}

/// Decodes a field element from 32 big-endian bytes.
///
/// # Errors
/// Returns [`EncodingError::NotCanonical`] unless it is less than the modulus.
pub fn from_word<F: PrimeField<BigInt = BigInt<4>>>(word: &Word) -> Result<F, EncodingError> {
    let mut limbs = [0u64; 4];
    for (limb, bytes) in limbs.iter_mut().rev().zip(word.chunks_exact(8)) {
        *limb = bytes.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    F::from_bigint(BigInt(limbs)).ok_or(EncodingError::NotCanonical)
}

/// Splits bytes into exactly `N` words.
///
/// # Errors
/// Returns [`EncodingError::Length`] unless there are exactly `N` words.
pub fn split_words<const N: usize>(bytes: &[u8]) -> Result<[Word; N], EncodingError> {
    let (words, rest) = bytes.as_chunks::<32>();
    let length = || EncodingError::Length { expected: 32 * N, actual: bytes.len() };
    if !rest.is_empty() {
        return Err(length());
    }
    words.try_into().map_err(|_| length())
}

/// Formats a field element as a decimal number.
pub fn to_decimal<F: PrimeField<BigInt = BigInt<4>>>(x: F) -> String {
    x.into_bigint().to_string()
}

/// Parses a decimal number: digits only, no leading zero, less than the modulus.
///
/// # Errors
/// Returns [`EncodingError::NotDecimal`] or [`EncodingError::NotCanonical`].
pub fn from_decimal<F: PrimeField<BigInt = BigInt<4>>>(text: &str) -> Result<F, EncodingError> {
    let digits = text.as_bytes();
    let leading_zero = digits.len() > 1 && digits[0] == b'0';
    if digits.is_empty() || leading_zero || !digits.iter().all(u8::is_ascii_digit) {
        return Err(EncodingError::NotDecimal);
    }
    let mut limbs = [0u64; 4];
    for digit in digits {
        let mut carry = u128::from(digit - b'0');
        for limb in &mut limbs {
            carry += u128::from(*limb) * 10;
            *limb = carry as u64;
            carry >>= 64;
        }
        if carry != 0 {
            return Err(EncodingError::NotCanonical);
        }
    }
    F::from_bigint(BigInt(limbs)).ok_or(EncodingError::NotCanonical)
}

/// Builds a point of G1 from its coordinates. It must be on the curve (of prime order, so in the subgroup) and not the
/// identity, which contracts write as `(0, 0)`.
///
/// # Errors
/// Returns [`EncodingError::Identity`] or [`EncodingError::NotOnCurve`].
pub fn g1_from_coordinates(x: Fq, y: Fq) -> Result<G1Affine, EncodingError> {
    if x.is_zero() && y.is_zero() {
        return Err(EncodingError::Identity);
    }
    check_point(G1Affine::new_unchecked(x, y))
}

/// Builds a point of G2 from its coordinates. It must be on the twist, in the subgroup of order `r`, and not the
/// identity.
///
/// # Errors
/// Returns [`EncodingError::Identity`], [`EncodingError::NotOnCurve`] or [`EncodingError::NotInSubgroup`].
pub fn g2_from_coordinates(x: Fq2, y: Fq2) -> Result<G2Affine, EncodingError> {
    if x.is_zero() && y.is_zero() {
        return Err(EncodingError::Identity);
    }
    check_point(G2Affine::new_unchecked(x, y))
}

/// Checks that a point is in the prime-order group and is not its identity.
///
/// # Errors
/// Returns [`EncodingError::Identity`], [`EncodingError::NotOnCurve`] or [`EncodingError::NotInSubgroup`].
pub fn check_point<P: SWCurveConfig>(point: Affine<P>) -> Result<Affine<P>, EncodingError> {
    if point.is_zero() {
        return Err(EncodingError::Identity);
    }
    if !point.is_on_curve() {
        return Err(EncodingError::NotOnCurve);
    }
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(EncodingError::NotInSubgroup);
    }
    Ok(point)
}

/// Returns the coordinates of a point of G1 as words: `x, y`.
pub fn g1_words(point: &G1Affine) -> [Word; 2] {
    [to_word(point.x), to_word(point.y)]
}

/// Returns the coordinates of a point of G2 as words, `x1, x0, y1, y0`: the imaginary part first, as the pairing
/// precompile reads them.
pub fn g2_words(point: &G2Affine) -> [Word; 4] {
    [point.x.c1, point.x.c0, point.y.c1, point.y.c0].map(to_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::BigInteger;

    const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

    #[test]
    fn non_canonical_decimals_are_rejected() {
        for bad in ["", "+1", "-1", "00", "01", " 1", "1 ", "0x1", "1e3", "1_0", "１"] {
            assert_eq!(from_decimal::<Fr>(bad), Err(EncodingError::NotDecimal), "{bad:?}");
        }
        let huge = "9".repeat(78);
        for bad in [R, huge.as_str(), &format!("1{huge}")] {
            assert_eq!(from_decimal::<Fr>(bad), Err(EncodingError::NotCanonical), "{bad}");
        }
        let last = from_decimal::<Fr>(&(R[..R.len() - 1].to_owned() + "6"));
        assert_eq!(last, Ok(-Fr::from(1u64)));
        assert_eq!(from_decimal::<Fr>("0"), Ok(Fr::zero()));
    }

    #[test]
    fn non_canonical_words_are_rejected() {
        let modulus: Word = Fr::MODULUS.to_bytes_be().try_into().expect("32 bytes");
        assert_eq!(from_word::<Fr>(&modulus), Err(EncodingError::NotCanonical));
        assert_eq!(from_word::<Fr>(&[0xff; 32]), Err(EncodingError::NotCanonical));
        let x = -Fr::from(5u64);
        assert_eq!(from_word(&to_word(x)), Ok(x));
        assert_eq!(from_decimal(&to_decimal(x)), Ok(x));
        assert_eq!(split_words::<2>(&[0; 65]), Err(EncodingError::Length { expected: 64, actual: 65 }));
        assert_eq!(split_words::<2>(&[0; 32]), Err(EncodingError::Length { expected: 64, actual: 32 }));
    }

    #[test]
    fn invalid_points_are_rejected() {
        let one = Fq::from(1u64);
        assert_eq!(g1_from_coordinates(Fq::zero(), Fq::zero()), Err(EncodingError::Identity));
        assert_eq!(g1_from_coordinates(one, one), Err(EncodingError::NotOnCurve));
        assert_eq!(g1_from_coordinates(one, Fq::from(2u64)), Ok(G1Affine::generator()));
        assert_eq!(g2_from_coordinates(Fq2::zero(), Fq2::zero()), Err(EncodingError::Identity));
        assert_eq!(g2_from_coordinates(Fq2::new(one, one), Fq2::new(one, one)), Err(EncodingError::NotOnCurve));
        let outside = (1u64..)
            .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), one), false))
            .find(|p| !p.is_in_correct_subgroup_assuming_on_curve())
            .expect("most points of the twist are outside the subgroup");
        assert_eq!(g2_from_coordinates(outside.x, outside.y), Err(EncodingError::NotInSubgroup));
    }
}
