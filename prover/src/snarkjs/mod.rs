//! snarkjs' JSON: proofs, public inputs and verification keys, both ways.
//!
//! Reading is strict: decimal strings less than their modulus, points on their curves and in their subgroups with the third
//! coordinate one, no unknown or repeated field, nothing after the value, and bounded sizes.

mod key;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use serde::{Deserialize, Serialize};

use crate::encoding::{EncodingError, from_decimal, to_decimal};
use crate::{KeyError, Proof, ProofError};
pub use key::{parse_verification_key, verification_key};

/// Largest proof or list of inputs that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 10;
/// Largest verification key that is read, in bytes.
pub const MAX_KEY_BYTES: usize = 1 << 20;

const PROTOCOL: &str = "groth16";
const CURVE: &str = "bn128";

/// JSON that is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// Longer than any honest one.
    #[error("{actual} bytes of JSON, at most {expected} are read")]
    TooLong {
        /// Limit.
        expected: usize,
        /// Bytes given.
        actual: usize,
    },
    /// Not JSON of this shape.
    #[error("not the JSON expected: {0}")]
    Json(#[from] serde_json::Error),
    /// Another proof system or curve.
    #[error("expected {PROTOCOL} over {CURVE}, got {protocol} over {curve}")]
    System {
        /// The field `protocol`.
        protocol: String,
        /// The field `curve`.
        curve: String,
    },
    /// A number or a point.
    #[error("{element}: {source}")]
    Element {
        /// Where.
        element: &'static str,
        /// What is wrong with it.
        source: EncodingError,
    },
    /// A point with another third coordinate than one.
    #[error("{element}: the point is not affine")]
    NotAffine {
        /// Where.
        element: &'static str,
    },
    /// A proof's point.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A key that is refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// `nPublic` and `IC`, or `vk_alphabeta_12` and the points it is made of, disagree; or a hash is not 32 bytes.
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

/// `proof.json`.
pub fn proof(proof: &Proof) -> String {
    let (a, b, c) = proof.points();
    pretty(&ProofJson { pi_a: g1(&a), pi_b: g2(&b), pi_c: g1(&c), protocol: PROTOCOL.into(), curve: CURVE.into() })
}

/// Reads `proof.json`.
///
/// # Errors
/// If it is not exactly a Groth16 proof over BN254 with points that [`Proof`] takes.
pub fn parse_proof(json: &str) -> Result<Proof, FormatError> {
    let json: ProofJson = parse(json, MAX_BYTES)?;
    check_system(json.protocol, json.curve)?;
    let a = affine1("pi_a", &json.pi_a)?;
    let b = affine2("pi_b", &json.pi_b)?;
    let c = affine1("pi_c", &json.pi_c)?;
    Ok(Proof::from_coordinates(a, b, c)?)
}

/// `public.json`.
pub fn inputs(inputs: &[Fr]) -> String {
    pretty(&inputs.iter().map(|x| to_decimal(*x)).collect::<Vec<_>>())
}

/// Reads `public.json`. Their number is for [`crate::VerifyingKey::verify`] to judge.
///
/// # Errors
/// If it is not a list of canonical decimal strings less than `r`.
pub fn parse_inputs(json: &str) -> Result<Vec<Fr>, FormatError> {
    let numbers: Vec<String> = parse(json, MAX_BYTES)?;
    numbers.iter().map(|x| from_decimal(x).map_err(element("public input"))).collect()
}

fn parse<T: for<'a> Deserialize<'a>>(json: &str, limit: usize) -> Result<T, FormatError> {
    if json.len() > limit {
        return Err(FormatError::TooLong { expected: limit, actual: json.len() });
    }
    Ok(serde_json::from_str(json)?)
}

fn check_system(protocol: String, curve: String) -> Result<(), FormatError> {
    match (protocol.as_str(), curve.as_str()) {
        (PROTOCOL, CURVE) => Ok(()),
        _ => Err(FormatError::System { protocol, curve }),
    }
}

fn element(element: &'static str) -> impl Fn(EncodingError) -> FormatError {
    move |source| FormatError::Element { element, source }
}

fn affine1(name: &'static str, [x, y, z]: &G1Json) -> Result<[Fq; 2], FormatError> {
    if z != "1" {
        return Err(FormatError::NotAffine { element: name });
    }
    let read = |s: &String| from_decimal(s).map_err(element(name));
    Ok([read(x)?, read(y)?])
}

fn affine2(name: &'static str, [x, y, z]: &G2Json) -> Result<[Fq2; 2], FormatError> {
    if z[0] != "1" || z[1] != "0" {
        return Err(FormatError::NotAffine { element: name });
    }
    let read = |[c0, c1]: &[String; 2]| {
        let c = |s: &String| from_decimal(s).map_err(element(name));
        Ok::<_, FormatError>(Fq2::new(c(c0)?, c(c1)?))
    };
    Ok([read(x)?, read(y)?])
}

fn g1(p: &G1Affine) -> G1Json {
    [to_decimal(p.x), to_decimal(p.y), "1".into()]
}

fn g2(p: &G2Affine) -> G2Json {
    [fq2(&p.x), fq2(&p.y), ["1".into(), "0".into()]]
}

fn fq2(x: &Fq2) -> [String; 2] {
    [to_decimal(x.c0), to_decimal(x.c1)]
}

/// All that is written here consists of strings, numbers and lists of them, for which JSON has no failing case.
fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
