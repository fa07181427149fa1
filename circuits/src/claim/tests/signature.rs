//! Clause 4: the signature.

use super::*;

#[test]
fn a_signature_is_needed() {
    assert_eq!(against_honest::<3>(|lie| lie.response_shift = 1), ["the signed challenge"]);
}

/// A prover who knows all but `ask` takes the voter's signature of one claim for another recipient.
#[test]
fn another_recipient() {
    let signed = Some(hash(&Lie::<3>::honest_posted()));
    assert!(against_honest::<3>(|lie| lie.signed = signed).is_empty());
    let caught = against_itself::<3>(|lie| {
        lie.binding = 666;
        lie.signed = signed;
    });
    assert_eq!(caught, ["the signed challenge"]);
    // Or leaves the signed one in the proof: then the contract has another.
    let mut posted = Lie::<3>::honest_posted();
    posted[BINDING] = Fr::from(666u64);
    assert_eq!(changed::<3>(|_| ()).caught(posted), ["binding"]);
}

/// What a voter signs with a ballot is no claim: `Poseidon(BALLOT, h, z)`, even for the same `h`.
#[test]
fn a_signature_of_a_ballot() {
    let h = hash(&Lie::<3>::honest_posted());
    let message = psephos_protocol::statement::ballot::message(h, Fr::from(5u64));
    assert_eq!(against_honest::<3>(|lie| lie.signed = Some(message)), ["the signed challenge"]);
}

/// `(x, -1)` is off the curve and has the Montgomery form of the point of order two: anybody can sign for it. No ballot's note has such a key, and neither has a claim.
#[test]
fn a_key_that_anybody_can_sign_for() {
    let key = Some([Fr::from(7u64), -Fr::one()]);
    assert_eq!(against_itself::<3>(|lie| lie.ak = key), ["a key on the curve"]);
    assert!(against_honest::<3>(|lie| lie.ak = key).contains(&"binding"), "nor has the voter's note");
    // The point of order two itself is on the curve; its note is not the voter's.
    let key = Some([Fr::zero(), -Fr::one()]);
    assert!(against_honest::<3>(|lie| lie.ak = key).contains(&"binding"));
}

/// A second challenge for one nonce: only the comparison with `r` stands in the way, of its highest bits here.
#[test]
fn the_challenge_has_one_representation() {
    let caught: Vec<_> = (1..40)
        .map(|nonce| {
            against_honest::<3>(|lie| {
                lie.alias = true;
                lie.nonce = nonce;
            })
        })
        .collect();
    // About a third of all elements have an alias; the others pass as what they are.
    assert!(caught.iter().all(|c| c.is_empty() || *c == ["at most a constant"]));
    assert!(caught.iter().any(|c| !c.is_empty()) && caught.iter().any(|c| c.is_empty()));
}

/// Another nonce, or another form `s + l` of the response, is another proof of the same claim: nothing that is posted depends on the signature.
#[test]
fn a_second_signature_is_the_same_claim() {
    for nonce in 6..9 {
        let lie = changed::<3>(|lie| lie.nonce = nonce);
        assert!(lie.caught(Lie::<3>::honest_posted()).is_empty());
        assert_eq!(lie.proven(), Lie::<3>::honest_posted());
    }
}
