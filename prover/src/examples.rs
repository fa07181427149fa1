//! An example of every statement, equal at every run: for benchmarks, and for other programs to prove. They contain no
//! one's secrets.
#![allow(clippy::unwrap_used, reason = "all values are constants of this file, and a test builds every example")]

use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::blinded::BlindedCircuit;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decision::DecisionCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::notes::NotesCircuit;
use psephos_circuits::sheet::SheetCircuit;
use psephos_circuits::update::UpdateCircuit;
use psephos_protocol::census::{self, MembershipProof, Sibling};
use psephos_protocol::committee::{KeyShare, KeyVector, Recipients, TransportSecret};
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::elements::{
    ClaimBinding, Context, NoteCommitment, PilotHash, Scope, SealingContext, TrusteeContext,
};
use psephos_protocol::encryption::Randomness;
use psephos_protocol::identity::{self, Identity, Seed};
use psephos_protocol::note::{NoteBatch, NoteBlinder, NoteOpening, NotePath, PathLevel};
use psephos_protocol::reward::{self, Policy};
use psephos_protocol::rounding::{BlindingFactors, DecisionNumbers, RoundingParameters};
use psephos_protocol::rule::{Rule, RuleKind};
use psephos_protocol::sheet::{Answer, Answers, Axis, Form, FormKind, SheetRandomness};
use psephos_protocol::statement::{
    ballot, blinded, claim, committee_keys, dealing, decision, decryption, notes, sheet, update,
};
use psephos_protocol::weight::Weight;
use psephos_protocol::{Fr, Point, Scalar, scalar};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A circuit that has an example.
pub trait Example: Circuit {
    /// Returns a statement that holds, with its witness.
    fn example() -> Self;
}

macro_rules! examples {
    ($([$($generics:tt)*] $circuit:ty: $example:expr;)*) => {
        $(impl<$($generics)*> Example for $circuit {
            fn example() -> Self {
                $example
            }
        })*
    };
}

examples! {
    [const M: usize] BallotCircuit<M>: ballot();
    [const M: usize] BlindedCircuit<M>: blinded_share();
    [const M: usize] ClaimCircuit<M>: claim();
    [] CommitteeKeysCircuit: committee_keys();
    [const N: usize] DealingCircuit<N>: dealing();
    [const M: usize] DecisionCircuit<M>: decision();
    [] DecryptionCircuit: decryption_share();
    [] NotesCircuit: note_batch();
    [const K: usize] SheetCircuit<K>: sheet();
    [const M: usize] UpdateCircuit<M>: mask();
}

/// Seeded on purpose: examples are equal at every run and contain no one's secrets.
fn seeded_rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

fn example_key_share() -> KeyShare {
    let mut rng = seeded_rng(9);
    KeyShare::new(std::array::from_fn(|_| scalar::random_scalar(&mut rng)))
}

/// Returns a ballot in a census of the full depth of 20, by plurality, with weight 1000.
pub fn ballot<const M: usize>() -> BallotCircuit<M> {
    ballot_with([7; 32], 1)
}

