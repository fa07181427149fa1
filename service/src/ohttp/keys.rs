//! The gateway's keys: one that it shows, and the one before it while requests for that may still come.
//!
//! A key is drawn when the service first starts, and changed by renaming its file to that of the previous key and
//! starting again. Anyone who gets a key can read the requests that a relay has recorded for it: the previous one is to
//! be deleted when clients have had time to fetch the new one.

use std::path::Path;

use ohttp::{
    Error, KeyConfig, Server, ServerResponse, SymmetricSuite,
    hpke::{Aead, Kdf, Kem},
};
use psephos_wire::oblivious::{REQUEST_BYTES, REQUEST_OVERHEAD};
use sha2::{Digest, Sha256};

use super::{KEY_FILE, OhttpError, PREVIOUS_KEY_FILE};
use crate::{
    http::Problem,
    key_file::{Key, load_key, load_or_create_key},
};

/// The one suite: with a choice of several, the sizes of responses would tell clients apart.
const SUITE: SymmetricSuite = SymmetricSuite::new(Kdf::HkdfSha256, Aead::ChaCha20Poly1305);

/// The size of every encapsulated request, in bytes.
pub(super) const ENCAPSULATED_BYTES: usize = REQUEST_BYTES + REQUEST_OVERHEAD;

/// The keys of a gateway. Their secrets are erased on drop; without `Debug`.
pub struct GatewayKeys {
    current: Server,
    previous: Option<Server>,
    shown: Vec<u8>,
}

/// Why a request was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unopened {
    /// It is for a key that this gateway does not have.
    UnknownKey,
    /// It is for one of its keys, and was changed or not made with it.
    Damaged,
}

impl GatewayKeys {
    /// Loads the keys from a directory; the current one is created if there is none.
    ///
    /// # Errors
    /// Returns `KeyFile`.
    pub fn load_or_create(data: &Path) -> Result<Self, OhttpError> {
        let [current, previous] = [KEY_FILE, PREVIOUS_KEY_FILE].map(|name| data.join(name));
        let refuse = |path: &Path, reason: String| OhttpError::KeyFile { path: path.display().to_string(), reason };
        let server = |path: &Path, key: &Key| to_server(key).map_err(|error| refuse(path, error.to_string()));
        let key = load_or_create_key(&current).map_err(|reason| refuse(&current, reason))?;
        let before = load_key(&previous).map_err(|reason| refuse(&previous, reason))?;
        let previous = before.map(|key| server(&previous, &key)).transpose()?;
        let server = server(&current, &key)?;
        let shown = KeyConfig::encode_list(&[server.config()]).map_err(|error| refuse(&current, error.to_string()))?;
        Ok(Self { current: server, previous, shown })
    }

    /// Returns the key configurations as clients fetch them (RFC 9458, section 3): the current key alone.
    pub fn configurations(&self) -> &[u8] {
        &self.shown
    }

    /// Opens a request, with the key that it names.
    pub(super) fn open(&self, request: &[u8]) -> Result<(Vec<u8>, ServerResponse), Unopened> {
        let mut refused = Unopened::UnknownKey;
        for server in std::iter::once(&self.current).chain(&self.previous) {
            match server.decapsulate(request) {
                Ok(opened) => return Ok(opened),
                // Another key, or another suite than that which is shown with it.
                Err(Error::KeyId | Error::InvalidKem | Error::Unsupported) => {}
                Err(_) => refused = Unopened::Damaged,
            }
        }
        Err(refused)
    }
}

impl Unopened {
    pub(super) fn to_problem(self) -> Problem {
        match self {
            Self::UnknownKey => Problem::bad_request(
                psephos_wire::oblivious::UNKNOWN_KEY,
                "this gateway does not have the key of the request: fetch its present key",
            ),
            Self::Damaged => Problem::unprocessable(
                "ohttp_damaged",
                "the encapsulated request does not open: it was changed, or made for another gateway's key",
            ),
        }
    }
}

/// Derives the key pair. Its identifier follows from the public key, so that a key that replaces another one has
/// another identifier, but for one case in 256.
fn to_server(seed: &Key) -> Result<Server, Error> {
    let derive = |id| KeyConfig::derive(id, Kem::X25519Sha256, vec![SUITE], &**seed);
    let id = Sha256::digest(derive(0)?.encode()?).first().copied().unwrap_or_default();
    Server::new(derive(id)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ohttp::ClientRequest;

    use super::*;

    fn seal(keys: &GatewayKeys) -> Vec<u8> {
        let client = ClientRequest::from_encoded_config_list(keys.configurations()).unwrap();
        client.encapsulate(&[7; REQUEST_BYTES]).unwrap().0
    }

    #[test]
    fn key_is_created_once_and_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let keys = GatewayKeys::load_or_create(folder.path()).unwrap();
        // RFC 9458, section 3.1: the length, the identifier, the KEM, the public key, and one suite.
        assert_eq!((keys.configurations().len(), &keys.configurations()[..2]), (43, &[0, 41][..]));
        assert_eq!(keys.configurations()[3..5], [0, 0x20]);
        assert_eq!(keys.configurations()[37..], [0, 4, 0, 1, 0, 3]);
        let again = GatewayKeys::load_or_create(folder.path()).unwrap();
        assert_eq!(again.configurations(), keys.configurations());
        let path = folder.path().join(KEY_FILE);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        fs::write(&path, "secret").unwrap();
        let error = GatewayKeys::load_or_create(folder.path()).err().unwrap().to_string();
        assert!(error.contains("64 hexadecimal digits") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn requests_have_one_size_and_open_with_their_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let keys = GatewayKeys::load_or_create(folder.path()).unwrap();
        let sealed = seal(&keys);
        assert_eq!(sealed.len(), ENCAPSULATED_BYTES);
        assert_eq!(keys.open(&sealed).unwrap().0, [7; REQUEST_BYTES]);
        for (index, expected) in [
            (0, Unopened::UnknownKey),
            (2, Unopened::UnknownKey),
            (6, Unopened::UnknownKey),
            (10, Unopened::Damaged),
            (60, Unopened::Damaged),
            (sealed.len() - 1, Unopened::Damaged),
        ] {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(keys.open(&changed).err(), Some(expected), "byte {index}");
        }
        for length in [0, 6, 7, 38, 39, sealed.len() - 1] {
            assert_eq!(keys.open(&sealed[..length]).err(), Some(Unopened::Damaged), "{length} bytes");
        }
    }

    #[test]
    fn previous_key_opens_requests_until_its_file_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let old = GatewayKeys::load_or_create(folder.path()).unwrap();
        let sealed = seal(&old);
        fs::rename(folder.path().join(KEY_FILE), folder.path().join(PREVIOUS_KEY_FILE)).unwrap();
        let new = GatewayKeys::load_or_create(folder.path()).unwrap();
        assert_ne!(new.configurations(), old.configurations());
        assert!(new.open(&seal(&new)).is_ok());
        assert!(new.open(&sealed).is_ok(), "the previous key still opens");
        fs::remove_file(folder.path().join(PREVIOUS_KEY_FILE)).unwrap();
        let alone = GatewayKeys::load_or_create(folder.path()).unwrap();
        assert_eq!(alone.configurations(), new.configurations());
        assert!(alone.open(&sealed).is_err());
        assert!(alone.open(&seal(&new)).is_ok());
    }
}
