//! Elections of one voter, for the circuits' tests.
#![allow(dead_code, unused_imports, missing_docs, unreachable_pub, clippy::unwrap_used)]

use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::notes::NotesCircuit;
use psephos_protocol::committee::{KeyShare, KeyVector, Recipients};
use psephos_protocol::note::{NoteList, NotePath, NoteTree, Opening};
use psephos_protocol::reward::{self, Policy};
use psephos_protocol::rule::{Kind, Parameters, Rule};
use psephos_protocol::statement::{ballot, claim, committee_keys, dealing, decryption, notes};
use psephos_protocol::testing::{self, CastBallot, key_share, key_vector, seeded_identity};
use psephos_protocol::{Fr, Point, Scalar};
use rand::Rng;

pub use psephos_protocol::testing::{recipients, seeded_rng as rng};

pub fn trustee() -> KeyShare {
    key_share(9)
}

pub fn keys() -> KeyVector {
    key_vector(9)
}

pub fn dealing<const N: usize>(recipients: Recipients) -> DealingCircuit<N> {
    let (instance, witness, _) = dealing::build(Fr::from(6u64), recipients, &mut rng(4));
    DealingCircuit { instance, witness }
}

pub fn committee_keys() -> CommitteeKeysCircuit {
    CommitteeKeysCircuit { instance: committee_keys::Instance::of(&keys()), keys: keys() }
}

pub fn rule(kind: Kind, parameter: u16, exact: bool, options: usize, weighted: bool) -> Parameters {
    Rule { kind, parameter, exact }.parameters(options, weighted).unwrap()
}

/// A voter whose ballots are circuits.
pub struct Voter(testing::Voter);

impl Voter {
    pub fn new(weight: u64, index: usize, members: usize) -> Voter {
        Voter(testing::Voter::in_census(weight, index, members))
    }

    pub fn deep(weight: u64) -> Voter {
        Voter(testing::Voter::at_full_depth(weight))
    }

    pub fn vote<const M: usize>(&self, rule: Parameters, x: [u64; M]) -> BallotCircuit<M> {
        self.draft(rule, x).unwrap()
    }

    pub fn draft<const M: usize>(
        &self,
        rule: Parameters,
        x: [u64; M],
    ) -> Result<BallotCircuit<M>, ballot::BallotError> {
        let CastBallot { instance, witness, .. } = self.0.cast_ballot(rule, &x, [0; 32])?;
        Ok(BallotCircuit { instance, witness })
    }
}

pub fn opening(size: usize) -> DecryptionCircuit {
    let c = Point::generator().mul(&Scalar::from(123_456_789u64));
    let (instance, witness, _) = decryption::build(Fr::from(5u64), &c, &trustee(), size);
    DecryptionCircuit { instance, witness }
}

/// A list of so many notes.
pub fn list(seed: u64, notes: usize) -> NoteList {
    let mut rng = rng(seed);
    NoteList::new((0..notes).map(|_| Fr::from(rng.r#gen::<u128>())).collect()).unwrap()
}

pub fn sealing(notes: usize) -> NotesCircuit {
    let list = list(8, notes);
    NotesCircuit { instance: notes::build(&list, Fr::from(55u64)), list }
}

/// A policy under which each clause pays something else.
pub fn policy(cap: u64, ratified: Option<usize>) -> Policy {
    Policy::new(reward::Terms { base: 1_000_000, per_weight: 1_000, cap, bonus: 77, ratified }).unwrap()
}

/// A claim of a note that stands at `place` of list `position` of `lists` lists.
pub fn claim_at<const M: usize>(
    policy: Policy,
    weight: u64,
    x: [u64; M],
    [lists, position, place]: [usize; 3],
) -> ClaimCircuit<M> {
    let own = |note: Fr| {
        let mut tree = NoteTree::new();
        for number in 0..lists {
            let mut notes = list(number as u64, 256).notes().to_vec();
            if number == position {
                notes[place] = note;
            }
            tree.insert(NoteList::new(notes).unwrap()).unwrap();
        }
        tree.prove(position, place).unwrap()
    };
    claim_of(policy, weight, x, own)
}

/// A claim at the full depth of the circuits.
pub fn claim<const M: usize>(policy: Policy, weight: u64, x: [u64; M]) -> ClaimCircuit<M> {
    claim_of(policy, weight, x, |_| {
        let mut rng = rng(2);
        let mut random = || Fr::from(rng.r#gen::<u128>());
        let siblings =
            (0..12).map(|i| psephos_protocol::census::Sibling { value: random(), on_left: i % 3 == 0 }).collect();
        let levels = [(8, 3), (8, 7), (4, 0)].map(|(arity, place)| psephos_protocol::note::Level {
            others: (1..arity).map(|_| random()).collect(),
            place,
        });
        NotePath::new(levels.to_vec(), psephos_protocol::census::MembershipProof { siblings }).unwrap()
    })
}

fn claim_of<const M: usize>(
    policy: Policy,
    weight: u64,
    x: [u64; M],
    path: impl FnOnce(Fr) -> NotePath,
) -> ClaimCircuit<M> {
    let identity = seeded_identity(7);
    let ctx = Fr::from(99u64);
    let opening = Opening { weight, x: x.to_vec(), blinder: Fr::from(123_456u64) };
    let path = path(opening.note(&identity.commitment(), ctx).unwrap());
    let terms = claim::Terms { ctx, policy, binding: Fr::from(4_321u64) };
    let (ak, nk) = (identity.authorising_key(), identity.nullifier_key());
    let draft = claim::Draft::new(ak, nk, opening, path, terms).unwrap();
    let signature = identity.sign(draft.message(), &mut rng(3));
    let (instance, witness, _) = draft.finish(signature);
    ClaimCircuit { instance, witness }
}

/// The circuit's system with this witness' assignment.
pub fn built<C: Circuit>(circuit: &C) -> (psephos_circuits::R1cs, Vec<Fr>) {
    let mut b = psephos_circuits::Builder::shape();
    circuit.synthesize(&mut b);
    b.finish()
}
