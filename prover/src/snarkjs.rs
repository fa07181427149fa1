//! snarkjs' JSON as proofs and keys: the text is read and written by [`psephos_formats::snarkjs`], and a
//! [`VerifyingKey`] is checked for degenerate points on top of that.

use ark_bn254::Fr;
use psephos_formats::snarkjs::{self as json, JsonError, KeyOrigin, ProofPoints, VerificationKey};

use crate::key::VerifyingPoints;
use crate::{KeyError, KeyInfo, Proof, ProofError, VerifyingKey};

pub use psephos_formats::snarkjs::{MAX_KEY_BYTES, MAX_PROOF_BYTES};

/// JSON that holds no valid proof, list of public inputs or verifying key.
#[derive(Debug, thiserror::Error)]
pub enum SnarkjsError {
    /// The JSON itself is invalid.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A point of the proof is invalid.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The key is rejected.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Returns the text of `proof.json`.
pub fn proof_to_json(proof: &Proof) -> String {
    let (a, b, c) = proof.points();
    json::proof_to_json(&ProofPoints { a, b, c })
}

/// Reads `proof.json`.
///
/// # Errors
/// Returns [`SnarkjsError::Json`] unless it is exactly a Groth16 proof over BN254, with points that [`Proof`] accepts.
pub fn parse_proof(text: &str) -> Result<Proof, SnarkjsError> {
    let ProofPoints { a, b, c } = json::parse_proof(text)?;
    Ok(Proof::from_points(a, b, c)?)
}

/// Returns the text of `public.json`.
pub fn inputs_to_json(inputs: &[Fr]) -> String {
    json::inputs_to_json(inputs)
}

/// Reads `public.json`. [`VerifyingKey::verify`] checks their number.
///
/// # Errors
/// Returns [`SnarkjsError::Json`] unless it is a list of canonical decimal strings less than `r`.
pub fn parse_inputs(text: &str) -> Result<Vec<Fr>, SnarkjsError> {
    Ok(json::parse_inputs(text)?)
}

/// Returns the text of `verification_key.json`, with a field `psephos` that says which circuit the key is for
/// and whether it is a development key.
pub fn verification_key_to_json(key: &VerifyingKey) -> String {
    let (points, info) = (&key.points, key.info());
    json::verification_key_to_json(&VerificationKey {
        alpha: points.alpha,
        beta: points.beta,
        gamma: points.gamma,
        delta: points.delta,
        ic: points.ic.clone(),
        origin: Some(KeyOrigin {
            circuit: info.circuit.clone(),
            circuit_hash: info.circuit_hash,
            constraints: info.constraints,
            variables: info.variables,
            inputs: info.inputs.clone(),
            development: info.development,
        }),
    })
}

/// Reads `verification_key.json`. A key from another program, without the field `psephos`, is for a circuit
/// called `imported` with a zero hash and inputs called `input0`, `input1`, ..; it does not count as a development key
/// if its gamma is the generator, as that of every ceremony is.
///
/// # Errors
/// Returns [`SnarkjsError::Json`] unless it is exactly a Groth16 key over BN254 that does not contradict itself, and
/// [`SnarkjsError::Key`] for a key that [`VerifyingKey`] rejects.
pub fn parse_verification_key(text: &str) -> Result<VerifyingKey, SnarkjsError> {
    let VerificationKey { alpha, beta, gamma, delta, ic, origin } = json::parse_verification_key(text)?;
    let info = key_info(origin, ic.len() - 1);
    Ok(VerifyingKey::new(VerifyingPoints { alpha, beta, gamma, delta, ic }, info)?)
}

/// Key information without its hash, which [`VerifyingKey::new`] computes.
fn key_info(origin: Option<KeyOrigin>, public_inputs: usize) -> KeyInfo {
    let key_hash = [0; 32];
    let Some(origin) = origin else {
        let inputs = (0..public_inputs).map(|i| format!("input{i}")).collect();
        let circuit = "imported".into();
        let (constraints, variables, development) = (0, 0, false);
        return KeyInfo { circuit, circuit_hash: [0; 32], key_hash, constraints, variables, inputs, development };
    };
    let KeyOrigin { circuit, circuit_hash, constraints, variables, inputs, development } = origin;
    KeyInfo { circuit, circuit_hash, key_hash, constraints, variables, inputs, development }
}
