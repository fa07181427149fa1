//! What travels inside Oblivious HTTP (RFC 9458): requests to a relayer and its responses, as binary HTTP (RFC 9292).
//!
//! A relay sees no content, but it sees sizes. So every request has one size, and every response another one, whatever
//! is in them: they are padded with zeros (RFC 9292, section 3.8), and a message of another size is refused.

use std::io::Cursor;

use bhttp::{Message, Mode, StatusCode};

use crate::ballot::MAX_BYTES;

/// The size of every request, in bytes: the largest package, and room for the path and its host.
pub const REQUEST_BYTES: usize = MAX_BYTES + 1024;
/// The size of every response, in bytes.
pub const RESPONSE_BYTES: usize = 16 * 1024;
/// The bytes that the encapsulation of a request adds: its header, the encapsulated key, and the tag.
pub const REQUEST_OVERHEAD: usize = 7 + 32 + 16;
/// The bytes that the encapsulation of a response adds: its nonce and the tag.
pub const RESPONSE_OVERHEAD: usize = 32 + 16;
/// The media type of an encapsulated request.
pub const REQUEST_TYPE: &str = "message/ohttp-req";
/// The media type of an encapsulated response.
pub const RESPONSE_TYPE: &str = "message/ohttp-res";
/// The media type of a gateway's key configurations.
pub const KEYS_TYPE: &str = "application/ohttp-keys";
/// The path below a relayer's URL at which its gateway shows its key configurations.
pub const KEYS_PATH: &str = "ohttp-keys";
/// The code of the problem with which a gateway refuses a request for a key that it does not have.
pub const UNKNOWN_KEY: &str = "ohttp_key";

/// The reason why a message cannot be written or read. It never repeats what is in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// More than fits into the one size.
    #[error("the message has {bytes} bytes, and {max} at most fit into the size that all of them have")]
    TooLarge {
        /// The size without padding, in bytes.
        bytes: usize,
        /// The one size, in bytes.
        max: usize,
    },
    /// A message that was not padded to the one size: its size would tell what is in it.
    #[error("the message has {bytes} bytes and not {expected}: pad every message to that size")]
    WrongSize {
        /// The size, in bytes.
        bytes: usize,
        /// The one size, in bytes.
        expected: usize,
    },
    /// Not binary HTTP, or followed by something else than zeros.
    #[error("the message is not binary HTTP (RFC 9292), padded with zeros")]
    Malformed,
}

/// A request to a relayer. The relayer serves itself alone: scheme and host decide nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObliviousRequest {
    /// The method.
    pub method: String,
    /// The relayer's host.
    pub authority: String,
    /// The path, with its first slash.
    pub path: String,
    /// The body: JSON, or nothing.
    pub body: Vec<u8>,
}

/// A relayer's response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObliviousResponse {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl ObliviousRequest {
    /// Encodes and pads the request.
    ///
    /// # Errors
    /// Returns `TooLarge`.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        let [method, scheme, authority, path] =
            [self.method.as_str(), "https", &self.authority, &self.path].map(|text| text.as_bytes().to_vec());
        let mut message = Message::request(method, scheme, authority, path);
        if !self.body.is_empty() {
            message.put_header("content-type", "application/json");
            message.write_content(&self.body);
        }
        pad(&message, REQUEST_BYTES)
    }

    /// Decodes a request.
    ///
    /// # Errors
    /// Returns `WrongSize` or `Malformed`.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        let message = unpad(bytes, REQUEST_BYTES)?;
        let text = |bytes: Option<&[u8]>| {
            String::from_utf8(bytes.unwrap_or_default().to_vec()).map_err(|_| MessageError::Malformed)
        };
        let control = message.control();
        if !control.is_request() {
            return Err(MessageError::Malformed);
        }
        Ok(Self {
            method: text(control.method())?,
            authority: text(control.authority())?,
            path: text(control.path())?,
            body: message.content().to_vec(),
        })
    }
}

impl ObliviousResponse {
    /// Encodes and pads the response.
    ///
    /// # Errors
    /// Returns `TooLarge`, and `Malformed` for a status that is none of HTTP.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        let mut message = Message::response(StatusCode::try_from(self.status).map_err(|_| MessageError::Malformed)?);
        message.put_header("content-type", self.content_type.as_str());
        message.write_content(&self.body);
        pad(&message, RESPONSE_BYTES)
    }

    /// Decodes a response.
    ///
    /// # Errors
    /// Returns `WrongSize` or `Malformed`.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        let message = unpad(bytes, RESPONSE_BYTES)?;
        let status = message.control().status().ok_or(MessageError::Malformed)?.code();
        let content_type = message.header().get(b"content-type").unwrap_or_default();
        let content_type = String::from_utf8(content_type.to_vec()).map_err(|_| MessageError::Malformed)?;
        Ok(Self { status, content_type, body: message.content().to_vec() })
    }
}

