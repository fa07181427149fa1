//! Degenerate keys, under which anyone can forge proofs: the forgery works, so the key must be rejected.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_groth16::{Groth16, prepare_verifying_key};
use psephos_formats::JsonError;
use psephos_prover::snarkjs::{self, SnarkjsError};
use psephos_prover::{KeyError, VerifyingKey};
use serde_json::Value;

use crate::toy::{parse_g1, parse_g2, three_key};

fn key_json() -> Value {
    let mut json: Value =
        serde_json::from_str(&snarkjs::verification_key_to_json(three_key().verifying_key())).unwrap();
    json.as_object_mut().unwrap().remove("vk_alphabeta_12");
    json
}

fn parse_key(json: &Value) -> Result<VerifyingKey, SnarkjsError> {
    snarkjs::parse_verification_key(&json.to_string())
}

fn assert_degenerate(json: &Value) {
    assert!(matches!(parse_key(json), Err(SnarkjsError::Key(KeyError::Degenerate(_)))), "{json}");
}

/// Whether arkworks' verifier accepts a proof under a key with these points.
fn arkworks_accepts(json: &Value, (a, b, c): (G1Affine, G2Affine, G1Affine), inputs: &[Fr]) -> bool {
    let vk = ark_groth16::VerifyingKey::<Bn254> {
        alpha_g1: parse_g1(&json["vk_alpha_1"]),
        beta_g2: parse_g2(&json["vk_beta_2"]),
        gamma_g2: parse_g2(&json["vk_gamma_2"]),
        delta_g2: parse_g2(&json["vk_delta_2"]),
        gamma_abc_g1: json["IC"].as_array().unwrap().iter().map(parse_g1).collect(),
    };
    Groth16::<Bn254>::verify_proof(&prepare_verifying_key(&vk), &ark_groth16::Proof { a, b, c }, inputs).unwrap()
}

fn sum_inputs(json: &Value, inputs: &[Fr]) -> G1Affine {
    let ic = json["IC"].as_array().unwrap();
    let sum = ic[1..]
        .iter()
        .zip(inputs)
        .fold(parse_g1(&ic[0]).into(), |sum: ark_bn254::G1Projective, (p, x)| sum + parse_g1(p) * x);
    sum.into_affine()
}

#[test]
fn key_with_gamma_equal_to_delta_is_rejected() {
    let mut json = key_json();
    json["vk_gamma_2"] = json["vk_delta_2"].clone();
    let inputs = [11u64, 22, 33].map(Fr::from);
    let forged = (parse_g1(&json["vk_alpha_1"]), parse_g2(&json["vk_beta_2"]), -sum_inputs(&json, &inputs));
    assert!(arkworks_accepts(&json, forged, &inputs), "alpha, beta, -IC(x) proves anything");
    assert_degenerate(&json);
}

#[test]
fn key_with_gamma_opposite_to_delta_is_rejected() {
    let mut json = key_json();
    let minus = -parse_g2(&json["vk_delta_2"]);
    json["vk_gamma_2"] = serde_json::json!([
        [minus.x.c0.to_string(), minus.x.c1.to_string()],
        [minus.y.c0.to_string(), minus.y.c1.to_string()],
        ["1", "0"]
    ]);
    let inputs = [11u64, 22, 33].map(Fr::from);
    let forged = (parse_g1(&json["vk_alpha_1"]), parse_g2(&json["vk_beta_2"]), sum_inputs(&json, &inputs));
    assert!(arkworks_accepts(&json, forged, &inputs));
    assert_degenerate(&json);
}

#[test]
fn key_with_beta_equal_to_delta_or_gamma_is_rejected() {
    let inputs = [11u64, 22, 33].map(Fr::from);
    let mut json = key_json();
    let original = json.clone();
    json["vk_delta_2"] = json["vk_beta_2"].clone();
    let forged = (sum_inputs(&json, &inputs), parse_g2(&json["vk_gamma_2"]), -parse_g1(&json["vk_alpha_1"]));
    assert!(arkworks_accepts(&json, forged, &inputs));
    assert_degenerate(&json);
    let mut json = original;
    json["vk_gamma_2"] = json["vk_beta_2"].clone();
    let a = (parse_g1(&json["vk_alpha_1"]) + sum_inputs(&json, &inputs)).into_affine();
    assert!(arkworks_accepts(&json, (a, parse_g2(&json["vk_beta_2"]), G1Affine::identity()), &inputs));
    assert_degenerate(&json);
}

#[test]
fn keys_with_identity_points_are_rejected() {
    for name in ["vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2"] {
        let mut json = key_json();
        json[name] = match name.ends_with('1') {
            true => serde_json::json!(["0", "0", "1"]),
            false => serde_json::json!([["0", "0"], ["0", "0"], ["1", "0"]]),
        };
        let error = parse_key(&json).err().unwrap().to_string();
        assert!(error.contains("identity"), "{name}: {error}");
        // snarkjs writes the identity with a zero last coordinate.
        json[name] = match name.ends_with('1') {
            true => serde_json::json!(["0", "1", "0"]),
            false => serde_json::json!([["0", "0"], ["1", "0"], ["0", "0"]]),
        };
        assert!(matches!(parse_key(&json), Err(SnarkjsError::Json(JsonError::NotAffine { .. }))), "{name}");
    }
    let mut json = key_json();
    json["IC"][2] = serde_json::json!(["0", "0", "1"]);
    assert!(parse_key(&json).is_err(), "an input that is not bound");
}
