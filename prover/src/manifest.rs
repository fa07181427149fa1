//! The manifest of a ceremony's keys: which file is the key of which circuit, and which contract verifies its proofs on
//! chain.
//!
//! A key is addressed by two hashes, its circuit's and its file's. A manifest's publisher states that these files are
//! the ceremony's result and that `psephos ceremony verify` accepts them. A program that loads a key trusts the
//! manifest, not the folder.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use blake2::{Blake2b512, Digest};
use psephos_circuits::CircuitVersion;
use serde::{Deserialize, Serialize};

use crate::broken::reject_broken;
use crate::{KeyError, KeyInfo};
use psephos_formats::zkey::Transcript;

/// The manifest's file name in a folder of keys.
pub const FILE_NAME: &str = "manifest.json";
/// The largest manifest that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;
const FORMAT: u32 = 1;

/// A ceremony's keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// Version of this format.
    pub format: u32,
    /// Whether the secret of their setup is public, as after a rehearsal.
    pub development: bool,
    /// The powers of tau that the keys were made from.
    pub powers_of_tau: PowersOfTau,
    /// One entry per circuit.
    pub keys: Vec<KeyEntry>,
}

/// The file of powers of tau.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PowersOfTau {
    /// The file's name.
    pub file: String,
    /// Its BLAKE2b hash, in hexadecimal.
    pub blake2b: String,
    /// Domains up to `2^power` are served.
    pub power: u32,
    /// Whether it is the published file of the perpetual ceremony.
    pub published: bool,
}

/// One circuit's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyEntry {
    /// The circuit's name.
    pub circuit: String,
    /// Its version; absent in the file for the first version.
    #[serde(default = "first_version", skip_serializing_if = "is_first_version")]
    pub circuit_version: CircuitVersion,
    /// Keccak-256 of its matrices, in hexadecimal.
    pub circuit_hash: String,
    /// Number of its constraints.
    pub constraints: usize,
    /// Number of its variables.
    pub variables: usize,
    /// Names of its public inputs.
    pub inputs: Vec<String>,
    /// The `.zkey` file, in the manifest's folder.
    pub file: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its BLAKE2b hash, in hexadecimal.
    pub blake2b: String,
    /// Keccak-256 of the verifying key's points, in hexadecimal.
    pub key_hash: String,
    /// BLAKE2b hash of the contribution transcript, in hexadecimal.
    pub transcript_hash: String,
    /// Number of contributions, counting the beacon.
    pub contributions: usize,
    /// The contract that verifies its proofs.
    pub verifier: VerifierContract,
}

fn first_version() -> CircuitVersion {
    CircuitVersion::FIRST
}

fn is_first_version(version: &CircuitVersion) -> bool {
    *version == CircuitVersion::FIRST
}

/// A verifier contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifierContract {
    /// Its name.
    pub contract: String,
    /// Keccak-256 of its deployed code, in hexadecimal; none until it has been compiled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_hash: Option<String>,
}

impl Manifest {
    /// Creates a manifest of these keys.
    pub fn new(development: bool, powers_of_tau: PowersOfTau, keys: Vec<KeyEntry>) -> Manifest {
        Manifest { format: FORMAT, development, powers_of_tau, keys }
    }

    /// Reads a manifest, and computes the BLAKE2b hash of its file.
    ///
    /// # Errors
    /// Returns [`KeyError::Manifest`] if it is invalid, [`KeyError::Broken`] if it names a circuit version that is
    /// known to be broken, or [`KeyError::Io`].
    pub fn read_file(path: &Path) -> Result<(Manifest, [u8; 64]), KeyError> {
        let io = |source| KeyError::Io { path: path.into(), source };
        let refuse = |reason: String| KeyError::Manifest { path: path.into(), reason };
        let (file, mut text) = (File::open(path).map_err(io)?, String::new());
        file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(io)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(refuse(format!("it has more than {MAX_BYTES} bytes")));
        }
        let manifest: Manifest = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        manifest.check_entries().map_err(refuse)?;
        manifest.keys.iter().try_for_each(|entry| reject_broken(&entry.circuit_hash))?;
        Ok((manifest, Blake2b512::digest(&text).into()))
    }

    fn check_entries(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("its format is {}, expected {FORMAT}", self.format));
        }
        let hexadecimal = |what: &str, text: &str, bytes: usize| {
            let fits = text.len() == 2 * bytes && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
            if fits { Ok(()) } else { Err(format!("{what} is not {bytes} bytes in lower-case hexadecimal")) }
        };
        hexadecimal("the hash of the powers of tau", &self.powers_of_tau.blake2b, 64)?;
        for (index, entry) in self.keys.iter().enumerate() {
            hexadecimal("circuitHash", &entry.circuit_hash, 32)?;
            hexadecimal("blake2b", &entry.blake2b, 64)?;
            hexadecimal("keyHash", &entry.key_hash, 32)?;
            hexadecimal("transcriptHash", &entry.transcript_hash, 64)?;
            entry.verifier.code_hash.iter().try_for_each(|hash| hexadecimal("codeHash", hash, 32))?;
            // The file must be beside the manifest, not in another folder.
            let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
            if entry.file.is_empty() || entry.file.starts_with('.') || !entry.file.bytes().all(plain) {
                return Err(format!("{:?} is not a valid file name of a key", entry.file));
            }
            if !crate::solidity::is_identifier(&entry.verifier.contract) {
                return Err(format!("{:?} is not a valid contract name", entry.verifier.contract));
            }
            if self.keys[..index].iter().any(|other| other.circuit == entry.circuit) {
                return Err(format!("circuit {} has two entries", entry.circuit));
            }
        }
        Ok(())
    }

    /// Returns the manifest's text.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists of them, for which JSON has no failing case.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Returns the entry of a circuit.
    pub fn entry(&self, circuit: &str) -> Option<&KeyEntry> {
        self.keys.iter().find(|entry| entry.circuit == circuit)
    }
}

impl KeyEntry {
    /// Whether the entry is for the circuit with this hash.
    pub(crate) fn is_for_circuit(&self, circuit_hash: &[u8; 32]) -> bool {
        self.circuit_hash == hex::encode(circuit_hash)
    }

    /// Whether a key file's content matches this entry.
    pub(crate) fn matches_key(&self, info: &KeyInfo, transcript: &Transcript) -> bool {
        let KeyEntry { constraints, variables, inputs, key_hash, transcript_hash, contributions, .. } = self;
        *key_hash == hex::encode(info.key_hash)
            && (*constraints, *variables) == (info.constraints, info.variables)
            && *inputs == info.inputs
            && *transcript_hash == hex::encode(transcript.hash())
            && *contributions == transcript.contributions.len()
    }
}
