//! Witness generation computes the values of setup mode, in the same order, for any witness: most witnesses here are
//! random and satisfy nothing, and some meet divisions by zero.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::{UniformRand, Zero};
use common::seeded_rng;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::blinded::BlindedCircuit;
use psephos_circuits::catalogue::Name;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decision::DecisionCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::notes::NotesCircuit;
use psephos_circuits::sheet::SheetCircuit;
use psephos_circuits::update::UpdateCircuit;
use psephos_circuits::{Builder, Circuit, with_circuit};
use psephos_protocol::census::{MembershipProof, Sibling};
use psephos_protocol::committee::{KeyVector, Polynomials, Recipients, TransportKey};
use psephos_protocol::constants::{BATCH_ARITIES, BATCH_NOTES, COMMITTEE_KEYS, VALUE_BITS, sheet_blocks};
use psephos_protocol::curve::hash_to_point;
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::elements::{
    CensusRoot, Challenge, ClaimBinding, Context, NoteCommitment, Nullifier, Scope, StatementHash, TrusteeContext,
};
use psephos_protocol::encryption::{Ciphertext, Randomness};
use psephos_protocol::identity::NullifierKey;
use psephos_protocol::note::{NoteBatch, NoteBlinder, NoteOpening, NotePath, PathLevel};
use psephos_protocol::reward::{self, Policy};
use psephos_protocol::rounding::{BlindingFactors, DecisionNumbers, RoundingParameters};
use psephos_protocol::rule::RuleParameters;
use psephos_protocol::sheet::{Answer, Answers, SheetRandomness};
use psephos_protocol::signature::Signature;
use psephos_protocol::testing::random_form;
use psephos_protocol::{Fr, Point, Scalar, weight::Weight};
use rand::Rng;
use rand::rngs::StdRng;

/// Checks that both modes compute the same values and meet the same number of divisions by zero, and returns that
/// number.
fn assert_modes_agree<C: Circuit>(circuit: &C) -> usize {
    let quotient = Fr::from(987_654_321u64);
    let run = |mut b: Builder| {
        b.set_unconstrained_quotient(quotient);
        circuit.synthesize(&mut b);
        (b.exceptional_divisions(), b.into_assignment())
    };
    let (expected, actual) = (run(Builder::for_setup()), run(Builder::for_witness()));
    assert_eq!(expected.0, actual.0, "{}: divisions by zero", C::NAME);
    let differs = expected.1.iter().zip(&actual.1).position(|(e, a)| e != a);
    assert_eq!(differs, None, "{}: position of the first value that differs", C::NAME);
    assert_eq!(expected.1.len(), actual.1.len(), "{}", C::NAME);
    expected.0
}

fn random_element(rng: &mut StdRng) -> Fr {
    Fr::rand(rng)
}

fn random_point(rng: &mut StdRng) -> Point {
    Point::generator().mul(&Scalar::rand(rng))
}

