//! The smallest election: one voter and one trustee, with development keys cached in the build's folder.

use ark_bn254::Fr;
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_protocol::census::{Census, Weight, leaf};
use psephos_protocol::committee::{KeyShare, KeyVector, Recipients, TransportSecret};
use psephos_protocol::encryption::Randomness;
use psephos_protocol::identity::{Identity, Seed};
use psephos_protocol::rule::{Kind, Rule};
use psephos_protocol::statement::{ballot, dealing, decryption};
use psephos_protocol::{Point, Scalar, scalar};
use psephos_prover::{KeyStore, ProvingKey};

use crate::toy::rng;

/// The folder in which development keys are cached.
pub const KEYS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/keys");

/// Returns the development key of a circuit: the first test that needs it generates it, all others read it.
pub fn key<C: Circuit>() -> ProvingKey<C> {
    KeyStore::new(KEYS).development(|_| {}).unwrap()
}

fn trustee() -> KeyShare {
    let mut rng = rng(9);
    KeyShare::new(std::array::from_fn(|_| scalar::random(&mut rng)))
}

/// Builds a ballot of weight 1000 for the second of three options, which replaces the one in the slot value `previous`.
pub fn ballot<const M: usize>(previous: [u8; 32]) -> (BallotCircuit<M>, Fr, ballot::Posted) {
    let mut rng = rng(3);
    let identity = Identity::from_seed(&Seed::from_bytes([7; 32])).unwrap();
    let own = leaf(&identity.commitment(), Weight::new(1000).unwrap());
    let leaves = (0..37u64).map(|i| if i == 5 { own } else { Fr::from(1_000_000 + i) }).collect();
    let membership = Census::from_leaves(leaves).unwrap().prove(5).unwrap();
    let rule = Rule { kind: Kind::Plurality, parameter: 0, exact: false }.parameters(3, true).unwrap();
    let mut choice = vec![0; M];
    choice[1] = 1;
    let (ak, nk) = (identity.authorising_key(), identity.nullifier_key());
    let (scope, randomness) = (Fr::from(77u64), Randomness::random(&mut rng));
    let keys = KeyVector::new(trustee().public()).unwrap();
    let draft = ballot::Draft::new(M, ak, nk, 1000, membership, scope, rule, keys, choice, randomness).unwrap();
    let ctx = draft.ctx();
    let signature = identity.sign(draft.message(previous), &mut rng);
    let (instance, witness, posted) = draft.finish(previous, signature);
    (BallotCircuit { instance, witness }, ctx, posted)
}

/// Builds a dealing to trustees, the last of which has not registered, with its context.
pub fn dealing<const N: usize>(trustees: u8, threshold: usize) -> (DealingCircuit<N>, Fr, dealing::Posted) {
    let key = |number: u8| TransportSecret::from_seed(&Seed::from_bytes([number; 32])).unwrap().public();
    let keys = (1..=trustees).map(|number| (number < trustees).then(|| key(number))).collect();
    let (ctx, recipients) = (Fr::from(6u64), Recipients::new(keys, threshold).unwrap());
    let (instance, witness, posted) = dealing::build(ctx, recipients, &mut rng(4));
    (DealingCircuit { instance, witness }, ctx, posted)
}

/// Builds a trustee's decryption share of a total, for a poll of this size.
pub fn opening(size: usize) -> (DecryptionCircuit, Fr, Point, decryption::Posted) {
    let (ctx, c) = (Fr::from(5u64), Point::generator().mul(&Scalar::from(123_456_789u64)));
    let (instance, witness, posted) = decryption::build(ctx, &c, &trustee(), size);
    (DecryptionCircuit { instance, witness }, ctx, c, posted)
}
