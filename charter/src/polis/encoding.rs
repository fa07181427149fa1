//! The bytes of a file as UTF-8 text, or the name of the encoding that they have instead.

use std::io::Read;

use super::{Encoding, PolisError, PolisFile};

/// Reads a file up to its bound and checks that it is UTF-8. A byte order mark of UTF-8 is removed.
pub(super) fn read_text(file: PolisFile, reader: impl Read) -> Result<String, PolisError> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file of the greatest size from a larger one.
    let bound = file.max_bytes() as u64 + 1;
    reader.take(bound).read_to_end(&mut bytes).map_err(|source| PolisError::Io { file, source })?;
    if bytes.len() > file.max_bytes() {
        return Err(PolisError::TooLarge { file });
    }
    if let Some(encoding) = detect_utf16(&bytes) {
        return Err(PolisError::Encoding { file, line: 1, encoding });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() as u64;
        PolisError::Encoding { file, line, encoding: Encoding::Latin1 }
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Detects UTF-16 by its byte order mark, or by the zero bytes that ASCII letters have in it: a table of this kind
/// begins with names of columns.
fn detect_utf16(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => Some(Encoding::Utf16LittleEndian),
        [0xfe, 0xff, ..] => Some(Encoding::Utf16BigEndian),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(Encoding::Utf16BigEndian),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(Encoding::Utf16LittleEndian),
        _ => None,
    }
}
