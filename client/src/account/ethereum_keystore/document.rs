//! The JSON of an Ethereum keystore.

use alloy::{hex, primitives::Address};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{DERIVED_BYTES, EthereumKeystoreError, derivation::Derivation};

const CIPHER: &str = "aes-128-ctr";
const PRF: &str = "hmac-sha256";
/// The maximum length of a salt in bytes.
const MAX_SALT: usize = 256;

pub(super) struct Document {
    /// Some writers leave it out, for privacy.
    pub(super) address: Option<Address>,
    pub(super) derivation: Derivation,
    pub(super) iv: [u8; 16],
    pub(super) ciphertext: [u8; 32],
    pub(super) mac: [u8; 32],
}

/// The fields that are read. Writers add others: a UUID, a name, times.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    address: Option<String>,
    // An early writer has a capital.
    #[serde(alias = "Crypto")]
    crypto: Crypto,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParameters,
    ciphertext: String,
    kdf: String,
    kdfparams: Value,
    mac: String,
}

#[derive(Deserialize)]
struct CipherParameters {
    iv: String,
}

#[derive(Deserialize)]
struct Scrypt {
    dklen: u64,
    n: u64,
    r: u64,
    p: u64,
    salt: String,
}

#[derive(Deserialize)]
struct Pbkdf2 {
    dklen: u64,
    c: u64,
    prf: String,
    salt: String,
}

/// Returns whether a text is an Ethereum keystore of any version, rather than one of this program.
pub fn is_ethereum_keystore(text: &str) -> bool {
    let parsed: Option<Value> = serde_json::from_str(text).ok();
    parsed.is_some_and(|value| {
        value.get("format").is_none() && value.get("version").is_some() && find_crypto(&value).is_some()
    })
}

fn find_crypto(value: &Value) -> Option<&Value> {
    value.get("crypto").or_else(|| value.get("Crypto")).filter(|crypto| crypto.is_object())
}

impl Document {
    pub(super) fn from_json(text: &str) -> Result<Self, EthereumKeystoreError> {
        let value: Value = serde_json::from_str(text).map_err(malformed)?;
        let version = value.get("version").map(|version| version.to_string().trim_matches('"').to_owned());
        require("version", "3", version.unwrap_or_default())?;
        let Fields { address, crypto } = serde_json::from_str(text).map_err(malformed)?;
        require("cipher", CIPHER, crypto.cipher)?;
        let derivation = match crypto.kdf.as_str() {
            "scrypt" => {
                let Scrypt { dklen, n, r, p, salt } = Scrypt::deserialize(crypto.kdfparams).map_err(malformed)?;
                require_length(dklen)?;
                Derivation::scrypt(n, r, p, decode_salt(&salt)?)?
            }
            "pbkdf2" => {
                let Pbkdf2 { dklen, c, prf, salt } = Pbkdf2::deserialize(crypto.kdfparams).map_err(malformed)?;
                require_length(dklen)?;
                require("prf", PRF, prf)?;
                Derivation::pbkdf2(c, decode_salt(&salt)?)?
            }
            _ => return Err(unsupported("kdf", "scrypt or pbkdf2", crypto.kdf)),
        };
        let address = address.filter(|address| !address.is_empty());
        let address = address.map(|address| decode("address", &address).map(Address::from)).transpose()?;
        Ok(Self {
            address,
            derivation,
            iv: decode("iv", &crypto.cipherparams.iv)?,
            ciphertext: decode("ciphertext", &crypto.ciphertext)?,
            mac: decode("mac", &crypto.mac)?,
        })
    }

    /// Returns the JSON, with a random UUID as its id.
    pub(super) fn to_json(&self, mut id: [u8; 16]) -> String {
        // RFC 9562: version 4, and the variant.
        id[6] = id[6] & 0x0f | 0x40;
        id[8] = id[8] & 0x3f | 0x80;
        let id = hex::encode(id);
        let id = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
        let (kdf, kdfparams) = match &self.derivation {
            Derivation::Scrypt { log_n, r, p, salt } => (
                "scrypt",
                json!({ "dklen": DERIVED_BYTES, "n": 1u64 << log_n, "r": r, "p": p, "salt": hex::encode(salt) }),
            ),
            Derivation::Pbkdf2 { rounds, salt } => {
                ("pbkdf2", json!({ "dklen": DERIVED_BYTES, "c": rounds, "prf": PRF, "salt": hex::encode(salt) }))
            }
        };
        let document = json!({
            "version": 3,
            "id": id,
            "address": self.address.map(hex::encode),
            "crypto": {
                "cipher": CIPHER,
                "cipherparams": { "iv": hex::encode(self.iv) },
                "ciphertext": hex::encode(self.ciphertext),
                "kdf": kdf,
                "kdfparams": kdfparams,
                "mac": hex::encode(self.mac),
            },
        });
        format!("{document:#}")
    }
}

fn require(what: &'static str, expected: &'static str, actual: String) -> Result<(), EthereumKeystoreError> {
    if actual == expected { Ok(()) } else { Err(unsupported(what, expected, actual)) }
}

fn unsupported(what: &'static str, expected: &'static str, actual: String) -> EthereumKeystoreError {
    let actual = actual.chars().take(40).collect();
    EthereumKeystoreError::Unsupported { what, expected, actual }
}

fn require_length(actual: u64) -> Result<(), EthereumKeystoreError> {
    match actual == DERIVED_BYTES as u64 {
        true => Ok(()),
        false => Err(EthereumKeystoreError::Derivation { name: "dklen", expected: "32", actual }),
    }
}

fn decode_salt(text: &str) -> Result<Vec<u8>, EthereumKeystoreError> {
    let salt = hex::decode(text).ok().filter(|salt| salt.len() <= MAX_SALT);
    salt.ok_or_else(|| EthereumKeystoreError::Malformed("salt is not hexadecimal, or too long".into()))
}

fn decode<const N: usize>(name: &str, text: &str) -> Result<[u8; N], EthereumKeystoreError> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| EthereumKeystoreError::Malformed(format!("{name} is not {N} bytes in hexadecimal")))?;
    Ok(bytes)
}

fn malformed(error: serde_json::Error) -> EthereumKeystoreError {
    // Of a wrong type, an error's text has the value: none of these fields is a secret without the passphrase.
    EthereumKeystoreError::Malformed(error.to_string())
}
