//! Negative tests of the notes circuit: malicious sealers.

use ark_ff::{Field, One};
use psephos_protocol::elements::{BatchRoot, Challenge};
use psephos_protocol::{poseidon, transcript};

use super::*;

const CONTEXT: u64 = 55;

fn test_notes(count: u64) -> Vec<Fr> {
    (1..=count).map(|i| poseidon::hash(&[Fr::from(i)])).collect()
}

/// Returns the root of any 256 leaves.
fn batch_root(leaves: &[Fr]) -> Fr {
    let mut nodes = leaves.to_vec();
    for arity in [8, 8, 4] {
        nodes = nodes.chunks(arity).map(poseidon::hash).collect();
    }
    nodes[0]
}

/// Returns the sections of the constraints that are violated where `proven` are proven with their root, and `posted`
/// are posted.
fn violated_sections_for(proven: &[Fr], posted: &[Fr]) -> Vec<&'static str> {
    let mut leaves = proven.to_vec();
    leaves.resize(BATCH_NOTES, Fr::zero());
    let instance = instance(batch_root(&leaves), posted);
    violated_sections(instance, &leaves)
}

fn commitments(notes: &[Fr]) -> Vec<NoteCommitment> {
    notes.iter().copied().map(NoteCommitment::from_fr).collect()
}

/// Returns the public inputs that the contract computes for a root and posted notes.
fn instance(root: Fr, posted: &[Fr]) -> Instance {
    Instance::from_notes(BatchRoot::from_fr(root), SealingContext::from_u64(CONTEXT), &commitments(posted)).unwrap()
}

fn violated_sections(instance: Instance, leaves: &[Fr]) -> Vec<&'static str> {
    let batch = NoteBatch::new(commitments(&test_notes(1))).unwrap();
    let mut b = Builder::for_setup();
    NotesCircuit { instance, batch }.synthesize_with(&mut b, leaves);
    let (system, assignment) = b.into_system();
    system.violated_constraints(&assignment).map(|index| system.section_of(index)).collect()
}

#[test]
fn posted_batch_satisfies() {
    for count in [1, 100, 256] {
        assert!(violated_sections_for(&test_notes(count), &test_notes(count)).is_empty());
    }
}

#[test]
fn batch_other_than_the_posted_one_is_rejected() {
    let posted = test_notes(100);
    let change = |change: &dyn Fn(&mut Vec<Fr>)| {
        let mut proven = posted.clone();
        change(&mut proven);
        violated_sections_for(&proven, &posted)
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
    let leaves = NoteBatch::new(commitments(&test_notes(100))).unwrap().leaves();
    let instance = instance(batch_root(&leaves) + Fr::one(), &test_notes(100));
    assert_eq!(violated_sections(instance, &leaves), ["binding"]);
}

/// A proof is valid for one position of one poll: elsewhere `z` differs.
#[test]
fn proof_for_another_position_is_rejected() {
    let batch = NoteBatch::new(commitments(&test_notes(100))).unwrap();
    let instance = build_instance(&batch, SealingContext::from_u64(CONTEXT));
    let elsewhere = build_instance(&batch, SealingContext::from_u64(CONTEXT + 1));
    assert!(instance.z != elsewhere.z && instance.h == elsewhere.h);
    assert_eq!(violated_sections(Instance { z: elsewhere.z, ..instance }, &batch.leaves()), ["binding"]);
}

/// The reason why `z` is drawn after `R` and from every note: if `z` is known beforehand, one note of the sealer's
/// own compensates for another's effect on the sum.
#[test]
fn challenge_known_beforehand_binds_nothing() {
    let (posted, z) = (test_notes(100), Fr::from(987_654_321u64));
    let mut forged = posted.clone();
    forged[7] = Fr::from(666u64);
    forged[8] = posted[8] + (posted[7] - forged[7]) * z.inverse().unwrap();
    let y = transcript::evaluate(&posted, Challenge::from_fr(z)).to_fr();
    forged.resize(BATCH_NOTES, Fr::zero());
    let instance = Instance::from_inputs([batch_root(&forged), z, y]);
    assert!(violated_sections(instance, &forged).is_empty(), "the attack itself must work, or this test shows nothing");
    assert_eq!(violated_sections_for(&forged, &posted), ["binding"]);
}
