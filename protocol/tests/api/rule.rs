use proptest::prelude::*;
use psephos_protocol::{
    Fr,
    census::Census,
    rule::{Rule, RuleError, RuleKind, RuleParameters},
    testing::{BallotInput, ballots, rules, weight, weights},
    weight::TotalWeight,
};

use crate::fixture::rule;

const MAX: u64 = (1 << 40) - 1;

fn count_values(parameters: RuleParameters, number: u64, x: &[u64]) -> Result<Vec<u64>, RuleError> {
    parameters.count_values(weight(number), x)
}

#[test]
fn plurality_counts_the_weight_once() {
    let weighted = rule(RuleKind::Plurality, 0, 2, true);
    assert_eq!(count_values(weighted, MAX, &[0, 1, 0]), Ok(vec![0, MAX, 0]));
    assert_eq!(count_values(rule(RuleKind::Plurality, 0, 2, false), 9, &[0, 1]), Ok(vec![0, 1]));
    assert_eq!(count_values(weighted, 9, &[1, 1, 0]), Err(RuleError::BudgetExceeded { budget: Some(1) }));
    assert_eq!(count_values(weighted, 9, &[0, 0, 0]), Err(RuleError::BudgetNotSpent { budget: Some(1) }));
    assert_eq!(count_values(weighted, 9, &[2, 0, 0]), Err(RuleError::CapExceeded { option: 0, cap: 1 }));
    assert_eq!(count_values(weighted, 9, &[0, 0, 1]), Err(RuleError::InactiveOption { option: 2, options: 2 }));
    assert_eq!(count_values(weighted, 9, &[1]), Err(RuleError::Length { expected: 2, actual: 1 }));
}

#[test]
fn negative_vote_is_rejected_as_a_large_number() {
    let rule = rule(RuleKind::Plurality, 0, 3, true);
    assert_eq!(count_values(rule, 9, &[u64::MAX, 1, 1]), Err(RuleError::ValueTooLarge { option: 0 }));
    assert_eq!(count_values(rule, 9, &[MAX, 1, 1]), Err(RuleError::CapExceeded { option: 0, cap: 1 }));
}

#[test]
fn approval_allows_at_most_k_options() {
    let two = rule(RuleKind::Approval, 2, 4, true);
    assert_eq!(count_values(two, 3, &[1, 0, 0, 1]), Ok(vec![3, 0, 0, 3]));
    assert_eq!(count_values(two, 3, &[0; 4]), Ok(vec![0; 4]));
    assert_eq!(count_values(two, 3, &[1, 1, 0, 1]), Err(RuleError::BudgetExceeded { budget: Some(2) }));
}

#[test]
fn score_bounds_each_option() {
    let score = rule(RuleKind::Score, 255, 8, true);
    assert_eq!(count_values(score, 2, &[255; 8]), Ok(vec![510; 8]));
    assert_eq!(
        count_values(score, 2, &[0, 256, 0, 0, 0, 0, 0, 0]),
        Err(RuleError::CapExceeded { option: 1, cap: 255 })
    );
    assert_eq!(
        count_values(score, 1 << 33, &[0, 0, 0, 0, 0, 0, 0, 255]),
        Err(RuleError::ValueTooLarge { option: 7 }),
        "a counted value has 40 bits for every weight"
    );
    assert_eq!(count_values(score, MAX, &[2; 8]), Err(RuleError::ValueTooLarge { option: 0 }));
}

#[test]
fn cumulative_spends_the_weight_or_the_budget() {
    let weighted = rule(RuleKind::Cumulative, 5, 3, true);
    assert_eq!(count_values(weighted, 10, &[3, 7, 0]), Ok(vec![3, 7, 0]));
    assert_eq!(count_values(weighted, 10, &[3, 8, 0]), Err(RuleError::BudgetExceeded { budget: None }));
    assert_eq!(count_values(weighted, MAX, &[MAX, 0, 0]), Ok(vec![MAX, 0, 0]));
    assert_eq!(
        count_values(rule(RuleKind::Cumulative, 5, 3, false), 10, &[3, 3, 0]),
        Err(RuleError::BudgetExceeded { budget: Some(5) })
    );
    let exact = Rule { exact: true, ..Rule::new(RuleKind::Cumulative, 5) };
    let exact = exact.to_parameters(3, false).unwrap();
    assert_eq!(count_values(exact, 10, &[3, 1, 0]), Err(RuleError::BudgetNotSpent { budget: Some(5) }));
    assert_eq!(count_values(exact, 10, &[3, 1, 1]), Ok(vec![3, 1, 1]));
}

