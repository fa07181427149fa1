//! An Ethereum account: it pays for transactions, and a chamber's policy decides by it who may enrol.
//!
//! It is not a voter's identity. Its key is encrypted like one, or comes from a variable or a file that the caller
//! reads.

use std::path::Path;

use alloy::{
    network::EthereumWallet,
    primitives::{Address, B256, Signature},
    signers::{SignerSync, local::PrivateKeySigner},
};
use zeroize::Zeroizing;

use crate::secret_file::{SecretFileError, create_secret_file, decrypt_secret_file};

const KIND: &str = "account";

/// The reason why a text or a secret is not the key of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The key is not 32 bytes in hexadecimal, or out of the curve's range.
    #[error("the private key of an account must be 64 hexadecimal digits, with or without 0x")]
    NotAKey,
}

/// An account that can sign. Without `Debug`.
pub struct Account {
    signer: PrivateKeySigner,
}

impl Account {
    /// Creates an account with a random key.
    pub fn random() -> Self {
        Self { signer: PrivateKeySigner::random() }
    }

    /// Returns the account of a key in hexadecimal.
    ///
    /// # Errors
    /// Returns `NotAKey`, which does not repeat the text.
    pub fn from_hex(text: &str) -> Result<Self, AccountError> {
        text.trim().parse().map(|signer| Self { signer }).map_err(|_| AccountError::NotAKey)
    }

    /// Creates an account and encrypts its key into a new file.
    ///
    /// # Errors
    /// Returns `Keystore`, or `File`: an existing file is never replaced.
    pub fn create_file(path: &Path, passphrase: &str) -> Result<Self, SecretFileError> {
        let account = Self::random();
        let key = Zeroizing::new(account.signer.to_bytes().0);
        let public = format!("{:#x}", account.address());
        create_secret_file(path, KIND, &key, passphrase, &public)?;
        Ok(account)
    }

    /// Decrypts the account of a file.
    ///
    /// # Errors
    /// Returns `File`, `Keystore` or `Account`.
    pub fn open_file(path: &Path, passphrase: &str) -> Result<Self, SecretFileError> {
        let key = decrypt_secret_file(path, KIND, passphrase)?;
        let signer = PrivateKeySigner::from_slice(key.as_slice()).map_err(|_| AccountError::NotAKey)?;
        Ok(Self { signer })
    }

    /// Returns the address.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// Signs a hash, such as that of an EIP-712 message.
    ///
    /// # Errors
    /// Returns the signer's error; a key in memory always signs.
    pub fn sign_hash(&self, hash: &B256) -> Result<Signature, alloy::signers::Error> {
        self.signer.sign_hash_sync(hash)
    }

    /// Returns the signer, for a service that sends in the name of this account.
    pub fn into_signer(self) -> PrivateKeySigner {
        self.signer
    }

    /// Returns a wallet that signs with this account's key.
    pub fn wallet(&self) -> EthereumWallet {
        EthereumWallet::from(self.signer.clone())
    }
}
