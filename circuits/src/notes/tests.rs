//! Cheating sealers.

use ark_ff::{Field, One};
use psephos_protocol::{poseidon, transcript};

use super::*;

const CONTEXT: u64 = 55;

fn notes(count: u64) -> Vec<Fr> {
    (1..=count).map(|i| poseidon::hash(&[Fr::from(i)])).collect()
}

/// The root of any 256 leaves.
fn root(leaves: &[Fr]) -> Fr {
    let mut nodes = leaves.to_vec();
    for arity in [8, 8, 4] {
        nodes = nodes.chunks(arity).map(poseidon::hash).collect();
    }
    nodes[0]
}

/// The sections of what is violated when these leaves are proven, with their root, where those notes are posted.
fn caught(proven: &[Fr], posted: &[Fr]) -> Vec<&'static str> {
    let mut leaves = proven.to_vec();
    leaves.resize(LIST_NOTES, Fr::zero());
    let h = root(&leaves);
    let instance = Instance::of(h, Fr::from(CONTEXT), posted).unwrap();
    violated(instance, &leaves)
}

fn violated(instance: Instance, leaves: &[Fr]) -> Vec<&'static str> {
    let list = NoteList::new(notes(1)).unwrap();
    let mut b = Builder::shape();
    NotesCircuit { instance, list }.synthesize_with(&mut b, leaves);
    let (system, assignment) = b.finish();
    system.violated(&assignment).map(|index| system.section_of(index)).collect()
}

#[test]
fn the_posted_list_passes() {
    for count in [1, 100, 256] {
        assert!(caught(&notes(count), &notes(count)).is_empty());
    }
}

#[test]
fn another_list_than_the_posted_one() {
    let posted = notes(100);
    let change = |change: &dyn Fn(&mut Vec<Fr>)| {
        let mut proven = posted.clone();
        change(&mut proven);
        caught(&proven, &posted)
    };
    assert_eq!(change(&|list| list[7] += Fr::one()), ["binding"], "a note of the sealer's own");
    assert_eq!(change(&|list| list.swap(3, 4)), ["binding"], "another order");
    assert_eq!(change(&|list| list.push(Fr::one())), ["binding"], "a note behind the last");
    assert_eq!(change(&|list| list.insert(0, Fr::zero())), ["binding"], "shifted");
    assert_eq!(change(&|list| list[99] = Fr::zero()), ["binding"], "a note left out");
    assert_eq!(change(&|list| list.resize(256, posted[0])), ["binding"], "full of somebody's note");
}

#[test]
fn a_root_of_the_sealers_own() {
    let leaves = NoteList::new(notes(100)).unwrap().leaves();
    let instance = Instance::of(root(&leaves) + Fr::one(), Fr::from(CONTEXT), &notes(100)).unwrap();
    assert_eq!(violated(instance, &leaves), ["binding"]);
}

/// A proof is for one place of one poll: elsewhere `z` is another.
#[test]
fn a_proof_for_another_place() {
    let list = NoteList::new(notes(100)).unwrap();
    let instance = build(&list, Fr::from(CONTEXT));
    let elsewhere = build(&list, Fr::from(CONTEXT + 1));
    assert!(instance.z != elsewhere.z && instance.h == elsewhere.h);
    assert_eq!(violated(Instance { z: elsewhere.z, ..instance }, &list.leaves()), ["binding"]);
}

/// Why `z` is drawn after `R` and from every note: with a `z` that is known before, one note of the sealer's own makes up for what it does to the sum.
#[test]
fn a_challenge_that_is_known_before_binds_nothing() {
    let (posted, z) = (notes(100), Fr::from(987_654_321u64));
    let mut forged = posted.clone();
    forged[7] = Fr::from(666u64);
    forged[8] = posted[8] + (posted[7] - forged[7]) * z.inverse().unwrap();
    let y = transcript::evaluate(&posted, z);
    forged.resize(LIST_NOTES, Fr::zero());
    let instance = Instance { h: root(&forged), z, y };
    assert!(violated(instance, &forged).is_empty(), "the attack itself must work, or this test shows nothing");
    assert_eq!(caught(&forged, &posted), ["binding"]);
}