#[test]
fn quadratic_bounds_the_sum_of_squares() {
    let weighted = rule(RuleKind::Quadratic, 0, 3, true);
    assert_eq!(count_values(weighted, 100, &[6, 8, 0]), Ok(vec![6, 8, 0]));
    assert_eq!(count_values(weighted, 99, &[6, 8, 0]), Err(RuleError::BudgetExceeded { budget: None }));
    // 2^32 squared is 2^64: it must not wrap to zero.
    assert_eq!(count_values(weighted, 99, &[1 << 32, 0, 0]), Err(RuleError::BudgetExceeded { budget: None }));
    assert_eq!(count_values(weighted, MAX, &[MAX, MAX, MAX]), Err(RuleError::BudgetExceeded { budget: None }));
}

#[test]
fn borda_accepts_only_permutations() {
    let borda = rule(RuleKind::Borda, 0, 4, true);
    assert_eq!(count_values(borda, 2, &[3, 0, 2, 1]), Ok(vec![6, 0, 4, 2]));
    for x in [[3, 3, 0, 0], [0, 0, 3, 3], [1, 2, 1, 2], [0; 4]] {
        assert_eq!(count_values(borda, 2, &x), Err(RuleError::NotAPermutation { options: 4 }), "{x:?}");
    }
    assert_eq!(count_values(borda, 2, &[4, 0, 1, 2]), Err(RuleError::CapExceeded { option: 0, cap: 3 }));
}

#[test]
fn rules_out_of_range_are_rejected() {
    let refused = |kind, parameter, exact, options| {
        Rule { exact, ..Rule::new(kind, parameter) }.to_parameters(options, false).err()
    };
    for actual in [0, 1, 9, usize::MAX] {
        assert_eq!(refused(RuleKind::Plurality, 0, false, actual), Some(RuleError::OptionCount { actual }));
    }
    for (kind, min, max, actual) in [
        (RuleKind::Plurality, 0, 0, 1),
        (RuleKind::Borda, 0, 0, 2),
        (RuleKind::Approval, 1, 3, 0),
        (RuleKind::Approval, 1, 3, 4),
        (RuleKind::Score, 1, 255, 0),
        (RuleKind::Score, 1, 255, 256),
        (RuleKind::Cumulative, 1, u16::MAX, 0),
        (RuleKind::Quadratic, 1, u16::MAX, 0),
    ] {
        assert_eq!(refused(kind, actual, false, 3), Some(RuleError::ParameterOutOfRange { kind, min, max, actual }));
    }
    assert_eq!(refused(RuleKind::Score, 5, true, 3), Some(RuleError::ExactNotApplicable { kind: RuleKind::Score }));
    for number in 0..6 {
        assert_eq!(RuleKind::try_from(number).unwrap() as u8, number);
    }
    assert_eq!(RuleKind::try_from(6), Err(RuleError::UnknownKind(6)));
}

#[test]
fn invalid_packed_rules_are_rejected() {
    let good = rule(RuleKind::Plurality, 0, 3, true).pack_u64();
    assert!(RuleParameters::unpack(good).is_ok());
    assert!(good & 1 << 6 != 0 && RuleParameters::unpack(good & !(1 << 6)).is_ok(), "notes with and without choices");
    let options = 1 << 34;
    let refused = [
        0,
        good & 0xffff_ffff,
        good | 1 << 33,
        good | 1 << 7,
        good | 1 << 40,
        good | 1 << 63,
        good & 0xffff_ffff | 1 << 32,
        options | 1 << 8,
        options | 1 << 3 | 1 << 16,
    ];
    for packed in refused {
        assert_eq!(RuleParameters::unpack(packed), Err(RuleError::Encoding(packed)), "{packed:#x}");
    }
    assert_eq!(RuleParameters::unpack(options | 1), Err(RuleError::WeightedUncapped));
    let uncapped = RuleParameters { capped: false, ..rule(RuleKind::Plurality, 0, 3, true) };
    assert_eq!(count_values(uncapped, 1, &[1, 0, 0]), Err(RuleError::WeightedUncapped));
}

