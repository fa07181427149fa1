//! The generated contract as text; that it verifies is tested with the contracts.

use psephos_prover::{ProvingKey, SolidityError, snarkjs, solidity};

use crate::toy::{Cubic, proof_with_inputs, three_key};

#[test]
fn template_is_filled_completely() {
    let info = three_key().info();
    let source = solidity::generate_verifier(three_key().verifying_key(), "ThreeVerifier").unwrap();
    assert!(!source.contains("{{") && !source.contains("}}"));
    assert!(source.contains("contract ThreeVerifier is IGroth16Verifier {"));
    assert!(source.contains("uint256 private constant INPUTS = 3;"));
    assert!(source.contains("bool private constant DEVELOPMENT = true;"));
    assert!(source.contains(&format!("CIRCUIT_HASH = 0x{};", hex::encode(info.circuit_hash))));
    for j in 0..4 {
        assert!(source.contains(&format!("uint256 private constant IC{j}_Y = 0x")));
        assert!(source.contains(&format!("valid = _addProductOf(sum, IC{j}_X, IC{j}_Y, scalars[{j}]) && valid;")));
    }
    assert!(!source.contains("IC4_X"));
}

#[test]
fn equal_keys_give_equal_contracts() {
    let vk = three_key().verifying_key();
    let read = snarkjs::parse_verification_key(&snarkjs::verification_key_to_json(vk)).unwrap();
    assert_eq!(solidity::generate_verifier(vk, "V"), solidity::generate_verifier(&read, "V"));
    let again = ProvingKey::generate_development().unwrap();
    let _: &ProvingKey<crate::toy::Three> = &again;
    assert_eq!(solidity::generate_verifier(vk, "V"), solidity::generate_verifier(again.verifying_key(), "V"));
}

#[test]
fn contract_supports_any_number_of_inputs() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let source = solidity::generate_verifier(key.verifying_key(), "CubicVerifier").unwrap();
    assert!(source.contains("INPUTS = 1;") && source.contains("IC1_Y") && !source.contains("IC2_X"));
}

#[test]
fn contract_names_must_be_identifiers() {
    for bad in ["", "1V", "V V", "V{}", "V\n", "É", &"V".repeat(65)] {
        let error = solidity::generate_verifier(three_key().verifying_key(), bad).unwrap_err();
        assert!(matches!(error, SolidityError::ContractName(_)), "{bad:?}");
    }
}

#[test]
fn call_words_are_in_record_order() {
    let (proof, inputs) = proof_with_inputs(60);
    let words = solidity::call_words(&proof, &inputs);
    assert_eq!(words[..8], proof.to_words());
    assert_eq!(words.len(), 11);
}