fn random_membership(rng: &mut StdRng, depth: usize) -> MembershipProof {
    let length = rng.gen_range(0..=depth);
    MembershipProof {
        siblings: (0..length).map(|_| Sibling { value: random_element(rng), on_left: rng.r#gen() }).collect(),
    }
}

fn random_signature(rng: &mut StdRng) -> Signature {
    Signature { nonce_point: random_point(rng), response: Scalar::rand(rng) }
}

fn random_ballot<const M: usize>(rng: &mut StdRng) -> BallotCircuit<M> {
    let mut circuit = BallotCircuit::<M>::dummy();
    circuit.instance.z = Challenge::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    (w.ak, w.nk) = (random_point(rng), NullifierKey::from_fr(random_element(rng)));
    (w.weight, w.scope) = (Weight::new_unchecked(rng.r#gen()), Scope::from_fr(random_element(rng)));
    w.membership = random_membership(rng, 20);
    w.rule = RuleParameters {
        weighted: rng.r#gen(),
        quadratic: rng.r#gen(),
        exact: rng.r#gen(),
        by_weight: rng.r#gen(),
        ranked: rng.r#gen(),
        capped: rng.r#gen(),
        choice_in_note: rng.r#gen(),
        cap: rng.r#gen(),
        budget: rng.r#gen(),
        options: rng.gen_range(2..=M),
    };
    w.keys = KeyVector::new(std::array::from_fn(|_| random_point(rng))).unwrap();
    w.x = (0..M).map(|_| rng.r#gen()).collect();
    w.randomness = Randomness::from_parts(Scalar::rand(rng), NoteBlinder::random(rng));
    w.signature = random_signature(rng);
    circuit
}

fn random_update<const M: usize>(rng: &mut StdRng) -> UpdateCircuit<M> {
    let BallotCircuit { witness: ballot, .. } = random_ballot::<M>(rng);
    let mut circuit = UpdateCircuit::<M>::dummy();
    circuit.instance.z = Challenge::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    (w.mask, w.ak, w.nk, w.weight) = (rng.r#gen(), ballot.ak, ballot.nk.clone(), ballot.weight);
    (w.membership, w.scope, w.rule, w.keys) =
        (ballot.membership.clone(), ballot.scope, ballot.rule, ballot.keys.clone());
    (w.root, w.nullifier) = (CensusRoot::from_fr(random_element(rng)), Nullifier::from_fr(random_element(rng)));
    (w.x, w.r) = (ballot.x.clone(), Scalar::rand(rng));
    w.old = Ciphertext { c: random_point(rng), d: (0..M).map(|_| random_point(rng)).collect() };
    w.signature = random_signature(rng);
    circuit
}

fn random_sheet<const K: usize>(rng: &mut StdRng) -> SheetCircuit<K> {
    let BallotCircuit { witness: ballot, .. } = random_ballot::<8>(rng);
    let mut circuit = SheetCircuit::<K>::dummy();
    circuit.instance.z = Challenge::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    (w.ak, w.nk, w.weight, w.scope) = (ballot.ak, ballot.nk.clone(), ballot.weight, ballot.scope);
    (w.membership, w.keys, w.signature) = (ballot.membership.clone(), ballot.keys.clone(), ballot.signature);
    let kind = rng.gen_range(0..6);
    w.form = random_form(K, kind, rng);
    let any = [Answer::Pass, Answer::Agree, Answer::Disagree];
    let cells = (0..K).map(|_| any[rng.gen_range(0..3)]).collect();
    w.answers = Answers { cells, ranks: (0..w.form.ranks()).map(|_| rng.r#gen()).collect() };
    let scalars = (0..sheet_blocks(K)).map(|_| Scalar::rand(rng)).collect();
    w.randomness = SheetRandomness::from_parts(scalars, NoteBlinder::random(rng));
    circuit
}

fn random_claim<const M: usize>(rng: &mut StdRng) -> ClaimCircuit<M> {
    let mut circuit = ClaimCircuit::<M>::dummy();
    circuit.instance.h = StatementHash::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    (w.ak, w.nk) = (random_point(rng), NullifierKey::from_fr(random_element(rng)));
    w.opening = NoteOpening {
        weight: Weight::new_unchecked(rng.r#gen()),
        x: (0..M).map(|_| rng.r#gen()).collect(),
        blinder: NoteBlinder::random(rng),
    };
    let levels = BATCH_ARITIES.map(|arity| PathLevel {
        siblings: (1..arity).map(|_| random_element(rng)).collect(),
        index: rng.gen_range(0..arity),
    });
    w.path = NotePath::new(levels.to_vec(), random_membership(rng, 12)).unwrap();
    let mut small = || rng.r#gen::<u64>() >> (64 - VALUE_BITS);
    let terms =
        reward::PolicyTerms { base: small(), per_weight: small(), cap: small(), bonus: small(), ratified: Some(2) };
    w.terms.policy = Policy::new(terms).unwrap();
    (w.terms.ctx, w.terms.binding) =
        (Context::from_fr(random_element(rng)), ClaimBinding::from_fr(random_element(rng)));
    w.signature = random_signature(rng);
    circuit
}

fn random_dealing<const N: usize>(rng: &mut StdRng) -> DealingCircuit<N> {
    let mut circuit = DealingCircuit::<N>::dummy();
    circuit.instance.z = Challenge::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    let keys: Vec<_> =
        (0..N).map(|i| (i < 2 || rng.r#gen()).then(|| TransportKey::new(random_point(rng)).unwrap())).collect();
    let threshold = rng.gen_range(1..=keys.iter().flatten().count());
    w.recipients = Recipients::new(keys, threshold).unwrap();
    (w.ctx, w.ephemeral) = (TrusteeContext::from_fr(random_element(rng)), Scalar::rand(rng));
    let polynomial = |rng: &mut StdRng| (0..threshold).map(|_| Scalar::rand(rng)).collect();
    w.polynomials = Polynomials::from_coefficients((0..COMMITTEE_KEYS).map(|_| polynomial(rng)).collect());
    circuit
}

fn random_decryption(rng: &mut StdRng) -> DecryptionCircuit {
    let mut circuit = DecryptionCircuit::dummy();
    circuit.instance.z = Challenge::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    w.ctx = Context::from_fr(random_element(rng));
    (w.c, w.secrets) = (random_point(rng), std::array::from_fn(|_| Scalar::rand(rng)));
    circuit
}

fn random_blinded<const M: usize>(rng: &mut StdRng) -> BlindedCircuit<M> {
    let mut circuit = BlindedCircuit::<M>::dummy();
    circuit.instance.z = Challenge::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    w.ctx = Context::from_fr(random_element(rng));
    (w.c, w.teller, w.ephemeral) =
        (random_point(rng), TransportKey::new(random_point(rng)).unwrap(), Scalar::rand(rng));
    w.secrets = (0..M).map(|_| Scalar::rand(rng)).collect();
    w.factors = BlindingFactors::random(M, rng);
    circuit
}

fn random_decision<const M: usize>(rng: &mut StdRng) -> DecisionCircuit<M> {
    let mut circuit = DecisionCircuit::<M>::dummy();
    circuit.instance.z = Challenge::from_fr(random_element(rng));
    let w = &mut circuit.witness;
    let (threshold_bps, step) = (rng.gen_range(0..=10_000), rng.gen_range(1..=1 << VALUE_BITS));
    let numbers = DecisionNumbers { quorum: rng.r#gen(), threshold_bps, step };
    w.parameters = RoundingParameters::new(M, DecisionKind::Options, numbers).unwrap();
    w.totals = (0..M).map(|_| rng.r#gen::<u64>() >> 22).collect();
    w.factors = BlindingFactors::random(M, rng);
    circuit
}

fn random_committee_keys(rng: &mut StdRng) -> CommitteeKeysCircuit {
    let mut circuit = CommitteeKeysCircuit::dummy();
    circuit.keys = KeyVector::new(std::array::from_fn(|_| random_point(rng))).unwrap();
    circuit
}

fn random_notes(rng: &mut StdRng) -> NotesCircuit {
    let mut circuit = NotesCircuit::dummy();
    let length = rng.gen_range(1..=BATCH_NOTES);
    circuit.batch =
        NoteBatch::new((0..length).map(|_| NoteCommitment::from_fr(random_element(rng))).collect()).unwrap();
    circuit
}

#[test]
fn witness_generation_agrees_with_setup_for_every_circuit() {
    for name in Name::ALL {
        with_circuit!(name, C => assert_modes_agree(&C::dummy()));
    }
    let mut rng = seeded_rng(21);
    for _ in 0..6 {
        let rng = &mut rng;
        let exceptional = [
            assert_modes_agree(&random_ballot::<3>(rng)),
            assert_modes_agree(&random_ballot::<8>(rng)),
            assert_modes_agree(&random_update::<3>(rng)),
            assert_modes_agree(&random_update::<8>(rng)),
            assert_modes_agree(&random_sheet::<16>(rng)),
            assert_modes_agree(&random_claim::<3>(rng)),
            assert_modes_agree(&random_claim::<8>(rng)),
            assert_modes_agree(&random_dealing::<5>(rng)),
            assert_modes_agree(&random_decryption(rng)),
            assert_modes_agree(&random_blinded::<3>(rng)),
            assert_modes_agree(&random_blinded::<8>(rng)),
            assert_modes_agree(&random_decision::<3>(rng)),
            assert_modes_agree(&random_decision::<8>(rng)),
            assert_modes_agree(&random_committee_keys(rng)),
            assert_modes_agree(&random_notes(rng)),
        ];
        assert_eq!(exceptional, [0; 15]);
    }
    assert_modes_agree(&random_dealing::<16>(&mut rng));
    assert_eq!(assert_modes_agree(&random_sheet::<40>(&mut rng)), 0);
}

/// Scalars of few bits, the greatest ones, and zero, whose multiple is the identity, which has no Montgomery form.
#[test]
fn modes_agree_on_extreme_scalars() {
    let mut rng = seeded_rng(22);
    let minus_one = -Scalar::from(1u64);
    for scalar in [Scalar::from(1u64), Scalar::from(2u64), minus_one, minus_one - Scalar::from(1u64), Scalar::zero()] {
        let identity = scalar.is_zero();
        let mut circuit = random_ballot::<3>(&mut rng);
        circuit.witness.randomness = Randomness::from_parts(scalar, NoteBlinder::from_fr(Fr::zero()));
        circuit.witness.signature.response = scalar;
        (circuit.witness.weight, circuit.witness.x) = (Weight::new_unchecked(0), vec![0, u64::MAX, 1]);
        assert_eq!(assert_modes_agree(&circuit) > 0, identity);
        let mut circuit = random_decryption(&mut rng);
        circuit.witness.secrets = [scalar; COMMITTEE_KEYS];
        assert_eq!(assert_modes_agree(&circuit) > 0, identity);
        let mut circuit = random_sheet::<16>(&mut rng);
        circuit.witness.randomness = SheetRandomness::from_parts(vec![scalar; 3], NoteBlinder::from_fr(Fr::zero()));
        assert_eq!(assert_modes_agree(&circuit) > 0, identity);
        let mut circuit = random_blinded::<3>(&mut rng);
        circuit.witness.factors = BlindingFactors::new(vec![scalar; 3]);
        assert_eq!(assert_modes_agree(&circuit) > 0, identity);
        let mut circuit = random_decision::<3>(&mut rng);
        circuit.witness.factors = BlindingFactors::new(vec![scalar; 3]);
        circuit.witness.totals = vec![0; 3];
        assert_eq!(assert_modes_agree(&circuit) > 0, identity);
        let mut circuit = random_dealing::<5>(&mut rng);
        circuit.witness.ephemeral = scalar;
        assert_eq!(assert_modes_agree(&circuit) > 0, identity);
    }
}

/// Points for which an addition chain meets an exceptional case: the identity, and each ladder's own offset.
#[test]
fn modes_agree_in_exceptional_cases() {
    let mut rng = seeded_rng(23);
    let offsets =
        ["signature", "key", "generator", "share"].map(|name| hash_to_point(&format!("psephos.v1.offset.{name}")));
    let points = offsets.into_iter().chain([Point::identity(), Point::generator()]);
    let mut exceptional = 0;
    for p in points.flat_map(|p| [p, -p]) {
        let mut circuit = random_ballot::<3>(&mut rng);
        circuit.witness.ak = p;
        exceptional += assert_modes_agree(&circuit);
        let mut circuit = random_decryption(&mut rng);
        circuit.witness.c = p;
        exceptional += assert_modes_agree(&circuit);
        if p.is_identity() {
            continue;
        }
        let mut circuit = random_ballot::<3>(&mut rng);
        circuit.witness.keys =
            KeyVector::new(std::array::from_fn(|j| if j == 1 { p } else { random_point(&mut rng) })).unwrap();
        exceptional += assert_modes_agree(&circuit);
        let mut circuit = random_dealing::<5>(&mut rng);
        circuit.witness.recipients = Recipients::new(vec![Some(TransportKey::new(p).unwrap()); 5], 1).unwrap();
        exceptional += assert_modes_agree(&circuit);
    }
    assert!(exceptional > 0, "no witness met an exceptional case");
}
