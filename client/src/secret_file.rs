//! Encrypted secret files on disk: a voter's identity, a trustee's transport key, the key of an Ethereum account.

use std::path::{Path, PathBuf};

use psephos_protocol::{
    committee::TransportKeyError,
    identity::{IdentityError, Seed},
};
use rand::rngs::OsRng;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    account::AccountError,
    files::{self, FileError},
    keystore::{self, KeystoreError},
};

/// Upper bound on the size of an encrypted secret file in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// A failure to create, read or decrypt a secret file. No variant holds the secret or the passphrase.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a keystore of this kind, or the passphrase is wrong.
    #[error("{path}: {source}")]
    Keystore {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: KeystoreError,
    },
    /// The file decrypts, but does not hold a seed, or its public part is not that of a seed.
    #[error("{path} does not hold a seed of 32 bytes: use the file that was created for this purpose")]
    NotASeed {
        /// The file.
        path: PathBuf,
    },
    /// The secret is not the key of an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// No identity follows from the seed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// No transport key follows from the seed.
    #[error(transparent)]
    TransportKey(#[from] TransportKeyError),
}

/// Encrypts a secret into a new file. `public` stays readable without the passphrase.
///
/// # Errors
/// Returns `Keystore`, or `File`: an existing file is never replaced.
pub(crate) fn create_secret_file(
    path: &Path,
    kind: &str,
    secret: &[u8],
    passphrase: &[u8],
    public: Value,
) -> Result<(), SecretFileError> {
    let encrypted = keystore::encrypt_secret(kind, secret, passphrase, public, &mut OsRng);
    let text = encrypted.map_err(|source| SecretFileError::Keystore { path: path.to_owned(), source })?;
    Ok(files::write_secret(path, &text)?)
}

/// Decrypts the secret of a file.
///
/// # Errors
/// Returns `File` or `Keystore`.
pub(crate) fn decrypt_secret_file(
    path: &Path,
    kind: &str,
    passphrase: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SecretFileError> {
    let text = files::read_text(path, MAX_BYTES)?;
    let secret = keystore::decrypt_secret(kind, &text, passphrase);
    secret.map_err(|source| SecretFileError::Keystore { path: path.to_owned(), source })
}

/// Decrypts the seed of a file.
///
/// # Errors
/// Returns `File`, `Keystore`, or `NotASeed` if the secret does not have 32 bytes.
pub(crate) fn decrypt_seed_file(path: &Path, kind: &str, passphrase: &[u8]) -> Result<Seed, SecretFileError> {
    let secret = decrypt_secret_file(path, kind, passphrase)?;
    let bytes = secret.as_slice().try_into().map_err(|_| SecretFileError::NotASeed { path: path.to_owned() })?;
    Ok(Seed::from_bytes(bytes))
}

/// Reads a value of a file's public part, for which no passphrase is needed.
///
/// # Errors
/// Returns `File`, `Keystore`, or `NotASeed` if the public part has no such value.
pub(crate) fn read_public_value<T: DeserializeOwned>(path: &Path, name: &str) -> Result<T, SecretFileError> {
    let text = files::read_text(path, MAX_BYTES)?;
    let inspection =
        keystore::inspect(&text).map_err(|source| SecretFileError::Keystore { path: path.to_owned(), source })?;
    let value = inspection.public.get(name).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|_| SecretFileError::NotASeed { path: path.to_owned() })
}
