//! Encrypted secret files on disk: the seed of a voter's identities, a trustee's transport key, the key of an Ethereum
//! account.

use std::path::{Path, PathBuf};

use psephos_protocol::{
    committee::TransportKeyError,
    identity::{IdentityError, Seed},
};
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use crate::{
    account::{AccountError, ethereum_keystore::EthereumKeystoreError},
    files::{self, FileError},
    keystore::{self, KeystoreError, MAX_BYTES, SECRET_BYTES},
};

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
    /// The file is not an Ethereum keystore that can be opened, or the passphrase is wrong.
    #[error("{path}: {source}")]
    EthereumKeystore {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: EthereumKeystoreError,
    },
    /// The public part of a trustee's file is not a transport key.
    #[error("the public part of {path} is not a transport key: use the file that was created for this purpose")]
    NotATransportKey {
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
    secret: &[u8; SECRET_BYTES],
    passphrase: &str,
    public: &str,
) -> Result<(), SecretFileError> {
    let encrypted = keystore::encrypt_secret(kind, secret, passphrase, public, &mut OsRng);
    let text = encrypted.map_err(|source| SecretFileError::Keystore { path: path.to_owned(), source })?;
    Ok(files::write_secret(path, &(text + "\n"))?)
}

/// Decrypts the secret of a file.
///
/// # Errors
/// Returns `File` or `Keystore`.
pub(crate) fn decrypt_secret_file(
    path: &Path,
    kind: &str,
    passphrase: &str,
) -> Result<Zeroizing<[u8; SECRET_BYTES]>, SecretFileError> {
    let text = files::read_text(path, MAX_BYTES)?;
    let secret = keystore::decrypt_secret(kind, &text, passphrase);
    secret.map_err(|source| SecretFileError::Keystore { path: path.to_owned(), source })
}

/// Decrypts the seed of a file.
///
/// # Errors
/// Returns `File` or `Keystore`.
pub(crate) fn decrypt_seed_file(path: &Path, kind: &str, passphrase: &str) -> Result<Seed, SecretFileError> {
    Ok(Seed::from_bytes(*decrypt_secret_file(path, kind, passphrase)?))
}

/// Reads a file's public part, for which no passphrase is needed.
///
/// # Errors
/// Returns `File`, or `Keystore`, also with `WrongKind`.
pub(crate) fn read_public_part(path: &Path, kind: &str) -> Result<String, SecretFileError> {
    let failed = |source| SecretFileError::Keystore { path: path.to_owned(), source };
    let inspection = keystore::inspect(&files::read_text(path, MAX_BYTES)?).map_err(failed)?;
    match inspection.kind == kind {
        true => Ok(inspection.public),
        false => Err(failed(KeystoreError::WrongKind { expected: kind.to_owned(), actual: inspection.kind })),
    }
}
