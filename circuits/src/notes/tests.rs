//! Negative tests of the notes circuit: malicious sealers.

use ark_ff::{Field, One};
use psephos_protocol::elements::{BatchRoot, Challenge};
use psephos_protocol::{poseidon, transcript};

use super::*;

const CONTEXT: u64 = 55;

fn notes(count: u64) -> Vec<Fr> {
    (1..=count).map(|i| poseidon::hash(&[Fr::from(i)])).collect()
}

/// Returns the root of any 256 leaves.
fn root(leaves: &[Fr]) -> Fr {
    let mut nodes = leaves.to_vec();
    for arity in [8, 8, 4] {
        nodes = nodes.chunks(arity).map(poseidon::hash).collect();
    }
    nodes[0]
}

/// Returns the sections of the constraints that are violated where `proven` are proven with their root, and `posted`
/// are posted.
fn caught(proven: &[Fr], posted: &[Fr]) -> Vec<&'static str> {
    let mut leaves = proven.to_vec();
    leaves.resize(LIST_NOTES, Fr::zero());
    let instance = instance(root(&leaves), posted);
    violated(instance, &leaves)
}

fn commitments(notes: &[Fr]) -> Vec<NoteCommitment> {
    notes.iter().copied().map(NoteCommitment::from_fr).collect()
}

/// Returns the public inputs that the contract computes for a root and posted notes.
fn instance(root: Fr, posted: &[Fr]) -> Instance {
    Instance::of(BatchRoot::from_fr(root), SealingContext::from_u64(CONTEXT), &commitments(posted)).unwrap()
}

fn violated(instance: Instance, leaves: &[Fr]) -> Vec<&'static str> {
    let list = NoteList::new(commitments(&notes(1))).unwrap();
    let mut b = Builder::shape();
    NotesCircuit { instance, list }.synthesize_with(&mut b, leaves);
    let (system, assignment) = b.finish();
    system.violated(&assignment).map(|index| system.section_of(index)).collect()
}

#[test]
fn posted_batch_satisfies() {
    for count in [1, 100, 256] {
        assert!(caught(&notes(count), &notes(count)).is_empty());
    }
}

#[test]
fn batch_other_than_the_posted_one_is_rejected() {
    let posted = notes(100);
    let change = |change: &dyn Fn(&mut Vec<Fr>)| {
        let mut proven = posted.clone();
        change(&mut proven);
        caught(&proven, &posted)
    };
    assert_eq!(change(&|list| list[7] += Fr::one()), ["binding"], "a note of the sealer's own");
    assert_eq!(change(&|list| list.swap(3, 4)), ["binding"], "another order");
    assert_eq!(change(&|list| list.push(Fr::one())), ["binding"], "a note after the last");
    assert_eq!(change(&|list| list.insert(0, Fr::zero())), ["binding"], "shifted");
    assert_eq!(change(&|list| list[99] = Fr::zero()), ["binding"], "a note left out");
    assert_eq!(change(&|list| list.resize(256, posted[0])), ["binding"], "padded with copies of one note");
}

#[test]
fn root_of_the_sealers_own_is_rejected() {
    let leaves = NoteList::new(commitments(&notes(100))).unwrap().leaves();
    let instance = instance(root(&leaves) + Fr::one(), &notes(100));
    assert_eq!(violated(instance, &leaves), ["binding"]);
}

/// A proof is valid for one position of one poll: elsewhere `z` differs.
#[test]
fn proof_for_another_position_is_rejected() {
    let list = NoteList::new(commitments(&notes(100))).unwrap();
    let instance = build(&list, SealingContext::from_u64(CONTEXT));
    let elsewhere = build(&list, SealingContext::from_u64(CONTEXT + 1));
    assert!(instance.z != elsewhere.z && instance.h == elsewhere.h);
    assert_eq!(violated(Instance { z: elsewhere.z, ..instance }, &list.leaves()), ["binding"]);
}

/// The reason why `z` is drawn after `R` and from every note: if `z` is known beforehand, one note of the sealer's
/// own compensates for another's effect on the sum.
#[test]
fn challenge_known_beforehand_binds_nothing() {
    let (posted, z) = (notes(100), Fr::from(987_654_321u64));
    let mut forged = posted.clone();
    forged[7] = Fr::from(666u64);
    forged[8] = posted[8] + (posted[7] - forged[7]) * z.inverse().unwrap();
    let y = transcript::evaluate(&posted, Challenge::from_fr(z)).to_fr();
    forged.resize(LIST_NOTES, Fr::zero());
    let instance = Instance::from_inputs([root(&forged), z, y]);
    assert!(violated(instance, &forged).is_empty(), "the attack itself must work, or this test shows nothing");
    assert_eq!(caught(&forged, &posted), ["binding"]);
}