/// Returns a ballot like [`ballot()`], of the voter with this seed and for an option from 0 to `M - 1`: for benchmarks
/// that need many.
///
/// # Panics
/// Panics if there is no such option.
pub fn ballot_with<const M: usize>(seed: [u8; 32], option: usize) -> BallotCircuit<M> {
    let mut rng = seeded_rng(1);
    let identity = Identity::from_seed(&Seed::from_bytes(seed)).unwrap();
    let sibling = |i: usize| Sibling { value: Fr::from(rng.r#gen::<u128>()), on_left: i.is_multiple_of(3) };
    let membership = MembershipProof { siblings: (0..20).map(sibling).collect() };
    let rule = Rule::new(RuleKind::Plurality, 0).to_parameters(M, true).unwrap();
    let mut choice = vec![0; M];
    choice[option] = 1;
    let (ak, nk) = (identity.authorising_key(), identity.nullifier_key());
    let (scope, randomness) = (Scope::from_fr(Fr::from(77u64)), Randomness::random(&mut rng));
    let keys = KeyVector::new(example_key_share().public_keys()).unwrap();
    let (size, weight, x) = (M, Weight::new(1000).unwrap(), choice);
    let unsigned = ballot::UnsignedWitness { size, ak, nk, weight, membership, scope, rule, keys, x, randomness };
    let draft = ballot::BallotDraft::new(unsigned).unwrap();
    let signature = identity.sign(draft.message([0; 32]), &mut rng);
    let (instance, witness, _) = draft.attach_signature([0; 32], signature);
    BallotCircuit { instance, witness }
}

/// Returns a sheet in a census of the full depth of 20, with camps and an answer to every cell.
pub fn sheet<const K: usize>() -> SheetCircuit<K> {
    let mut rng = seeded_rng(12);
    let identity = Identity::from_seed(&Seed::from_bytes([7; 32])).unwrap();
    let sibling = |i: usize| Sibling { value: Fr::from(rng.r#gen::<u128>()), on_left: i.is_multiple_of(3) };
    let membership = MembershipProof { siblings: (0..20).map(sibling).collect() };
    let weights = (0..K).map(|_| [rng.r#gen(), rng.r#gen()]).collect();
    let axis = Axis { weights, threshold: 17, pilot: PilotHash::from_fr(Fr::from(77u64)) };
    let form = Form::new(K, K, FormKind::Statements { camps: Some(axis) }).unwrap();
    let answer = |_| [Answer::Pass, Answer::Agree, Answer::Disagree][rng.gen_range(0..3)];
    let answers = Answers::new(&form, (0..K).map(answer).collect());
    let (ak, nk, scope) = (identity.authorising_key(), identity.nullifier_key(), Scope::from_fr(Fr::from(77u64)));
    let (weight, keys) = (Weight::new(1000).unwrap(), KeyVector::new(example_key_share().public_keys()).unwrap());
    let randomness = SheetRandomness::random(K, &mut rng);
    let unsigned = sheet::UnsignedWitness { ak, nk, weight, membership, scope, form, keys, answers, randomness };
    let draft = sheet::SheetDraft::new(unsigned).unwrap();
    let signature = identity.sign(draft.message([0; 32]), &mut rng);
    let (instance, witness, _) = draft.attach_signature([0; 32], signature);
    SheetCircuit { instance, witness }
}

/// Returns a mask of the ballot of [`ballot()`] by a stranger.
pub fn mask<const M: usize>() -> UpdateCircuit<M> {
    let BallotCircuit { witness, .. } = ballot::<M>();
    let (_, posted) = witness.compute_posted().unwrap();
    let leaf = census::hash_leaf(&identity::derive_commitment(&witness.ak, &witness.nk), witness.weight);
    let slot = update::SlotContent {
        nullifier: posted.nullifier,
        note: posted.note,
        previous: posted.fingerprint([0; 32]),
        root: witness.membership.compute_root(leaf),
        scope: witness.scope,
        rule: witness.rule,
        keys: witness.keys.clone(),
        old: posted.ciphertext,
    };
    let (instance, witness, _) = update::UpdateDraft::mask(slot, &mut seeded_rng(8)).unwrap();
    UpdateCircuit { instance, witness }
}

/// Returns a dealing to as many trustees as the circuit's capacity, with a threshold of more than half of them.
pub fn dealing<const N: usize>() -> DealingCircuit<N> {
    let key = |number| TransportSecret::from_seed(&Seed::from_bytes([number; 32])).unwrap().transport_key();
    let keys = (1..=N as u8).map(|number| Some(key(number))).collect();
    let recipients = Recipients::new(keys, N / 2 + 1).unwrap();
    let (instance, witness, _) =
        dealing::build_dealing(TrusteeContext::from_fr(Fr::from(6u64)), recipients, &mut seeded_rng(4));
    DealingCircuit { instance, witness }
}

/// Returns the hashes of a committee's key vector.
pub fn committee_keys() -> CommitteeKeysCircuit {
    let keys = KeyVector::new(example_key_share().public_keys()).unwrap();
    CommitteeKeysCircuit { instance: committee_keys::Instance::from_keys(&keys), keys }
}

/// Returns a trustee's decryption shares of a total with eight options.
pub fn decryption_share() -> DecryptionCircuit {
    let c = Point::generator().mul(&Scalar::from(123_456_789u64));
    let (instance, witness, _) = decryption::build_share(Context::from_fr(Fr::from(5u64)), &c, &example_key_share(), 8);
    DecryptionCircuit { instance, witness }
}

/// Returns a trustee's blinded shares of a total.
pub fn blinded_share<const M: usize>() -> BlindedCircuit<M> {
    let c = Point::generator().mul(&Scalar::from(123_456_789u64));
    let teller = TransportSecret::from_seed(&Seed::from_bytes([1; 32])).unwrap().transport_key();
    let (ctx, share, mut rng) = (Context::from_fr(Fr::from(5u64)), example_key_share(), seeded_rng(10));
    let (instance, witness, _) = blinded::build_share(ctx, &c, &share, &teller, M, &mut rng);
    BlindedCircuit { instance, witness }
}

/// Returns the decision of a chamber of as many options as the circuit has, with a clear majority.
pub fn decision<const M: usize>() -> DecisionCircuit<M> {
    let numbers = DecisionNumbers { quorum: 1_000, threshold_bps: 5_000, step: 100 };
    let parameters = RoundingParameters::new(M, DecisionKind::Options, numbers).unwrap();
    let totals = (0..M as u64).map(|option| if option == 1 { 123_456 } else { 1_000 * option + 77 }).collect();
    let factors = BlindingFactors::random(M, &mut seeded_rng(11));
    let (instance, witness, _) = decision::build_decision(M, parameters, totals, factors).unwrap();
    DecisionCircuit { instance, witness }
}

/// Returns a full note batch of 256 notes.
pub fn note_batch() -> NotesCircuit {
    let mut rng = seeded_rng(6);
    let list =
        NoteBatch::new((0..256).map(|_| NoteCommitment::from_fr(Fr::from(rng.r#gen::<u128>()))).collect()).unwrap();
    NotesCircuit { instance: notes::build_instance(&list, SealingContext::from_fr(Fr::from(55u64))), batch: list }
}

/// Returns a claim for a ballot for the ratified option, with weight 1000, in a notes tree of the full depth.
pub fn claim<const M: usize>() -> ClaimCircuit<M> {
    let mut rng = seeded_rng(7);
    let identity = Identity::from_seed(&Seed::from_bytes([7; 32])).unwrap();
    let mut random = || Fr::from(rng.r#gen::<u128>());
    let siblings = (0..12).map(|i| Sibling { value: random(), on_left: i % 3 == 0 }).collect();
    let levels =
        [8, 8, 4].map(|arity| PathLevel { siblings: (1..arity).map(|_| random()).collect(), index: arity / 2 });
    let path = NotePath::new(levels.to_vec(), MembershipProof { siblings }).unwrap();
    let mut x = vec![0; M];
    x[1] = 1;
    let opening = NoteOpening { weight: Weight::new(1000).unwrap(), x, blinder: NoteBlinder::from_fr(random()) };
    let payment = reward::PolicyTerms { base: 100, per_weight: 3, cap: 500, bonus: 25, ratified: Some(1) };
    let (ctx, binding) = (Context::from_fr(random()), ClaimBinding::from_fr(random()));
    let terms = claim::ClaimTerms { ctx, policy: Policy::new(payment).unwrap(), binding };
    let (ak, nk) = (identity.authorising_key(), identity.nullifier_key());
    let draft = claim::ClaimDraft::new(ak, nk, opening, path, terms).unwrap();
    let signature = identity.sign(draft.message(), &mut rng);
    let (instance, witness, _) = draft.attach_signature(signature);
    ClaimCircuit { instance, witness }
}

#[cfg(test)]
mod tests {
    use psephos_circuits::catalogue::Name;
    use psephos_circuits::{Builder, with_circuit};

    use super::*;

    #[test]
    fn every_example_satisfies_its_circuit() {
        fn check_example<C: Example>() {
            let example = C::example();
            example.check().unwrap();
            let mut builder = Builder::for_setup();
            example.synthesize(&mut builder);
            let assignment = example.generate_assignment();
            assert!(assignment == builder.into_system().1);
            C::constraint_system().check_satisfied(&assignment).unwrap();
        }
        Name::ALL.into_iter().for_each(|name| with_circuit!(name, C => check_example::<C>()));
    }
}
