//! snarkjs' JSON: proofs, public inputs and verification keys, both ways.
//!
//! Reading is strict: decimal strings less than their modulus, points on their curves and in their subgroups with the
//! third coordinate one, no unknown or repeated field, nothing after the value, and bounded sizes.

mod key;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use serde::{Deserialize, Serialize};

use crate::encoding::{self, EncodingError, from_decimal, to_decimal};
pub use key::{KeyOrigin, VerificationKey, parse_verification_key, verification_key_to_json};

/// Largest proof or list of inputs that is read, in bytes.
pub const MAX_PROOF_BYTES: usize = 64 << 10;
/// Largest verification key that is read, in bytes.
pub const MAX_KEY_BYTES: usize = 1 << 20;

const PROTOCOL: &str = "groth16";
const CURVE: &str = "bn128";

/// Invalid JSON of a proof, of public inputs or of a verification key.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Longer than any honest one.
    #[error("the JSON has {actual} bytes, at most {expected} are read")]
    TooLong {
        /// Limit in bytes.
        expected: usize,
        /// Actual length in bytes.
        actual: usize,
    },
    /// Not JSON of this shape.
    #[error("not JSON of the expected form: {0}")]
    Json(#[from] serde_json::Error),
    /// Another proof system or curve.
    #[error("expected {PROTOCOL} over {CURVE}, got {protocol} over {curve}")]
    System {
        /// The field `protocol`.
        protocol: String,
        /// The field `curve`.
        curve: String,
    },
    /// An invalid number or point.
    #[error("{element}: {source}")]
    Element {
        /// Name of the field that holds it.
        element: &'static str,
        /// Why it is invalid.
        source: EncodingError,
    },
    /// A point whose third coordinate is not one.
    #[error("{element}: the point is not affine")]
    NotAffine {
        /// Name of the field that holds it.
        element: &'static str,
    },
    /// `nPublic` and `IC`, or `vk_alphabeta_12` and the points it is computed from, disagree; or a hash is not 32
    /// bytes.
    #[error("the verification key contradicts itself: {0}")]
    Inconsistent(&'static str),
}

type G1Json = [String; 3];
type G2Json = [[String; 2]; 3];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofJson {
    pi_a: G1Json,
    pi_b: G2Json,
    pi_c: G1Json,
    protocol: String,
    curve: String,
}

/// The points of a Groth16 proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofPoints {
    /// `A`.
    pub a: G1Affine,
    /// `B`.
    pub b: G2Affine,
    /// `C`.
    pub c: G1Affine,
}

/// Returns the text of `proof.json`.
pub fn proof_to_json(proof: &ProofPoints) -> String {
    let ProofPoints { a, b, c } = proof;
    to_pretty_json(&ProofJson {
        pi_a: g1_json(a),
        pi_b: g2_json(b),
        pi_c: g1_json(c),
        protocol: PROTOCOL.into(),
        curve: CURVE.into(),
    })
}

/// Reads `proof.json`.
///
/// # Errors
/// Returns a [`JsonError`] unless it is exactly a Groth16 proof over BN254, with points in their groups and not the
/// identity.
pub fn parse_proof(json: &str) -> Result<ProofPoints, JsonError> {
    let json: ProofJson = parse_json(json, MAX_PROOF_BYTES)?;
    check_system(json.protocol, json.curve)?;
    Ok(ProofPoints {
        a: parse_g1("pi_a", &json.pi_a)?,
        b: parse_g2("pi_b", &json.pi_b)?,
        c: parse_g1("pi_c", &json.pi_c)?,
    })
}

/// Returns the text of `public.json`.
pub fn inputs_to_json(inputs: &[Fr]) -> String {
    to_pretty_json(&inputs.iter().map(|x| to_decimal(*x)).collect::<Vec<_>>())
}

/// Reads `public.json`. Whether their number is the verifying key's is not checked here.
///
/// # Errors
/// Returns a [`JsonError`] unless it is a list of canonical decimal strings less than `r`.
pub fn parse_inputs(json: &str) -> Result<Vec<Fr>, JsonError> {
    let numbers: Vec<String> = parse_json(json, MAX_PROOF_BYTES)?;
    numbers.iter().map(|x| from_decimal(x).map_err(element_error("public input"))).collect()
}

fn parse_json<T: for<'a> Deserialize<'a>>(json: &str, limit: usize) -> Result<T, JsonError> {
    if json.len() > limit {
        return Err(JsonError::TooLong { expected: limit, actual: json.len() });
    }
    Ok(serde_json::from_str(json)?)
}

fn check_system(protocol: String, curve: String) -> Result<(), JsonError> {
    match (protocol.as_str(), curve.as_str()) {
        (PROTOCOL, CURVE) => Ok(()),
        _ => Err(JsonError::System { protocol, curve }),
    }
}

fn element_error(element: &'static str) -> impl Fn(EncodingError) -> JsonError {
    move |source| JsonError::Element { element, source }
}

fn parse_g1(name: &'static str, [x, y, z]: &G1Json) -> Result<G1Affine, JsonError> {
    if z != "1" {
        return Err(JsonError::NotAffine { element: name });
    }
    let read = |s: &String| from_decimal::<Fq>(s).map_err(element_error(name));
    encoding::g1_from_coordinates(read(x)?, read(y)?).map_err(element_error(name))
}

fn parse_g2(name: &'static str, [x, y, z]: &G2Json) -> Result<G2Affine, JsonError> {
    if z[0] != "1" || z[1] != "0" {
        return Err(JsonError::NotAffine { element: name });
    }
    let read = |[c0, c1]: &[String; 2]| {
        let c = |s: &String| from_decimal(s).map_err(element_error(name));
        Ok::<_, JsonError>(Fq2::new(c(c0)?, c(c1)?))
    };
    encoding::g2_from_coordinates(read(x)?, read(y)?).map_err(element_error(name))
}

fn g1_json(p: &G1Affine) -> G1Json {
    [to_decimal(p.x), to_decimal(p.y), "1".into()]
}

fn g2_json(p: &G2Affine) -> G2Json {
    [fq2_json(&p.x), fq2_json(&p.y), ["1".into(), "0".into()]]
}

fn fq2_json(x: &Fq2) -> [String; 2] {
    [to_decimal(x.c0), to_decimal(x.c1)]
}

/// Everything written here consists of strings, numbers and lists of them, for which JSON has no failing case.
fn to_pretty_json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
