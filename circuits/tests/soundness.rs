//! Every constraint is needed: the rank check, and the mutations that it is to notice.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::UniformRand;
use common::{Voter, built, claim, committee_keys, dealing, opening, policy, recipients, rng, rule, sealing};
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::notes::NotesCircuit;
use psephos_circuits::rank::rank;
use psephos_circuits::{Circuit, R1cs};
use psephos_protocol::Fr;
use psephos_protocol::rule::Kind;
use rand::Rng;

/// `z` is a public input that the contract draws; `h` and `y` are what the circuit makes of it.
const Z: usize = 2;

fn assert_exact<C: Circuit>(name: &str, circuit: &C) {
    circuit.check().unwrap();
    let (system, assignment) = built(circuit);
    system.satisfied(&assignment).unwrap();
    let found = rank(&system, &assignment, &[Z], None);
    assert!(
        found.is_exact(),
        "{name}: {found:?}, first free in {:?}",
        found.redundant.first().map(|i| system.section_of(*i))
    );
    println!(
        "{name}: {} unknowns, {} constraints, {} assertions",
        found.unknowns,
        found.constraints,
        system.assertions().len()
    );
}

#[test]
fn ballots_of_three_options_are_determined() {
    let voter = Voter::deep(1_000);
    assert_exact("plurality", &voter.vote(rule(Kind::Plurality, 0, false, 3, true), [0, 1, 0]));
    assert_exact("quadratic", &voter.vote(rule(Kind::Quadratic, 0, false, 3, true), [3, 1, 30]));
    assert_exact("borda", &voter.vote(rule(Kind::Borda, 0, false, 3, true), [2, 0, 1]));
    assert_exact("approval, unweighted", &voter.vote(rule(Kind::Approval, 2, false, 2, false), [1, 1, 0]));
}

#[test]
fn ballots_of_eight_options_are_determined() {
    let voter = Voter::deep(1_000);
    assert_exact("score", &voter.vote(rule(Kind::Score, 9, false, 8, true), [0, 1, 2, 3, 4, 9, 6, 7]));
}

#[test]
fn decryption_is_determined() {
    assert_exact("opening", &opening(8));
    let system = built(&opening(8)).0;
    assert!(system.assertions().is_empty());
}

#[test]
fn committee_keys_are_determined() {
    assert_exact("committee keys", &committee_keys());
    assert!(CommitteeKeysCircuit::system().assertions().is_empty());
}

#[test]
fn dealings_are_determined() {
    assert_exact("dealing, 3 of 5", &dealing::<5>(recipients(5, 3, &[])));
    assert_exact("dealing, 2 of 4, one absent", &dealing::<5>(recipients(4, 2, &[1])));
    // Two for each of eight values at five points: see `circuits/src/dealing/tests.rs`.
    assert_eq!(DealingCircuit::<5>::system().assertions().len(), 80);
}

#[test]
fn notes_are_determined() {
    assert_exact("notes", &sealing(256));
    assert!(NotesCircuit::system().assertions().is_empty());
}

#[test]
fn claims_of_three_options_are_determined() {
    assert_exact("ratified", &claim(policy(50, Some(1)), 1_000, [0, 1, 0]));
    assert_exact("not ratified", &claim(policy(5_000, Some(2)), 1_000, [2, 0, 1]));
    assert_exact("no ratified option", &claim(policy(50, None), 1_000, [0, 1, 0]));
}

#[test]
fn claims_of_eight_options_are_determined() {
    assert_exact("ratified", &claim(policy(50, Some(7)), 1_000, [0, 1, 2, 3, 4, 5, 6, 9]));
}

/// The rank check does notice: without any one of these constraints a variable is free.
#[test]
fn dropping_a_constraint_frees_a_variable() {
    dropping(&Voter::deep(1_000).vote(rule(Kind::Plurality, 0, false, 3, true), [0, 1, 0]));
    dropping(&claim(policy(50, Some(1)), 1_000, [0, 1, 0]));
    dropping(&sealing(256));
}

fn dropping<C: Circuit>(circuit: &C) {
    let (system, assignment) = built(circuit);
    let mut rng = rng(11);
    for _ in 0..6 {
        let dropped = determining(&system, &mut rng);
        let found = rank(&system, &assignment, &[Z], Some(dropped));
        assert_eq!(found.free.len(), 1, "without constraint {dropped} ({})", system.section_of(dropped));
    }
}

fn determining(system: &R1cs, rng: &mut impl Rng) -> usize {
    loop {
        let i = rng.gen_range(0..system.constraints());
        if !system.assertions().iter().any(|(a, _)| *a == i) {
            return i;
        }
    }
}

