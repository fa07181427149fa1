//! Fixtures for the circuits' tests: elections of one voter.
#![allow(dead_code, unused_imports, missing_docs, unreachable_pub, clippy::unwrap_used)]

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
use psephos_protocol::census;
use psephos_protocol::committee::{KeyShare, KeyVector, Recipients, TransportKey};
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::elements::{ClaimBinding, Context, NoteCommitment, SealingContext, TrusteeContext};
use psephos_protocol::note::{NoteBatch, NoteBlinder, NoteOpening, NotePath, NotesTree};
use psephos_protocol::reward::{self, Policy};
use psephos_protocol::rounding::{BlindingFactors, DecisionNumbers, RoundingParameters};
use psephos_protocol::rule::{Rule, RuleKind, RuleParameters};
use psephos_protocol::sheet::{Answers, Form};
use psephos_protocol::statement::{
    ballot, blinded, claim, committee_keys, dealing, decision, decryption, notes, update,
};
use psephos_protocol::testing::{self, CastBallot, key_share, seeded_identity};
use psephos_protocol::{Fr, Point, Scalar, weight::Weight};
use rand::Rng;

pub use psephos_protocol::testing::{recipients, seeded_rng};

pub fn trustee_key_share() -> KeyShare {
    key_share(9)
}

pub fn key_vector() -> KeyVector {
    testing::key_vector(9)
}

pub fn dealing_circuit<const N: usize>(recipients: Recipients) -> DealingCircuit<N> {
    let (instance, witness, _) = dealing::build_dealing(TrusteeContext::from_u64(6), recipients, &mut seeded_rng(4));
    DealingCircuit { instance, witness }
}

pub fn committee_keys_circuit() -> CommitteeKeysCircuit {
    CommitteeKeysCircuit { instance: committee_keys::Instance::from_keys(&key_vector()), keys: key_vector() }
}

pub fn rule_parameters(kind: RuleKind, parameter: u16, exact: bool, options: usize, weighted: bool) -> RuleParameters {
    Rule { exact, choice_in_note: true, ..Rule::new(kind, parameter) }.to_parameters(options, weighted).unwrap()
}

/// Returns the parameters of a rule of masked polls, whose notes hold no choice.
pub fn blank_rule_parameters(kind: RuleKind, parameter: u16, options: usize, weighted: bool) -> RuleParameters {
    Rule { masked: true, ..Rule::new(kind, parameter) }.to_parameters(options, weighted).unwrap()
}

/// A voter whose ballots are circuits.
pub struct Voter(testing::Voter);

impl Voter {
    /// Returns a voter in a census of `members`, at `index`.
    pub fn new(weight: u64, index: usize, members: usize) -> Voter {
        Voter(testing::Voter::in_census(Weight::new_unchecked(weight), index, members))
    }

    /// Returns a voter with a path of exactly 20 siblings, on alternating sides.
    pub fn with_deepest_path(weight: u64) -> Voter {
        Voter(testing::Voter::at_full_depth(Weight::new_unchecked(weight)))
    }

    pub fn ballot_circuit<const M: usize>(&self, rule: RuleParameters, x: [u64; M]) -> BallotCircuit<M> {
        self.try_ballot_circuit(rule, x).unwrap()
    }

    pub fn try_ballot_circuit<const M: usize>(
        &self,
        rule: RuleParameters,
        x: [u64; M],
    ) -> Result<BallotCircuit<M>, ballot::BallotError> {
        let CastBallot { instance, witness, .. } = self.0.cast_ballot(rule, &x, [0; 32])?;
        Ok(BallotCircuit { instance, witness })
    }
}

impl Voter {
    /// Returns an update of the voter's slot, which holds a ballot of the choice: its replacement, or a stranger's
    /// mask.
    pub fn update_circuit<const M: usize>(&self, rule: RuleParameters, x: [u64; M], mask: bool) -> UpdateCircuit<M> {
        let CastBallot { witness, posted, .. } = self.0.cast_ballot(rule, &x, [0; 32]).unwrap();
        let leaf = census::hash_leaf(&self.0.identity.commitment(), self.0.weight);
        let slot = update::SlotContent {
            nullifier: posted.nullifier,
            note: posted.note,
            previous: posted.fingerprint([0; 32]),
            old: posted.ciphertext,
            root: self.0.membership.compute_root(leaf),
            scope: witness.scope,
            rule,
            keys: witness.keys.clone(),
        };
        let mut rng = seeded_rng(11);
        if mask {
            let (instance, witness, _) = update::UpdateDraft::mask(slot, &mut rng).unwrap();
            return UpdateCircuit { instance, witness };
        }
        let identity = &self.0.identity;
        let unsigned = update::UnsignedWitness {
            ak: identity.authorising_key(),
            nk: identity.nullifier_key(),
            weight: self.0.weight,
            membership: self.0.membership.clone(),
            x: x.to_vec(),
        };
        let draft = update::UpdateDraft::replace(slot, unsigned, &mut rng).unwrap();
        let signature = identity.sign(draft.message(), &mut rng);
        let (instance, witness, _) = draft.attach_signature(signature);
        UpdateCircuit { instance, witness }
    }
}

impl Voter {
    /// Returns a sheet of the voter.
    pub fn sheet_circuit<const K: usize>(&self, form: &Form, answers: Answers) -> SheetCircuit<K> {
        let testing::CastSheet { instance, witness, .. } = self.0.cast_sheet(form, answers, [0; 32]).unwrap();
        SheetCircuit { instance, witness }
    }
}

