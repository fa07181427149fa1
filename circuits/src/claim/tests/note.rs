//! Clauses 1 and 2: the note and the reward nullifier.

use super::*;

#[test]
fn a_note_that_is_not_sealed() {
    for (change, what) in [
        ((|lie| lie.weight = 1_001) as fn(&mut Lie<3>), "more weight"),
        (|lie| lie.x = [1, 0, 0], "another choice"),
        (|lie| lie.nk = 32, "somebody else's nullifier key"),
    ] {
        assert_eq!(against_honest(change), ["binding"], "{what}");
    }
}

/// With its other context the note is another: a vote is paid in its own poll and chamber only, under one reward nullifier.
#[test]
fn a_note_of_another_poll() {
    assert_eq!(against_honest::<3>(|lie| lie.ctx = 98), ["binding"]);
    // The contract of the other poll, with the tree of this one.
    let lie = changed::<3>(|lie| lie.ctx = 98);
    let mut posted = lie.proven();
    posted[ROOT] = Lie::<3>::honest_posted()[ROOT];
    assert_eq!(lie.caught(posted), ["binding"]);
}

/// The zeros that fill up a list: to claim with one, the claimant puts it where the note belongs.
#[test]
fn a_zero_leaf() {
    let zero = changed::<3>(|lie| lie.leaf = Some(Fr::zero()));
    assert_ne!(zero.proven()[ROOT], Lie::<3>::honest_posted()[ROOT]);
    assert_eq!(zero.caught(zero.proven()), ["list"], "the tree has a zero there");
}

/// Somebody else's note in the place of the claimant's, and a node of the list as a note.
#[test]
fn another_leaf() {
    let other = changed::<3>(|lie| lie.x = [0, 0, 1]).note();
    assert_eq!(against_itself::<3>(|lie| lie.leaf = Some(other)), ["list"]);
    let node = psephos_protocol::poseidon::hash(&[Fr::from(7u64); 8]);
    assert_eq!(against_itself::<3>(|lie| lie.leaf = Some(node)), ["list"]);
    // A brother's value is one of the children already: then all is as if the note stood beside it, and it does not.
    let brother = Lie::<3>::honest().path().levels()[0].others[0];
    assert_eq!(against_itself::<3>(|lie| lie.leaf = Some(brother)), ["list"]);
}

#[test]
fn a_path_with_siblings_missing() {
    for above in 0..12 {
        assert_eq!(against_honest::<3>(|lie| lie.above = above), ["binding"], "{above} of 12");
    }
}

/// Values of more than 40 bits would pack to the same word: `x_1 = 0` with one more of weight to carry.
#[test]
fn values_that_carry_into_each_other() {
    assert_eq!(
        against_honest::<3>(|lie| {
            lie.weight += 1 << VALUE_BITS;
            lie.x = [0, 0, 0];
        }),
        ["binding"]
    );
    let sealed = changed::<3>(|lie| lie.x = [1, 1, 0]).proven();
    let carried = changed::<3>(|lie| {
        lie.weight += 1 << VALUE_BITS;
        lie.x = [0, 1, 0];
    });
    assert_eq!(carried.caught(sealed), ["binding"], "no bit of the weight is left for it");
}

#[test]
fn a_second_reward_nullifier() {
    let mut posted = Lie::<3>::honest_posted();
    posted[NULLIFIER] =
        nullifier::reward(&NullifierKey::from_fr(Fr::from(32u64)), &Lie::<3>::honest().id(), Fr::from(99u64));
    assert_eq!(changed::<3>(|_| ()).caught(posted), ["binding"], "of another key");
    posted[NULLIFIER] =
        nullifier::derive(&NullifierKey::from_fr(Fr::from(31u64)), &Lie::<3>::honest().id(), Fr::from(99u64));
    assert_eq!(changed::<3>(|_| ()).caught(posted), ["binding"], "the ballot's");
}