fn pad(message: &Message, size: usize) -> Result<Vec<u8>, MessageError> {
    let mut bytes = Vec::with_capacity(size);
    message.write_bhttp(Mode::KnownLength, &mut bytes).map_err(|_| MessageError::Malformed)?;
    if bytes.len() > size {
        return Err(MessageError::TooLarge { bytes: bytes.len(), max: size });
    }
    bytes.resize(size, 0);
    Ok(bytes)
}

fn unpad(bytes: &[u8], size: usize) -> Result<Message, MessageError> {
    if bytes.len() != size {
        return Err(MessageError::WrongSize { bytes: bytes.len(), expected: size });
    }
    let mut reader = Cursor::new(bytes);
    let message = Message::read_bhttp(&mut reader).map_err(|_| MessageError::Malformed)?;
    let end = usize::try_from(reader.position()).map_err(|_| MessageError::Malformed)?;
    match bytes.get(end..).is_some_and(|padding| padding.iter().all(|byte| *byte == 0)) {
        true => Ok(message),
        false => Err(MessageError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: usize) -> ObliviousRequest {
        ObliviousRequest {
            method: "POST".into(),
            authority: "relayer.example".into(),
            path: "/v1/ballots".into(),
            body: vec![b'x'; body],
        }
    }

    fn response(body: usize) -> ObliviousResponse {
        ObliviousResponse { status: 202, content_type: "application/json".into(), body: vec![b'x'; body] }
    }

    #[test]
    fn messages_round_trip_and_have_one_size() {
        for body in [0, 1, 63, 64, 1_000, MAX_BYTES] {
            let encoded = request(body).encode().unwrap();
            assert_eq!(encoded.len(), REQUEST_BYTES);
            assert_eq!(ObliviousRequest::decode(&encoded).unwrap(), request(body));
        }
        for body in [0, 1, 63, 64, 1_000, RESPONSE_BYTES - 100] {
            let encoded = response(body).encode().unwrap();
            assert_eq!(encoded.len(), RESPONSE_BYTES);
            assert_eq!(ObliviousResponse::decode(&encoded).unwrap(), response(body));
        }
    }

    #[test]
    fn messages_that_do_not_fit_are_refused() {
        assert!(matches!(request(REQUEST_BYTES).encode(), Err(MessageError::TooLarge { max: REQUEST_BYTES, .. })));
        assert!(matches!(response(RESPONSE_BYTES).encode(), Err(MessageError::TooLarge { max: RESPONSE_BYTES, .. })));
        assert_eq!(ObliviousResponse { status: 7, ..response(0) }.encode(), Err(MessageError::Malformed));
    }

    #[test]
    fn messages_of_another_size_are_refused() {
        let encoded = request(9).encode().unwrap();
        for bytes in [0, 1, REQUEST_BYTES - 1, REQUEST_BYTES + 1] {
            let mut other = encoded.clone();
            other.resize(bytes, 0);
            let refused = ObliviousRequest::decode(&other);
            assert_eq!(refused, Err(MessageError::WrongSize { bytes, expected: REQUEST_BYTES }));
        }
        let refused = ObliviousResponse::decode(&encoded);
        assert!(matches!(refused, Err(MessageError::WrongSize { expected: RESPONSE_BYTES, .. })));
    }

    #[test]
    fn padding_that_holds_something_is_refused() {
        let mut encoded = request(9).encode().unwrap();
        *encoded.last_mut().unwrap() = 1;
        assert_eq!(ObliviousRequest::decode(&encoded), Err(MessageError::Malformed));
    }

    #[test]
    fn what_is_no_request_or_no_response_is_refused() {
        let mut reply = response(9).encode().unwrap();
        reply.resize(REQUEST_BYTES, 0);
        assert_eq!(ObliviousRequest::decode(&reply), Err(MessageError::Malformed));
        let mut sent = request(9).encode().unwrap();
        sent.truncate(RESPONSE_BYTES);
        assert_eq!(ObliviousResponse::decode(&sent), Err(MessageError::Malformed));
        for first in 0..=255 {
            // A length that is longer than the message, a mode that does not exist: no panic, and no allocation of it.
            for second in [0xff, 0xbf, 0x7f, 0x3f] {
                let mut noise = vec![0xff; REQUEST_BYTES];
                (noise[0], noise[1]) = (first, second);
                assert_eq!(ObliviousRequest::decode(&noise), Err(MessageError::Malformed));
            }
        }
    }
}
