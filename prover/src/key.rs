//! Verifying keys: their points, which keys are rejected, and on which chains.

mod error;

use std::fmt;

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::{Pairing, PairingOutput};
use psephos_protocol::identifiers::ChainId;
use sha3::{Digest, Keccak256};

use crate::broken;
use crate::encoding::{self, EncodingError, Word};
pub use error::KeyError;

/// Chains on which development keys are accepted: the chain IDs of local development nodes.
pub const DEVELOPMENT_CHAINS: [ChainId; 2] = [ChainId::new(31337), ChainId::new(1337)];

/// Alpha of the powers of tau for rehearsals, as two words in hexadecimal: the secrets behind it are public.
pub const REHEARSAL_ALPHA: &str = concat!(
    "05425850427ae733f7d5cca564b097e4fadb344ddd2eb46eeb62dbe34d2c2711",
    "2e5c8154d62cea7b5bb510a3def6f07c6c3ed823c31b841266d13d498d16645f"
);

/// Information about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// The circuit's stable name, such as `ballot-3`.
    pub circuit: String,
    /// Keccak-256 of the circuit's matrices; zero for an imported key whose circuit is unknown.
    pub circuit_hash: [u8; 32],
    /// Keccak-256 of the verifying key's points as words: alpha, beta, gamma, delta, IC.
    pub key_hash: [u8; 32],
    /// Number of the circuit's constraints; 0 if unknown.
    pub constraints: usize,
    /// Number of the circuit's variables: one, public inputs, witness; 0 if unknown.
    pub variables: usize,
    /// Names of the public inputs, in order.
    pub inputs: Vec<String>,
    /// Whether the secret of its setup may be public: a development key, a rehearsal's key, or any key that no ceremony
    /// made. The key itself shows it, whatever a file or a manifest states.
    pub development: bool,
}

/// The points of a verifying key, named as in Groth16.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VerifyingPoints {
    pub(crate) alpha: G1Affine,
    pub(crate) beta: G2Affine,
    pub(crate) gamma: G2Affine,
    pub(crate) delta: G2Affine,
    /// The constant's point, then one for each public input.
    pub(crate) ic: Vec<G1Affine>,
}

/// Precomputed values for verification.
#[derive(Clone)]
pub(crate) struct PreparedPoints {
    pub(crate) alpha_beta: PairingOutput<Bn254>,
    pub(crate) minus_beta: <Bn254 as Pairing>::G2Prepared,
    pub(crate) minus_gamma: <Bn254 as Pairing>::G2Prepared,
    pub(crate) minus_delta: <Bn254 as Pairing>::G2Prepared,
}

/// A verifying key of any circuit.
///
/// Its points are checked, and the key is rejected if it allows forgeries. Groth16 holds if `e(A, B) = e(alpha,
/// beta)·e(IC(x), gamma)·e(C, delta)`. With `gamma = delta` the proof `A = alpha`, `B = beta`, `C = -IC(x)` is accepted
/// for *every* `x` (funds have been lost to keys without phase 2 of their ceremony). The same forgery works for any two
/// of beta, gamma and delta that are equal or opposite, so all six coincidences are rejected. An `IC` point at infinity
/// would leave its input unbound, and is rejected too.
#[derive(Clone)]
pub struct VerifyingKey {
    info: KeyInfo,
    pub(crate) points: VerifyingPoints,
    pub(crate) prepared: PreparedPoints,
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifyingKey").field(&self.info).finish()
    }
}

impl VerifyingKey {
    /// Checks the points and prepares them. Computes `info.key_hash`.
    pub(crate) fn new(points: VerifyingPoints, mut info: KeyInfo) -> Result<VerifyingKey, KeyError> {
        check_names(&info)?;
        points.check_points()?;
        info.development |= points.is_from_one_party() || points.is_from_rehearsal();
        let actual = points.ic.len().saturating_sub(1);
        if points.ic.is_empty() || actual != info.inputs.len() {
            return Err(KeyError::InputCount { expected: info.inputs.len(), actual });
        }
        info.key_hash = points.hash_points();
        let prepared = PreparedPoints {
            alpha_beta: Bn254::pairing(points.alpha, points.beta),
            minus_beta: (-points.beta).into(),
            minus_gamma: (-points.gamma).into(),
            minus_delta: (-points.delta).into(),
        };
        Ok(VerifyingKey { info, points, prepared })
    }

