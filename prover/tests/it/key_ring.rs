//! The key ring: every circuit's key is found by its type, its name and its statement.

use psephos_circuits::Circuit;
use psephos_circuits::catalogue::{CatalogueCircuit, Name, types};
use psephos_protocol::identifiers::ChainId;
use psephos_protocol::statement::committee_keys;
use psephos_prover::examples::{self, Example};
use psephos_prover::{KeyError, KeyRing, KeyRingError, KeyStore, LoadStage, ProveError};

use crate::election::KEYS;

const LOCAL: ChainId = ChainId::new(31_337);

fn new_ring() -> KeyRing {
    KeyRing::new(KeyStore::new(KEYS))
}

/// A circuit is in the ring because of its line in the catalogue, from which this type comes: a tenth circuit costs one
/// line.
type Tenth = types::CommitteeKeys;

#[test]
fn keys_are_found_by_type_and_by_name() {
    let ring = new_ring();
    let by_name = ring.verifying_key(Tenth::CIRCUIT).unwrap().info().clone();
    assert_eq!(by_name.circuit, Tenth::NAME);
    assert_eq!(ring.key::<Tenth>().unwrap().info(), &by_name);
    let mut stages = Vec::new();
    ring.load(Name::CommitteeKeys, |stage| stages.push(stage)).unwrap();
    assert_eq!(stages, [], "the key is in memory already");
    let fresh = self::new_ring();
    fresh.load(Name::CommitteeKeys, |stage| stages.push(stage)).unwrap();
    assert_eq!(stages, [LoadStage::Circuit, LoadStage::Loading]);
}

#[test]
fn statements_are_proved_with_the_circuit_that_fits() {
    let (ring, circuit) = (new_ring(), Tenth::example());
    let inputs = circuit.public_inputs();
    let proof = ring.prove(LOCAL, circuit.instance, circuit.keys).unwrap();
    ring.verifying_key(Name::CommitteeKeys).unwrap().verify(&proof, &inputs).unwrap();
}

#[test]
fn invalid_statements_and_chains_are_refused() {
    let ring = new_ring();
    let example = examples::committee_keys;
    let elsewhere = ring.prove(ChainId::new(1), example().instance, example().keys);
    assert!(
        matches!(elsewhere, Err(KeyRingError::Key(KeyError::Development { chain_id, .. })) if chain_id == ChainId::new(1))
    );
    let instance = example().instance;
    let altered = committee_keys::Instance { y: instance.y.altered(), ..instance };
    let refused = ring.prove(LOCAL, altered, example().keys);
    assert!(matches!(refused, Err(KeyRingError::Prove(ProveError::Statement(_)))));
    let mut ballot = examples::ballot::<3>();
    ballot.witness.size = 4;
    assert!(matches!(ring.prove(LOCAL, ballot.instance, ballot.witness), Err(KeyRingError::NoCircuit(_))));
}
