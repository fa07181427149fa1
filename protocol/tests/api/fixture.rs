//! Fixtures: a voter, a census and a committee to make ballots with.

pub(crate) use psephos_protocol::testing::{
    ballot_rule as rule, census_of_weights as census_of, recipients, seeded_identity as identity, seeded_rng as rng,
    transport_secret as transport,
};
use psephos_protocol::{
    committee::{KeyShare, KeyVector},
    constants::size_for,
    context,
    elements::{Context, Scope},
    encryption::Randomness,
    identifiers::{ChainId, ChamberId, PollId},
    rule::{Kind, Parameters},
    statement::ballot::{Draft, Instance, Posted, Witness},
    testing::{key_share, key_vector},
};

pub(crate) fn trustee(number: u8) -> KeyShare {
    key_share(number.into())
}

pub(crate) fn committee(number: u8) -> KeyVector {
    key_vector(number.into())
}

pub(crate) fn plurality(options: usize) -> Parameters {
    rule(Kind::Plurality, 0, options, true)
}

pub(crate) fn scope() -> Scope {
    context::scope(ChainId::new(31337), [7; 20], PollId::new(1), ChamberId::new(2), 3, 1_000)
}

/// Drafts a ballot of member 1 of four, of weight 20.
pub(crate) fn draft(rule: Parameters, x: &[u64]) -> Draft {
    let census = census_of(&[10, 20, 30, 40]);
    let size = size_for(rule.options).expect("the fixture is valid");
    let mut x = x.to_vec();
    x.resize(size, 0);
    let voter = identity(1);
    let (ak, nk) = (voter.authorising_key(), voter.nullifier_key());
    let membership = census.prove(1).expect("the fixture is valid");
    let randomness = Randomness::random(&mut rng(3));
    Draft::new(size, ak, nk, 20, membership, scope(), rule, committee(99), x, randomness).expect("the fixture is valid")
}

pub(crate) fn ballot(rule: Parameters, x: &[u64]) -> (Instance, Witness, Posted, Context) {
    let draft = draft(rule, x);
    let ctx = draft.ctx();
    let signature = identity(1).sign(draft.message([0; 32]), &mut rng(4));
    let (instance, witness, posted) = draft.finish([0; 32], signature);
    (instance, witness, posted, ctx)
}
