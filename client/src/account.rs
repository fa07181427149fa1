//! An Ethereum account: it pays for transactions, and a chamber's policy decides by it who may enrol.
//!
//! It is not a voter's identity. Its key is in an encrypted file, of this program or of Ethereum's own format, follows
//! from a mnemonic phrase, or never leaves the signer that holds it.

pub mod ethereum_keystore;
pub mod mnemonic;

use std::{path::Path, time::Duration};

use alloy::{
    network::EthereumWallet,
    primitives::{Address, Signature},
    signers::{SignerSync, local::PrivateKeySigner},
};
use psephos_chain::{ChainError, Network, RemoteSigner};
use psephos_wire::Attestation;
use zeroize::Zeroizing;

use self::{
    ethereum_keystore::{EthereumKeystoreError, decrypt_keystore, encrypt_keystore, is_ethereum_keystore},
    mnemonic::{DerivationPath, derive_key},
};
use crate::{
    files,
    secret_file::{SecretFileError, create_secret_file, decrypt_secret_file},
};

const KIND: &str = "account";
/// The largest file of an account's key, in bytes.
const MAX_FILE: usize = 64 * 1024;

/// The reason why there is no account, or not its key. No variant holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The key is not 32 bytes in hexadecimal, or out of the curve's range.
    #[error("the private key of an account must be 64 hexadecimal digits, with or without 0x")]
    NotAKey,
    /// The phrase is not one of BIP-39.
    #[error(
        "the mnemonic phrase is not one of BIP-39: expected 12, 15, 18, 21 or 24 words of the English list, of which the \
         last has a checksum"
    )]
    NotAMnemonic,
    /// The derivation path does not parse.
    #[error("{path:?} is not a derivation path: it should look like m/44'/60'/0'/0/0")]
    NotAPath {
        /// The path.
        path: String,
    },
    /// The key is held elsewhere.
    #[error("the key of {account} is held by the signer at {host}, and this needs the key itself")]
    HeldElsewhere {
        /// The account.
        account: Address,
        /// The host of the signer.
        host: String,
    },
}

/// An account that can sign. Without `Debug`.
pub struct Account {
    key: Key,
}

/// What signs.
enum Key {
    Own(PrivateKeySigner),
    Remote(RemoteSigner),
}

impl Account {
    /// Creates an account with a random key.
    pub fn random() -> Self {
        Self::of_key(PrivateKeySigner::random())
    }

    fn of_key(signer: PrivateKeySigner) -> Self {
        Self { key: Key::Own(signer) }
    }

    /// Returns the account of a key in hexadecimal.
    ///
    /// # Errors
    /// Returns `NotAKey`, which does not repeat the text.
    pub fn from_hex(text: &str) -> Result<Self, AccountError> {
        text.trim().parse().map(Self::of_key).map_err(|_| AccountError::NotAKey)
    }

    /// Returns the account of a mnemonic phrase, and perhaps its passphrase (BIP-39), at a derivation path (BIP-32).
    ///
    /// # Errors
    /// Returns `NotAMnemonic`, which does not repeat the phrase.
    pub fn from_mnemonic(phrase: &str, passphrase: &str, path: &DerivationPath) -> Result<Self, AccountError> {
        derive_key(phrase, passphrase, path).map(Self::of_key)
    }

    /// Returns an account whose key the signer at a URL, reached through this network, holds: the named one, or its
    /// only one. Every request to the signer ends after `timeout`.
    ///
    /// # Errors
    /// Returns `Signer`, as [`RemoteSigner::connect`].
    pub async fn connect_signer(
        url: &str,
        network: &Network,
        account: Option<Address>,
        timeout: Duration,
    ) -> Result<Self, ChainError> {
        Ok(Self { key: Key::Remote(RemoteSigner::connect(url, network, account, timeout).await?) })
    }

    /// Creates an account and encrypts its key into a new file.
    ///
    /// # Errors
    /// Returns `Keystore`, or `File`: an existing file is never replaced.
    pub fn create_file(path: &Path, passphrase: &str) -> Result<Self, SecretFileError> {
        let account = Self::random();
        account.write_file(path, passphrase)?;
        Ok(account)
    }

