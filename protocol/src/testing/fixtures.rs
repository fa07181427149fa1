//! Voters, committees and ballots that are the same in every run.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be built fails the test that asks for it")]

use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    Fr,
    census::{self, Census, MembershipProof, Sibling},
    committee::{KeyShare, KeyVector, Recipients, TransportSecret},
    constants::CENSUS_DEPTH,
    elements::{CensusLeaf, Context, Scope},
    encryption::Randomness,
    identity::{Identity, Seed},
    rule::{Rule, RuleKind, RuleParameters},
    scalar,
    statement::ballot::{BallotDraft, BallotError, Instance, PostedBallot, UnsignedWitness, Witness},
    weight::Weight,
};

/// Returns a generator of the same numbers in every run.
pub fn seeded_rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Returns the identity whose seed is this byte 32 times.
pub fn seeded_identity(number: u8) -> Identity {
    Identity::from_seed(&Seed::from_bytes([number; 32])).unwrap()
}

/// Returns the key share of a committee of one trustee, whose keys are therefore [`key_vector`] of the same seed.
pub fn key_share(seed: u64) -> KeyShare {
    let mut rng = seeded_rng(seed);
    KeyShare::new(std::array::from_fn(|_| scalar::random_scalar(&mut rng)))
}

/// Returns the public keys of [`key_share`].
pub fn key_vector(seed: u64) -> KeyVector {
    KeyVector::new(key_share(seed).public_keys()).unwrap()
}

/// Returns the transport secret whose seed is this byte 32 times.
pub fn transport_secret(number: u8) -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes([number; 32])).unwrap()
}

/// Returns the recipients of a dealing: the trustee at index `i` has the key of `transport_secret(i + 1)`, and those
/// at the indices in `absent` have not registered.
pub fn recipients(trustees: usize, threshold: usize, absent: &[usize]) -> Recipients {
    let key = |index: usize| (!absent.contains(&index)).then(|| transport_secret(index as u8 + 1).transport_key());
    Recipients::new((0..trustees).map(key).collect(), threshold).unwrap()
}

/// Returns a weight; panics if it is out of range.
pub fn weight(number: u64) -> Weight {
    Weight::new(number).unwrap()
}

/// Returns the census of the members `seeded_identity(0)`, `seeded_identity(1)`, .. with these weights.
pub fn census_of_weights(weights: &[u64]) -> Census {
    let leaf = |(member, &number)| census::hash_leaf(&seeded_identity(member).commitment(), weight(number));
    Census::from_leaves((0u8..).zip(weights).map(leaf).collect()).unwrap()
}

/// Returns the parameters of a ballot rule, inexact, with choices in notes.
pub fn ballot_rule(kind: RuleKind, parameter: u16, options: usize, weighted: bool) -> RuleParameters {
    Rule { choice_in_note: true, ..Rule::new(kind, parameter) }.to_parameters(options, weighted).unwrap()
}

/// A voter with its Merkle path to a census root.
#[derive(Clone)]
pub struct Voter {
    /// Its secrets: `seeded_identity(7)`.
    pub identity: Identity,
    /// Its weight.
    pub weight: Weight,
    /// Its Merkle path.
    pub membership: MembershipProof,
}

/// A ballot as a statement with its witness, and its public form.
pub struct CastBallot {
    /// The statement's instance.
    pub instance: Instance,
    /// The statement's witness.
    pub witness: Witness,
    /// The ballot as posted on chain.
    pub posted: PostedBallot,
    /// The context it was made for.
    pub ctx: Context,
}

impl Voter {
    /// Returns the voter at `index` of a census of `members`; the other leaves are pseudorandom.
    pub fn in_census(weight: Weight, index: usize, members: usize) -> Self {
        let identity = seeded_identity(7);
        let own = census::hash_leaf(&identity.commitment(), weight);
        let mut rng = seeded_rng(1);
        let mut other = || CensusLeaf::from_fr(Fr::from(rng.r#gen::<u128>()));
        let leaves = (0..members).map(|i| if i == index { own } else { other() }).collect();
        let membership = Census::from_leaves(leaves).unwrap().prove_membership(index).unwrap();
        Self { identity, weight, membership }
    }

    /// Returns a voter whose Merkle path has the greatest depth, 20, with siblings on both sides.
    pub fn at_full_depth(weight: Weight) -> Self {
        let mut rng = seeded_rng(2);
        let sibling = |i: usize| Sibling { value: Fr::from(rng.r#gen::<u128>()), on_left: i.is_multiple_of(3) };
        let membership = MembershipProof { siblings: (0..CENSUS_DEPTH).map(sibling).collect() };
        Self { identity: seeded_identity(7), weight, membership }
    }

    /// Makes a ballot of this choice, padded to the circuit's size, in scope 77 under the keys of `key_vector(9)`.
    /// `previous` is the ballot slot that it replaces, or zeros.
    ///
    /// # Errors
    /// [`BallotError`] if the choice violates the ballot rule.
    pub fn cast_ballot(&self, rule: RuleParameters, x: &[u64], previous: [u8; 32]) -> Result<CastBallot, BallotError> {
        let mut rng = seeded_rng(3);
        let randomness = Randomness::random(&mut rng);
        let (ak, nk) = (self.identity.authorising_key(), self.identity.nullifier_key());
        let (membership, scope, keys) = (self.membership.clone(), Scope::from_fr(Fr::from(77u64)), key_vector(9));
        let (size, x) = (x.len(), x.to_vec());
        let weight = self.weight;
        let unsigned = UnsignedWitness { size, ak, nk, weight, membership, scope, rule, keys, x, randomness };
        let draft = BallotDraft::new(unsigned)?;
        let ctx = draft.ctx();
        let signature = self.identity.sign(draft.message(previous), &mut rng);
        let (instance, witness, posted) = draft.attach_signature(previous, signature);
        Ok(CastBallot { instance, witness, posted, ctx })
    }
}
