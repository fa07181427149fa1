//! The smallest election: one voter and one trustee, with development keys cached in the build's folder.

use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_protocol::elements::{Context, TrusteeContext};
use psephos_protocol::rule::RuleKind;
use psephos_protocol::statement::{ballot, dealing, decryption};
use psephos_protocol::testing::{CastBallot, Voter, ballot_rule, key_share, recipients, weight};
use psephos_protocol::{Point, Scalar};
use psephos_prover::{KeyStore, ProvingKey};

use crate::toy::seeded_rng;

/// The folder in which development keys are cached.
pub const KEYS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/keys");

/// Returns the development key of a circuit: the first test that needs it generates it, all others read it.
pub fn development_key<C: Circuit>() -> ProvingKey<C> {
    KeyStore::new(KEYS).load_development(|_| {}).unwrap()
}

/// Builds a ballot of weight 1000 for the second of three options, which replaces the one in the slot value `previous`.
pub fn build_ballot<const M: usize>(previous: [u8; 32]) -> (BallotCircuit<M>, Context, ballot::PostedBallot) {
    let rule = ballot_rule(RuleKind::Plurality, 0, 3, true);
    let mut choice = vec![0; M];
    choice[1] = 1;
    let CastBallot { instance, witness, posted, ctx } =
        Voter::in_census(weight(1000), 5, 37).cast_ballot(rule, &choice, previous).unwrap();
    (BallotCircuit { instance, witness }, ctx, posted)
}

/// Builds a dealing to trustees, the last of which has not registered, with its context.
pub fn build_dealing<const N: usize>(
    trustees: u8,
    threshold: usize,
) -> (DealingCircuit<N>, TrusteeContext, dealing::PostedDealing) {
    let trustees = usize::from(trustees);
    let (ctx, recipients) = (TrusteeContext::from_u64(6), recipients(trustees, threshold, &[trustees - 1]));
    let (instance, witness, posted) = dealing::build_dealing(ctx, recipients, &mut seeded_rng(4));
    (DealingCircuit { instance, witness }, ctx, posted)
}

/// Builds a trustee's decryption share of a total, for a poll of this size.
pub fn build_decryption_share(size: usize) -> (DecryptionCircuit, Context, Point, decryption::PostedShare) {
    let (ctx, c) = (Context::from_u64(5), Point::generator().mul(&Scalar::from(123_456_789u64)));
    let (instance, witness, posted) = decryption::build_share(ctx, &c, &key_share(9), size);
    (DecryptionCircuit { instance, witness }, ctx, c, posted)
}
