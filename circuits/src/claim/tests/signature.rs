//! Negative tests of clause 4, the signature.

use psephos_protocol::elements::Challenge;

use super::*;

#[test]
fn wrong_signature_response_is_rejected() {
    assert_eq!(against_honest::<3>(|malicious| malicious.response_shift = 1), ["the signed challenge"]);
}

/// A prover that knows everything except `ask` uses the voter's signature of one claim for another recipient.
#[test]
fn redirected_recipient_is_rejected() {
    let signed = Some(hash(&Lie::<3>::honest_posted()).to_fr());
    assert!(against_honest::<3>(|malicious| malicious.signed = signed).is_empty());
    let violated = against_itself::<3>(|malicious| {
        malicious.binding = 666;
        malicious.signed = signed;
    });
    assert_eq!(violated, ["the signed challenge"]);
    // Or it keeps the signed recipient in the proof: then the contract posts another one.
    let mut posted = Lie::<3>::honest_posted();
    posted[BINDING] = Fr::from(666u64);
    assert_eq!(changed::<3>(|_| ()).caught(posted), ["binding"]);
}

/// The message that a voter signs with a ballot is no claim: `Poseidon(BALLOT, h, z)`, even for the same `h`.
#[test]
fn signature_of_a_ballot_is_rejected() {
    let h = hash(&Lie::<3>::honest_posted());
    let message = psephos_protocol::statement::ballot::message(h, Challenge::from_u64(5));
    assert_eq!(against_honest::<3>(|malicious| malicious.signed = Some(message.to_fr())), ["the signed challenge"]);
}

/// `(x, -1)` is off the curve and has the Montgomery form of the point of order two: anyone can sign for it. No
/// ballot's note has such a key, and no claim can have one either.
#[test]
fn key_that_anyone_can_sign_for_is_rejected() {
    let key = Some([Fr::from(7u64), -Fr::one()]);
    assert_eq!(against_itself::<3>(|malicious| malicious.ak = key), ["a key on the curve"]);
    assert!(
        against_honest::<3>(|malicious| malicious.ak = key).contains(&"binding"),
        "the voter's note has another key"
    );
    // The point of order two itself is on the curve; its note is not the voter's.
    let key = Some([Fr::zero(), -Fr::one()]);
    assert!(against_honest::<3>(|malicious| malicious.ak = key).contains(&"binding"));
}

/// A second challenge for one nonce: only the comparison of its highest bits with those of `r` prevents it.
#[test]
fn noncanonical_challenge_is_rejected() {
    let violated: Vec<_> = (1..40)
        .map(|nonce| {
            against_honest::<3>(|malicious| {
                malicious.alias = true;
                malicious.nonce = nonce;
            })
        })
        .collect();
    // About a third of all elements have an alias; for the others the challenge is canonical and passes.
    assert!(violated.iter().all(|c| c.is_empty() || *c == ["at most a constant"]));
    assert!(violated.iter().any(|c| !c.is_empty()) && violated.iter().any(|c| c.is_empty()));
}

/// Another nonce, or the response's other representative `s + l`, gives another proof of the same claim: no posted
/// element depends on the signature.
#[test]
fn second_signature_leaves_the_claim_unchanged() {
    for nonce in 6..9 {
        let malicious = changed::<3>(|malicious| malicious.nonce = nonce);
        assert!(malicious.caught(Lie::<3>::honest_posted()).is_empty());
        assert_eq!(malicious.proven(), Lie::<3>::honest_posted());
    }
}
