//! Compact binary encodings: big-endian integers, lengths checked before anything is read, a SHA-256 checksum at the
//! end.

use psephos_protocol::{elements::Element, field};
use sha2::{Digest, Sha256};

/// Length of the checksum in bytes.
pub const CHECKSUM_BYTES: usize = 32;

/// Why bytes do not decode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The data ends before the value does.
    #[error("the data ends too early")]
    Truncated,
    /// Bytes follow the end of the value.
    #[error("{0} bytes follow the end of the data")]
    TrailingBytes(usize),
    /// The checksum does not match.
    #[error("the checksum does not match: the data is damaged, fetch or create it again")]
    WrongChecksum,
    /// Another format, or another version of it.
    #[error("the data is not {0}, or has a version that this program does not know")]
    UnknownFormat(&'static str),
    /// A part of the value is invalid.
    #[error("{0}")]
    InvalidPart(&'static str),
}

/// Returns the SHA-256 hash of the bytes.
pub fn sha256(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    Sha256::digest(bytes).into()
}

/// Appends the checksum of the bytes so far.
pub fn append_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = sha256(&bytes);
    bytes.extend(checksum);
    bytes
}

/// Returns the bytes before the checksum.
///
/// # Errors
/// `Truncated` if there is no room for a checksum, `WrongChecksum` if it does not match.
pub fn verify_checksum(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(DecodeError::Truncated)?;
    if sha256(body) == *checksum { Ok(body) } else { Err(DecodeError::WrongChecksum) }
}

/// Writes a variable-length integer: groups of seven bits, the lowest first, the high bit of a byte set if more follow.
pub(crate) fn write_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Writes a length as a variable-length integer, then the bytes.
pub(crate) fn write_bytes(bytes: &mut Vec<u8>, content: &[u8]) {
    write_varint(bytes, content.len() as u64);
    bytes.extend(content);
}

/// Reads values from the front of a byte slice.
#[derive(Clone, Debug)]
pub struct ByteReader<'a>(&'a [u8]);

impl<'a> ByteReader<'a> {
    /// Creates a reader of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Reads `count` bytes.
    ///
    /// # Errors
    /// `Truncated` if fewer remain.
    pub fn read_slice(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Reads an array of `N` bytes.
    ///
    /// # Errors
    /// `Truncated` if fewer remain.
    pub fn read_array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// `Truncated` if none remains.
    pub fn read_u8(&mut self) -> Result<u8, DecodeError> {
        Ok(self.read_array::<1>()?[0])
    }

    /// Reads a big-endian integer of four bytes.
    ///
    /// # Errors
    /// `Truncated` if fewer remain.
    pub fn read_u32(&mut self) -> Result<u32, DecodeError> {
        self.read_array().map(u32::from_be_bytes)
    }

    /// Reads a big-endian integer of eight bytes.
    ///
    /// # Errors
    /// `Truncated` if fewer remain.
    pub fn read_u64(&mut self) -> Result<u64, DecodeError> {
        self.read_array().map(u64::from_be_bytes)
    }

    /// Reads an integer of [`write_varint`]; an encoding longer than necessary is rejected.
    pub(crate) fn read_varint(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.read_u8()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 || shift > 0 && byte == 0 {
                break;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(DecodeError::InvalidPart("a number is longer than its shortest encoding"))
    }

    /// Reads the number of elements that follow, each of at least `least` bytes, and checks that enough bytes
    /// remains.
    pub(crate) fn read_count(&mut self, least: usize) -> Result<usize, DecodeError> {
        let count = usize::try_from(self.read_varint()?).map_err(|_| DecodeError::Truncated)?;
        if count.checked_mul(least.max(1)).is_none_or(|bytes| bytes > self.0.len()) {
            return Err(DecodeError::Truncated);
        }
        Ok(count)
    }

    /// Reads a length and that number of bytes.
    pub(crate) fn read_bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let count = self.read_count(1)?;
        self.read_slice(count)
    }

    /// Reads a length and that number of bytes of UTF-8.
    pub(crate) fn read_string(&mut self) -> Result<String, DecodeError> {
        let bytes = self.read_bytes()?.to_vec();
        String::from_utf8(bytes).map_err(|_| DecodeError::InvalidPart("a text is not UTF-8"))
    }

    /// Reads a field element, rejecting values not below the field's order.
    pub(crate) fn read_field<E: Element>(&mut self) -> Result<E, DecodeError> {
        let element = field::from_bytes(&self.read_array()?);
        element.map(E::from_fr).map_err(|_| DecodeError::InvalidPart("a word is not a field element"))
    }

    /// Returns whether everything was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks that nothing remains.
    ///
    /// # Errors
    /// `TrailingBytes` if bytes remain.
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::TrailingBytes(self.0.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_one_encoding() {
        for number in [0, 1, 127, 128, 300, 1 << 35, u64::MAX] {
            let mut bytes = Vec::new();
            write_varint(&mut bytes, number);
            let mut reader = ByteReader::new(&bytes);
            assert_eq!(reader.read_varint(), Ok(number));
            assert_eq!(reader.finish(), Ok(()));
        }
        for wrong in
            [&[0x80, 0][..], &[0xff; 11], &[0x80; 3], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]]
        {
            assert!(ByteReader::new(wrong).read_varint().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn counts_beyond_the_remaining_bytes_are_rejected() {
        let mut bytes = Vec::new();
        write_varint(&mut bytes, u64::MAX);
        assert_eq!(ByteReader::new(&bytes).read_count(32), Err(DecodeError::Truncated));
        assert_eq!(ByteReader::new(&[3, 0, 0]).read_count(1), Err(DecodeError::Truncated));
        assert_eq!(ByteReader::new(&[2, 0, 0]).read_bytes(), Ok(&[0, 0][..]));
    }

    #[test]
    fn changed_bytes_fail_the_checksum() {
        let bytes = append_checksum(vec![1, 2, 3]);
        assert_eq!(verify_checksum(&bytes), Ok(&[1, 2, 3][..]));
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(verify_checksum(&changed), Err(DecodeError::WrongChecksum));
        }
        assert_eq!(verify_checksum(&bytes[..31]), Err(DecodeError::Truncated));
    }
}
