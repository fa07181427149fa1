//! Canonical encodings of elements of `F_r` (specification, section 1).
//!
//! An element has exactly one encoding in each form; everything else is refused, never reduced.

use ark_ff::{BigInt, PrimeField};
use thiserror::Error;

use crate::Fr;

/// The reason why an encoding is refused. It does not repeat the input, which may be a secret.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NonCanonical {
    /// The number is not below the order of the field.
    #[error("the number is not below the field's order")]
    OutOfField,
    /// The text is not a sequence of decimal digits without leading zeros.
    #[error("expected a decimal number without leading zeros")]
    Decimal,
    /// The text is not `0x` and 64 lowercase hexadecimal digits.
    #[error("expected 0x and 64 lowercase hexadecimal digits")]
    Hex,
}

/// Encodes an element as 32 big-endian bytes.
pub fn to_bytes(element: &Fr) -> [u8; 32] {
    limbs_to_bytes(&element.into_bigint())
}

/// Decodes an element from 32 big-endian bytes.
///
/// # Errors
/// Returns [`NonCanonical::OutOfField`] for numbers from `r` on.
pub fn from_bytes(bytes: &[u8; 32]) -> Result<Fr, NonCanonical> {
    Fr::from_bigint(limbs_from_bytes(bytes)).ok_or(NonCanonical::OutOfField)
}

/// Encodes an element as decimal digits.
pub fn to_decimal(element: &Fr) -> String {
    element.into_bigint().to_string()
}

/// Decodes an element from a decimal number: ASCII digits only, no leading zero, below `r`.
///
/// # Errors
/// Returns [`NonCanonical`] if the text has another form, or if the number is not below `r`.
pub fn from_decimal(text: &str) -> Result<Fr, NonCanonical> {
    let digits = text.as_bytes();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) || (digits[0] == b'0' && digits.len() > 1) {
        return Err(NonCanonical::Decimal);
    }
    let mut number = BigInt::<4>::zero();
    for digit in digits {
        let mut carry = u128::from(digit - b'0');
        for limb in &mut number.0 {
            let wide = u128::from(*limb) * 10 + carry;
            *limb = wide as u64;
            carry = wide >> 64;
        }
        if carry != 0 {
            return Err(NonCanonical::OutOfField);
        }
    }
    Fr::from_bigint(number).ok_or(NonCanonical::OutOfField)
}

/// Encodes an element as `0x` and 64 lowercase hexadecimal digits.
pub fn to_hex(element: &Fr) -> String {
    format!("0x{}", hex::encode(to_bytes(element)))
}

/// Decodes an element from `0x` and exactly 64 lowercase hexadecimal digits, below `r`.
///
/// # Errors
/// Returns [`NonCanonical`] if the text has another form, or if the number is not below `r`.
pub fn from_hex(text: &str) -> Result<Fr, NonCanonical> {
    from_bytes(&bytes_from_hex(text)?)
}

/// Returns the 248 high bits of a hash, which always are a canonical element.
pub(crate) fn truncate_digest(digest: &[u8; 32]) -> Fr {
    let mut bytes = [0; 32];
    bytes[1..].copy_from_slice(&digest[..31]);
    Fr::from_be_bytes_mod_order(&bytes)
}

pub(crate) fn bytes_from_hex(text: &str) -> Result<[u8; 32], NonCanonical> {
    let digits = text.strip_prefix("0x").ok_or(NonCanonical::Hex)?;
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return Err(NonCanonical::Hex);
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| NonCanonical::Hex)?;
    Ok(bytes)
}

pub(crate) fn limbs_to_bytes(number: &BigInt<4>) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(number.0.iter().rev()) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

pub(crate) fn limbs_from_bytes(bytes: &[u8; 32]) -> BigInt<4> {
    let mut number = BigInt::<4>::zero();
    for (limb, chunk) in number.0.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    number
}

/// Serde of an element as a hexadecimal string, for `#[serde(with = "psephos_protocol::field::serde_hex")]`.
pub mod serde_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Fr;

    /// Serialises an element as [`super::to_hex`] encodes it.
    ///
    /// # Errors
    /// Returns the serializer's error.
    pub fn serialize<S: Serializer>(element: &Fr, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::to_hex(element))
    }

    /// Deserialises an element as [`super::from_hex`] decodes it.
    ///
    /// # Errors
    /// Returns the deserializer's error, or [`super::NonCanonical`] as a custom error.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fr, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        super::from_hex(&text).map_err(D::Error::custom)
    }
}
