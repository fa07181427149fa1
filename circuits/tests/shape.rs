//! Pinned shapes of the circuits: a change of a shape requires new keys and new verifiers.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    Voter, blank_rule_parameters, blinded_circuit, build_system, claim_circuit, claim_circuit_at,
    committee_keys_circuit, dealing_circuit, decision_circuit, decryption_circuit, notes_circuit, recipients,
    reward_policy, rule_parameters,
};
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
use psephos_circuits::{Circuit, R1cs};
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::rule::RuleKind;
use psephos_protocol::testing::sheet_forms;

/// Returns the numbers of constraints and variables, the non-zero entries of A, B, C, and the circuit hash.
fn shape_of(system: &R1cs) -> (usize, usize, [usize; 3], String) {
    let hash = system.circuit_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    (system.num_constraints(), system.num_variables(), system.non_zeros(), hash)
}

#[test]
fn ballot_3_shape_is_pinned() {
    let system = BallotCircuit::<3>::constraint_system();
    let expected = [
        ("identity", 297),
        ("weight", 40),
        ("leaf", 258),
        ("census", 4825),
        ("keys", 960),
        ("rule", 34),
        ("context", 318),
        ("nullifier", 294),
        ("choice", 204),
        ("note", 321),
        ("randomness", 755),
        ("encryption", 2946),
        ("binding", 512),
        ("signature", 2388),
    ];
    assert_eq!(system.section_sizes(), expected);
    let hash = "eb3b684ffbba24a16160d9ca6036260ed61c5b99753376bcb8a188b82532fca6";
    assert_eq!(shape_of(&system), (14_152, 14_179, [25_981, 38_725, 81_935], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 14);
}

#[test]
fn ballot_8_shape_is_pinned() {
    let system = BallotCircuit::<8>::constraint_system();
    let hash = "e99510020ab1476fe6c805b8ad25e1ffda8ed3d13b4d9b3e130168e4d6271c12";
    assert_eq!(shape_of(&system), (21_450, 21_487, [39_357, 58_074, 110_838], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 15);
}

#[test]
fn update_3_shape_is_pinned() {
    let system = UpdateCircuit::<3>::constraint_system();
    let hash = "237d418c1dc0d9b709b596fa92953f66da8f04680bdee31291abf90b6f189c33";
    assert_eq!(shape_of(&system), (14_281, 14_315, [26_394, 39_432, 82_724], hash.to_string()));
    assert!(system.num_constraints() <= 14_900 && system.num_constraints() + system.num_inputs() <= 1 << 14);
}

#[test]
fn update_8_shape_is_pinned() {
    let system = UpdateCircuit::<8>::constraint_system();
    let hash = "7df3d76256ddb7af903ac4c6f5ef32ba1e819241ddcd8338cf8e5ba04e0afc8c";
    assert_eq!(shape_of(&system), (22_096, 22_150, [41_394, 61_527, 115_977], hash.to_string()));
    assert!(system.num_constraints() <= 23_000 && system.num_constraints() + system.num_inputs() <= 1 << 15);
}

#[test]
fn blinded_3_shape_is_pinned() {
    let system = BlindedCircuit::<3>::constraint_system();
    let hash = "8d74bc966f2543f7f3daec843ef2e17cd11c719e590efb18169960da1df22f7f";
    assert_eq!(shape_of(&system), (11_333, 11_340, [18_953, 28_573, 32_081], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 14);
}

#[test]
fn blinded_8_shape_is_pinned() {
    let system = BlindedCircuit::<8>::constraint_system();
    let hash = "c82b0a020b22d641ef92e4e978970849855fe7bdeafbf70818a3ffdb65e1401e";
    assert_eq!(shape_of(&system), (24_748, 24_755, [41_590, 62_287, 67_531], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 15);
}

#[test]
fn decision_3_shape_is_pinned() {
    let system = DecisionCircuit::<3>::constraint_system();
    let expected = [
        ("parameters", 128),
        ("totals", 2_391),
        ("buckets", 378),
        ("comparisons", 258),
        ("greatest", 6),
        ("choice", 152),
        ("binding", 465),
    ];
    assert_eq!(system.section_sizes(), expected);
    let hash = "7b86b1746e1fd3c3c94bdef108b2ad4d55f07342415b74ba7572f57bef4816c9";
    assert_eq!(shape_of(&system), (3_778, 3_766, [7_450, 12_707, 8_056], hash.to_string()));
    assert!(system.num_constraints() <= 4_090 && system.num_constraints() + system.num_inputs() <= 1 << 12);
}

#[test]
fn decision_8_shape_is_pinned() {
    let system = DecisionCircuit::<8>::constraint_system();
    let hash = "b54a2ab6330dbea5545efaf5884408d9e86a2ab3053b77db5011ef6780b1bd0e";
    assert_eq!(shape_of(&system), (11_243, 11_171, [24_705, 49_772, 19_309], hash.to_string()));
    assert!(system.num_constraints() <= 16_380 && system.num_constraints() + system.num_inputs() <= 1 << 14);
}

#[test]
fn decryption_shape_is_pinned() {
    let system = DecryptionCircuit::constraint_system();
    let hash = "c0c2ecf728abe3c3c3ccd116c2b226c4b4470eb85def8087c1fd4ad580e2a629";
    assert_eq!(shape_of(&system), (15_559, 15_564, [24_556, 36_868, 43_779], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 14);
}

#[test]
fn dealing_5_shape_is_pinned() {
    let system = DealingCircuit::<5>::constraint_system();
    let expected = [
        ("flags", 10),
        ("ephemeral", 755),
        ("coefficients", 15_120),
        ("commitments", 15_160),
        ("masks", 80),
        ("values", 10_832),
        ("agreement", 7035),
        ("pads", 1935),
        ("shares", 40),
        ("binding", 3068),
    ];
    assert_eq!(system.section_sizes(), expected);
    let hash = "9a397f229b1c390bdd1492d08488b63d6aa8450818584f6252ec011857851419";
    assert_eq!(shape_of(&system), (54_035, 53_968, [96_963, 166_819, 114_497], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 16);
}

#[test]
fn dealing_16_shape_is_pinned() {
    let system = DealingCircuit::<16>::constraint_system();
    let hash = "45b73d395f42bbc593c366af4a593aec619fa642c41fc962a5776db3af0aba3a";
    assert_eq!(shape_of(&system), (179_933, 179_712, [336_910, 555_114, 360_368], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 18);
}

#[test]
fn committee_keys_shape_is_pinned() {
    let system = CommitteeKeysCircuit::constraint_system();
    let hash = "0a5240b9bf66c5e8920fa060e65ea9c3ec94c990e7fe3ea14c5e7517b25959ad";
    assert_eq!(shape_of(&system), (6_646, 6_664, [10_262, 15_880, 29_215], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 13);
}

#[test]
fn notes_shape_is_pinned() {
    let system = NotesCircuit::constraint_system();
    // 36 hashes of eight and one of four.
    assert_eq!(system.section_sizes(), [("root", 36 * 402 + 297), ("binding", 256)]);
    let hash = "e046818b6875aeb73ada90da97c6aa809530d2b54e5a8cdf51fdcaaf67a45b61";
    assert_eq!(shape_of(&system), (15_025, 15_283, [42_897, 70_261, 123_780], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 14);
}

#[test]
fn claim_3_shape_is_pinned() {
    let system = ClaimCircuit::<3>::constraint_system();
    let expected = [
        ("identity", 297),
        ("opening", 160),
        ("note", 318),
        ("batch", 1118),
        ("tree", 2896),
        ("nullifier", 294),
        ("policy", 46),
        ("choice", 86),
        ("amount", 2),
        ("binding", 422),
        ("signature", 2090),
    ];
    assert_eq!(system.section_sizes(), expected);
    let hash = "34751bfa232c5a098e4e91b75ec41e7ddb656dd01c3a6ec27f13b2eaa9427045";
    assert_eq!(shape_of(&system), (7_729, 7_762, [15_874, 24_507, 50_595], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 13);
}

#[test]
fn claim_8_shape_is_pinned() {
    let system = ClaimCircuit::<8>::constraint_system();
    let hash = "1a8baa5dd2995f902800534989ef7d79817eedefca1320d51120509e5a933e93";
    assert_eq!(shape_of(&system), (8_182, 8_210, [17_300, 27_681, 50_975], hash.to_string()));
    assert!(system.num_constraints() + system.num_inputs() <= 1 << 13);
}

#[test]
fn sheet_16_shape_is_pinned() {
    let system = SheetCircuit::<16>::constraint_system();
    let expected = [
        ("identity", 297),
        ("weight", 40),
        ("leaf", 258),
        ("census", 4825),
        ("keys", 2565),
        ("form", 902),
        ("context", 318),
        ("nullifier", 294),
        ("cells", 64),
        ("groups", 49),
        ("ranking", 129),
        ("score", 73),
        ("counters", 48),
        ("note", 315),
        ("randomness", 3 * 755),
        ("encryption", 17 * 905),
        ("binding", 2017),
        ("signature", 2388),
    ];
    assert_eq!(system.section_sizes(), expected);
    let hash = "f55e4e2b74cdc14a5d828c8e293198389ae4fe5ce8e0859ef3dd186676cb8868";
    assert_eq!(shape_of(&system), (32_232, 32_224, [58_415, 85_497, 143_797], hash.to_string()));
    assert!(system.num_constraints() <= 32_700 && system.num_constraints() + system.num_inputs() <= 1 << 15);
}

#[test]
fn sheet_40_shape_is_pinned() {
    let system = SheetCircuit::<40>::constraint_system();
    let hash = "78b40628b5b12c49abdf62393b5e482991a7f4783dae73d50988ca1719c7558e";
    assert_eq!(shape_of(&system), (59_721, 59_620, [106_457, 154_377, 220_309], hash.to_string()));
    assert!(system.num_constraints() <= 62_000 && system.num_constraints() + system.num_inputs() <= 1 << 16);
}

#[test]
fn names_and_public_inputs_are_pinned() {
    assert_eq!((BallotCircuit::<3>::NAME, BallotCircuit::<3>::PUBLIC_INPUTS), ("ballot-3", &["h", "z", "y"][..]));
    assert_eq!((BallotCircuit::<8>::NAME, BallotCircuit::<8>::PUBLIC_INPUTS), ("ballot-8", &["h", "z", "y"][..]));
    assert_eq!((DecryptionCircuit::NAME, DecryptionCircuit::PUBLIC_INPUTS), ("decryption", &["h", "z", "y"][..]));
    assert_eq!((DealingCircuit::<5>::NAME, DealingCircuit::<5>::PUBLIC_INPUTS), ("dealing-5", &["h", "z", "y"][..]));
    assert_eq!((DealingCircuit::<16>::NAME, DealingCircuit::<16>::PUBLIC_INPUTS), ("dealing-16", &["h", "z", "y"][..]));
    assert_eq!(
        (CommitteeKeysCircuit::NAME, CommitteeKeysCircuit::PUBLIC_INPUTS),
        ("committee-keys", &["h", "z", "y"][..])
    );
    assert_eq!((NotesCircuit::NAME, NotesCircuit::PUBLIC_INPUTS), ("notes", &["h", "z", "y"][..]));
    assert_eq!((ClaimCircuit::<3>::NAME, ClaimCircuit::<3>::PUBLIC_INPUTS), ("claim-3", &["h", "z", "y"][..]));
    assert_eq!((ClaimCircuit::<8>::NAME, ClaimCircuit::<8>::PUBLIC_INPUTS), ("claim-8", &["h", "z", "y"][..]));
    assert_eq!((BlindedCircuit::<3>::NAME, BlindedCircuit::<3>::PUBLIC_INPUTS), ("blinded-3", &["h", "z", "y"][..]));
    assert_eq!((DecisionCircuit::<8>::NAME, DecisionCircuit::<8>::PUBLIC_INPUTS), ("decision-8", &["h", "z", "y"][..]));
    assert_eq!((SheetCircuit::<16>::NAME, SheetCircuit::<16>::PUBLIC_INPUTS), ("sheet-16", &["h", "z", "y"][..]));
    assert_eq!((SheetCircuit::<40>::NAME, SheetCircuit::<40>::PUBLIC_INPUTS), ("sheet-40", &["h", "z", "y"][..]));
    assert_eq!((UpdateCircuit::<3>::NAME, UpdateCircuit::<3>::PUBLIC_INPUTS), ("update-3", &["h", "z", "y"][..]));
    assert_eq!((UpdateCircuit::<8>::NAME, UpdateCircuit::<8>::PUBLIC_INPUTS), ("update-8", &["h", "z", "y"][..]));
    assert_eq!(BallotCircuit::<3>::constraint_system().num_inputs(), 4);
}

/// Checks that native check, constraints and both modes of the builder agree, and that the witness does not change
/// the constraint structure.
fn assert_modes_agree<C: Circuit>(circuit: &C) {
    circuit.check().unwrap();
    let (system, assignment) = build_system(circuit);
    system.check_satisfied(&assignment).unwrap();
    assert_eq!(system.circuit_hash(), C::constraint_system().circuit_hash());
    assert!(assignment == circuit.generate_assignment());
    assert_eq!(assignment[1..system.num_inputs()], circuit.public_inputs());
}

#[test]
fn ballots_of_every_rule_and_census_position_satisfy() {
    for (members, index) in [(1, 0), (2, 1), (3, 2), (37, 5), (100, 99)] {
        let voter = Voter::new(1_000, index, members);
        assert_modes_agree(&voter.ballot_circuit(rule_parameters(RuleKind::Plurality, 0, false, 3, true), [0, 1, 0]));
    }
    let voter = Voter::new((1 << 40) - 1, 4, 9);
    assert_modes_agree(&voter.ballot_circuit(rule_parameters(RuleKind::Plurality, 0, false, 2, true), [0, 1, 0]));
    assert_modes_agree(
        &voter.ballot_circuit(rule_parameters(RuleKind::Cumulative, 0, true, 3, true), [1 << 39, (1 << 39) - 1, 0]),
    );
    let voter = Voter::new(100, 4, 9);
    for weighted in [true, false] {
        assert_modes_agree(
            &voter.ballot_circuit(rule_parameters(RuleKind::Approval, 2, false, 3, weighted), [1, 0, 1]),
        );
        assert_modes_agree(
            &voter.ballot_circuit(rule_parameters(RuleKind::Score, 255, false, 3, weighted), [255, 0, 254]),
        );
        assert_modes_agree(&voter.ballot_circuit(
            rule_parameters(RuleKind::Cumulative, 100 * u16::from(!weighted), false, 3, weighted),
            [50, 49, 0],
        ));
        assert_modes_agree(&voter.ballot_circuit(
            rule_parameters(RuleKind::Quadratic, 100 * u16::from(!weighted), false, 3, weighted),
            [8, 6, 0],
        ));
        assert_modes_agree(&voter.ballot_circuit(rule_parameters(RuleKind::Borda, 0, false, 3, weighted), [1, 2, 0]));
        assert_modes_agree(
            &voter.ballot_circuit(rule_parameters(RuleKind::Borda, 0, false, 8, weighted), [7, 0, 6, 1, 5, 2, 4, 3]),
        );
    }
    assert_modes_agree(
        &voter.ballot_circuit(rule_parameters(RuleKind::Quadratic, 0, false, 8, true), [5, 5, 5, 5, 0, 0, 0, 0]),
    );
    assert_modes_agree(
        &voter.ballot_circuit(rule_parameters(RuleKind::Borda, 0, false, 5, true), [4, 2, 0, 1, 3, 0, 0, 0]),
    );
}

#[test]
fn replacements_and_masks_satisfy() {
    for mask in [false, true] {
        let voter = Voter::new(1_000, 5, 37);
        assert_modes_agree(&voter.update_circuit(
            blank_rule_parameters(RuleKind::Plurality, 0, 3, true),
            [0, 1, 0],
            mask,
        ));
        assert_modes_agree(&voter.update_circuit(
            blank_rule_parameters(RuleKind::Plurality, 0, 2, true),
            [0, 1, 0],
            mask,
        ));
        let voter = Voter::with_deepest_path(100);
        assert_modes_agree(&voter.update_circuit(
            blank_rule_parameters(RuleKind::Quadratic, 0, 3, true),
            [8, 6, 0],
            mask,
        ));
        let borda = [7, 0, 6, 1, 5, 2, 4, 3];
        assert_modes_agree(&voter.update_circuit(blank_rule_parameters(RuleKind::Borda, 0, 8, false), borda, mask));
    }
}

#[test]
fn sheets_of_every_kind_satisfy() {
    let voter = Voter::new(1_000, 5, 37);
    for (form, answers) in sheet_forms() {
        match form.size() {
            16 => assert_modes_agree(&voter.sheet_circuit::<16>(&form, answers)),
            _ => assert_modes_agree(&voter.sheet_circuit::<40>(&form, answers)),
        }
    }
    let (form, answers) = sheet_forms().swap_remove(1);
    assert_modes_agree(&Voter::with_deepest_path(1).sheet_circuit::<16>(&form, answers.clone()));
    assert!(voter.sheet_circuit::<40>(&form, answers).check().is_err(), "another size");
}

#[test]
fn decryptions_and_committee_keys_satisfy() {
    assert_modes_agree(&decryption_circuit(3));
    assert_modes_agree(&decryption_circuit(8));
    assert_modes_agree(&committee_keys_circuit());
}

#[test]
fn blinded_shares_and_decisions_satisfy() {
    assert_modes_agree(&blinded_circuit::<3>());
    assert_modes_agree(&blinded_circuit::<8>());
    for totals in [[45, 3, 0], [3, 45, 45], [0, 0, 0], [1 << 40, 1, 2]] {
        assert_modes_agree(&decision_circuit::<3>(DecisionKind::Options, &totals[..2]));
        assert_modes_agree(&decision_circuit::<3>(DecisionKind::Options, &totals));
        assert_modes_agree(&decision_circuit::<3>(DecisionKind::Motion, &totals));
        assert_modes_agree(&decision_circuit::<8>(DecisionKind::Options, &[&totals[..], &[7; 5]].concat()));
    }
}

#[test]
fn dealings_to_committees_of_all_shapes_satisfy() {
    for (trustees, threshold, absent) in [(1, 1, &[][..]), (5, 3, &[]), (5, 5, &[]), (4, 1, &[0, 3]), (5, 2, &[2])] {
        assert_modes_agree(&dealing_circuit::<5>(recipients(trustees, threshold, absent)));
    }
    assert_modes_agree(&dealing_circuit::<16>(recipients(16, 9, &[])));
}

#[test]
fn note_batches_of_all_lengths_satisfy() {
    for notes in [1, 2, 8, 9, 255, 256] {
        assert_modes_agree(&notes_circuit(notes));
    }
}

#[test]
fn claims_of_every_position_weight_and_choice_satisfy() {
    for at in [[1, 0, 0], [1, 0, 255], [2, 1, 7], [3, 2, 8], [5, 4, 100], [6, 2, 63]] {
        assert_modes_agree(&claim_circuit_at(reward_policy(50, Some(1)), 20, [0, 1, 0], at));
    }
    for weight in [0, 1, 49, 50, 51, (1 << 40) - 1] {
        for cap in [0, 50, (1 << 40) - 1] {
            assert_modes_agree(&claim_circuit(reward_policy(cap, Some(1)), weight, [0, 1, 0]));
        }
    }
    for x in [[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0], [0, (1 << 40) - 1, 1], [5, 4, 5]] {
        for ratified in [None, Some(0), Some(1), Some(2)] {
            assert_modes_agree(&claim_circuit(reward_policy(50, ratified), 1_000, x));
        }
    }
    for ratified in [None, Some(0), Some(3), Some(7)] {
        assert_modes_agree(&claim_circuit(reward_policy(50, ratified), 1_000, [7, 0, 6, 1, 5, 2, 4, 3]));
        assert_modes_agree(&claim_circuit(reward_policy(50, ratified), 1_000, [0, 0, 0, 2, 1, 1, 0, 0]));
        assert_modes_agree(&claim_circuit(
            reward_policy(50, ratified),
            1_000,
            [0, 0, 0, (1 << 40) - 1, 0, 0, 0, (1 << 40) - 1],
        ));
    }
}
