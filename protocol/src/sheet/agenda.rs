//! The statements of a sheet, in their order, as one hash.

use sha3::{Digest, Keccak256};

use crate::transcript;

/// Returns `keccak(keccak(text_1), .., keccak(text_count))`, over the UTF-8 bytes of each text. It is part of a sheet
/// poll's content, and so of its fingerprint: another text, or another order, is another poll.
pub fn hash_agenda<'a>(texts: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
    transcript::keccak_words(texts.into_iter().map(|text| Keccak256::digest(text).into()))
}
