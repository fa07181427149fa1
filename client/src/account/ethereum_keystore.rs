//! Ethereum keystores: the key of an account as geth, Foundry, MetaMask's exports and others store it (Web3 Secret
//! Storage, version 3). Text in and text out; no file access here.
//!
//! A file is read with bounds on what its key derivation costs. It has a checksum (`mac`) over the ciphertext only, so
//! that the address which it states is compared with the key.

mod derivation;
mod document;
#[cfg(test)]
mod tests;

use aes::Aes128;
use alloy::{
    primitives::{Address, keccak256},
    signers::local::PrivateKeySigner,
};
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit, StreamCipher},
};
use rand::{RngCore, rngs::OsRng};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use self::{derivation::Derivation, document::Document};

pub use self::document::is_ethereum_keystore;

/// The reason why an Ethereum keystore cannot be opened or made. No variant holds the passphrase or the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EthereumKeystoreError {
    /// A field is missing, or of another form.
    #[error("not an Ethereum keystore of version 3: {0}")]
    Malformed(String),
    /// An algorithm that is not one of the format's, or a version that is not read.
    #[error("Ethereum keystores with {what} {actual:?} are not supported: expected {expected}")]
    Unsupported {
        /// What is not supported.
        what: &'static str,
        /// What is.
        expected: &'static str,
        /// The file's value.
        actual: String,
    },
    /// A parameter of the key derivation would cost too much, or is impossible.
    #[error("key derivation parameter {name} is {actual}: expected {expected}")]
    Derivation {
        /// The name of the parameter.
        name: &'static str,
        /// What is accepted.
        expected: &'static str,
        /// The file's value.
        actual: u64,
    },
    /// The parameters are within their bounds, and together they would cost too much.
    #[error("the key derivation would need {actual} {unit}: expected at most {max}")]
    TooCostly {
        /// What it would need.
        unit: &'static str,
        /// The greatest value, inclusive.
        max: u64,
        /// The file's value.
        actual: u64,
    },
    /// The passphrase is wrong, or the file was changed.
    #[error("wrong passphrase, or the keystore was modified")]
    WrongPassphrase,
    /// The key is not that of the address in the file.
    #[error("the keystore says that its account is {stated}, and its key is that of {actual}: it was modified")]
    OtherAddress {
        /// The address in the file.
        stated: Address,
        /// The address of the key.
        actual: Address,
    },
    /// The secret is not a key of an account.
    #[error("the keystore's secret is not the key of an account")]
    NotAKey,
}

/// The length of the derived key in bytes: half encrypts, half is for the checksum.
const DERIVED_BYTES: usize = 32;

/// Decrypts the key of a keystore.
///
/// # Errors
/// Returns [`EthereumKeystoreError`]; a file that asks for too much is refused before anything is derived.
pub fn decrypt_keystore(json: &str, passphrase: &str) -> Result<Zeroizing<[u8; 32]>, EthereumKeystoreError> {
    let document = Document::from_json(json)?;
    let derived = document.derivation.derive(passphrase.as_bytes())?;
    let mac = checksum(&derived, &document.ciphertext);
    if !bool::from(mac.ct_eq(&document.mac)) {
        return Err(EthereumKeystoreError::WrongPassphrase);
    }
    let mut secret = Zeroizing::new(document.ciphertext);
    apply_cipher(&derived, &document.iv, &mut secret);
    let signer = PrivateKeySigner::from_slice(secret.as_slice()).map_err(|_| EthereumKeystoreError::NotAKey)?;
    match (document.address, signer.address()) {
        (Some(stated), actual) if stated != actual => Err(EthereumKeystoreError::OtherAddress { stated, actual }),
        _ => Ok(secret),
    }
}

/// Encrypts a key, with scrypt at the cost that geth takes: 256 MiB.
///
/// # Errors
/// Returns `Derivation` if the key cannot be derived.
pub fn encrypt_keystore(
    secret: &[u8; 32],
    address: Address,
    passphrase: &str,
) -> Result<String, EthereumKeystoreError> {
    let mut random = [0; 32 + 16 + 16];
    OsRng.fill_bytes(&mut random);
    let (salt, rest) = random.split_at(32);
    let (mut iv, mut id) = ([0; 16], [0; 16]);
    iv.copy_from_slice(&rest[..16]);
    id.copy_from_slice(&rest[16..]);
    let derivation = Derivation::standard(salt);
    let derived = derivation.derive(passphrase.as_bytes())?;
    let mut ciphertext = *secret;
    apply_cipher(&derived, &iv, &mut ciphertext);
    let mac = checksum(&derived, &ciphertext);
    Ok(Document { address: Some(address), derivation, iv, ciphertext, mac }.to_json(id))
}

fn checksum(derived: &[u8; DERIVED_BYTES], ciphertext: &[u8; 32]) -> [u8; 32] {
    let mut hashed = Zeroizing::new([0; 16 + 32]);
    hashed[..16].copy_from_slice(&derived[16..]);
    hashed[16..].copy_from_slice(ciphertext);
    keccak256(*hashed).0
}

/// AES-128 in counter mode: encrypts and decrypts.
fn apply_cipher(derived: &[u8; DERIVED_BYTES], iv: &[u8; 16], bytes: &mut [u8; 32]) {
    let mut key = Zeroizing::new([0; 16]);
    key.copy_from_slice(&derived[..16]);
    Ctr128BE::<Aes128>::new((&*key).into(), iv.into()).apply_keystream(bytes);
}
