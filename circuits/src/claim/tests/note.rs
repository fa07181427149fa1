//! Negative tests of clauses 1 and 2, the note and the reward nullifier.

use super::*;

#[test]
fn unsealed_note_is_rejected() {
    for (change, what) in [
        ((|malicious| malicious.weight = 1_001) as fn(&mut Lie<3>), "more weight"),
        (|malicious| malicious.x = [1, 0, 0], "another choice"),
        (|malicious| malicious.nk = 32, "another member's nullifier key"),
    ] {
        assert_eq!(against_honest(change), ["binding"], "{what}");
    }
}

/// With another context the note is another one: a vote is paid only in its own poll and chamber, under one reward
/// nullifier.
#[test]
fn note_of_another_poll_is_rejected() {
    assert_eq!(against_honest::<3>(|malicious| malicious.ctx = 98), ["binding"]);
    // The contract of the other poll, with the tree of this one.
    let malicious = changed::<3>(|malicious| malicious.ctx = 98);
    let mut posted = malicious.proven();
    posted[ROOT] = Lie::<3>::honest_posted()[ROOT];
    assert_eq!(malicious.caught(posted), ["binding"]);
}

/// The zeros that pad a note batch: to claim with one, the claimant assigns it at the note's position.
#[test]
fn zero_leaf_is_rejected() {
    let zero = changed::<3>(|malicious| malicious.leaf = Some(Fr::zero()));
    assert_ne!(zero.proven()[ROOT], Lie::<3>::honest_posted()[ROOT]);
    assert_eq!(zero.caught(zero.proven()), ["list"], "the tree has a zero at that position");
}

/// Another member's note at the position of the claimant's, and a node of the note batch as a note.
#[test]
fn leaf_other_than_the_note_is_rejected() {
    let other = changed::<3>(|malicious| malicious.x = [0, 0, 1]).note();
    assert_eq!(against_itself::<3>(|malicious| malicious.leaf = Some(other)), ["list"]);
    let node = psephos_protocol::poseidon::hash(&[Fr::from(7u64); 8]);
    assert_eq!(against_itself::<3>(|malicious| malicious.leaf = Some(node)), ["list"]);
    // The value of a sibling is already one of the children: the claimant acts as if its note were beside it, but it
    // is not.
    let sibling = Lie::<3>::honest().path().levels()[0].others[0];
    assert_eq!(against_itself::<3>(|malicious| malicious.leaf = Some(sibling)), ["list"]);
}

#[test]
fn path_with_missing_siblings_is_rejected() {
    for above in 0..12 {
        assert_eq!(against_honest::<3>(|malicious| malicious.above = above), ["binding"], "{above} of 12");
    }
}

/// Values of more than 40 bits would pack to the same word: `x_1 = 0` with one more unit of weight to carry.
#[test]
fn values_that_carry_into_each_other_are_rejected() {
    assert_eq!(
        against_honest::<3>(|malicious| {
            malicious.weight += 1 << VALUE_BITS;
            malicious.x = [0, 0, 0];
        }),
        ["binding"]
    );
    let sealed = changed::<3>(|malicious| malicious.x = [1, 1, 0]).proven();
    let carried = changed::<3>(|malicious| {
        malicious.weight += 1 << VALUE_BITS;
        malicious.x = [0, 1, 0];
    });
    assert_eq!(carried.caught(sealed), ["binding"], "the weight has no bit for the carry");
}

#[test]
fn second_reward_nullifier_is_rejected() {
    let mut posted = Lie::<3>::honest_posted();
    let (id, ctx) = (Lie::<3>::honest().id(), Context::from_u64(99));
    posted[NULLIFIER] = nullifier::reward(&NullifierKey::from_fr(Fr::from(32u64)), &id, ctx).to_fr();
    assert_eq!(changed::<3>(|_| ()).caught(posted), ["binding"], "reward nullifier of another key");
    posted[NULLIFIER] = nullifier::derive(&NullifierKey::from_fr(Fr::from(31u64)), &id, ctx).to_fr();
    assert_eq!(changed::<3>(|_| ()).caught(posted), ["binding"], "nullifier of the ballot");
}
