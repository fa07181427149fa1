//! Negative tests of clause 4, the signature.

use psephos_protocol::elements::Challenge;

use super::*;

#[test]
fn wrong_signature_response_is_rejected() {
    assert_eq!(violated_against_honest::<3>(|malicious| malicious.response_shift = 1), ["the signed challenge"]);
}

/// A prover that knows everything except `ask` uses the voter's signature of one claim for another recipient.
#[test]
fn redirected_recipient_is_rejected() {
    let signed = Some(hash_elements(&MaliciousWitness::<3>::honest_elements()).to_fr());
    assert!(violated_against_honest::<3>(|malicious| malicious.signed = signed).is_empty());
    let violated = violated_against_own::<3>(|malicious| {
        malicious.binding = 666;
        malicious.signed = signed;
    });
    assert_eq!(violated, ["the signed challenge"]);
    // Or it keeps the signed recipient in the proof: then the contract posts another one.
    let mut posted = MaliciousWitness::<3>::honest_elements();
    posted[BINDING] = Fr::from(666u64);
    assert_eq!(malicious_witness::<3>(|_| ()).violated_constraints(posted), ["binding"]);
}

/// The message that a voter signs with a ballot is no claim: `Poseidon(BALLOT, h, z)`, even for the same `h`.
#[test]
fn signature_of_a_ballot_is_rejected() {
    let h = hash_elements(&MaliciousWitness::<3>::honest_elements());
    let message = psephos_protocol::statement::ballot::derive_message(h, Challenge::from_u64(5));
    assert_eq!(
        violated_against_honest::<3>(|malicious| malicious.signed = Some(message.to_fr())),
        ["the signed challenge"]
    );
}

/// `(x, -1)` is off the curve and has the Montgomery form of the point of order two: anyone can sign for it. No
/// ballot's note has such a key, and no claim can have one either.
#[test]
fn key_that_anyone_can_sign_for_is_rejected() {
    let key = Some([Fr::from(7u64), -Fr::one()]);
    assert_eq!(violated_against_own::<3>(|malicious| malicious.ak = key), ["a key on the curve"]);
    assert!(
        violated_against_honest::<3>(|malicious| malicious.ak = key).contains(&"binding"),
        "the voter's note has another key"
    );
    // The point of order two itself is on the curve; its note is not the voter's.
    let key = Some([Fr::zero(), -Fr::one()]);
    assert!(violated_against_honest::<3>(|malicious| malicious.ak = key).contains(&"binding"));
}

/// A second challenge for one nonce: only the comparison of its highest bits with those of `r` prevents it.
#[test]
fn noncanonical_challenge_is_rejected() {
    let violated: Vec<_> = (1..40)
        .map(|nonce| {
            violated_against_honest::<3>(|malicious| {
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
        let malicious = malicious_witness::<3>(|malicious| malicious.nonce = nonce);
        assert!(malicious.violated_constraints(MaliciousWitness::<3>::honest_elements()).is_empty());
        assert_eq!(malicious.proven_elements(), MaliciousWitness::<3>::honest_elements());
    }
}
