//! Identity of keys: circuits, chains and the development flag.

use psephos_circuits::Circuit;
use psephos_protocol::identifiers::ChainId;
use psephos_prover::{KeyError, ProvingKey, VerifyError, snarkjs};

use crate::toy::{Cubic, Liar, Three, proof_with_inputs, seeded_rng, three_key};

#[test]
fn development_keys_are_rejected_on_real_chains() {
    let vk = three_key().verifying_key();
    for chain in [1, 10, 137, 8453, 42161, 11155111, 0, 31338, u64::MAX].map(ChainId::new) {
        let error = vk.check_chain(chain).unwrap_err();
        assert!(matches!(&error, KeyError::Development { chain_id, .. } if *chain_id == chain));
        assert!(error.to_string().contains("three"), "{error}");
    }
    for chain in [31337, 1337].map(ChainId::new) {
        vk.check_chain(chain).unwrap();
    }
}

#[test]
fn development_flag_survives_json() {
    let json = snarkjs::verification_key_to_json(three_key().verifying_key());
    let read = snarkjs::parse_verification_key(&json).unwrap();
    assert_eq!(read.info(), three_key().info());
    assert!(read.check_chain(ChainId::new(1)).is_err());
}

#[test]
fn key_of_another_circuit_is_named() {
    let vk = three_key().verifying_key();
    vk.expect_circuit("three", &Three::constraint_system().circuit_hash()).unwrap();
    let error = vk.expect_circuit("cubic", &Cubic::constraint_system().circuit_hash()).unwrap_err();
    assert!(matches!(error, KeyError::WrongCircuit { .. }));
    let text = error.to_string();
    assert!(text.contains("cubic") && text.contains("three"), "{text}");
    assert!(
        vk.expect_circuit("three", &Cubic::constraint_system().circuit_hash()).is_err(),
        "the name alone is not enough"
    );
}

#[test]
fn proof_of_another_circuit_is_rejected() {
    let (proof, inputs) = proof_with_inputs(30);
    let cubic = ProvingKey::<Cubic>::generate_development().unwrap();
    assert_eq!(
        cubic.verifying_key().verify(&proof, &inputs),
        Err(VerifyError::PublicInputCount { expected: 1, actual: 3 })
    );
    assert_eq!(cubic.verifying_key().verify(&proof, &inputs[..1]), Err(VerifyError::InvalidProof));
}

/// A key belongs to matrices, not to a name: `Liar` has the matrices of `Cubic`.
#[test]
fn circuits_with_equal_matrices_share_a_key() {
    let [cubic, liar] = [ProvingKey::<Cubic>::generate_development().unwrap().info().clone(), {
        ProvingKey::<Liar>::generate_development().unwrap().info().clone()
    }];
    assert_eq!((cubic.circuit_hash, cubic.key_hash), (liar.circuit_hash, liar.key_hash));
    let proof =
        ProvingKey::<Liar>::generate_development().unwrap().prove(&Liar(Cubic::from_x(4)), &mut seeded_rng(1)).unwrap();
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    assert_eq!(key.verifying_key().verify(&proof, &Cubic::from_x(4).public_inputs()), Ok(()));
}
