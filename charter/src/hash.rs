//! Keccak-256 hashes, as the EVM computes them, and their text form: `0x` and 64 hexadecimal digits.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha3::{Digest, Keccak256};

/// A Keccak-256 hash, or another word of 32 bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash32(pub [u8; 32]);

/// Text that is not `0x` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no hash: it has the form 0x and 64 hexadecimal digits")]
pub struct HashError(String);

impl Hash32 {
    /// The hash of nothing, for "there is none": no text has it.
    pub const ZERO: Self = Self([0; 32]);

    /// Hashes bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Keccak256::digest(bytes).into())
    }

    /// Hashes words one after the other, as `keccak256(abi.encode(..))` of static values does.
    pub fn of_words(words: &[Self]) -> Self {
        let mut hasher = Keccak256::new();
        for word in words {
            hasher.update(word.0);
        }
        Self(hasher.finalize().into())
    }

    /// Returns a number as a word, big-endian, as the ABI encodes it.
    pub fn from_number(number: u64) -> Self {
        let mut word = [0; 32];
        word[24..].copy_from_slice(&number.to_be_bytes());
        Self(word)
    }

    /// Shifts right by one byte: 248 bits, so always a canonical element of the circuits' field.
    pub fn to_element(self) -> Self {
        let mut word = [0; 32];
        word[1..].copy_from_slice(&self.0[..31]);
        Self(word)
    }
}

/// An account or a contract of the EVM, in text `0x` and 40 hexadecimal digits. A checksum of capitals is not verified:
/// what matters is compared as bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 20]);

/// Text that is not `0x` and 40 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address: it has the form 0x and 40 hexadecimal digits")]
pub struct AddressError(String);

impl Address {
    /// Returns it as a word, as the ABI encodes it.
    pub fn to_word(self) -> Hash32 {
        let mut word = [0; 32];
        word[12..].copy_from_slice(&self.0);
        Hash32(word)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let error = || AddressError(crate::text::truncate(text));
        let digits = text.strip_prefix("0x").ok_or_else(error)?;
        let mut bytes = [0; 20];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| error())?;
        Ok(Self(bytes))
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash32 {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let error = || HashError(crate::text::truncate(text));
        let digits = text.strip_prefix("0x").ok_or_else(error)?;
        let mut word = [0; 32];
        hex::decode_to_slice(digits, &mut word).map_err(|_| error())?;
        Ok(Self(word))
    }
}

impl Serialize for Hash32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_nothing_is_the_known_one() {
        let known = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
        assert_eq!(Hash32::of(b"").to_string(), known);
        assert_eq!(known.parse(), Ok(Hash32::of(b"")));
        assert_eq!(Hash32::of_words(&[]), Hash32::of(b""));
    }

    #[test]
    fn words_are_big_endian_and_elements_have_31_bytes() {
        let word = Hash32::from_number(0x0102);
        assert_eq!(word.0[30..], [1, 2]);
        assert_eq!(word.to_element().0[31], 1);
        assert_eq!(Hash32([0xff; 32]).to_element().0[0], 0);
    }

    #[test]
    fn addresses_are_the_low_bytes_of_a_word() {
        let text = "0x00000000000000000000000000000000000000ff";
        let address: Address = text.parse().unwrap();
        assert_eq!((address.to_word(), address.to_string().as_str()), (Hash32::from_number(255), text));
        for text in ["", "0x", &text[2..], &format!("{text}0")] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn text_of_another_form_is_rejected() {
        for text in ["", "0x", "c5d2", "0xzz", &"0".repeat(64), &format!("0x{}", "0".repeat(66))] {
            assert!(text.parse::<Hash32>().is_err(), "{text}");
        }
    }
}
