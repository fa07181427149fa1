//! Test vectors written by snarkjs (see `tests/snarkjs/vectors/README.md`), which tests read without running it.

use ark_bn254::Fr;
use psephos_prover::snarkjs::{self, SnarkjsError};
use psephos_prover::{KeyError, VerifyError, VerifyingKey, solidity};

fn snarkjs_key() -> VerifyingKey {
    snarkjs::parse_verification_key(include_str!("../snarkjs/vectors/verification_key.json")).unwrap()
}

#[test]
fn proof_of_snarkjs_verifies() {
    let proof = snarkjs::parse_proof(include_str!("../snarkjs/vectors/proof.json")).unwrap();
    let inputs = snarkjs::parse_inputs(include_str!("../snarkjs/vectors/public.json")).unwrap();
    assert_eq!(inputs, [168u64, 5].map(Fr::from));
    assert_eq!(snarkjs_key().verify(&proof, &inputs), Ok(()));
    assert_eq!(snarkjs_key().verify(&proof, &[inputs[1], inputs[0]]), Err(VerifyError::InvalidProof));
}

#[test]
fn key_of_snarkjs_gives_a_contract() {
    let source = solidity::generate_verifier(&snarkjs_key(), "ProductVerifier").unwrap();
    assert!(source.contains("INPUTS = 2;") && source.contains("DEVELOPMENT = false;"));
}

#[test]
fn written_files_equal_those_of_snarkjs() {
    let written: serde_json::Value = serde_json::from_str(&snarkjs::verification_key_to_json(&snarkjs_key())).unwrap();
    let original: serde_json::Value =
        serde_json::from_str(include_str!("../snarkjs/vectors/verification_key.json")).unwrap();
    for (name, value) in original.as_object().unwrap() {
        assert_eq!(&written[name], value, "{name}");
    }
}

#[test]
fn key_without_phase_2_is_rejected() {
    let refused = snarkjs::parse_verification_key(include_str!("../snarkjs/vectors/uncontributed_key.json"));
    assert!(matches!(refused, Err(SnarkjsError::Key(KeyError::Degenerate(_)))));
}