/// A blunt second look: no single variable can be moved.
#[test]
fn no_variable_is_loose() {
    loose(&Voter::deep(1_000).vote(rule(Kind::Plurality, 0, false, 3, true), [0, 1, 0]));
    loose(&claim(policy(50, Some(1)), 1_000, [0, 1, 0]));
}

fn loose<C: Circuit>(circuit: &C) {
    let (system, assignment) = built(circuit);
    let mut rng = rng(12);
    for _ in 0..60 {
        let mut moved = assignment.clone();
        let v = rng.gen_range(1..moved.len());
        moved[v] += Fr::rand(&mut rng);
        assert!(system.satisfied(&moved).is_err(), "variable {v}");
    }
}

/// What the rank check cannot see, because it takes these as fixed: each of them is used, and moving it is noticed.
#[test]
fn what_comes_from_outside_is_bound() {
    bound(&Voter::deep(1_000).vote(rule(Kind::Plurality, 0, false, 3, true), [0, 1, 0]));
    bound(&claim(policy(50, Some(1)), 1_000, [0, 1, 0]));
    bound(&sealing(3));
}

fn bound<C: Circuit>(circuit: &C) {
    let (system, assignment) = built(circuit);
    for &v in system.given() {
        let mut moved = assignment.clone();
        moved[v] += Fr::from(1u64);
        assert!(system.satisfied(&moved).is_err(), "variable {v}");
    }
}

/// Nor does it see a bit that is a bit and nothing else: every variable stands in at least two constraints.
#[test]
fn every_variable_is_used() {
    let ballots = [BallotCircuit::<3>::system(), BallotCircuit::<8>::system()];
    let trustees = [DecryptionCircuit::system(), DealingCircuit::<5>::system(), CommitteeKeysCircuit::system()];
    let rewards = [NotesCircuit::system(), ClaimCircuit::<3>::system(), ClaimCircuit::<8>::system()];
    for system in ballots.into_iter().chain(trustees).chain(rewards) {
        let mut uses = vec![0; system.variables()];
        for i in 0..system.constraints() {
            let rows = system.matrices().each_ref().map(|m| &m[i]);
            let mut seen: Vec<usize> = rows.iter().flat_map(|row| row.iter().map(|(_, v)| *v)).collect();
            seen.sort_unstable();
            seen.dedup();
            seen.into_iter().for_each(|v| uses[v] += 1);
        }
        // `h` and `y` are results: one constraint gives each.
        let once: Vec<usize> = (1..uses.len()).filter(|v| uses[*v] < 2).collect();
        assert!(once.iter().all(|v| [1, 3].contains(v)), "{once:?}");
    }
}

/// Each public input is bound.
#[test]
fn public_inputs_are_bound() {
    let circuit = Voter::deep(1_000).vote(rule(Kind::Plurality, 0, false, 3, true), [0, 1, 0]);
    for moved in 0..3 {
        let mut instance = circuit.instance;
        *[&mut instance.h, &mut instance.z, &mut instance.y][moved] += Fr::from(1u64);
        let circuit = BallotCircuit::<3> { instance, witness: circuit.witness.clone() };
        assert!(circuit.check().is_err());
        let (system, assignment) = built(&circuit);
        assert!(system.satisfied(&assignment).is_err(), "{}", BallotCircuit::<3>::INPUTS[moved]);
    }
}

#[test]
fn public_inputs_of_claims_and_notes_are_bound() {
    let circuit = claim(policy(50, Some(1)), 1_000, [0, 1, 0]);
    let notes = sealing(17);
    for moved in 0..3 {
        let mut instance = circuit.instance;
        *[&mut instance.h, &mut instance.z, &mut instance.y][moved] += Fr::from(1u64);
        let circuit = ClaimCircuit::<3> { instance, witness: circuit.witness.clone() };
        assert!(circuit.check().is_err());
        let (system, assignment) = built(&circuit);
        assert!(system.satisfied(&assignment).is_err(), "claim: {}", ClaimCircuit::<3>::INPUTS[moved]);

        let mut instance = notes.instance;
        *[&mut instance.h, &mut instance.z, &mut instance.y][moved] += Fr::from(1u64);
        let circuit = NotesCircuit { instance, list: notes.list.clone() };
        assert!(circuit.check().is_err());
        let (system, assignment) = built(&circuit);
        assert!(system.satisfied(&assignment).is_err(), "notes: {}", NotesCircuit::INPUTS[moved]);
    }
}
