//! Serde of secret field elements, through buffers that are erased and never through a `String`, which is not.

use psephos_protocol::{Fr, Scalar, field, scalar};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// A secret element of the scalar field of BN254, as `0x` and 64 digits.
#[derive(Clone, Copy)]
pub(super) struct SecretField(pub(super) Fr);

/// A secret scalar of Baby Jubjub, below `l`, as `0x` and 64 digits.
#[derive(Clone, Copy)]
pub(super) struct SecretScalar(pub(super) Scalar);

fn serialize_bytes<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = Zeroizing::new([b'0'; 66]);
    text[1] = b'x';
    for (pair, byte) in text[2..].chunks_exact_mut(2).zip(bytes) {
        for (digit, value) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
            *digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
        }
    }
    serializer.serialize_str(std::str::from_utf8(text.as_slice()).unwrap_or_default())
}

impl Serialize for SecretField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_bytes(&Zeroizing::new(field::to_bytes(&self.0)), serializer)
    }
}

impl Serialize for SecretScalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_bytes(&Zeroizing::new(scalar::to_bytes(&self.0)), serializer)
    }
}

/// Borrows the text from the request's bytes. A text with escapes, which would need a copy, is rejected.
fn borrow_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de str, D::Error> {
    <&str>::deserialize(deserializer).map_err(|_| de::Error::custom("expected 0x and 64 lowercase hexadecimal digits"))
}

impl<'de> Deserialize<'de> for SecretField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        field::from_hex(borrow_text(deserializer)?).map(Self).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for SecretScalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::from_hex(borrow_text(deserializer)?).map(Self).map_err(de::Error::custom)
    }
}
