//! The verdicts of `vectors/groth16.json`, on which the contracts agree (`verifier-contracts/test/ProofVectors.t.sol`):
//! points at infinity, off their curves, outside the subgroup, and in other encodings.

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_groth16::{Groth16, prepare_verifying_key};
use psephos_formats::JsonError;
use psephos_formats::snarkjs::{ProofPoints, VerificationKey, proof_to_json, verification_key_to_json};
use psephos_prover::encoding::{EncodingError, Word, from_word};
use psephos_prover::snarkjs::{self, SnarkjsError};
use psephos_prover::{Proof, ProofError, VerifyError, VerifyingKey};
use serde_json::Value;

use crate::toy::seeded_rng;

/// A proof of the file, with the verdict about it.
struct Case {
    name: String,
    words: [Word; 8],
    inputs: Vec<Fr>,
    valid: bool,
    reason: String,
    equation: bool,
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../vectors/groth16.json")).unwrap()
}

fn words_of(list: &Value) -> Vec<Word> {
    let word = |text: &Value| {
        let mut word = [0; 32];
        hex::decode_to_slice(&text.as_str().unwrap()[2..], &mut word).unwrap();
        word
    };
    list.as_array().unwrap().iter().map(word).collect()
}

fn cases() -> Vec<Case> {
    let read = |case: &Value| Case {
        name: case["name"].as_str().unwrap().into(),
        words: words_of(&case["words"]).try_into().unwrap(),
        inputs: words_of(&case["inputs"]).iter().map(|word| from_word(word).unwrap()).collect(),
        valid: case["valid"].as_bool().unwrap(),
        reason: case["reason"].as_str().unwrap().into(),
        equation: case["equation"].as_bool().unwrap(),
    };
    let cases: Vec<Case> = vectors()["proofs"].as_array().unwrap().iter().map(read).collect();
    assert!(cases.len() > 30 && cases.iter().filter(|case| case.equation && !case.valid).count() == 5);
    cases
}

/// Reads a point as the precompiles do: zeros are the point at infinity. Nothing is checked.
fn read_g1(words: &[Word]) -> Option<G1Affine> {
    let (x, y): (Fq, Fq) = (from_word(&words[0]).ok()?, from_word(&words[1]).ok()?);
    let point = G1Affine::new_unchecked(x, y);
    Some(if point == G1Affine::new_unchecked(Fq::from(0u64), Fq::from(0u64)) { G1Affine::identity() } else { point })
}

fn read_g2(words: &[Word]) -> Option<G2Affine> {
    let read = |i: usize| from_word::<Fq>(&words[i]).ok();
    let zero = Fq2::new(Fq::from(0u64), Fq::from(0u64));
    let (x, y) = (Fq2::new(read(1)?, read(0)?), Fq2::new(read(3)?, read(2)?));
    Some(if (x, y) == (zero, zero) { G2Affine::identity() } else { G2Affine::new_unchecked(x, y) })
}

fn key_points() -> VerificationKey {
    let key = &vectors()["key"];
    let g1 = |name: &str| read_g1(&words_of(&key[name])).unwrap();
    let g2 = |name: &str| read_g2(&words_of(&key[name])).unwrap();
    let ic = words_of(&key["ic"]).chunks(2).map(|words| read_g1(words).unwrap()).collect();
    VerificationKey { alpha: g1("alpha"), beta: g2("beta"), gamma: g2("gamma"), delta: g2("delta"), ic, origin: None }
}

fn verifying_key() -> VerifyingKey {
    snarkjs::parse_verification_key(&verification_key_to_json(&key_points())).unwrap()
}

/// Whether arkworks' verifier, which checks the equation alone, accepts points that are in their groups.
fn equation_holds(case: &Case) -> bool {
    let (Some(a), Some(b), Some(c)) = (read_g1(&case.words), read_g2(&case.words[2..]), read_g1(&case.words[6..]))
    else {
        return false;
    };
    let in_groups =
        [a, c].iter().all(G1Affine::is_on_curve) && b.is_on_curve() && b.is_in_correct_subgroup_assuming_on_curve();
    let VerificationKey { alpha, beta, gamma, delta, ic, .. } = key_points();
    let key = ark_groth16::VerifyingKey::<Bn254> {
        alpha_g1: alpha,
        beta_g2: beta,
        gamma_g2: gamma,
        delta_g2: delta,
        gamma_abc_g1: ic,
    };
    let proof = ark_groth16::Proof { a, b, c };
    in_groups && Groth16::<Bn254>::verify_proof(&prepare_verifying_key(&key), &proof, &case.inputs).unwrap()
}

