//! Files with a key of 32 bytes, as 64 hexadecimal digits.

use std::{fs, io::Write, path::Path};

use rand::{RngCore, rngs::OsRng};
use zeroize::Zeroizing;

/// A key. Erased on drop.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// What a key's text must be.
const EXPECTED: &str = "it must contain 64 hexadecimal digits";

/// Generates a key.
pub(crate) fn generate_key() -> Key {
    let mut key = Key::default();
    OsRng.fill_bytes(&mut *key);
    key
}

/// Parses a key of 64 hexadecimal digits.
///
/// # Errors
/// Returns the reason, which does not repeat the text.
pub(crate) fn parse_key(text: &str) -> Result<Key, String> {
    let mut key = Key::default();
    hex::decode_to_slice(text.trim(), &mut *key).map(|()| key).map_err(|_| EXPECTED.into())
}

/// Loads a key from a file; nothing if there is none.
///
/// # Errors
/// Returns the reason why the file cannot be used.
pub(crate) fn load_key(path: &Path) -> Result<Option<Key>, String> {
    match fs::read_to_string(path) {
        Ok(text) => parse_key(&Zeroizing::new(text)).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Loads a key from a file; if there is none, creates it, readable by its owner only.
///
/// # Errors
/// Returns the reason why the file cannot be used.
pub(crate) fn load_or_create_key(path: &Path) -> Result<Key, String> {
    if let Some(key) = load_key(path)? {
        return Ok(key);
    }
    let key = generate_key();
    let text = Zeroizing::new(hex::encode(*key));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(path).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map(|()| key).map_err(|error| error.to_string())
}
