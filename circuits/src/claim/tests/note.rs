//! Negative tests of clauses 1 and 2, the note and the reward nullifier.

use super::*;

#[test]
fn unsealed_note_is_rejected() {
    for (change, what) in [
        ((|malicious| malicious.weight = 1_001) as fn(&mut MaliciousWitness<3>), "more weight"),
        (|malicious| malicious.x = [1, 0, 0], "another choice"),
        (|malicious| malicious.nk = 32, "another member's nullifier key"),
    ] {
        assert_eq!(violated_against_honest(change), ["binding"], "{what}");
    }
}

/// With another context the note is another one: a vote is paid only in its own poll and chamber, under one reward
/// nullifier.
#[test]
fn note_of_another_poll_is_rejected() {
    assert_eq!(violated_against_honest::<3>(|malicious| malicious.ctx = 98), ["binding"]);
    // The contract of the other poll, with the tree of this one.
    let malicious = malicious_witness::<3>(|malicious| malicious.ctx = 98);
    let mut posted = malicious.proven_elements();
    posted[ROOT] = MaliciousWitness::<3>::honest_elements()[ROOT];
    assert_eq!(malicious.violated_constraints(posted), ["binding"]);
}

/// The zeros that pad a note batch: to claim with one, the claimant assigns it at the note's position.
#[test]
fn zero_leaf_is_rejected() {
    let zero = malicious_witness::<3>(|malicious| malicious.leaf = Some(Fr::zero()));
    assert_ne!(zero.proven_elements()[ROOT], MaliciousWitness::<3>::honest_elements()[ROOT]);
    assert_eq!(zero.violated_constraints(zero.proven_elements()), ["batch"], "the tree has a zero at that position");
}

/// Another member's note at the position of the claimant's, and a node of the note batch as a note.
#[test]
fn leaf_other_than_the_note_is_rejected() {
    let other = malicious_witness::<3>(|malicious| malicious.x = [0, 0, 1]).note_commitment();
    assert_eq!(violated_against_own::<3>(|malicious| malicious.leaf = Some(other)), ["batch"]);
    let node = psephos_protocol::poseidon::hash(&[Fr::from(7u64); 8]);
    assert_eq!(violated_against_own::<3>(|malicious| malicious.leaf = Some(node)), ["batch"]);
    // The value of a sibling is already one of the children: the claimant acts as if its note were beside it, but it
    // is not.
    let sibling = MaliciousWitness::<3>::honest().path().levels()[0].siblings[0];
    assert_eq!(violated_against_own::<3>(|malicious| malicious.leaf = Some(sibling)), ["batch"]);
}

#[test]
fn path_with_missing_siblings_is_rejected() {
    for above in 0..12 {
        assert_eq!(
            violated_against_honest::<3>(|malicious| malicious.siblings_above = above),
            ["binding"],
            "{above} of 12"
        );
    }
}

/// Values of more than 40 bits would pack to the same word: `x_1 = 0` with one more unit of weight to carry.
#[test]
fn values_that_carry_into_each_other_are_rejected() {
    assert_eq!(
        violated_against_honest::<3>(|malicious| {
            malicious.weight += 1 << VALUE_BITS;
            malicious.x = [0, 0, 0];
        }),
        ["binding"]
    );
    let sealed = malicious_witness::<3>(|malicious| malicious.x = [1, 1, 0]).proven_elements();
    let carried = malicious_witness::<3>(|malicious| {
        malicious.weight += 1 << VALUE_BITS;
        malicious.x = [0, 1, 0];
    });
    assert_eq!(carried.violated_constraints(sealed), ["binding"], "the weight has no bit for the carry");
}

#[test]
fn second_reward_nullifier_is_rejected() {
    let mut posted = MaliciousWitness::<3>::honest_elements();
    let (id, ctx) = (MaliciousWitness::<3>::honest().id(), Context::from_u64(99));
    posted[NULLIFIER] = nullifier::derive_reward_nullifier(&NullifierKey::from_fr(Fr::from(32u64)), &id, ctx).to_fr();
    assert_eq!(
        malicious_witness::<3>(|_| ()).violated_constraints(posted),
        ["binding"],
        "reward nullifier of another key"
    );
    posted[NULLIFIER] = nullifier::derive_nullifier(&NullifierKey::from_fr(Fr::from(31u64)), &id, ctx).to_fr();
    assert_eq!(malicious_witness::<3>(|_| ()).violated_constraints(posted), ["binding"], "nullifier of the ballot");
}
