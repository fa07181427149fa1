//! Fixtures: a voter, a census and a committee to make ballots with.

pub(crate) use psephos_protocol::testing::{
    ballot_rule as rule, census_of_weights as census_of, recipients, seeded_identity as identity, seeded_rng as rng,
    transport_secret as transport, weight,
};
use psephos_protocol::{
    committee::{KeyShare, KeyVector},
    constants::size_for_options,
    context,
    elements::{Context, Scope},
    encryption::Randomness,
    fingerprint::PollFingerprint,
    identifiers::ChamberId,
    rule::{RuleKind, RuleParameters},
    statement::ballot::{BallotDraft, Instance, PostedBallot, UnsignedWitness, Witness},
};

pub(crate) fn key_share(number: u8) -> KeyShare {
    psephos_protocol::testing::key_share(number.into())
}

pub(crate) fn key_vector(number: u8) -> KeyVector {
    psephos_protocol::testing::key_vector(number.into())
}

pub(crate) fn plurality_rule(options: usize) -> RuleParameters {
    rule(RuleKind::Plurality, 0, options, true)
}

pub(crate) fn poll_scope() -> Scope {
    context::derive_scope(PollFingerprint::from_bytes([7; 32]), ChamberId::new(2))
}

/// Drafts a ballot of member 1 of four, of weight 20.
pub(crate) fn draft_ballot(rule: RuleParameters, x: &[u64]) -> BallotDraft {
    let census = census_of(&[10, 20, 30, 40]);
    let size = size_for_options(rule.options).expect("the fixture is valid");
    let mut x = x.to_vec();
    x.resize(size, 0);
    let voter = identity(1);
    let (ak, nk) = (voter.authorising_key(), voter.nullifier_key());
    let membership = census.prove_membership(1).expect("the fixture is valid");
    let randomness = Randomness::random(&mut rng(3));
    let (weight, scope, keys) = (weight(20), poll_scope(), key_vector(99));
    BallotDraft::new(UnsignedWitness { size, ak, nk, weight, membership, scope, rule, keys, x, randomness })
        .expect("the fixture is valid")
}

pub(crate) fn make_ballot(rule: RuleParameters, x: &[u64]) -> (Instance, Witness, PostedBallot, Context) {
    let draft = draft_ballot(rule, x);
    let ctx = draft.ctx();
    let signature = identity(1).sign(draft.message([0; 32]), &mut rng(4));
    let (instance, witness, posted) = draft.attach_signature([0; 32], signature);
    (instance, witness, posted, ctx)
}
