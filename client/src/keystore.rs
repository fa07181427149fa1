//! Encrypted secret files, as text in and text out (specification, section 14; no file access here).
//!
//! Argon2id derives the key from the passphrase, ChaCha20-Poly1305 encrypts the secret. Everything that is stored in
//! clear, the kind, the derivation's parameters and the public part, is authenticated as associated data.

mod document;

use argon2::Argon2;
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use icu_normalizer::ComposingNormalizerBorrowed;
use rand::{CryptoRng, RngCore};
use thiserror::Error;
use zeroize::Zeroizing;

pub use document::Inspection;
use document::{Derivation, Document};

/// The reason why a keystore cannot be encrypted or decrypted. No variant contains the passphrase or the secret.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum KeystoreError {
    /// The text is not a keystore of any version: not JSON, truncated, unknown or missing fields, or not hexadecimal.
    #[error("not a keystore: {0}")]
    NotAKeystore(&'static str),
    /// The keystore has another version.
    #[error("keystore version {actual} is not supported: expected version {expected}")]
    UnsupportedVersion {
        /// The version of this code.
        expected: u64,
        /// The version of the file.
        actual: u64,
    },
    /// The keystore holds another kind of secret.
    #[error("this keystore holds a secret of kind {actual:?}, not {expected:?}")]
    WrongKind {
        /// The requested kind.
        expected: String,
        /// The kind in the file.
        actual: String,
    },
    /// A parameter of the key derivation would cost too much, or too little.
    #[error("key derivation parameter {name} is {actual}: expected {min} to {max}")]
    Derivation {
        /// The name of the parameter.
        name: &'static str,
        /// Least value, inclusive.
        min: u32,
        /// Greatest value, inclusive.
        max: u32,
        /// The file's value.
        actual: u64,
    },
    /// The passphrase is wrong, or the file was changed: an authenticated cipher cannot distinguish the two.
    #[error("wrong passphrase, or the keystore was modified")]
    WrongPassphrase,
    /// The kind is not 1 to 32 lowercase letters, digits and hyphens.
    #[error("invalid kind of secret: expected 1 to 32 lowercase letters, digits and hyphens")]
    InvalidKind,
    /// The public part is not 0 to 256 printable ASCII characters.
    #[error("invalid public part of a keystore: expected 0 to 256 printable ASCII characters")]
    InvalidPublic,
    /// The memory for the key derivation could not be allocated.
    #[error("not enough memory for the key derivation: close other programs and try again")]
    OutOfMemory,
}

/// The length of a secret in bytes.
pub const SECRET_BYTES: usize = 32;
/// Upper bound on the length of a keystore's text in bytes.
pub const MAX_BYTES: usize = 4096;

/// Encrypts `secret` under `passphrase`. `public` is stored in clear and authenticated: a key, an address.
///
/// Argon2id runs with the parameters that RFC 9106 recommends second: 64 MiB, 3 passes, 4 lanes.
///
/// # Errors
/// Returns [`KeystoreError::InvalidKind`] or [`KeystoreError::InvalidPublic`] if an argument is invalid, and
/// [`KeystoreError::OutOfMemory`] if the derivation's memory cannot be allocated.
pub fn encrypt_secret(
    kind: &str,
    secret: &[u8; SECRET_BYTES],
    passphrase: &str,
    public: &str,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<String, KeystoreError> {
    encrypt_with(Derivation::RECOMMENDED, kind, secret, passphrase, public, rng)
}

fn encrypt_with(
    derivation: Derivation,
    kind: &str,
    secret: &[u8; SECRET_BYTES],
    passphrase: &str,
    public: &str,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<String, KeystoreError> {
    let mut document = Document::new(kind, derivation, public)?;
    rng.fill_bytes(&mut document.salt);
    rng.fill_bytes(&mut document.nonce);
    let key = derive_key(&document, passphrase)?;
    let payload = Payload { msg: secret, aad: &document.associated_data() };
    document.ciphertext = ChaCha20Poly1305::new((&*key).into())
        .encrypt(&document.nonce.into(), payload)
        .map_err(|_| KeystoreError::OutOfMemory)?;
    Ok(document.to_json())
}

/// Decrypts a keystore that holds a secret of kind `kind`.
///
/// # Errors
/// Returns [`KeystoreError`] if the text is not a valid keystore, the kind differs, or the passphrase is wrong. A wrong
/// kind is reported before the passphrase is tried.
pub fn decrypt_secret(
    kind: &str,
    json: &str,
    passphrase: &str,
) -> Result<Zeroizing<[u8; SECRET_BYTES]>, KeystoreError> {
    let document = Document::from_json(json)?;
    if document.kind != kind {
        return Err(KeystoreError::WrongKind { expected: kind.to_owned(), actual: document.kind });
    }
    let key = derive_key(&document, passphrase)?;
    let payload = Payload { msg: &document.ciphertext, aad: &document.associated_data() };
    let secret = ChaCha20Poly1305::new((&*key).into())
        .decrypt(&document.nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| KeystoreError::WrongPassphrase)?;
    let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
    // The length of the ciphertext was checked when the document was read.
    bytes.copy_from_slice(&secret);
    Ok(bytes)
}

/// Returns the part of a keystore that is readable without its passphrase. It is not authenticated until the keystore
/// has been decrypted.
///
/// # Errors
/// Returns [`KeystoreError`] if the text is not a valid keystore.
pub fn inspect(json: &str) -> Result<Inspection, KeystoreError> {
    let Document { kind, public, .. } = Document::from_json(json)?;
    Ok(Inspection { kind, public })
}

/// Normalises a passphrase: the same characters have the same bytes, whichever keyboard or system they were typed on.
fn normalise(passphrase: &str) -> Zeroizing<String> {
    // NFC makes no text longer than three times its length in UTF-8, so no copy is left behind by a reallocation.
    let mut text = Zeroizing::new(String::with_capacity(3 * passphrase.len()));
    text.extend(ComposingNormalizerBorrowed::new_nfc().normalize_iter(passphrase.chars()));
    text
}

fn derive_key(document: &Document, passphrase: &str) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
    let Derivation { memory_kib, passes, lanes } = document.derivation;
    let params = argon2::Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| KeystoreError::OutOfMemory)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(normalise(passphrase).as_bytes(), &document.salt, key.as_mut())
        .map_err(|_| KeystoreError::OutOfMemory)?;
    Ok(key)
}

#[cfg(test)]
mod tests;
