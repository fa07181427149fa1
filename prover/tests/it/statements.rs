//! Proofs of all statements.

use ark_bn254::Fr;
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::sheet::SheetCircuit;
use psephos_protocol::Scalar;
use psephos_protocol::sheet::Answer;
use psephos_protocol::statement::{ballot, committee_keys, dealing, decryption, sheet};
use psephos_protocol::testing::{CastSheet, Voter, sheet_forms, weight};
use psephos_protocol::weight::Weight;
use psephos_prover::{Proof, ProveError, VerifyError, VerifyingKey};

use crate::election::{self, build_decryption_share, development_key};
use crate::toy::seeded_rng;

/// Asserts that a proof verifies for these inputs and for no others.
pub fn assert_binds(vk: &VerifyingKey, proof: &Proof, inputs: &[Fr]) {
    assert_eq!(vk.verify(proof, inputs), Ok(()));
    for i in 0..inputs.len() {
        let mut other = inputs.to_vec();
        other[i] += Fr::from(1u64);
        assert_eq!(vk.verify(proof, &other), Err(VerifyError::InvalidProof), "{} + 1", vk.info().inputs[i]);
    }
    let count = VerifyError::PublicInputCount { expected: 3, actual: 2 };
    assert_eq!(vk.verify(proof, &inputs[..2]), Err(count));
}

#[test]
fn ballots_of_three_options_are_proved() {
    let key = development_key::<BallotCircuit<3>>();
    let vk = key.verifying_key();
    assert_eq!(
        (vk.info().circuit.as_str(), vk.info().inputs.as_slice()),
        ("ballot-3", &["h", "z", "y"].map(String::from)[..])
    );
    let (first, ctx, posted) = election::build_ballot::<3>([0; 32]);
    let proof = key.prove(&first, &mut seeded_rng(1)).unwrap();
    // The inputs as the contract computes them from the posted data.
    assert_binds(vk, &proof, &ballot::Instance::from_posted(&posted, ctx, [0; 32]).to_inputs());

    // A ballot is valid for one previous slot value only.
    let slot = posted.fingerprint([0; 32]);
    assert_eq!(
        vk.verify(&proof, &ballot::Instance::from_posted(&posted, ctx, slot).to_inputs()),
        Err(VerifyError::InvalidProof)
    );
    let (replacement, _, replacing) = election::build_ballot::<3>(slot);
    let second = key.prove(&replacement, &mut seeded_rng(2)).unwrap();
    let inputs = [(first, proof), (replacement, second)].map(|(circuit, proof)| (proof, circuit.public_inputs()));
    assert_eq!(inputs[1].1, ballot::Instance::from_posted(&replacing, ctx, slot).to_inputs());
    assert_eq!(vk.verify_batch(&inputs, &mut seeded_rng(3)), Ok(()));
}

#[test]
fn invalid_ballot_names_its_clause() {
    let key = development_key::<BallotCircuit<3>>();
    let refusal = |change: fn(&mut BallotCircuit<3>)| {
        let mut circuit = election::build_ballot::<3>([0; 32]).0;
        change(&mut circuit);
        let error = key.prove(&circuit, &mut seeded_rng(1)).unwrap_err();
        assert!(matches!(error, ProveError::Statement(_)));
        error.to_string()
    };
    let clause = |text: String, name: &str| assert!(text.contains(name), "{name}: {text}");
    clause(refusal(|c| c.witness.x[0] = 1), "rule");
    clause(refusal(|c| c.witness.weight = Weight::MIN), "binding");
    clause(refusal(|c| c.witness.signature.response = 1.into()), "signature");
    clause(refusal(|c| c.instance.y = c.instance.y.altered()), "y");
}

#[test]
fn ballots_of_eight_options_are_proved() {
    let key = development_key::<BallotCircuit<8>>();
    let (circuit, ctx, posted) = election::build_ballot::<8>([0; 32]);
    let proof = key.prove(&circuit, &mut seeded_rng(1)).unwrap();
    assert_binds(key.verifying_key(), &proof, &ballot::Instance::from_posted(&posted, ctx, [0; 32]).to_inputs());
}

#[test]
fn decryption_shares_are_proved() {
    let key = development_key::<DecryptionCircuit>();
    for size in [3, 8] {
        let (circuit, ctx, c, posted) = build_decryption_share(size);
        let proof = key.prove(&circuit, &mut seeded_rng(1)).unwrap();
        assert_binds(key.verifying_key(), &proof, &decryption::Instance::from_posted(&posted, ctx, &c).to_inputs());
    }
}

#[test]
fn proof_verifies_under_its_own_circuit_only() {
    let (ballots, openings) = (development_key::<BallotCircuit<3>>(), development_key::<DecryptionCircuit>());
    let circuit = build_decryption_share(3).0;
    let proof = openings.prove(&circuit, &mut seeded_rng(1)).unwrap();
    let refused = ballots.verifying_key().verify(&proof, &circuit.public_inputs());
    assert_eq!(refused, Err(VerifyError::InvalidProof));
    assert!(openings.verifying_key().expect_circuit("ballot-3", &ballots.info().circuit_hash).is_err());
}