    /// Information about the key: circuit, hashes, sizes, names of the inputs.
    pub fn info(&self) -> &KeyInfo {
        &self.info
    }

    /// Marks the key as a development key if `development` is set, as for a rehearsal's keys. The flag is never
    /// cleared.
    pub fn with_development_flag(mut self, development: bool) -> VerifyingKey {
        self.info.development |= development;
        self
    }

    /// Checks by name and hash that the key is for this circuit.
    ///
    /// # Errors
    /// Returns [`KeyError::Broken`] for a version of a circuit that is known to be broken, otherwise
    /// [`KeyError::WrongCircuit`].
    pub fn expect_circuit(&self, name: &str, hash: &[u8; 32]) -> Result<(), KeyError> {
        broken::reject_broken(&hex::encode(self.info.circuit_hash))?;
        if self.info.circuit == name && self.info.circuit_hash == *hash {
            return Ok(());
        }
        Err(KeyError::WrongCircuit {
            expected: name.into(),
            expected_hash: hex::encode(hash),
            actual: self.info.circuit.clone(),
            actual_hash: hex::encode(self.info.circuit_hash),
        })
    }

    /// Rejects a development key on every chain but [`DEVELOPMENT_CHAINS`].
    ///
    /// # Errors
    /// Returns [`KeyError::Development`].
    pub fn check_chain(&self, chain_id: ChainId) -> Result<(), KeyError> {
        if self.info.development && !DEVELOPMENT_CHAINS.contains(&chain_id) {
            return Err(KeyError::Development { circuit: self.info.circuit.clone(), chain_id });
        }
        Ok(())
    }
}

/// Checks names, which come from files and go into generated source: they must be short and of plain characters.
fn check_names(info: &KeyInfo) -> Result<(), KeyError> {
    let plain = |name: &str| {
        let allowed = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        (1..=64).contains(&name.len()) && name.bytes().all(allowed)
    };
    let mut names = std::iter::once(&info.circuit).chain(&info.inputs);
    match names.find(|name| !plain(name)) {
        None => Ok(()),
        Some(name) => Err(KeyError::InvalidName(name.chars().take(64).collect())),
    }
}

impl VerifyingPoints {
    fn check_points(&self) -> Result<(), KeyError> {
        let element = |element| {
            move |source| match source {
                EncodingError::Identity => KeyError::Degenerate("an element is the identity"),
                source => KeyError::Element { element, source },
            }
        };
        encoding::check_point(self.alpha).map(drop).map_err(element("alpha"))?;
        let named = [("beta", self.beta), ("gamma", self.gamma), ("delta", self.delta)];
        for (name, point) in named {
            encoding::check_point(point).map(drop).map_err(element(name))?;
        }
        for point in &self.ic {
            encoding::check_point(*point).map(drop).map_err(element("IC"))?;
        }
        let related = |p: G2Affine, q: G2Affine| p == q || p == -q;
        if related(self.gamma, self.delta) {
            return Err(KeyError::Degenerate("gamma equals delta, up to its sign"));
        }
        if related(self.beta, self.gamma) || related(self.beta, self.delta) {
            return Err(KeyError::Degenerate("beta equals gamma or delta, up to its sign"));
        }
        Ok(())
    }

    /// Whether gamma is not the generator. No ceremony changes gamma, so one party made the key and knew its secrets.
    fn is_from_one_party(&self) -> bool {
        self.gamma != G2Affine::generator()
    }

    /// Whether alpha, which no contribution changes, is that of the powers of tau for rehearsals.
    fn is_from_rehearsal(&self) -> bool {
        hex::encode(encoding::g1_words(&self.alpha).as_flattened()) == REHEARSAL_ALPHA
    }

    /// Returns alpha, beta, gamma, delta and IC as words, in the order of [`KeyInfo::key_hash`] and of the Solidity
    /// verifier's constants.
    pub(crate) fn to_words(&self) -> Vec<Word> {
        let mut words = encoding::g1_words(&self.alpha).to_vec();
        [&self.beta, &self.gamma, &self.delta].iter().for_each(|p| words.extend(encoding::g2_words(p)));
        self.ic.iter().for_each(|p| words.extend(encoding::g1_words(p)));
        words
    }

    fn hash_points(&self) -> [u8; 32] {
        Keccak256::digest(self.to_words().as_flattened()).into()
    }
}
