//! Compact binary formats: numbers big-endian, lengths checked before anything is taken, a SHA-256 of everything at the end.

use psephos_protocol::{Fr, field};
use sha2::{Digest, Sha256};

/// Bytes of the checksum.
pub const CHECKSUM_BYTES: usize = 32;

/// Why bytes are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// They end too early.
    #[error("it ends too early")]
    Truncated,
    /// There is more than there should be.
    #[error("{0} bytes follow on its end")]
    TrailingBytes(usize),
    /// The checksum is another.
    #[error("its checksum does not hold: it is damaged, fetch or make it again")]
    WrongChecksum,
    /// Another format, or another version of it.
    #[error("it is not {0}, or of a version that this program does not know")]
    UnknownFormat(&'static str),
    /// A part that cannot be.
    #[error("{0}")]
    InvalidPart(&'static str),
}

/// The SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    Sha256::digest(bytes).into()
}

/// Puts the checksum of everything so far at the end.
pub fn append_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = sha256(&bytes);
    bytes.extend(checksum);
    bytes
}

/// What is before the checksum.
///
/// # Errors
/// `Short`, `Checksum`.
pub fn verify_checksum(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(DecodeError::Truncated)?;
    if sha256(body) == *checksum { Ok(body) } else { Err(DecodeError::WrongChecksum) }
}

/// Writes a number in as many groups of seven bits as it needs, the lowest first.
pub(crate) fn write_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Writes a length and bytes.
pub(crate) fn write_bytes(bytes: &mut Vec<u8>, content: &[u8]) {
    write_varint(bytes, content.len() as u64);
    bytes.extend(content);
}

/// Takes bytes from the front.
#[derive(Clone, Debug)]
pub struct ByteReader<'a>(&'a [u8]);

impl<'a> ByteReader<'a> {
    /// Of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// So many bytes.
    ///
    /// # Errors
    /// `Short`.
    pub fn read_slice(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    /// An array.
    ///
    /// # Errors
    /// `Short`.
    pub fn read_array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// A byte.
    ///
    /// # Errors
    /// `Short`.
    pub fn read_u8(&mut self) -> Result<u8, DecodeError> {
        Ok(self.read_array::<1>()?[0])
    }

    /// Four bytes as a number.
    ///
    /// # Errors
    /// `Short`.
    pub fn read_u32(&mut self) -> Result<u32, DecodeError> {
        self.read_array().map(u32::from_be_bytes)
    }

    /// Eight bytes as a number.
    ///
    /// # Errors
    /// `Short`.
    pub fn read_u64(&mut self) -> Result<u64, DecodeError> {
        self.read_array().map(u64::from_be_bytes)
    }

    /// A number of [`put_number`], in no more bytes than it needs.
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
        Err(DecodeError::InvalidPart("a number is not written as it should be"))
    }

    /// How many of something follow, each of at least so many bytes.
    pub(crate) fn read_count(&mut self, least: usize) -> Result<usize, DecodeError> {
        let count = usize::try_from(self.read_varint()?).map_err(|_| DecodeError::Truncated)?;
        if count.checked_mul(least.max(1)).is_none_or(|bytes| bytes > self.0.len()) {
            return Err(DecodeError::Truncated);
        }
        Ok(count)
    }

    /// A length and so many bytes.
    pub(crate) fn read_bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let count = self.read_count(1)?;
        self.read_slice(count)
    }

    /// A text.
    pub(crate) fn read_string(&mut self) -> Result<String, DecodeError> {
        let bytes = self.read_bytes()?.to_vec();
        String::from_utf8(bytes).map_err(|_| DecodeError::InvalidPart("a text is not UTF-8"))
    }

    /// A field element, below the field's order.
    pub(crate) fn read_field(&mut self) -> Result<Fr, DecodeError> {
        field::from_bytes(&self.read_array()?).map_err(|_| DecodeError::InvalidPart("a word is not a field element"))
    }

    /// Whether everything was taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// `Trailing`.
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::TrailingBytes(self.0.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_way_to_be_written() {
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
    fn a_count_promises_no_more_than_there_is() {
        let mut bytes = Vec::new();
        write_varint(&mut bytes, u64::MAX);
        assert_eq!(ByteReader::new(&bytes).read_count(32), Err(DecodeError::Truncated));
        assert_eq!(ByteReader::new(&[3, 0, 0]).read_count(1), Err(DecodeError::Truncated));
        assert_eq!(ByteReader::new(&[2, 0, 0]).read_bytes(), Ok(&[0, 0][..]));
    }

    #[test]
    fn what_is_changed_has_another_checksum() {
        let sealed = append_checksum(vec![1, 2, 3]);
        assert_eq!(verify_checksum(&sealed), Ok(&[1, 2, 3][..]));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(verify_checksum(&changed), Err(DecodeError::WrongChecksum));
        }
        assert_eq!(verify_checksum(&sealed[..31]), Err(DecodeError::Truncated));
    }
}
