//! An Ethereum account: who pays for a transaction, and whom a chamber's policy knows.
//!
//! It is not a voter's identity. The key is kept encrypted like one, or comes from a variable or a file that the caller reads.

use std::path::Path;

use alloy::{network::EthereumWallet, primitives::Address, signers::local::PrivateKeySigner};
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use crate::{error::ClientError, files, keystore};

const KIND: &str = "account";
/// No encrypted file is larger.
pub(crate) const MAX_KEYSTORE: usize = 256 * 1024;

/// Why a key is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Not 32 bytes in hexadecimal, or no key of the curve.
    #[error("an account's key is 64 hexadecimal digits, with or without 0x")]
    NotAKey,
}

/// An account that can sign. Without `Debug`.
pub struct Account {
    signer: PrivateKeySigner,
}

impl Account {
    /// A new account.
    pub fn random() -> Self {
        Self { signer: PrivateKeySigner::random() }
    }

    /// The account of a key in hexadecimal.
    ///
    /// # Errors
    /// `NotAKey`, which does not repeat the text.
    pub fn from_hex(text: &str) -> Result<Self, AccountError> {
        text.trim().parse().map(|signer| Self { signer }).map_err(|_| AccountError::NotAKey)
    }

    /// Makes an account and keeps its key in a new encrypted file.
    ///
    /// # Errors
    /// `Keystore`, `File`.
    pub fn create(path: &Path, passphrase: &[u8]) -> Result<Self, ClientError> {
        let account = Self::random();
        let key = Zeroizing::new(account.signer.to_bytes().0);
        let public = serde_json::json!({ "address": account.address() });
        let text = keystore::seal(KIND, key.as_slice(), passphrase, public, &mut OsRng)
            .map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
        files::write_secret(path, &text)?;
        Ok(account)
    }

    /// Opens an encrypted file.
    ///
    /// # Errors
    /// `File`, `Keystore`, `Account`.
    pub fn open(path: &Path, passphrase: &[u8]) -> Result<Self, ClientError> {
        let text = files::read_text(path, MAX_KEYSTORE)?;
        let key = keystore::open(KIND, &text, passphrase)
            .map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
        let signer = PrivateKeySigner::from_slice(&key).map_err(|_| AccountError::NotAKey)?;
        Ok(Self { signer })
    }

    /// Its address.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// What signs with it, for a service that sends in its name.
    pub fn into_signer(self) -> PrivateKeySigner {
        self.signer
    }

    /// A wallet that signs with it.
    pub fn wallet(&self) -> EthereumWallet {
        EthereumWallet::from(self.signer.clone())
    }
}
