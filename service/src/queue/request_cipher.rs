//! Encryption of requests while they wait: XChaCha20-Poly1305 under a key that neither the queue's file nor its server
//! has.

use std::path::Path;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use rand::{RngCore, rngs::OsRng};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::JobId;
use crate::key_file;

const NONCE_BYTES: usize = 24;

/// An error of encryption or of the key file.
#[derive(Debug, thiserror::Error)]
pub enum CipherError {
    /// The key or the job is a different one, or the ciphertext was changed.
    #[error("a queued request does not decrypt: it was encrypted under another key, or was changed; submit it again")]
    Damaged,
    /// The key file cannot be used.
    #[error("the queue's key file {path} cannot be used: {reason}")]
    KeyFile {
        /// The file's path.
        path: String,
        /// The cause.
        reason: String,
    },
}

/// The key of a queue: 32 bytes that service and workers share. Erased on drop, without `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RequestCipher([u8; 32]);

impl RequestCipher {
    /// Generates a key for this process alone.
    pub fn generate() -> Self {
        Self(*key_file::generate_key())
    }

    /// Parses a key of 64 hexadecimal digits.
    ///
    /// # Errors
    /// Returns `KeyFile`, which does not repeat the text.
    pub fn from_hex(text: &str) -> Result<Self, CipherError> {
        let refuse = |reason| CipherError::KeyFile { path: "<text>".into(), reason };
        key_file::parse_key(text).map(|key| Self(*key)).map_err(refuse)
    }

    /// Loads the key from a file; if there is none, creates it, readable by its owner only.
    ///
    /// # Errors
    /// Returns `KeyFile`.
    pub fn load_or_create(path: &Path) -> Result<Self, CipherError> {
        let refuse = |reason| CipherError::KeyFile { path: path.display().to_string(), reason };
        key_file::load_or_create_key(path).map(|key| Self(*key)).map_err(refuse)
    }

    /// Encrypts a request for one job: it decrypts under no other job's id.
    ///
    /// # Errors
    /// Returns `Damaged`, which never happens for requests of a bounded size.
    pub fn encrypt_request(&self, id: JobId, request: &[u8]) -> Result<Vec<u8>, CipherError> {
        let mut nonce = [0; NONCE_BYTES];
        OsRng.fill_bytes(&mut nonce);
        let payload = Payload { msg: request, aad: id.as_bytes() };
        let ciphertext = self.cipher().encrypt(&nonce.into(), payload).map_err(|_| CipherError::Damaged)?;
        Ok([nonce.as_slice(), &ciphertext].concat())
    }

    /// Decrypts the request of a job.
    ///
    /// # Errors
    /// Returns `Damaged`.
    pub fn decrypt_request(&self, id: JobId, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        let (nonce, ciphertext) = ciphertext.split_first_chunk::<NONCE_BYTES>().ok_or(CipherError::Damaged)?;
        let payload = Payload { msg: ciphertext, aad: id.as_bytes() };
        self.cipher().decrypt(&(*nonce).into(), payload).map(Zeroizing::new).map_err(|_| CipherError::Damaged)
    }

    /// Returns a keyed hash, which is compared or stored in place of a value that reveals too much.
    pub fn keyed_hash(&self, domain: &str, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC-SHA-256 over the lengths and the parts.
        let mut inner = Zeroizing::new([0x36u8; 64]);
        let mut outer = Zeroizing::new([0x5cu8; 64]);
        for ((inner, outer), byte) in inner.iter_mut().zip(outer.iter_mut()).zip(self.0) {
            *inner ^= byte;
            *outer ^= byte;
        }
        let mut hash = Sha256::new();
        hash.update(inner.as_slice());
        for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Sha256::new().chain_update(outer.as_slice()).chain_update(hash.finalize()).finalize().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn ciphertext_decrypts_only_with_its_key_and_job_id() {
        let (key, id) = (RequestCipher::generate(), JobId::generate());
        let ciphertext = key.encrypt_request(id, b"a vote").unwrap();
        assert_eq!(*key.decrypt_request(id, &ciphertext).unwrap(), b"a vote");
        assert!(key.decrypt_request(JobId::generate(), &ciphertext).is_err());
        assert!(RequestCipher::generate().decrypt_request(id, &ciphertext).is_err());
        for index in 0..ciphertext.len() {
            let mut changed = ciphertext.clone();
            changed[index] ^= 1;
            assert!(key.decrypt_request(id, &changed).is_err());
            assert!(key.decrypt_request(id, &ciphertext[..index]).is_err());
        }
        assert!(!ciphertext.windows(6).any(|window| window == b"a vote"));
    }

    #[test]
    fn key_file_is_created_once_and_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue.key");
        let made = RequestCipher::load_or_create(&path).unwrap();
        assert_eq!(
            made.keyed_hash("a", &[b"b"]),
            RequestCipher::load_or_create(&path).unwrap().keyed_hash("a", &[b"b"])
        );
        assert_ne!(made.keyed_hash("a", &[b"b", b"c"]), made.keyed_hash("a", &[b"bc"]));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        fs::write(&path, "secret").unwrap();
        let error = RequestCipher::load_or_create(&path).err().unwrap().to_string();
        assert!(error.contains("64 hexadecimal digits") && !error.contains("secret"), "{error}");
    }
}
