//! Results of `prove`: a proof of exactly this statement or a typed error, never an invalid proof.

use ark_bn254::Fr;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::{Circuit, Unsatisfied};
use psephos_prover::examples::Example;
use psephos_prover::{KeyStore, LoadStage, Preparation, ProveError, ProvingKey, VerifyError};
use rayon::prelude::*;

use crate::toy::{Cubic, Liar, Misnamed, proof_with_inputs, seeded_rng, three_key};

#[test]
fn proof_verifies_for_its_inputs_only() {
    let (proof, inputs) = proof_with_inputs(1);
    let vk = three_key().verifying_key();
    assert_eq!(vk.verify(&proof, &inputs), Ok(()));
    for i in 0..inputs.len() {
        let mut other = inputs.clone();
        other[i] += Fr::from(1u64);
        assert_eq!(vk.verify(&proof, &other), Err(VerifyError::InvalidProof), "input {i} + 1");
    }
    let mut swapped = inputs.clone();
    swapped.swap(0, 1);
    assert_eq!(vk.verify(&proof, &swapped), Err(VerifyError::InvalidProof));
}

#[test]
fn wrong_number_of_inputs_is_rejected() {
    let (proof, inputs) = proof_with_inputs(2);
    let vk = three_key().verifying_key();
    let count = |actual| Err(VerifyError::PublicInputCount { expected: 3, actual });
    assert_eq!(vk.verify(&proof, &inputs[..2]), count(2));
    assert_eq!(vk.verify(&proof, &[]), count(0));
    let more = [inputs, vec![Fr::from(0u64)]].concat();
    assert_eq!(vk.verify(&proof, &more), count(4));
}

#[test]
fn false_statement_names_its_clause() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let wrong = Cubic { x: Fr::from(3u64), y: Fr::from(36u64) };
    let error = key.prove(&wrong, &mut seeded_rng(1)).unwrap_err();
    assert!(matches!(error, ProveError::Statement(_)));
    assert_eq!(error.to_string(), "the statement does not hold: clause root: the equation does not hold");
    key.prove(&Cubic::from_x(3), &mut seeded_rng(1)).unwrap();
}

#[test]
fn unsatisfied_circuit_gives_no_proof() {
    let key = ProvingKey::<Liar>::generate_development().unwrap();
    let liar = Liar(Cubic { x: Fr::from(3u64), y: Fr::from(36u64) });
    let error = key.prove(&liar, &mut seeded_rng(1)).unwrap_err();
    assert!(matches!(error, ProveError::Unsatisfied(_)));
    assert!(error.to_string().contains("section: root"), "{error}");
}

#[test]
fn inputs_other_than_the_assigned_ones_give_no_proof() {
    let key = ProvingKey::<Misnamed>::generate_development().unwrap();
    assert!(matches!(key.prove(&Misnamed(Cubic::from_x(3)), &mut seeded_rng(1)), Err(ProveError::Inputs)));
}

#[test]
fn proofs_of_one_statement_differ() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let [a, b] = [1, 2].map(|seed| key.prove(&Cubic::from_x(3), &mut seeded_rng(seed)).unwrap());
    assert_ne!(a, b);
    [a, b].iter().for_each(|p| key.verifying_key().verify(p, &Cubic::from_x(3).public_inputs()).unwrap());
}

#[test]
fn prove_all_keeps_order_and_isolates_failures() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let mut circuits: Vec<Cubic> = (0..40).map(Cubic::from_x).collect();
    circuits[17].y += Fr::from(1u64);
    let results = key.prove_all(&circuits, &mut seeded_rng(1));
    for (i, (circuit, result)) in circuits.iter().zip(results).enumerate() {
        match result {
            Ok(proof) => key.verifying_key().verify(&proof, &circuit.public_inputs()).unwrap(),
            Err(error) => assert!(i == 17 && matches!(error, ProveError::Statement(_)), "{i}: {error}"),
        }
    }
}

/// The first proof prepares the key on all threads; the others do not deadlock with it.
#[test]
fn unprepared_key_can_be_used_by_all_threads() {
    let key = ProvingKey::<CommitteeKeysCircuit>::generate_development().unwrap();
    let circuit = CommitteeKeysCircuit::example();
    let prove = |seed| key.prove(&circuit, &mut seeded_rng(seed)).map(|_| ());
    (0..8u64).into_par_iter().map(prove).collect::<Result<(), _>>().unwrap();
}

#[test]
fn unsatisfied_assignment_gives_no_proof() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let mut assignment = Cubic::from_x(3).generate_assignment();
    let proof = key.prove_assignment(&assignment, &mut seeded_rng(1)).unwrap();
    key.verifying_key().verify(&proof, &Cubic::from_x(3).public_inputs()).unwrap();
    let short = key.prove_assignment(&assignment[1..], &mut seeded_rng(1));
    assert!(matches!(short, Err(ProveError::Unsatisfied(Unsatisfied::Length { .. }))));
    *assignment.last_mut().unwrap() += Fr::from(1u64);
    let wrong = key.prove_assignment(&assignment, &mut seeded_rng(1));
    assert!(matches!(wrong, Err(ProveError::Unsatisfied(Unsatisfied::Constraint { .. }))));
}

#[test]
fn memory_below_minimum_is_rejected() {
    assert!(Preparation::within_memory((64 << 20) - 1).is_none());
    assert_eq!(Preparation::within_memory(64 << 20).unwrap().tables, 0);
    assert_eq!(Preparation::within_memory(100 << 20).unwrap().tables, 36 << 20);
}

#[test]
fn development_keys_are_deterministic() {
    let info = three_key().info();
    assert_eq!((info.circuit.as_str(), info.development), ("three", true));
    assert_eq!((info.constraints, info.variables), (4, 7));
    assert_eq!(info.inputs, ["h", "z", "y"]);
    // Pinned: another machine or another version of the libraries must generate exactly this key.
    assert_eq!(hex::encode(info.key_hash), "1d0910b178b13c84603dc7a6a8b9b0275feb33af4e7d3627d4d02c757bd6d0fc");
    assert_eq!(info.circuit_hash, three_key().system().circuit_hash());
}

#[test]
fn store_generates_a_key_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path().join("keys"));
    let stages = || {
        let mut stages = vec![];
        let key = store.load_development::<Cubic>(|stage| stages.push(stage)).unwrap();
        let proof = key.prove(&Cubic::from_x(2), &mut seeded_rng(1)).unwrap();
        (stages, key.info().clone(), proof)
    };
    let (first, made, proof_of_made) = stages();
    let (second, loaded, proof_of_loaded) = stages();
    assert_eq!(first, [LoadStage::Circuit, LoadStage::Generating, LoadStage::Storing]);
    assert_eq!(second, [LoadStage::Circuit, LoadStage::Loading]);
    assert_eq!(made, loaded);
    assert!(proof_of_made == proof_of_loaded, "the same key and the same randomness give the same proof");
}
