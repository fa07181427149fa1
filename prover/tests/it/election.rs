//! The smallest election: one voter, one trustee, with their keys cached beside the build's other products.

use ark_bn254::Fr;
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_protocol::rule::Kind;
use psephos_protocol::statement::{ballot, dealing, decryption};
use psephos_protocol::testing::{CastBallot, Voter, ballot_rule, key_share, recipients};
use psephos_protocol::{Point, Scalar};
use psephos_prover::{KeyStore, ProvingKey};

use crate::toy::rng;

/// The development key of a circuit: made by the first test that asks, read by all others.
pub fn key<C: Circuit>() -> ProvingKey<C> {
    KeyStore::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/keys")).development(|_| {}).unwrap()
}

/// A ballot of weight 1000 for the second of three options, over one that `previous` stands for.
pub fn ballot<const M: usize>(previous: [u8; 32]) -> (BallotCircuit<M>, Fr, ballot::Posted) {
    let rule = ballot_rule(Kind::Plurality, 0, 3, true);
    let mut choice = vec![0; M];
    choice[1] = 1;
    let CastBallot { instance, witness, posted, ctx } =
        Voter::in_census(1000, 5, 37).cast_ballot(rule, &choice, previous).unwrap();
    (BallotCircuit { instance, witness }, ctx, posted)
}

/// A dealing to trustees of whom the last is absent, with its context.
pub fn dealing<const N: usize>(trustees: u8, threshold: usize) -> (DealingCircuit<N>, Fr, dealing::Posted) {
    let trustees = usize::from(trustees);
    let (ctx, recipients) = (Fr::from(6u64), recipients(trustees, threshold, &[trustees - 1]));
    let (instance, witness, posted) = dealing::build(ctx, recipients, &mut rng(4));
    (DealingCircuit { instance, witness }, ctx, posted)
}

/// A trustee's share of a total, for a poll of this size.
pub fn opening(size: usize) -> (DecryptionCircuit, Fr, Point, decryption::Posted) {
    let (ctx, c) = (Fr::from(5u64), Point::generator().mul(&Scalar::from(123_456_789u64)));
    let (instance, witness, posted) = decryption::build(ctx, &c, &key_share(9), size);
    (DecryptionCircuit { instance, witness }, ctx, c, posted)
}
