//! Serde of secrets: through buffers that are wiped, never through a `String` that is not.

use psephos_protocol::{Fr, Scalar, field, scalar};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// A secret element of the scalar field of BN254: `0x` and 64 digits.
#[derive(Clone, Copy)]
pub(super) struct HiddenField(pub(super) Fr);

/// A secret scalar of Baby Jubjub: `0x` and 64 digits, below `l`.
#[derive(Clone, Copy)]
pub(super) struct HiddenScalar(pub(super) Scalar);

fn write<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = Zeroizing::new([b'0'; 66]);
    text[1] = b'x';
    for (pair, byte) in text[2..].chunks_exact_mut(2).zip(bytes) {
        for (digit, value) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
            *digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
        }
    }
    serializer.serialize_str(std::str::from_utf8(text.as_slice()).unwrap_or_default())
}

impl Serialize for HiddenField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&Zeroizing::new(field::to_bytes(&self.0)), serializer)
    }
}

impl Serialize for HiddenScalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&Zeroizing::new(scalar::to_bytes(&self.0)), serializer)
    }
}

/// The text is borrowed from the request's bytes: one with escapes, which would need a copy, is refused.
fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de str, D::Error> {
    <&str>::deserialize(deserializer).map_err(|_| de::Error::custom("expected 0x and 64 lowercase hexadecimal digits"))
}

impl<'de> Deserialize<'de> for HiddenField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        field::from_hex(read(deserializer)?).map(Self).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for HiddenScalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::from_hex(read(deserializer)?).map(Self).map_err(de::Error::custom)
    }
}
