use proptest::prelude::*;

use super::*;

const PENDING: ChamberChoice = ChamberChoice::Pending;
const NONE: ChamberChoice = ChamberChoice::NoOption;
const YES: ChamberChoice = ChamberChoice::Option(FOR);
const NO: ChamberChoice = ChamberChoice::Option(AGAINST);

fn mask(places: &[usize]) -> ChamberMask {
    ChamberMask::of(places).unwrap()
}

fn requirements(chambers: u8, required: &[usize], veto: &[usize]) -> Requirements {
    Requirements { chambers, required: mask(required), veto: mask(veto), refusing: AGAINST }
}

fn decide_motion(choices: &[ChamberChoice], requirements: &Requirements) -> Decision {
    decide_with_requirements(DecisionKind::Motion, choices, MOTION_OPTIONS, requirements).unwrap()
}

#[test]
fn required_chamber_must_choose_the_option() {
    let rule = requirements(2, &[0], &[]);
    assert_eq!(decide_motion(&[YES, YES, NONE], &rule), Decision::Decided(FOR));
    assert_eq!(decide_motion(&[NONE, YES, YES], &rule), Decision::Rejected);
    assert_eq!(decide_motion(&[PENDING, YES, YES], &rule), Decision::Open);
}

#[test]
fn veto_chamber_stops_by_refusing_and_not_by_silence() {
    let rule = requirements(2, &[], &[2]);
    assert_eq!(decide_motion(&[YES, YES, NO], &rule), Decision::Rejected);
    assert_eq!(decide_motion(&[YES, YES, NONE], &rule), Decision::Decided(FOR));
    assert_eq!(decide_motion(&[YES, YES, PENDING], &rule), Decision::Open);
    assert_eq!(decide_motion(&[YES, NO, YES], &rule), Decision::Decided(FOR));
}

#[test]
fn chamber_refuses_a_motion_by_the_rule_by_which_it_passes_one() {
    let choose = |totals: &[u64], quorum, threshold| choose_or_refuse(DecisionKind::Motion, totals, quorum, threshold);
    assert_eq!(choose(&[30, 10, 60], 90, 7_500), Some(AGAINST));
    assert_eq!(choose(&[10, 30, 60], 90, 7_500), Some(FOR));
    assert_eq!(choose(&[30, 10, 60], 91, 7_500), None);
    assert_eq!(choose(&[30, 10, 60], 90, 7_501), None);
    assert_eq!(choose(&[30, 30, 60], 0, 0), None);
    assert_eq!(choose_or_refuse(DecisionKind::Options, &[30, 10], 0, 0), Some(0));
}

#[test]
fn refusing_option_is_not_vetoed() {
    let rule = Requirements { refusing: 2, ..requirements(2, &[], &[0]) };
    let option = ChamberChoice::Option;
    let decide = |choices: &[ChamberChoice]| decide_with_requirements(DecisionKind::Options, choices, 3, &rule);
    assert_eq!(decide(&[option(2), option(2), option(1)]), Ok(Decision::Decided(2)));
    assert_eq!(decide(&[option(2), option(1), option(1)]), Ok(Decision::Rejected));
}

#[test]
fn requirements_that_the_poll_cannot_have_are_rejected() {
    let check = |rule: Requirements| rule.check(DecisionKind::Motion, 3, MOTION_OPTIONS);
    assert_eq!(check(requirements(3, &[0, 1, 2], &[0])), Ok(()));
    assert!(matches!(check(requirements(0, &[], &[])), Err(RequirementsError::Chambers { .. })));
    assert!(matches!(check(requirements(4, &[], &[])), Err(RequirementsError::Chambers { .. })));
    assert!(matches!(check(requirements(1, &[3], &[])), Err(RequirementsError::Mask(_))));
    assert!(matches!(check(requirements(1, &[], &[4])), Err(RequirementsError::Mask(_))));
    let other = Requirements { refusing: FOR, ..requirements(1, &[], &[]) };
    assert!(matches!(check(other), Err(RequirementsError::Refusing { .. })));
    let beyond = Requirements { refusing: 3, ..requirements(1, &[], &[]) };
    assert!(matches!(beyond.check(DecisionKind::Options, 3, 3), Err(RequirementsError::Refusing { .. })));
}

/// The decision of choices without a pending one, straight from the definition.
fn decide_finally(kind: DecisionKind, choices: &[ChamberChoice], options: usize, rule: &Requirements) -> Option<usize> {
    let votes = |option| choices.iter().filter(|choice| **choice == ChamberChoice::Option(option)).count();
    let eligible: Vec<usize> = if kind == DecisionKind::Motion { vec![FOR] } else { (0..options).collect() };
    eligible.iter().copied().find(|&option| {
        let is_most = eligible.iter().all(|other| *other == option || votes(option) > votes(*other));
        let has_required = (0..choices.len())
            .all(|place| !rule.required.contains(place) || choices[place] == ChamberChoice::Option(option));
        let is_vetoed = option != rule.refusing
            && (0..choices.len())
                .any(|place| rule.veto.contains(place) && choices[place] == ChamberChoice::Option(rule.refusing));
        is_most && votes(option) >= usize::from(rule.chambers) && has_required && !is_vetoed
    })
}

/// All ways in which the pending chambers could choose.
fn complete(choices: &[ChamberChoice], options: usize) -> Vec<Vec<ChamberChoice>> {
    let mut all = vec![Vec::new()];
    for choice in choices {
        let ways: Vec<ChamberChoice> = match choice {
            ChamberChoice::Pending => (0..options).map(ChamberChoice::Option).chain([NONE]).collect(),
            other => vec![*other],
        };
        all = all.iter().flat_map(|before| ways.iter().map(|way| [before.as_slice(), &[*way]].concat())).collect();
    }
    all
}

proptest! {
    #[test]
    fn decision_is_what_every_way_to_continue_gives(
        drawn in prop::collection::vec(0..6_usize, 1..5),
        is_motion in any::<bool>(),
        (chambers, required, veto, refusing) in (1..5_u8, 0..16_u16, 0..16_u16, 0..3_usize),
    ) {
        let kind = if is_motion { DecisionKind::Motion } else { DecisionKind::Options };
        let choices: Vec<ChamberChoice> = drawn
            .iter()
            .map(|number| match number {
                0..3 => ChamberChoice::Option(*number),
                3 => NONE,
                _ => PENDING,
            })
            .collect();
        let named = (1 << choices.len()) - 1;
        let rule = Requirements {
            chambers: chambers.min(choices.len() as u8),
            required: ChamberMask::from_bits(required & named),
            veto: ChamberMask::from_bits(veto & named),
            refusing: if is_motion { AGAINST } else { refusing },
        };
        let outcomes: Vec<_> =
            complete(&choices, 3).iter().map(|choices| decide_finally(kind, choices, 3, &rule)).collect();
        let is_final = outcomes.iter().all(|outcome| *outcome == outcomes[0]);
        let expected = match (is_final, outcomes[0]) {
            (true, Some(option)) => Decision::Decided(option),
            (true, None) => Decision::Rejected,
            (false, _) => Decision::Open,
        };
        prop_assert_eq!(decide_with_requirements(kind, &choices, 3, &rule), Ok(expected));
    }
}