pub fn decryption_circuit(size: usize) -> DecryptionCircuit {
    let c = Point::generator().mul(&Scalar::from(123_456_789u64));
    let (instance, witness, _) = decryption::build_share(Context::from_u64(5), &c, &trustee_key_share(), size);
    DecryptionCircuit { instance, witness }
}

/// Returns a blinded share for a teller.
pub fn blinded_circuit<const M: usize>() -> BlindedCircuit<M> {
    let c = Point::generator().mul(&Scalar::from(123_456_789u64));
    let teller = TransportKey::new(Point::generator().mul(&Scalar::from(4_711u64))).unwrap();
    let (ctx, share) = (Context::from_u64(5), trustee_key_share());
    let (instance, witness, _) = blinded::build_share(ctx, &c, &share, &teller, M, &mut seeded_rng(21));
    BlindedCircuit { instance, witness }
}

/// Returns the decision of a chamber with these totals, of as many options.
pub fn decision_circuit<const M: usize>(kind: DecisionKind, totals: &[u64]) -> DecisionCircuit<M> {
    let parameters =
        RoundingParameters::new(totals.len(), kind, DecisionNumbers { quorum: 40, threshold_bps: 5_000, step: 5 })
            .unwrap();
    let factors = BlindingFactors::random(totals.len(), &mut seeded_rng(22));
    let (instance, witness, _) = decision::build_decision(M, parameters, totals.to_vec(), factors).unwrap();
    DecisionCircuit { instance, witness }
}

/// Returns a note batch of this many notes.
pub fn note_batch(seed: u64, notes: usize) -> NoteBatch {
    let mut rng = seeded_rng(seed);
    NoteBatch::new((0..notes).map(|_| NoteCommitment::from_fr(Fr::from(rng.r#gen::<u128>()))).collect()).unwrap()
}

pub fn notes_circuit(notes: usize) -> NotesCircuit {
    let batch = note_batch(8, notes);
    NotesCircuit { instance: notes::build_instance(&batch, SealingContext::from_u64(55)), batch }
}

/// Returns a policy under which each clause pays a different amount.
pub fn reward_policy(cap: u64, ratified: Option<usize>) -> Policy {
    Policy::new(reward::PolicyTerms { base: 1_000_000, per_weight: 1_000, cap, bonus: 77, ratified }).unwrap()
}

/// Returns a claim of a note at `index` of note batch `position` of `batches` batches.
pub fn claim_circuit_at<const M: usize>(
    policy: Policy,
    weight: u64,
    x: [u64; M],
    [batches, position, index]: [usize; 3],
) -> ClaimCircuit<M> {
    let own = |note: NoteCommitment| {
        let mut tree = NotesTree::new();
        for number in 0..batches {
            let mut notes = note_batch(number as u64, 256).notes().to_vec();
            if number == position {
                notes[index] = note;
            }
            tree.append_batch(NoteBatch::new(notes).unwrap()).unwrap();
        }
        tree.prove_note(position, index).unwrap()
    };
    claim_circuit_with_path(policy, weight, x, own)
}

/// Returns a claim at the full depth of the circuits.
pub fn claim_circuit<const M: usize>(policy: Policy, weight: u64, x: [u64; M]) -> ClaimCircuit<M> {
    claim_circuit_with_path(policy, weight, x, |_| {
        let mut rng = seeded_rng(2);
        let mut random = || Fr::from(rng.r#gen::<u128>());
        let siblings =
            (0..12).map(|i| psephos_protocol::census::Sibling { value: random(), on_left: i % 3 == 0 }).collect();
        let levels = [(8, 3), (8, 7), (4, 0)].map(|(arity, index)| psephos_protocol::note::PathLevel {
            siblings: (1..arity).map(|_| random()).collect(),
            index,
        });
        NotePath::new(levels.to_vec(), psephos_protocol::census::MembershipProof { siblings }).unwrap()
    })
}

fn claim_circuit_with_path<const M: usize>(
    policy: Policy,
    weight: u64,
    x: [u64; M],
    path: impl FnOnce(NoteCommitment) -> NotePath,
) -> ClaimCircuit<M> {
    let identity = seeded_identity(7);
    let ctx = Context::from_u64(99);
    let weight = Weight::new_unchecked(weight);
    let opening = NoteOpening { weight, x: x.to_vec(), blinder: NoteBlinder::from_fr(Fr::from(123_456u64)) };
    let path = path(opening.compute_note(&identity.commitment(), ctx).unwrap());
    let terms = claim::ClaimTerms { ctx, policy, binding: ClaimBinding::from_u64(4_321) };
    let (ak, nk) = (identity.authorising_key(), identity.nullifier_key());
    let draft = claim::ClaimDraft::new(ak, nk, opening, path, terms).unwrap();
    let signature = identity.sign(draft.message(), &mut seeded_rng(3));
    let (instance, witness, _) = draft.attach_signature(signature);
    ClaimCircuit { instance, witness }
}

/// Returns the circuit's system, built in setup mode with this witness's assignment.
pub fn build_system<C: Circuit>(circuit: &C) -> (psephos_circuits::R1cs, Vec<Fr>) {
    let mut b = psephos_circuits::Builder::for_setup();
    circuit.synthesize(&mut b);
    b.into_system()
}
