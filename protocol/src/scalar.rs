//! Scalars of `Z_l`: strict encodings and uniform sampling (specification, section 1).

use ark_ff::{BigInt, BigInteger, Field, PrimeField, Zero};
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::{
    Scalar,
    field::{NonCanonical, bytes_from_hex, limbs_from_bytes, limbs_to_bytes},
};

/// Encodes a scalar as 32 big-endian bytes.
pub fn to_bytes(scalar: &Scalar) -> [u8; 32] {
    limbs_to_bytes(&scalar.into_bigint())
}

/// Decodes a scalar from 32 big-endian bytes.
///
/// # Errors
/// Returns [`NonCanonical::OutOfField`] for numbers from `l` on: `s` and `s + l` are the same scalar, and only the
/// first has an encoding.
pub fn from_bytes(bytes: &[u8; 32]) -> Result<Scalar, NonCanonical> {
    Scalar::from_bigint(limbs_from_bytes(bytes)).ok_or(NonCanonical::OutOfField)
}

/// Decodes a scalar from `0x` and exactly 64 lowercase hexadecimal digits, below `l`.
///
/// # Errors
/// Returns [`NonCanonical`] if the text has another form, or if the number is not below `l`.
pub fn from_hex(text: &str) -> Result<Scalar, NonCanonical> {
    from_bytes(&bytes_from_hex(text)?)
}

/// Reduces 64 big-endian bytes modulo `l`. The result is within `2^-257` of uniform if the bytes are uniform.
pub fn from_wide(bytes: &[u8; 64]) -> Scalar {
    Scalar::from_be_bytes_mod_order(bytes)
}

/// Draws a random scalar from 64 random bytes.
pub fn random_scalar(rng: &mut (impl RngCore + CryptoRng)) -> Scalar {
    let mut bytes = Zeroizing::new([0; 64]);
    rng.fill_bytes(bytes.as_mut());
    from_wide(&bytes)
}

/// Draws a random scalar that is not zero.
pub fn random_nonzero_scalar(rng: &mut (impl RngCore + CryptoRng)) -> Scalar {
    loop {
        let scalar = random_scalar(rng);
        if !scalar.is_zero() {
            return scalar;
        }
    }
}

/// Returns `tau` with `2·tau - (2^digits - 1) = v`, where `v` is the odd one of the integers `k` and `k - l`
/// (specification, section 5). The bits of `tau` are the digits of `v` in the form `sum ±2^i`, where a one means `+`.
///
/// At least 251 digits are needed; fewer would not hold every scalar.
pub fn to_odd_form(k: &Scalar, digits: usize) -> BigInt<4> {
    let mut tau = BigInt::<4>::one() << digits as u32;
    tau.sub_with_borrow(&BigInt::one());
    let k = k.into_bigint();
    tau.add_with_carry(&k);
    if k.is_even() {
        tau.sub_with_borrow(&Scalar::MODULUS);
    }
    tau.div2();
    tau
}

/// Returns `2^exponent`.
pub fn power_of_two(exponent: usize) -> Scalar {
    Scalar::from(2u64).pow([exponent as u64])
}

/// Serde of a scalar as a hexadecimal string, for `#[serde(with = "psephos_protocol::scalar::serde_hex")]`.
pub mod serde_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Scalar;

    /// Serialises a scalar as `0x` and 64 hexadecimal digits.
    ///
    /// # Errors
    /// Returns the serializer's error.
    pub fn serialize<S: Serializer>(scalar: &Scalar, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("0x{}", hex::encode(super::to_bytes(scalar))))
    }

    /// Deserialises a scalar from `0x` and 64 hexadecimal digits, below `l`.
    ///
    /// # Errors
    /// Returns the deserializer's error, or [`crate::field::NonCanonical`] as a custom error.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        super::from_hex(&text).map_err(D::Error::custom)
    }
}
