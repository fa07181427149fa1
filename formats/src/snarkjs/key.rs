//! snarkjs' verification keys.

use ark_bn254::{Bn254, Fq12, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use serde::{Deserialize, Serialize};

use super::{CURVE, G1Json, G2Json, JsonError, MAX_KEY_BYTES, PROTOCOL};
use super::{check_system, fq2_json, g1_json, g2_json, parse_g1, parse_g2, parse_json, to_pretty_json};

type GtJson = [[[String; 2]; 3]; 2];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyJson {
    protocol: String,
    curve: String,
    #[serde(rename = "nPublic")]
    n_public: usize,
    vk_alpha_1: G1Json,
    vk_beta_2: G2Json,
    vk_gamma_2: G2Json,
    vk_delta_2: G2Json,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vk_alphabeta_12: Option<GtJson>,
    #[serde(rename = "IC")]
    ic: Vec<G1Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    psephos: Option<OriginJson>,
}

/// A field that snarkjs does not know and passes over: without it a development key would lose its flag.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginJson {
    circuit: String,
    circuit_hash: String,
    constraints: usize,
    variables: usize,
    inputs: Vec<String>,
    development: bool,
}

/// The points of a verification key, and which circuit it belongs to if the file says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationKey {
    /// Alpha in G1.
    pub alpha: G1Affine,
    /// Beta in G2.
    pub beta: G2Affine,
    /// Gamma in G2.
    pub gamma: G2Affine,
    /// Delta in G2.
    pub delta: G2Affine,
    /// The constant's point, then one for each public input.
    pub ic: Vec<G1Affine>,
    /// The field `psephos`, which keys from other programs do not have.
    pub origin: Option<KeyOrigin>,
}

/// The circuit that a verification key belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOrigin {
    /// Name of the circuit.
    pub circuit: String,
    /// Hash of its matrices.
    pub circuit_hash: [u8; 32],
    /// Number of constraints.
    pub constraints: usize,
    /// Number of variables: one, public inputs, witness.
    pub variables: usize,
    /// Names of the public inputs, in order.
    pub inputs: Vec<String>,
    /// Whether the secret of its setup is public.
    pub development: bool,
}

/// Returns the text of `verification_key.json`, with a field `psephos` if the key's origin is known.
pub fn verification_key_to_json(key: &VerificationKey) -> String {
    let origin = key.origin.as_ref().map(|origin| OriginJson {
        circuit: origin.circuit.clone(),
        circuit_hash: hex::encode(origin.circuit_hash),
        constraints: origin.constraints,
        variables: origin.variables,
        inputs: origin.inputs.clone(),
        development: origin.development,
    });
    to_pretty_json(&KeyJson {
        protocol: PROTOCOL.into(),
        curve: CURVE.into(),
        n_public: key.ic.len().saturating_sub(1),
        vk_alpha_1: g1_json(&key.alpha),
        vk_beta_2: g2_json(&key.beta),
        vk_gamma_2: g2_json(&key.gamma),
        vk_delta_2: g2_json(&key.delta),
        vk_alphabeta_12: Some(pair_alpha_beta(key)),
        ic: key.ic.iter().map(g1_json).collect(),
        psephos: origin,
    })
}

/// Reads `verification_key.json`. A key from another program has no [`VerificationKey::origin`].
///
/// Points are in their groups and not the identity. Whether the key is degenerate, for instance with gamma equal to
/// delta so that proofs can be forged, is not checked here.
///
/// # Errors
/// Returns a [`JsonError`] unless it is exactly a Groth16 key over BN254 that does not contradict itself.
pub fn parse_verification_key(json: &str) -> Result<VerificationKey, JsonError> {
    let json: KeyJson = parse_json(json, MAX_KEY_BYTES)?;
    check_system(json.protocol, json.curve)?;
    if json.ic.len().checked_sub(1) != Some(json.n_public) {
        return Err(JsonError::Inconsistent("nPublic is not the number of IC points less one"));
    }
    let key = VerificationKey {
        alpha: parse_g1("vk_alpha_1", &json.vk_alpha_1)?,
        beta: parse_g2("vk_beta_2", &json.vk_beta_2)?,
        gamma: parse_g2("vk_gamma_2", &json.vk_gamma_2)?,
        delta: parse_g2("vk_delta_2", &json.vk_delta_2)?,
        ic: json.ic.iter().map(|p| parse_g1("IC", p)).collect::<Result<_, _>>()?,
        origin: json.psephos.map(parse_origin).transpose()?,
    };
    match json.vk_alphabeta_12 {
        Some(stated) if stated != pair_alpha_beta(&key) => {
            Err(JsonError::Inconsistent("vk_alphabeta_12 is not the pairing of alpha and beta"))
        }
        _ => Ok(key),
    }
}

fn parse_origin(json: OriginJson) -> Result<KeyOrigin, JsonError> {
    let OriginJson { circuit, circuit_hash, constraints, variables, inputs, development } = json;
    let mut hash = [0; 32];
    hex::decode_to_slice(circuit_hash, &mut hash)
        .map_err(|_| JsonError::Inconsistent("circuit_hash is not 32 bytes in hexadecimal"))?;
    Ok(KeyOrigin { circuit, circuit_hash: hash, constraints, variables, inputs, development })
}

fn pair_alpha_beta(key: &VerificationKey) -> GtJson {
    gt_json(&Bn254::pairing(key.alpha, key.beta).0)
}

/// Both libraries build Fq12 by the same tower, and their pairings agree.
fn gt_json(x: &Fq12) -> GtJson {
    [&x.c0, &x.c1].map(|c| [&c.c0, &c.c1, &c.c2].map(fq2_json))
}
