//! Strict parsing of snarkjs' JSON.

use ark_bn254::Fq;
use ark_ff::{BigInteger, PrimeField};
use psephos_formats::JsonError;
use psephos_prover::snarkjs::{self, SnarkjsError};
use psephos_prover::{ProvingKey, encoding};
use serde_json::{Value, json};

use crate::toy::{Cubic, proof_with_inputs, three_key};

/// Name of a change, and how it changes the JSON.
type Case = (&'static str, fn(&mut Value));

fn proof_with(change: impl FnOnce(&mut Value)) -> Result<psephos_prover::Proof, SnarkjsError> {
    let mut json: Value = serde_json::from_str(&snarkjs::proof_to_json(&proof_with_inputs(40).0)).unwrap();
    change(&mut json);
    snarkjs::parse_proof(&json.to_string())
}

fn key_with(change: impl FnOnce(&mut Value)) -> Result<psephos_prover::VerifyingKey, SnarkjsError> {
    let mut json: Value =
        serde_json::from_str(&snarkjs::verification_key_to_json(three_key().verifying_key())).unwrap();
    change(&mut json);
    snarkjs::parse_verification_key(&json.to_string())
}

#[test]
fn json_round_trips() {
    let (proof, inputs) = proof_with_inputs(40);
    assert_eq!(snarkjs::parse_proof(&snarkjs::proof_to_json(&proof)).unwrap(), proof);
    assert_eq!(snarkjs::parse_inputs(&snarkjs::inputs_to_json(&inputs)).unwrap(), inputs);
    assert_eq!(snarkjs::parse_inputs("[]").unwrap(), []);
    let key = key_with(|_| {}).unwrap();
    assert_eq!(key.verify(&proof, &inputs), Ok(()));
    assert_eq!(snarkjs::verification_key_to_json(&key), snarkjs::verification_key_to_json(three_key().verifying_key()));
}

#[test]
fn invalid_proof_json_is_rejected() {
    assert!(proof_with(|_| {}).is_ok());
    let cases: [Case; 9] = [
        ("protocol", |j| j["protocol"] = json!("plonk")),
        ("curve", |j| j["curve"] = json!("bls12381")),
        ("unknown field", |j| j["extra"] = json!(1)),
        ("missing field", |j| drop(j.as_object_mut().unwrap().remove("pi_c"))),
        ("number instead of string", |j| j["pi_a"][0] = json!(1)),
        ("projective", |j| j["pi_a"][2] = json!("2")),
        ("two coordinates", |j| j["pi_a"] = json!(["1", "2"])),
        ("off the curve", |j| j["pi_a"] = json!(["1", "1", "1"])),
        ("leading zero", |j| j["pi_c"][0] = json!(format!("0{}", j["pi_c"][0].as_str().unwrap()))),
    ];
    for (name, change) in cases {
        assert!(proof_with(change).is_err(), "{name}");
    }
    let plus_q = |j: &Value| {
        let mut x = encoding::from_decimal::<Fq>(j.as_str().unwrap()).unwrap().into_bigint();
        x.add_with_carry(&Fq::MODULUS);
        x.to_string()
    };
    assert!(proof_with(|j| j["pi_a"][0] = json!(plus_q(&j["pi_a"][0]))).is_err(), "x + q");
    let (text, twice) = (
        snarkjs::proof_to_json(&proof_with_inputs(40).0),
        snarkjs::proof_to_json(&proof_with_inputs(40).0).replacen('{', r#"{"pi_a":[],"#, 1),
    );
    assert!(snarkjs::parse_proof(&format!("{text}x")).is_err(), "trailing bytes");
    assert!(snarkjs::parse_proof(&format!("{text}{text}")).is_err(), "two values");
    assert!(snarkjs::parse_proof(&twice).is_err(), "a repeated field");
    let long = text + &" ".repeat(snarkjs::MAX_PROOF_BYTES);
    assert!(matches!(snarkjs::parse_proof(&long), Err(SnarkjsError::Json(JsonError::TooLong { .. }))));
    assert!(snarkjs::parse_proof(&"[".repeat(60_000)).is_err(), "deep nesting");
}

#[test]
fn invalid_input_json_is_rejected() {
    for bad in [
        "[1]",
        r#"["01"]"#,
        r#"["-1"]"#,
        r#"["0x1"]"#,
        r#"[" 1"]"#,
        r#"["1",]"#,
        r#"["1"] 2"#,
        r#"{"0":"1"}"#,
        r#""1""#,
        "",
        r#"["21888242871839275222246405745257275088548364400416034343698204186575808495617"]"#,
    ] {
        assert!(snarkjs::parse_inputs(bad).is_err(), "{bad}");
    }
}

#[test]
fn invalid_key_json_is_rejected() {
    let cases: [Case; 9] = [
        ("nPublic", |j| j["nPublic"] = json!(2)),
        ("fewer IC", |j| drop(j["IC"].as_array_mut().unwrap().pop())),
        ("no IC", |j| (j["IC"], j["nPublic"]) = (json!([]), json!(0))),
        ("another pairing", |j| j["vk_alphabeta_12"][0][0][0] = json!("1")),
        ("circuit hash", |j| j["psephos"]["circuit_hash"] = json!("00")),
        ("names", |j| j["psephos"]["inputs"] = json!(["h", "z"])),
        ("a name that is source", |j| j["psephos"]["circuit"] = json!("x\ncontract Evil {}")),
        ("a name of an input that is source", |j| j["psephos"]["inputs"][0] = json!("*/")),
        ("unknown field", |j| j["psephos"]["trusted"] = json!(true)),
    ];
    for (name, change) in cases {
        assert!(key_with(change).is_err(), "{name}");
    }
}

#[test]
fn key_from_another_program_is_accepted() {
    let key = key_with(|j| {
        let json = j.as_object_mut().unwrap();
        json.remove("psephos");
        json.remove("vk_alphabeta_12");
    });
    let key = key.unwrap();
    let (proof, inputs) = proof_with_inputs(41);
    assert_eq!(key.verify(&proof, &inputs), Ok(()));
    // Its gamma shows that one party made it, without the field that says so.
    assert_eq!((key.info().circuit.as_str(), key.info().development), ("imported", true));
    assert_eq!(key.info().inputs, ["input0", "input1", "input2"]);
    assert_eq!(key.info().key_hash, three_key().info().key_hash);
}

#[test]
fn different_keys_have_different_hashes() {
    assert_ne!(ProvingKey::<Cubic>::generate_development().unwrap().info().key_hash, three_key().info().key_hash);
}
