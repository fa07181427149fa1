//! The keystore's JSON document, and its authenticated bytes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{KeystoreError, MAX_SECRET};

const FORMAT: &str = "psephos-keystore";
const VERSION: u64 = 1;
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20-poly1305";
/// Length in bytes of XChaCha20-Poly1305's authentication tag.
const TAG: usize = 16;

/// The part of a keystore that is readable without its passphrase.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The kind of the secret.
    pub kind: String,
    /// The public part.
    pub public: Value,
}

/// Cost parameters of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Derivation {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl Derivation {
    pub(super) const RECOMMENDED: Derivation = Derivation { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

    /// Checks that a file of unknown origin neither exhausts this machine's memory nor is trivial to guess.
    fn check(&self) -> Result<(), KeystoreError> {
        let bounds = [
            ("memory_kib", self.memory_kib, 8 * 1024, 1024 * 1024),
            ("passes", self.passes, 1, 16),
            ("lanes", self.lanes, 1, 16),
        ];
        for (name, actual, min, max) in bounds {
            if !(min..=max).contains(&actual) {
                return Err(KeystoreError::Derivation { name, min, max, actual });
            }
        }
        Ok(())
    }
}

/// The JSON's fields.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    format: String,
    version: u64,
    kind: String,
    kdf: String,
    derivation: Derivation,
    salt: String,
    cipher: String,
    nonce: String,
    public: Value,
    ciphertext: String,
}

pub(super) struct Document {
    pub(super) kind: String,
    pub(super) derivation: Derivation,
    pub(super) salt: [u8; 16],
    pub(super) nonce: [u8; 24],
    pub(super) public: Value,
    pub(super) ciphertext: Vec<u8>,
}

impl Document {
    pub(super) fn new(kind: &str, derivation: Derivation, public: Value) -> Result<Document, KeystoreError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if kind.is_empty() || kind.len() > 32 || !kind.bytes().all(allowed) {
            return Err(KeystoreError::InvalidKind);
        }
        if !integers_only(&public) {
            return Err(KeystoreError::InvalidPublic);
        }
        derivation.check()?;
        let (salt, nonce, ciphertext) = ([0; 16], [0; 24], Vec::new());
        Ok(Document { kind: kind.to_owned(), derivation, salt, nonce, public, ciphertext })
    }

    pub(super) fn from_json(json: &str) -> Result<Document, KeystoreError> {
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
            .map_err(|_| KeystoreError::NotAKeystore("a field is missing, unknown or repeated"))?;
        if fields.kdf != KDF || fields.cipher != CIPHER {
            return Err(KeystoreError::NotAKeystore("its algorithms are not those of version 1"));
        }
        let mut document = Document::new(&fields.kind, fields.derivation, fields.public)?;
        decode(&fields.salt, &mut document.salt)?;
        decode(&fields.nonce, &mut document.nonce)?;
        let length = fields.ciphertext.len() / 2;
        if !(TAG + 1..=TAG + MAX_SECRET).contains(&length) {
            return Err(KeystoreError::NotAKeystore("the ciphertext's length is impossible"));
        }
        document.ciphertext = vec![0; length];
        decode(&fields.ciphertext, &mut document.ciphertext)?;
        Ok(document)
    }

    pub(super) fn to_json(&self) -> String {
        let fields = Fields {
            format: FORMAT.to_owned(),
            version: VERSION,
            kind: self.kind.clone(),
            kdf: KDF.to_owned(),
            derivation: self.derivation,
            salt: hex::encode(self.salt),
            cipher: CIPHER.to_owned(),
            nonce: hex::encode(self.nonce),
            public: self.public.clone(),
            ciphertext: hex::encode(&self.ciphertext),
        };
        serde_json::to_string_pretty(&fields).expect("strings and integers can be serialised")
    }

    /// Returns everything but the ciphertext, one value per line; the public part with its fields sorted, so that
    /// whitespace and the order of fields in the file do not matter.
    pub(super) fn associated_data(&self) -> Vec<u8> {
        let Derivation { memory_kib, passes, lanes } = self.derivation;
        let (salt, nonce) = (hex::encode(self.salt), hex::encode(self.nonce));
        let mut text = format!(
            "{FORMAT}\n{VERSION}\n{}\n{KDF} {memory_kib} {passes} {lanes}\n{salt}\n{CIPHER}\n{nonce}\n",
            self.kind
        );
        canonical(&self.public, &mut text);
        text.into_bytes()
    }
}

fn decode(digits: &str, bytes: &mut [u8]) -> Result<(), KeystoreError> {
    hex::decode_to_slice(digits, bytes)
        .map_err(|_| KeystoreError::NotAKeystore("a value is not hexadecimal, or has the wrong length"))
}

fn integers_only(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_i64() || number.is_u64(),
        Value::Array(items) => items.iter().all(integers_only),
        Value::Object(fields) => fields.values().all(integers_only),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for item in items {
                canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.keys().collect();
            names.sort();
            text.push('{');
            for name in names {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                canonical(&fields[name], text);
                text.push(',');
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
