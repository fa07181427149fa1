//! Fingerprints of polls: hashes of everything that a ballot is about (specification, section 6).
//!
//! Their computation needs a poll's parameters as the contract encodes them, and is in the crate of the state.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::field;

/// Text that is not `0x` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not 0x and 64 hexadecimal digits")]
pub struct InvalidHash;

macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Creates it of its 32 bytes.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Returns its 32 bytes.
            pub const fn to_bytes(self) -> [u8; 32] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("0x")?;
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl FromStr for $name {
            type Err = InvalidHash;

            fn from_str(text: &str) -> Result<Self, InvalidHash> {
                field::bytes_from_hex(text).map(Self).map_err(|_| InvalidHash)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

hash! {
    /// The hash of a poll's content: everything but its number, its times and its committee's keys. It is known when
    /// the poll is proposed, and people compare it.
    ContentHash
}
hash! {
    /// A poll's fingerprint: the hash of its content, number and times, and of its committee's keys. Ballots are bound
    /// to it.
    PollFingerprint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_hashes_is_read_back_and_nothing_else() {
        let hash = PollFingerprint::from_bytes(std::array::from_fn(|index| index as u8));
        let text = hash.to_string();
        assert_eq!((text.len(), text.parse()), (66, Ok(hash)));
        assert_eq!(serde_json::from_str::<PollFingerprint>(&serde_json::to_string(&hash).unwrap()).unwrap(), hash);
        for wrong in ["", "0x", &text[2..], &text[..65], &format!("{text}0"), &text.replace('0', "g")] {
            assert_eq!(wrong.parse::<PollFingerprint>(), Err(InvalidHash), "{wrong}");
        }
    }
}
