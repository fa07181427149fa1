//! snarkjs' verification keys.

use ark_bn254::Fq12;
use serde::{Deserialize, Serialize};

use super::{CURVE, FormatError, G1Json, G2Json, MAX_KEY_BYTES, PROTOCOL};
use super::{affine1, affine2, check_system, element, fq2, g1, g2, parse, pretty};
use crate::encoding;
use crate::key::Points;
use crate::{KeyInfo, VerifyingKey};

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

/// What snarkjs does not know and passes over: without it a development key would lose its flag.
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

/// `verification_key.json`, with a field `psephos` that says which circuit it is of and whether it is a development key.
pub fn verification_key(key: &VerifyingKey) -> String {
    let (points, info) = (&key.points, key.info());
    let origin = OriginJson {
        circuit: info.circuit.clone(),
        circuit_hash: hex::encode(info.circuit_hash),
        constraints: info.constraints,
        variables: info.variables,
        inputs: info.inputs.clone(),
        development: info.development,
    };
    pretty(&KeyJson {
        protocol: PROTOCOL.into(),
        curve: CURVE.into(),
        n_public: points.ic.len() - 1,
        vk_alpha_1: g1(&points.alpha),
        vk_beta_2: g2(&points.beta),
        vk_gamma_2: g2(&points.gamma),
        vk_delta_2: g2(&points.delta),
        vk_alphabeta_12: Some(gt(&key.prepared.alpha_beta.0)),
        ic: points.ic.iter().map(g1).collect(),
        psephos: Some(origin),
    })
}

/// Reads `verification_key.json`. A key from elsewhere, without the field `psephos`, is of a circuit called `imported` with
/// a zero hash and inputs called `input0`, `input1`, ..; it counts as no development key if its gamma is
/// the generator, as that of every ceremony is.
///
/// # Errors
/// If it is not exactly a Groth16 key over BN254, contradicts itself, or is a key that [`VerifyingKey`] refuses.
pub fn parse_verification_key(json: &str) -> Result<VerifyingKey, FormatError> {
    let json: KeyJson = parse(json, MAX_KEY_BYTES)?;
    check_system(json.protocol, json.curve)?;
    if json.ic.len().checked_sub(1) != Some(json.n_public) {
        return Err(FormatError::Inconsistent("nPublic is not the number of IC points less one"));
    }
    let point1 = |name, json: &G1Json| affine1(name, json).and_then(|[x, y]| encoding::g1(x, y).map_err(element(name)));
    let point2 = |name, json: &G2Json| affine2(name, json).and_then(|[x, y]| encoding::g2(x, y).map_err(element(name)));
    let points = Points {
        alpha: point1("vk_alpha_1", &json.vk_alpha_1)?,
        beta: point2("vk_beta_2", &json.vk_beta_2)?,
        gamma: point2("vk_gamma_2", &json.vk_gamma_2)?,
        delta: point2("vk_delta_2", &json.vk_delta_2)?,
        ic: json.ic.iter().map(|p| point1("IC", p)).collect::<Result<_, _>>()?,
    };
    let key = VerifyingKey::new(points, origin(json.psephos, json.n_public)?)?;
    match json.vk_alphabeta_12 {
        Some(stated) if stated != gt(&key.prepared.alpha_beta.0) => {
            Err(FormatError::Inconsistent("vk_alphabeta_12 is not the pairing of alpha and beta"))
        }
        _ => Ok(key),
    }
}

fn origin(json: Option<OriginJson>, n_public: usize) -> Result<KeyInfo, FormatError> {
    let key_hash = [0; 32];
    let Some(json) = json else {
        let inputs = (0..n_public).map(|i| format!("input{i}")).collect();
        let circuit = "imported".into();
        let (constraints, variables, development) = (0, 0, false);
        return Ok(KeyInfo { circuit, circuit_hash: [0; 32], key_hash, constraints, variables, inputs, development });
    };
    let OriginJson { circuit, circuit_hash, constraints, variables, inputs, development } = json;
    let mut hash = [0; 32];
    hex::decode_to_slice(circuit_hash, &mut hash)
        .map_err(|_| FormatError::Inconsistent("circuit_hash is not 32 bytes in hexadecimal"))?;
    Ok(KeyInfo { circuit, circuit_hash: hash, key_hash, constraints, variables, inputs, development })
}

/// Both libraries build Fq12 by the same tower, and their pairings agree.
fn gt(x: &Fq12) -> GtJson {
    [&x.c0, &x.c1].map(|c| [&c.c0, &c.c1, &c.c2].map(fq2))
}
