//! An encrypted secret file, as text in and out (no file access here).
//!
//! Argon2id derives the key from the passphrase, XChaCha20-Poly1305 encrypts the secret. Everything that is shown in clear, the
//! kind, the derivation's parameters and the public part, is authenticated as associated data.

mod document;

use argon2::Argon2;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use rand::{CryptoRng, RngCore};
use serde_json::Value;
use thiserror::Error;
use zeroize::Zeroizing;

pub use document::Inspection;
use document::{Derivation, Document};

/// Why a keystore cannot be made or opened. None contains the passphrase or the secret.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum KeystoreError {
    /// The text is not a keystore of any version: not JSON, truncated, unknown or missing fields, or not hexadecimal.
    #[error("not a keystore: {0}")]
    NotAKeystore(&'static str),
    /// A keystore of another version.
    #[error("keystore version {actual} is not supported, only {expected}")]
    UnsupportedVersion {
        /// The version of this code.
        expected: u64,
        /// The version of the file.
        actual: u64,
    },
    /// It holds another kind of secret.
    #[error("this keystore holds a secret of kind {actual:?}, not {expected:?}")]
    WrongKind {
        /// The kind asked for.
        expected: String,
        /// The kind in the file.
        actual: String,
    },
    /// A parameter of the key derivation that would cost too much, or too little.
    #[error("key derivation parameter {name} is from {min} to {max}, not {actual}")]
    Derivation {
        /// The parameter.
        name: &'static str,
        /// Least value, inclusive.
        min: u32,
        /// Greatest value, inclusive.
        max: u32,
        /// The file's value.
        actual: u32,
    },
    /// The passphrase is wrong, or the file was changed: an authenticated cipher cannot tell which.
    #[error("wrong passphrase, or the keystore was changed")]
    WrongPassphrase,
    /// A kind is 1 to 32 lowercase letters, digits and hyphens.
    #[error("a kind is 1 to 32 lowercase letters, digits and hyphens")]
    InvalidKind,
    /// The public part has a number that is not an integer, which has no single encoding.
    #[error("the public part may not hold numbers that are not integers")]
    InvalidPublic,
    /// The secret is empty or longer than 64 KiB.
    #[error("a secret has 1 to {max} bytes, not {actual}")]
    SecretLength {
        /// Greatest length, inclusive.
        max: usize,
        /// The length given.
        actual: usize,
    },
    /// The memory for the key derivation could not be had.
    #[error("not enough memory for the key derivation")]
    OutOfMemory,
}

/// Greatest length of a secret in bytes.
pub const MAX_SECRET: usize = 64 * 1024;

/// Encrypts `secret` under `passphrase`. `public` is shown in clear and authenticated: names, keys, commitments.
///
/// Argon2id takes the parameters that RFC 9106 recommends second: 64 MiB, 3 passes, 4 lanes.
///
/// # Errors
/// [`KeystoreError::InvalidKind`], [`KeystoreError::InvalidPublic`], [`KeystoreError::SecretLength`],
/// [`KeystoreError::OutOfMemory`].
pub fn seal(
    kind: &str,
    secret: &[u8],
    passphrase: &[u8],
    public: Value,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<String, KeystoreError> {
    seal_with(Derivation::RECOMMENDED, kind, secret, passphrase, public, rng)
}

fn seal_with(
    derivation: Derivation,
    kind: &str,
    secret: &[u8],
    passphrase: &[u8],
    public: Value,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<String, KeystoreError> {
    if secret.is_empty() || secret.len() > MAX_SECRET {
        return Err(KeystoreError::SecretLength { max: MAX_SECRET, actual: secret.len() });
    }
    let mut document = Document::new(kind, derivation, public)?;
    rng.fill_bytes(&mut document.salt);
    rng.fill_bytes(&mut document.nonce);
    let key = derive_key(&document, passphrase)?;
    let payload = Payload { msg: secret, aad: &document.associated_data() };
    document.ciphertext = XChaCha20Poly1305::new((&*key).into())
        .encrypt(&document.nonce.into(), payload)
        .map_err(|_| KeystoreError::OutOfMemory)?;
    Ok(document.to_json())
}

/// Decrypts a keystore that holds a secret of kind `kind`.
///
/// # Errors
/// [`KeystoreError`]; a wrong kind is reported before the passphrase is tried.
pub fn open(kind: &str, json: &str, passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let document = Document::from_json(json)?;
    if document.kind != kind {
        return Err(KeystoreError::WrongKind { expected: kind.to_owned(), actual: document.kind });
    }
    let key = derive_key(&document, passphrase)?;
    let payload = Payload { msg: &document.ciphertext, aad: &document.associated_data() };
    XChaCha20Poly1305::new((&*key).into())
        .decrypt(&document.nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| KeystoreError::WrongPassphrase)
}

/// What a keystore shows without its passphrase. It is not authenticated until the keystore was opened.
///
/// # Errors
/// [`KeystoreError::NotAKeystore`], [`KeystoreError::UnsupportedVersion`], [`KeystoreError::Derivation`].
pub fn inspect(json: &str) -> Result<Inspection, KeystoreError> {
    let Document { kind, public, .. } = Document::from_json(json)?;
    Ok(Inspection { kind, public })
}

fn derive_key(document: &Document, passphrase: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
    let Derivation { memory_kib, passes, lanes } = document.derivation;
    let params = argon2::Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| KeystoreError::OutOfMemory)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(passphrase, &document.salt, key.as_mut())
        .map_err(|_| KeystoreError::OutOfMemory)?;
    Ok(key)
}

#[cfg(test)]
mod tests;