#[test]
fn dealings_are_proved() {
    let key = development_key::<DealingCircuit<5>>();
    let (circuit, ctx, posted) = election::build_dealing::<5>(4, 2);
    let proof = key.prove(&circuit, &mut seeded_rng(1)).unwrap();
    let inputs = dealing::Instance::from_posted(&posted, ctx, &circuit.witness.recipients).unwrap().to_inputs();
    assert_binds(key.verifying_key(), &proof, &inputs);
    // Swapped ciphertexts give another statement.
    let mut swapped = posted;
    swapped.shares.swap(0, 1);
    let inputs = dealing::Instance::from_posted(&swapped, ctx, &circuit.witness.recipients).unwrap().to_inputs();
    assert_eq!(key.verifying_key().verify(&proof, &inputs), Err(VerifyError::InvalidProof));
}

#[test]
fn invalid_dealing_names_its_clause() {
    let key = development_key::<DealingCircuit<5>>();
    let refusal = |change: fn(&mut DealingCircuit<5>)| {
        let mut circuit = election::build_dealing::<5>(4, 2).0;
        change(&mut circuit);
        let error = key.prove(&circuit, &mut seeded_rng(1)).unwrap_err();
        assert!(matches!(error, ProveError::Statement(_)));
        error.to_string()
    };
    assert!(refusal(|circuit| circuit.instance.h = circuit.instance.h.altered()).contains("binding"));
    assert!(refusal(|circuit| circuit.witness.ctx = circuit.witness.ctx.altered()).contains("binding"));
    assert!(refusal(|circuit| circuit.witness.ephemeral = Scalar::from(0u64)).contains("zero"));
    let larger = |circuit: &mut DealingCircuit<5>| circuit.witness = election::build_dealing::<16>(6, 2).0.witness;
    assert!(refusal(larger).contains("capacity"));
}

#[test]
fn committee_key_hashes_are_proved() {
    let key = development_key::<CommitteeKeysCircuit>();
    let circuit = psephos_prover::examples::committee_keys();
    let proof = key.prove(&circuit, &mut seeded_rng(1)).unwrap();
    assert_binds(key.verifying_key(), &proof, &committee_keys::Instance::from_keys(&circuit.keys).to_inputs());
}

/// Proves a sheet of each kind of this size.
fn prove_sheets<const K: usize>(kinds: &[usize]) {
    let key = development_key::<SheetCircuit<K>>();
    let forms = sheet_forms();
    let of_size: Vec<_> = forms.into_iter().filter(|(form, _)| form.size() == K).collect();
    for &kind in kinds {
        let (form, answers) = of_size[kind].clone();
        let CastSheet { instance, witness, posted, ctx } =
            Voter::in_census(weight(1000), 5, 37).cast_sheet(&form, answers, [0; 32]).unwrap();
        let proof = key.prove(&SheetCircuit::<K> { instance, witness }, &mut seeded_rng(1)).unwrap();
        assert_binds(key.verifying_key(), &proof, &sheet::Instance::from_posted(&posted, ctx, [0; 32]).to_inputs());
        // A sheet is valid for one previous slot value only.
        let replaced = sheet::Instance::from_posted(&posted, ctx, posted.fingerprint([0; 32])).to_inputs();
        assert_eq!(key.verifying_key().verify(&proof, &replaced), Err(VerifyError::InvalidProof));
    }
}

#[test]
fn sheets_of_sixteen_cells_are_proved() {
    prove_sheets::<16>(&[1, 4]);
}

#[test]
fn sheets_of_forty_cells_are_proved() {
    prove_sheets::<40>(&[1]);
}

#[test]
fn invalid_sheet_names_its_clause() {
    let key = development_key::<SheetCircuit<16>>();
    let refusal = |change: fn(&mut SheetCircuit<16>)| {
        let mut circuit = psephos_prover::examples::sheet::<16>();
        change(&mut circuit);
        let error = key.prove(&circuit, &mut seeded_rng(1)).unwrap_err();
        assert!(matches!(error, ProveError::Statement(_)));
        error.to_string()
    };
    let clause = |text: String, name: &str| assert!(text.contains(name), "{name}: {text}");
    clause(refusal(|c| c.witness.answers.cells.push(Answer::Pass)), "cells");
    clause(refusal(|c| c.witness.weight = Weight::MIN), "binding");
    clause(refusal(|c| c.witness.signature.response = 1.into()), "signature");
    clause(refusal(|c| c.instance.y = c.instance.y.altered()), "y");
    let larger = |c: &mut SheetCircuit<16>| c.witness = psephos_prover::examples::sheet::<40>().witness;
    clause(refusal(larger), "40 cells");
}
