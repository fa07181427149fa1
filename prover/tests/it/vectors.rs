//! Files that snarkjs wrote (see `tests/snarkjs/vectors/README.md`), read without it.

use ark_bn254::Fr;
use psephos_prover::snarkjs::{self, FormatError};
use psephos_prover::{KeyError, VerifyError, VerifyingKey, solidity};

fn key() -> VerifyingKey {
    snarkjs::parse_verification_key(include_str!("../snarkjs/vectors/verification_key.json")).unwrap()
}

#[test]
fn its_proof_verifies() {
    let proof = snarkjs::parse_proof(include_str!("../snarkjs/vectors/proof.json")).unwrap();
    let inputs = snarkjs::parse_inputs(include_str!("../snarkjs/vectors/public.json")).unwrap();
    assert_eq!(inputs, [168u64, 5].map(Fr::from));
    assert_eq!(key().verify(&proof, &inputs), Ok(()));
    assert_eq!(key().verify(&proof, &[inputs[1], inputs[0]]), Err(VerifyError::InvalidProof));
}

#[test]
fn its_key_gives_a_contract() {
    let source = solidity::verifier(&key(), "ProductVerifier").unwrap();
    assert!(source.contains("INPUTS = 2;") && source.contains("DEVELOPMENT = false;"));
}

#[test]
fn its_files_are_ours() {
    let written: serde_json::Value = serde_json::from_str(&snarkjs::verification_key(&key())).unwrap();
    let original: serde_json::Value =
        serde_json::from_str(include_str!("../snarkjs/vectors/verification_key.json")).unwrap();
    for (name, value) in original.as_object().unwrap() {
        assert_eq!(&written[name], value, "{name}");
    }
}

#[test]
fn a_key_without_a_second_phase_is_refused() {
    let refused = snarkjs::parse_verification_key(include_str!("../snarkjs/vectors/uncontributed_key.json"));
    assert!(matches!(refused, Err(FormatError::Key(KeyError::Degenerate(_)))));
}