fn expected_error(reason: &str) -> Option<EncodingError> {
    match reason {
        "infinity" => Some(EncodingError::Identity),
        "curve" => Some(EncodingError::NotOnCurve),
        "subgroup" => Some(EncodingError::NotInSubgroup),
        "canonical" => Some(EncodingError::NotCanonical),
        "" | "equation" => None,
        other => panic!("{other} is not a reason"),
    }
}

#[test]
fn verdicts_are_those_of_the_vectors() {
    let key = verifying_key();
    for case in cases() {
        let parsed = Proof::from_words(&case.words);
        let actual = parsed.as_ref().err().map(|error| match error {
            ProofError::Element { source, .. } => *source,
            other => panic!("{}: {other}", case.name),
        });
        assert_eq!(actual, expected_error(&case.reason), "{}", case.name);
        assert_eq!(Proof::from_bytes(case.words.as_flattened()), parsed, "{}", case.name);
        let Ok(proof) = parsed else { continue };
        let verdict = if case.valid { Ok(()) } else { Err(VerifyError::InvalidProof) };
        assert_eq!(key.verify(&proof, &case.inputs), verdict, "{}", case.name);
    }
}

#[test]
fn verdicts_in_batches_are_those_of_the_vectors() {
    let key = verifying_key();
    let cases = cases();
    let items: Vec<_> = cases
        .iter()
        .filter_map(|case| Some((Proof::from_words(&case.words).ok()?, case.inputs.clone(), case.valid)))
        .collect();
    let valid: Vec<_> = items.iter().filter(|item| item.2).map(|item| (item.0, item.1.clone())).collect();
    assert_eq!(key.verify_batch(&valid, &mut seeded_rng(1)), Ok(()));
    for (proof, inputs, holds) in &items {
        for place in 0..=valid.len() {
            let mut batch = valid.clone();
            batch.insert(place, (*proof, inputs.clone()));
            let verdict = if *holds { Ok(()) } else { Err(VerifyError::InvalidBatch { proofs: batch.len() }) };
            assert_eq!(key.verify_batch(&batch, &mut seeded_rng(2)), verdict);
        }
    }
    let invalid: Vec<usize> = (0..items.len()).filter(|i| !items[*i].2).collect();
    let items: Vec<_> = items.into_iter().map(|(proof, inputs, _)| (proof, inputs)).collect();
    assert_eq!(key.find_invalid(&items, &mut seeded_rng(3)), invalid);
}

/// Nothing but the refusal of infinity stands between these proofs and a verifier of the equation.
#[test]
fn equation_holds_where_the_vectors_say_so() {
    for case in cases() {
        assert_eq!(equation_holds(&case), case.equation, "{}", case.name);
    }
}

#[test]
fn points_at_infinity_are_rejected_however_a_proof_is_made() {
    for case in cases() {
        let (Some(a), Some(b), Some(c)) = (read_g1(&case.words), read_g2(&case.words[2..]), read_g1(&case.words[6..]))
        else {
            continue;
        };
        let expected = expected_error(&case.reason);
        let source = |result: Result<Proof, ProofError>| match result {
            Err(ProofError::Element { source, .. }) => Some(source),
            Err(other) => panic!("{}: {other}", case.name),
            Ok(_) => None,
        };
        assert_eq!(source(Proof::from_points(a, b, c)), expected, "{}", case.name);
        let json = proof_to_json(&ProofPoints { a, b, c });
        match (snarkjs::parse_proof(&json), expected) {
            (Ok(_), None) => {}
            (Err(SnarkjsError::Json(JsonError::Element { source, .. })), Some(expected)) => {
                assert_eq!(source, expected, "{}", case.name);
            }
            (other, _) => panic!("{}: {other:?}", case.name),
        }
    }
}

/// snarkjs writes infinity as (0, 1, 0).
#[test]
fn infinity_of_snarkjs_is_rejected() {
    let case = cases().into_iter().find(|case| case.valid).unwrap();
    let proof: Value = serde_json::from_str(&snarkjs::proof_to_json(&Proof::from_words(&case.words).unwrap())).unwrap();
    let g1 = serde_json::json!(["0", "1", "0"]);
    let g2 = serde_json::json!([["0", "0"], ["1", "0"], ["0", "0"]]);
    for (field, infinity) in [("pi_a", &g1), ("pi_b", &g2), ("pi_c", &g1)] {
        let mut json = proof.clone();
        json[field] = infinity.clone();
        let refused = snarkjs::parse_proof(&json.to_string());
        assert!(matches!(refused, Err(SnarkjsError::Json(JsonError::NotAffine { .. }))), "{field}: {refused:?}");
    }
}
