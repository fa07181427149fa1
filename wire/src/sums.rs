//! Requests to one of two provers: a header, then a seed or a witness share. The response is three points.
//!
//! Layout, in bytes:
//!
//! | from | length | what |
//! |---:|---:|---|
//! | 0 | 8 | `psepsum1`: the format and its version |
//! | 8 | 32 | the hash of the circuit's key, as the sums depend on it |
//! | 40 | 23 | the circuit's name, filled up with zeros |
//! | 63 | 1 | the part: 0 for a seed, 1 for elements |
//! | 64 | 32, or 32 for each element | the seed; or the elements, big-endian, the assignment's first |
//!
//! That is all that is sent: no statement, no chain, no poll.

use zeroize::Zeroizing;

/// Length of the header in bytes.
pub const SUMS_HEADER_BYTES: usize = 64;
/// Length of a seed, and of an element, in bytes.
pub const ELEMENT_BYTES: usize = 32;

const MAGIC: [u8; 8] = *b"psepsum1";
const NAME_BYTES: usize = 23;

/// Which share of the witness a request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharePart {
    /// A seed, from which the prover expands the share.
    Seed,
    /// The share's elements.
    Elements,
}

/// The header of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumsHeader {
    /// The hash of the key of the circuit.
    pub key_hash: [u8; 32],
    /// The circuit's name.
    pub circuit: String,
    /// What follows.
    pub part: SharePart,
}

/// Why a request's header is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SumsHeaderError {
    /// The body is shorter than a header, or of another format.
    #[error("not a request for sums: it should begin with `psepsum1`, the hash of a key, a circuit and a part")]
    Format,
    /// The name is empty, too long, or not of lowercase letters, digits and hyphens, filled up with zeros.
    #[error("the name of the circuit is malformed")]
    Name,
    /// The part is neither 0 nor 1.
    #[error("the part is neither 0 (a seed) nor 1 (elements)")]
    Part,
}

impl SumsHeader {
    /// Returns the length of the body after the header, for shares of this number of elements.
    pub fn payload_length(&self, elements: usize) -> usize {
        match self.part {
            SharePart::Seed => ELEMENT_BYTES,
            SharePart::Elements => elements.saturating_mul(ELEMENT_BYTES),
        }
    }

    /// Parses a header.
    ///
    /// # Errors
    /// Returns [`SumsHeaderError`].
    pub fn parse(bytes: &[u8; SUMS_HEADER_BYTES]) -> Result<Self, SumsHeaderError> {
        let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(SumsHeaderError::Format)?;
        let (key_hash, rest) = rest.split_first_chunk::<32>().ok_or(SumsHeaderError::Format)?;
        let (name, part) = rest.split_first_chunk::<NAME_BYTES>().ok_or(SumsHeaderError::Format)?;
        if *magic != MAGIC {
            return Err(SumsHeaderError::Format);
        }
        let length = name.iter().position(|byte| *byte == 0).unwrap_or(NAME_BYTES);
        let (name, filling) = name.split_at(length);
        if name.is_empty() || !name.iter().all(is_name_byte) || filling.iter().any(|byte| *byte != 0) {
            return Err(SumsHeaderError::Name);
        }
        let part = match part {
            [0] => SharePart::Seed,
            [1] => SharePart::Elements,
            _ => return Err(SumsHeaderError::Part),
        };
        let circuit = name.iter().copied().map(char::from).collect();
        Ok(Self { key_hash: *key_hash, circuit, part })
    }

    /// Returns a request: the header and what follows it, in a buffer that is erased on drop.
    ///
    /// # Errors
    /// Returns [`SumsHeaderError::Name`] for a name that no circuit has.
    pub fn to_request(&self, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, SumsHeaderError> {
        let name = self.circuit.as_bytes();
        if name.is_empty() || name.len() > NAME_BYTES || !name.iter().all(is_name_byte) {
            return Err(SumsHeaderError::Name);
        }
        // Never reallocated: no copy is left behind.
        let mut body = Zeroizing::new(Vec::with_capacity(SUMS_HEADER_BYTES + payload.len()));
        body.extend_from_slice(&MAGIC);
        body.extend_from_slice(&self.key_hash);
        body.extend_from_slice(name);
        body.resize(SUMS_HEADER_BYTES - 1, 0);
        body.push(match self.part {
            SharePart::Seed => 0,
            SharePart::Elements => 1,
        });
        body.extend_from_slice(payload);
        Ok(body)
    }
}

fn is_name_byte(byte: &u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(part: SharePart) -> SumsHeader {
        SumsHeader { key_hash: [7; 32], circuit: "ballot-3".into(), part }
    }

    fn encode_header(part: SharePart) -> [u8; SUMS_HEADER_BYTES] {
        let request = header(part).to_request(&[]).unwrap();
        request.as_slice().try_into().unwrap()
    }

    #[test]
    fn header_has_one_encoding() {
        for part in [SharePart::Seed, SharePart::Elements] {
            let bytes = encode_header(part);
            assert_eq!(SumsHeader::parse(&bytes), Ok(header(part)));
            assert_eq!(
                (&bytes[..8], &bytes[8..40], &bytes[40..48]),
                (&b"psepsum1"[..], &[7; 32][..], &b"ballot-3"[..])
            );
        }
        assert_eq!(header(SharePart::Seed).to_request(&[1, 2]).unwrap()[64..], [1, 2]);
        assert_eq!(
            (header(SharePart::Seed).payload_length(9), header(SharePart::Elements).payload_length(9)),
            (32, 288)
        );
        // The names of all circuits fit.
        for circuit in psephos_circuits::catalogue::Name::ALL {
            let header = SumsHeader { circuit: circuit.to_string(), ..header(SharePart::Seed) };
            let bytes = header.to_request(&[]).unwrap();
            assert_eq!(SumsHeader::parse(bytes.as_slice().try_into().unwrap()), Ok(header));
        }
    }

    #[test]
    fn malformed_headers_are_rejected_by_reason() {
        for (index, byte, expected) in [
            (0, b'P', SumsHeaderError::Format),
            (7, b'2', SumsHeaderError::Format),
            (40, 0, SumsHeaderError::Name),
            (41, b'A', SumsHeaderError::Name),
            (41, b'/', SumsHeaderError::Name),
            (41, 0xc3, SumsHeaderError::Name),
            (50, b'x', SumsHeaderError::Name),
            (62, b'x', SumsHeaderError::Name),
            (63, 2, SumsHeaderError::Part),
            (63, 0xff, SumsHeaderError::Part),
        ] {
            let mut bytes = encode_header(SharePart::Seed);
            bytes[index] = byte;
            assert_eq!(SumsHeader::parse(&bytes), Err(expected), "byte {index}");
        }
        for name in ["", "Ballot-3", "a name", &"a".repeat(24)] {
            let header = SumsHeader { circuit: name.into(), ..header(SharePart::Seed) };
            assert_eq!(header.to_request(&[]).err(), Some(SumsHeaderError::Name), "{name}");
        }
    }
}
