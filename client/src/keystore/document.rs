//! The keystore's JSON document, and its authenticated bytes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{KeystoreError, MAX_BYTES, SECRET_BYTES};

const FORMAT: &str = "psephos-keystore";
const VERSION: u64 = 2;
const KDF: &str = "argon2id";
const CIPHER: &str = "chacha20-poly1305";
/// Length in bytes of ChaCha20-Poly1305's authentication tag.
const TAG: usize = 16;
/// Upper bound on the length of the public part in bytes.
const MAX_PUBLIC: usize = 256;

/// The part of a keystore that is readable without its passphrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The kind of the secret.
    pub kind: String,
    /// The public part.
    pub public: String,
}

/// Cost parameters of Argon2id, within their bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Derivation {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl Derivation {
    pub(super) const RECOMMENDED: Derivation = Derivation { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

    /// Checks that a file of unknown origin neither exhausts this machine's memory nor is trivial to guess.
    fn from_fields(memory_kib: u64, passes: u64, lanes: u64) -> Result<Derivation, KeystoreError> {
        Ok(Derivation {
            memory_kib: require_within("memory_kib", memory_kib, 8 * 1024, 1024 * 1024)?,
            passes: require_within("passes", passes, 1, 16)?,
            lanes: require_within("lanes", lanes, 1, 16)?,
        })
    }
}

fn require_within(name: &'static str, actual: u64, min: u32, max: u32) -> Result<u32, KeystoreError> {
    let value = u32::try_from(actual).ok().filter(|value| (min..=max).contains(value));
    value.ok_or(KeystoreError::Derivation { name, min, max, actual })
}

/// The JSON's fields, in the order in which they are written and authenticated.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    format: String,
    version: u64,
    kind: String,
    public: String,
    kdf: String,
    memory_kib: u64,
    passes: u64,
    lanes: u64,
    salt: String,
    cipher: String,
    nonce: String,
    ciphertext: String,
}

pub(super) struct Document {
    pub(super) kind: String,
    pub(super) public: String,
    pub(super) derivation: Derivation,
    pub(super) salt: [u8; 16],
    pub(super) nonce: [u8; 12],
    pub(super) ciphertext: Vec<u8>,
}

impl Document {
    pub(super) fn new(kind: &str, derivation: Derivation, public: &str) -> Result<Document, KeystoreError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if kind.is_empty() || kind.len() > 32 || !kind.bytes().all(allowed) {
            return Err(KeystoreError::InvalidKind);
        }
        if public.len() > MAX_PUBLIC || !public.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(KeystoreError::InvalidPublic);
        }
        let (salt, nonce, ciphertext) = ([0; 16], [0; 12], Vec::new());
        Ok(Document { kind: kind.to_owned(), public: public.to_owned(), derivation, salt, nonce, ciphertext })
    }

    pub(super) fn from_json(json: &str) -> Result<Document, KeystoreError> {
        if json.len() > MAX_BYTES {
            return Err(KeystoreError::NotAKeystore("it has more than 4096 bytes"));
        }
        let value: Value = serde_json::from_str(json).map_err(|_| KeystoreError::NotAKeystore("it is not JSON"))?;
        if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(KeystoreError::NotAKeystore("it has another format"));
        }
        let version = value.get("version").and_then(Value::as_u64);
        let actual = version.ok_or(KeystoreError::NotAKeystore("it has no version"))?;
        if actual != VERSION {
            return Err(KeystoreError::UnsupportedVersion { expected: VERSION, actual });
        }
        // Parsed from the text, not from the value: a repeated field is an error here.
        let fields: Fields = serde_json::from_str(json)
            .map_err(|_| KeystoreError::NotAKeystore("a field is missing, unknown, repeated or of another type"))?;
        if fields.kdf != KDF || fields.cipher != CIPHER {
            return Err(KeystoreError::NotAKeystore("its algorithms are not those of version 2"));
        }
        let derivation = Derivation::from_fields(fields.memory_kib, fields.passes, fields.lanes)?;
        let mut document = Document::new(&fields.kind, derivation, &fields.public).map_err(|error| match error {
            KeystoreError::InvalidKind => KeystoreError::NotAKeystore("its kind is invalid"),
            _ => KeystoreError::NotAKeystore("its public part is not printable ASCII, or too long"),
        })?;
        document.ciphertext = vec![0; SECRET_BYTES + TAG];
        decode(&fields.salt, &mut document.salt)?;
        decode(&fields.nonce, &mut document.nonce)?;
        decode(&fields.ciphertext, &mut document.ciphertext)?;
        Ok(document)
    }

    fn to_fields(&self) -> Fields {
        let Derivation { memory_kib, passes, lanes } = self.derivation;
        Fields {
            format: FORMAT.to_owned(),
            version: VERSION,
            kind: self.kind.clone(),
            public: self.public.clone(),
            kdf: KDF.to_owned(),
            memory_kib: memory_kib.into(),
            passes: passes.into(),
            lanes: lanes.into(),
            salt: hex::encode(self.salt),
            cipher: CIPHER.to_owned(),
            nonce: hex::encode(self.nonce),
            ciphertext: hex::encode(&self.ciphertext),
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.to_fields()).expect("strings and integers can be serialised")
    }

    /// Returns every field but the ciphertext, in order, each followed by a line feed, which no field can contain.
    pub(super) fn associated_data(&self) -> Vec<u8> {
        let Fields {
            format,
            version,
            kind,
            public,
            kdf,
            memory_kib,
            passes,
            lanes,
            salt,
            cipher,
            nonce,
            ciphertext: _,
        } = self.to_fields();
        format!(
            "{format}\n{version}\n{kind}\n{public}\n{kdf}\n{memory_kib}\n{passes}\n{lanes}\n{salt}\n{cipher}\n{nonce}\n"
        )
        .into_bytes()
    }
}

/// Decodes lower-case hexadecimal: every value has one text.
fn decode(digits: &str, bytes: &mut [u8]) -> Result<(), KeystoreError> {
    let error = KeystoreError::NotAKeystore("a value is not lower-case hexadecimal, or has the wrong length");
    match digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        true => Err(error),
        false => hex::decode_to_slice(digits, bytes).map_err(|_| error),
    }
}