#[test]
fn rule_whose_totals_could_exceed_two_to_the_forty_is_rejected() {
    let bound = 1 << 40;
    let worst = |kind, parameter, weighted, members, total| {
        Rule::new(kind, parameter).compute_worst_case(3, weighted, members, TotalWeight::new(total))
    };
    assert_eq!(worst(RuleKind::Plurality, 0, true, 5, bound), Ok(bound));
    let refused = Err(RuleError::WorstCase { worst_case: u128::from(bound) + 1, max: bound });
    assert_eq!(worst(RuleKind::Plurality, 0, true, 5, bound + 1), refused);
    assert_eq!(worst(RuleKind::Score, 16, true, 5, 1 << 36), Ok(bound));
    assert_eq!(worst(RuleKind::Score, 16, false, 1 << 20, u64::MAX), Ok(1 << 24));
    assert_eq!(worst(RuleKind::Cumulative, 9, true, 5, bound), Ok(bound));
    assert_eq!(worst(RuleKind::Quadratic, 9, true, 5, bound + 1), refused);
    assert_eq!(worst(RuleKind::Cumulative, 65535, false, 1 << 20, u64::MAX), Ok(65535 << 20));
    assert!(worst(RuleKind::Score, 255, true, 1, u64::MAX).is_err(), "the product does not wrap");
}

/// The registry holds these bounds at each enrolment: no census is too large for a rule.
#[test]
fn no_rule_exceeds_the_greatest_total_within_the_bounds_of_a_chamber() {
    use RuleKind::{Approval, Borda, Cumulative, Plurality, Quadratic, Score};
    let mut greatest = 0;
    for kind in [Plurality, Approval, Score, Cumulative, Quadratic, Borda] {
        for parameter in (0..=256).chain([u16::MAX]) {
            for case in 0..28usize {
                let (exact, weighted, options) = (case & 1 == 1, case & 2 == 2, 2 + case / 4);
                let rule = Rule { exact, ..Rule::new(kind, parameter) };
                if rule.to_parameters(options, weighted).is_err() {
                    continue;
                }
                let worst = rule.compute_worst_case(options, weighted, Census::CAPACITY as u64, TotalWeight::MAX);
                greatest = greatest.max(worst.unwrap());
            }
        }
    }
    let bound = 1 << 40;
    assert!(greatest <= bound && greatest + 255 > bound, "{greatest} is the greatest multiple of 255");
}

proptest! {
    #[test]
    fn packed_rules_round_trip(parameters in rules(), noise: u64) {
        prop_assert_eq!(RuleParameters::unpack(parameters.pack_u64()), Ok(parameters));
        prop_assert_eq!(parameters.pack(), Fr::from(parameters.pack_u64()));
        if let Ok(parameters) = RuleParameters::unpack(noise & 0xff_ffff_ffff) {
            prop_assert_eq!(parameters.pack_u64(), noise & 0xff_ffff_ffff);
        }
    }

    #[test]
    fn counted_values_are_bounded_by_the_worst_case(BallotInput { rule, weight, choice } in ballots()) {
        let counted = rule.count_values(weight, &choice).unwrap();
        let most = rule.compute_worst_case(1, weight.into());
        for (u, x) in counted.iter().zip(choice) {
            prop_assert_eq!(*u, if rule.weighted { weight.get() * x } else { x });
            // A cap that no voter of this weight can use may make the worst case exceed 2^40.
            prop_assert!(most.as_ref().map_or(true, |most| u <= most));
        }
    }

    #[test]
    fn arbitrary_choices_are_counted_whole_or_refused(
        parameters in rules(),
        weight in weights(),
        x in prop::collection::vec(0u64..10, 8),
    ) {
        if let Ok(counted) = parameters.count_values(weight, &x[..parameters.options]) {
            for (u, x) in counted.iter().zip(x) {
                prop_assert_eq!(*u, if parameters.weighted { weight.get() * x } else { x });
            }
        }
    }
}