    /// Decrypts the account of a file, which is one of this program or an Ethereum keystore (Web3 Secret Storage,
    /// version 3): its contents tell.
    ///
    /// # Errors
    /// Returns `File`, `Keystore`, `EthereumKeystore` or `Account`.
    pub fn open_file(path: &Path, passphrase: &str) -> Result<Self, SecretFileError> {
        let text = files::read_text(path, MAX_FILE)?;
        let key = match is_ethereum_keystore(&text) {
            true => decrypt_keystore(&text, passphrase).map_err(|source| refuse(path, source))?,
            false => decrypt_secret_file(path, KIND, passphrase)?,
        };
        let signer = PrivateKeySigner::from_slice(key.as_slice()).map_err(|_| AccountError::NotAKey)?;
        Ok(Self::of_key(signer))
    }

    /// Encrypts the key into a new file of this program.
    ///
    /// # Errors
    /// Returns `Account` with `HeldElsewhere`, `Keystore`, or `File`: an existing file is never replaced.
    pub fn write_file(&self, path: &Path, passphrase: &str) -> Result<(), SecretFileError> {
        let public = format!("{:#x}", self.address());
        create_secret_file(path, KIND, &*self.secret()?, passphrase, &public)
    }

    /// Encrypts the key into a new Ethereum keystore (Web3 Secret Storage, version 3), which other wallets open.
    ///
    /// # Errors
    /// Returns `Account` with `HeldElsewhere`, `EthereumKeystore`, or `File`: an existing file is never replaced.
    pub fn write_ethereum_keystore(&self, path: &Path, passphrase: &str) -> Result<(), SecretFileError> {
        let text =
            encrypt_keystore(&*self.secret()?, self.address(), passphrase).map_err(|source| refuse(path, source))?;
        Ok(files::write_secret(path, &(text + "\n"))?)
    }

    /// Returns the address.
    pub fn address(&self) -> Address {
        match &self.key {
            Key::Own(signer) => signer.address(),
            Key::Remote(signer) => signer.address(),
        }
    }

    /// Signs a trustee's attestation, as EIP-712 data.
    ///
    /// # Errors
    /// Returns the signer's error; a key in memory always signs.
    pub async fn sign_attestation(&self, attestation: &Attestation) -> Result<Signature, alloy::signers::Error> {
        let hash = attestation.signing_hash();
        match &self.key {
            Key::Own(signer) => signer.sign_hash_sync(&hash),
            Key::Remote(signer) => {
                let signed = signer.sign_typed_data(&attestation.to_typed_data(), &hash).await;
                signed.map_err(alloy::signers::Error::other)
            }
        }
    }

    /// Returns the key as a signer, for a service that signs in the name of this account without asking.
    ///
    /// # Errors
    /// Returns `HeldElsewhere`.
    pub fn into_signer(self) -> Result<PrivateKeySigner, AccountError> {
        self.own_key().cloned()
    }

    /// Returns a wallet that signs with this account's key.
    pub fn wallet(&self) -> EthereumWallet {
        match &self.key {
            Key::Own(signer) => EthereumWallet::from(signer.clone()),
            Key::Remote(signer) => EthereumWallet::from(signer.clone()),
        }
    }

    fn own_key(&self) -> Result<&PrivateKeySigner, AccountError> {
        match &self.key {
            Key::Own(signer) => Ok(signer),
            Key::Remote(signer) => Err(AccountError::HeldElsewhere { account: signer.address(), host: signer.host() }),
        }
    }

    fn secret(&self) -> Result<Zeroizing<[u8; 32]>, AccountError> {
        Ok(Zeroizing::new(self.own_key()?.to_bytes().0))
    }
}

fn refuse(path: &Path, source: EthereumKeystoreError) -> SecretFileError {
    SecretFileError::EthereumKeystore { path: path.to_owned(), source }
}
