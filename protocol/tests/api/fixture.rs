//! Fixtures: a voter, a census and a committee to make ballots with.

use psephos_protocol::{
    Fr,
    census::{self, Census, Weight},
    committee::{KeyShare, KeyVector, Recipients, TransportSecret},
    constants::size_for,
    context,
    encryption::Randomness,
    identity::{Identity, Seed},
    rule::{Kind, Parameters, Rule},
    scalar,
    statement::ballot::{Draft, Instance, Posted, Witness},
};
use rand::{SeedableRng, rngs::StdRng};

pub(crate) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(crate) fn identity(number: u8) -> Identity {
    Identity::from_seed(&Seed::from_bytes([number; 32])).expect("the fixture is valid")
}

pub(crate) fn trustee(number: u8) -> KeyShare {
    let mut rng = rng(number.into());
    KeyShare::new(std::array::from_fn(|_| scalar::random(&mut rng)))
}

pub(crate) fn committee(number: u8) -> KeyVector {
    KeyVector::new(trustee(number).public()).expect("the fixture is valid")
}

pub(crate) fn transport(number: u8) -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes([number; 32])).expect("the fixture is valid")
}

/// Returns trustees of which those with an index in `absent` have not registered.
pub(crate) fn recipients(trustees: usize, threshold: usize, absent: &[usize]) -> Recipients {
    let key = |index: usize| (!absent.contains(&index)).then(|| transport(index as u8 + 1).public());
    Recipients::new((0..trustees).map(key).collect(), threshold).expect("the fixture is valid")
}

/// Returns a census of members 0, 1, .. with these weights.
pub(crate) fn census_of(weights: &[u64]) -> Census {
    let leaf = |(number, &weight)| {
        census::leaf(&identity(number).commitment(), Weight::new(weight).expect("the fixture is valid"))
    };
    Census::from_leaves((0u8..).zip(weights).map(leaf).collect()).expect("the fixture is valid")
}

pub(crate) fn plurality(options: usize) -> Parameters {
    rule(Kind::Plurality, 0, options, true)
}

pub(crate) fn rule(kind: Kind, parameter: u16, options: usize, weighted: bool) -> Parameters {
    Rule { kind, parameter, exact: false }.parameters(options, weighted).expect("the fixture is valid")
}

pub(crate) fn scope() -> Fr {
    context::scope(31337, [7; 20], 1, 2, 3, 1_000)
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

pub(crate) fn ballot(rule: Parameters, x: &[u64]) -> (Instance, Witness, Posted, Fr) {
    let draft = draft(rule, x);
    let ctx = draft.ctx();
    let signature = identity(1).sign(draft.message([0; 32]), &mut rng(4));
    let (instance, witness, posted) = draft.finish([0; 32], signature);
    (instance, witness, posted, ctx)
}
