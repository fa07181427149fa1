//! Soundness tests: every constraint is needed. The rank check, and the drop-one mutations that it must notice.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::UniformRand;
use common::{
    Voter, blank_rule_parameters, blinded_circuit, build_system, claim_circuit, committee_keys_circuit,
    dealing_circuit, decision_circuit, decryption_circuit, notes_circuit, recipients, reward_policy, rule_parameters,
    seeded_rng,
};
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::blinded::BlindedCircuit;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::notes::NotesCircuit;
use psephos_circuits::rank::jacobian_rank;
use psephos_circuits::sheet::SheetCircuit;
use psephos_circuits::update::UpdateCircuit;
use psephos_circuits::{Circuit, R1cs};
use psephos_protocol::Fr;
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::rule::RuleKind;
use psephos_protocol::statement::{ballot, claim, notes, sheet};
use psephos_protocol::testing::{random_answers, random_form};
use rand::Rng;

/// The index of `z`, a public input that the contract draws; the circuit computes `h` and `y`.
const Z: usize = 2;

fn assert_exact<C: Circuit>(name: &str, circuit: &C) {
    circuit.check().unwrap();
    let (system, assignment) = build_system(circuit);
    system.check_satisfied(&assignment).unwrap();
    let found = jacobian_rank(&system, &assignment, &[Z], None);
    assert!(
        found.is_exact(),
        "{name}: {found:?}, first redundant constraint in section {:?}",
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
    let voter = Voter::with_deepest_path(1_000);
    assert_exact(
        "plurality",
        &voter.ballot_circuit(rule_parameters(RuleKind::Plurality, 0, false, 3, true), [0, 1, 0]),
    );
    assert_exact(
        "quadratic",
        &voter.ballot_circuit(rule_parameters(RuleKind::Quadratic, 0, false, 3, true), [3, 1, 30]),
    );
    assert_exact("borda", &voter.ballot_circuit(rule_parameters(RuleKind::Borda, 0, false, 3, true), [2, 0, 1]));
    assert_exact(
        "approval, unweighted",
        &voter.ballot_circuit(rule_parameters(RuleKind::Approval, 2, false, 2, false), [1, 1, 0]),
    );
}

#[test]
fn ballots_of_eight_options_are_determined() {
    let voter = Voter::with_deepest_path(1_000);
    assert_exact(
        "score",
        &voter.ballot_circuit(rule_parameters(RuleKind::Score, 9, false, 8, true), [0, 1, 2, 3, 4, 9, 6, 7]),
    );
}

#[test]
fn updates_are_determined() {
    let voter = Voter::with_deepest_path(1_000);
    let rule = blank_rule_parameters(RuleKind::Plurality, 0, 3, true);
    assert_exact("replacement", &voter.update_circuit(rule, [0, 1, 0], false));
    assert_exact("mask", &voter.update_circuit(rule, [0, 1, 0], true));
    let rule = blank_rule_parameters(RuleKind::Score, 9, 8, true);
    assert_exact("replacement of eight", &voter.update_circuit(rule, [0, 1, 2, 3, 4, 9, 6, 7], false));
    assert_exact("mask of eight", &voter.update_circuit(rule, [0, 1, 2, 3, 4, 9, 6, 7], true));
}

#[test]
fn decryption_is_determined() {
    assert_exact("decryption", &decryption_circuit(8));
    let system = build_system(&decryption_circuit(8)).0;
    assert!(system.assertions().is_empty());
}

#[test]
fn blinded_shares_are_determined() {
    assert_exact("blinded, of three", &blinded_circuit::<3>());
    assert_exact("blinded, of eight", &blinded_circuit::<8>());
    assert!(BlindedCircuit::<3>::constraint_system().assertions().is_empty());
}

#[test]
fn decisions_are_determined() {
    assert_exact("of two options", &decision_circuit::<3>(DecisionKind::Options, &[45, 3]));
    assert_exact("a motion", &decision_circuit::<3>(DecisionKind::Motion, &[45, 50, 7]));
    assert_exact("of eight options", &decision_circuit::<8>(DecisionKind::Options, &[45, 50, 7, 0, 1, 2, 3, 4]));
}

#[test]
fn committee_keys_are_determined() {
    assert_exact("committee keys", &committee_keys_circuit());
    assert!(CommitteeKeysCircuit::constraint_system().assertions().is_empty());
}

#[test]
fn dealings_are_determined() {
    assert_exact("dealing, 3 of 5", &dealing_circuit::<5>(recipients(5, 3, &[])));
    assert_exact("dealing, 2 of 4, one absent", &dealing_circuit::<5>(recipients(4, 2, &[1])));
    // Two for each of eight values at five points: see `circuits/src/dealing/tests.rs`.
    assert_eq!(DealingCircuit::<5>::constraint_system().assertions().len(), 80);
}

#[test]
fn notes_are_determined() {
    assert_exact("notes", &notes_circuit(256));
    assert!(NotesCircuit::constraint_system().assertions().is_empty());
}

#[test]
fn claims_of_three_options_are_determined() {
    assert_exact("ratified", &claim_circuit(reward_policy(50, Some(1)), 1_000, [0, 1, 0]));
    assert_exact("not ratified", &claim_circuit(reward_policy(5_000, Some(2)), 1_000, [2, 0, 1]));
    assert_exact("no ratified option", &claim_circuit(reward_policy(50, None), 1_000, [0, 1, 0]));
}

#[test]
fn claims_of_eight_options_are_determined() {
    assert_exact("ratified", &claim_circuit(reward_policy(50, Some(7)), 1_000, [0, 1, 2, 3, 4, 5, 6, 9]));
}

fn masked_update(mask: bool) -> UpdateCircuit<3> {
    let rule = blank_rule_parameters(RuleKind::Plurality, 0, 3, true);
    Voter::with_deepest_path(1_000).update_circuit(rule, [0, 1, 0], mask)
}

/// A sheet of this kind, one of those of `random_form`: 1 with camps, 3 exact groups, 4 a ranking, 5 an approval.
fn sheet_of_kind<const K: usize>(kind: usize) -> SheetCircuit<K> {
    let mut rng = seeded_rng(kind as u64);
    let form = random_form(K, kind, &mut rng);
    let answers = random_answers(&form, &mut rng);
    Voter::with_deepest_path(1_000).sheet_circuit(&form, answers)
}

#[test]
fn sheets_of_sixteen_cells_are_determined() {
    for kind in [1, 3, 4, 5] {
        assert_exact("sheet of sixteen", &sheet_of_kind::<16>(kind));
    }
}

#[test]
fn sheets_of_forty_cells_are_determined() {
    for kind in [1, 3, 4, 5] {
        assert_exact("sheet of forty", &sheet_of_kind::<40>(kind));
    }
}

/// The rank check does notice: without any one of these constraints, a variable is undetermined.
#[test]
fn dropping_a_constraint_leaves_a_variable_undetermined() {
    assert_drop_is_noticed(
        &Voter::with_deepest_path(1_000)
            .ballot_circuit(rule_parameters(RuleKind::Plurality, 0, false, 3, true), [0, 1, 0]),
    );
    assert_drop_is_noticed(&claim_circuit(reward_policy(50, Some(1)), 1_000, [0, 1, 0]));
    assert_drop_is_noticed(&masked_update(false));
    assert_drop_is_noticed(&masked_update(true));
    assert_drop_is_noticed(&blinded_circuit::<3>());
    assert_drop_is_noticed(&decision_circuit::<3>(DecisionKind::Motion, &[45, 50, 7]));
    assert_drop_is_noticed(&notes_circuit(256));
    assert_drop_is_noticed(&sheet_of_kind::<16>(1));
}

fn assert_drop_is_noticed<C: Circuit>(circuit: &C) {
    let (system, assignment) = build_system(circuit);
    let mut rng = seeded_rng(11);
    for _ in 0..6 {
        let dropped = random_determining_constraint(&system, &mut rng);
        let found = jacobian_rank(&system, &assignment, &[Z], Some(dropped));
        assert_eq!(found.undetermined.len(), 1, "without constraint {dropped} ({})", system.section_of(dropped));
    }
}

fn random_determining_constraint(system: &R1cs, rng: &mut impl Rng) -> usize {
    loop {
        let i = rng.gen_range(0..system.num_constraints());
        if !system.assertions().iter().any(|(a, _)| *a == i) {
            return i;
        }
    }
}

/// An independent second check: no single variable can be changed.
#[test]
fn no_single_variable_can_be_changed() {
    assert_variables_are_fixed(
        &Voter::with_deepest_path(1_000)
            .ballot_circuit(rule_parameters(RuleKind::Plurality, 0, false, 3, true), [0, 1, 0]),
    );
    assert_variables_are_fixed(&masked_update(false));
    assert_variables_are_fixed(&claim_circuit(reward_policy(50, Some(1)), 1_000, [0, 1, 0]));
    assert_variables_are_fixed(&sheet_of_kind::<16>(1));
    assert_variables_are_fixed(&sheet_of_kind::<40>(4));
}

fn assert_variables_are_fixed<C: Circuit>(circuit: &C) {
    let (system, assignment) = build_system(circuit);
    let mut rng = seeded_rng(12);
    for _ in 0..60 {
        let mut moved = assignment.clone();
        let v = rng.gen_range(1..moved.len());
        moved[v] += Fr::rand(&mut rng);
        assert!(system.check_satisfied(&moved).is_err(), "variable {v}");
    }
}

/// The rank check takes free witness inputs as fixed, so it cannot see whether they are bound: each of them is used,
/// and changing it is noticed.
#[test]
fn free_witness_inputs_are_bound() {
    assert_free_inputs_are_bound(
        &Voter::with_deepest_path(1_000)
            .ballot_circuit(rule_parameters(RuleKind::Plurality, 0, false, 3, true), [0, 1, 0]),
    );
    assert_free_inputs_are_bound(&claim_circuit(reward_policy(50, Some(1)), 1_000, [0, 1, 0]));
    // Those of a mask are not: its identity, weight and path are invented.
    assert_free_inputs_are_bound(&masked_update(false));
    assert_free_inputs_are_bound(&notes_circuit(3));
    assert_free_inputs_are_bound(&sheet_of_kind::<16>(1));
}

fn assert_free_inputs_are_bound<C: Circuit>(circuit: &C) {
    let (system, assignment) = build_system(circuit);
    for &v in system.free_inputs() {
        let mut moved = assignment.clone();
        moved[v] += Fr::from(1u64);
        assert!(system.check_satisfied(&moved).is_err(), "variable {v}");
    }
}

/// The rank check cannot see a bit that is only constrained to be a bit: every variable is in at least two
/// constraints.
#[test]
fn every_variable_is_used() {
    let ballots = [
        BallotCircuit::<3>::constraint_system(),
        BallotCircuit::<8>::constraint_system(),
        UpdateCircuit::<3>::constraint_system(),
        UpdateCircuit::<8>::constraint_system(),
        SheetCircuit::<16>::constraint_system(),
        SheetCircuit::<40>::constraint_system(),
    ];
    let trustees = [
        DecryptionCircuit::constraint_system(),
        DealingCircuit::<5>::constraint_system(),
        CommitteeKeysCircuit::constraint_system(),
    ];
    let rewards = [
        NotesCircuit::constraint_system(),
        ClaimCircuit::<3>::constraint_system(),
        ClaimCircuit::<8>::constraint_system(),
    ];
    for system in ballots.into_iter().chain(trustees).chain(rewards) {
        let mut uses = vec![0; system.num_variables()];
        for i in 0..system.num_constraints() {
            let rows = system.matrices().each_ref().map(|m| &m[i]);
            let mut seen: Vec<usize> = rows.iter().flat_map(|row| row.iter().map(|(_, v)| *v)).collect();
            seen.sort_unstable();
            seen.dedup();
            seen.into_iter().for_each(|v| uses[v] += 1);
        }
        // `h` and `y` are results, each determined by a single constraint.
        let once: Vec<usize> = (1..uses.len()).filter(|v| uses[*v] < 2).collect();
        assert!(once.iter().all(|v| [1, 3].contains(v)), "{once:?}");
    }
}

/// Each public input is bound: changing it violates a constraint.
#[test]
fn public_inputs_are_bound() {
    let circuit = Voter::with_deepest_path(1_000)
        .ballot_circuit(rule_parameters(RuleKind::Plurality, 0, false, 3, true), [0, 1, 0]);
    for moved in 0..3 {
        let mut inputs = circuit.instance.to_inputs();
        inputs[moved] += Fr::from(1u64);
        let instance = ballot::Instance::from_inputs(inputs);
        let circuit = BallotCircuit::<3> { instance, witness: circuit.witness.clone() };
        assert!(circuit.check().is_err());
        let (system, assignment) = build_system(&circuit);
        assert!(system.check_satisfied(&assignment).is_err(), "{}", BallotCircuit::<3>::PUBLIC_INPUTS[moved]);
    }
}

#[test]
fn public_inputs_of_claims_and_notes_are_bound() {
    let circuit = claim_circuit(reward_policy(50, Some(1)), 1_000, [0, 1, 0]);
    let batch = notes_circuit(17);
    for moved in 0..3 {
        let mut inputs = circuit.instance.to_inputs();
        inputs[moved] += Fr::from(1u64);
        let instance = claim::Instance::from_inputs(inputs);
        let circuit = ClaimCircuit::<3> { instance, witness: circuit.witness.clone() };
        assert!(circuit.check().is_err());
        let (system, assignment) = build_system(&circuit);
        assert!(system.check_satisfied(&assignment).is_err(), "claim: {}", ClaimCircuit::<3>::PUBLIC_INPUTS[moved]);

        let mut inputs = batch.instance.to_inputs();
        inputs[moved] += Fr::from(1u64);
        let instance = notes::Instance::from_inputs(inputs);
        let circuit = NotesCircuit { instance, batch: batch.batch.clone() };
        assert!(circuit.check().is_err());
        let (system, assignment) = build_system(&circuit);
        assert!(system.check_satisfied(&assignment).is_err(), "notes: {}", NotesCircuit::PUBLIC_INPUTS[moved]);
    }
}

#[test]
fn public_inputs_of_sheets_are_bound() {
    let circuit = sheet_of_kind::<16>(1);
    for moved in 0..3 {
        let mut inputs = circuit.instance.to_inputs();
        inputs[moved] += Fr::from(1u64);
        let instance = sheet::Instance::from_inputs(inputs);
        let circuit = SheetCircuit::<16> { instance, witness: circuit.witness.clone() };
        assert!(circuit.check().is_err());
        let (system, assignment) = build_system(&circuit);
        assert!(system.check_satisfied(&assignment).is_err(), "{}", SheetCircuit::<16>::PUBLIC_INPUTS[moved]);
    }
}
