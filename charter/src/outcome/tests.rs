use proptest::prelude::*;

use super::*;
use crate::{answers::Answer, axis::Axis};

fn group(turnout: u64, cells: &[(u64, u64)]) -> GroupTotals {
    let cells = cells.iter().map(|(agrees, disagrees)| Cell { agrees: *agrees, disagrees: *disagrees });
    GroupTotals::new(turnout, cells.collect()).unwrap()
}

fn camps(a: &[(u64, u64)], b: &[(u64, u64)]) -> ChamberTotals {
    ChamberTotals::new(vec![group(100, a), group(100, b)]).unwrap()
}

fn rule(theta_bps: u16, quorum: u32, required: &[usize]) -> AdoptionRule {
    AdoptionRule::new(theta_bps, quorum, ChamberMask::of(required).unwrap()).unwrap()
}

#[test]
fn statement_is_adopted_only_if_every_camp_adopts_it() {
    let totals = camps(&[(85, 15), (90, 0), (90, 5), (84, 16), (0, 0)], &[(9, 1), (10, 90), (0, 0), (90, 0), (9, 0)]);
    let outcomes = decide_outcomes(&rule(8_500, 1, &[0]), std::slice::from_ref(&totals)).unwrap();
    use Outcome::{Adopted, Contested, Unheard};
    assert_eq!(outcomes, [Adopted, Contested, Unheard, Unheard, Unheard]);
    assert_eq!(list_adopted(&outcomes), [0]);
    let plain = decide_by_plain_majority(&rule(8_500, 1, &[0]), &[totals]).unwrap();
    assert_eq!(plain, [true, false, true, true, true]);
}

#[test]
fn no_answers_adopt_nothing_even_without_a_quorum() {
    let totals = camps(&[(0, 0)], &[(0, 0)]);
    assert_eq!(decide_outcomes(&rule(5_000, 0, &[0]), &[totals]), Ok(vec![Outcome::Unheard]));
}

#[test]
fn quorum_and_threshold_are_reached_at_their_values() {
    let decide = |theta, quorum| decide_outcomes(&rule(theta, quorum, &[0]), &[camps(&[(17, 3)], &[(20, 0)])]).unwrap();
    assert_eq!(decide(8_500, 20), [Outcome::Adopted]);
    assert_eq!(decide(8_501, 20), [Outcome::Unheard]);
    assert_eq!(decide(8_500, 21), [Outcome::Unheard]);
}

#[test]
fn only_required_chambers_matter() {
    let agree = camps(&[(10, 0)], &[(10, 0)]);
    let divided = camps(&[(10, 0)], &[(0, 10)]);
    let both = [agree, divided];
    assert_eq!(decide_outcomes(&rule(8_500, 1, &[0]), &both), Ok(vec![Outcome::Adopted]));
    assert_eq!(decide_outcomes(&rule(8_500, 1, &[0, 1]), &both), Ok(vec![Outcome::Contested]));
    assert!(matches!(decide_outcomes(&rule(8_500, 1, &[2]), &both), Err(OutcomeError::Mask(_))));
    assert!(matches!(decide_outcomes(&rule(8_500, 1, &[0]), &[]), Err(OutcomeError::Mask(_))));
}

#[test]
fn rules_and_totals_out_of_range_are_rejected() {
    let all = ChamberMask::of(&[0]).unwrap();
    assert_eq!(AdoptionRule::new(4_999, 1, all), Err(OutcomeError::Theta(4_999)));
    assert!(AdoptionRule::new(5_000, 1, all).is_ok());
    assert_eq!(AdoptionRule::new(10_001, 1, all), Err(OutcomeError::Theta(10_001)));
    assert_eq!(AdoptionRule::new(8_500, 1, ChamberMask::default()), Err(OutcomeError::NoneRequired));
    let error = GroupTotals::new(3, vec![Cell { agrees: 2, disagrees: 2 }]).unwrap_err();
    assert_eq!(error, TotalsError::Turnout { statement: 1, agrees: 2, disagrees: 2, turnout: 3 });
    let large = Cell { agrees: u64::MAX, disagrees: u64::MAX };
    assert!(GroupTotals::new(u64::MAX, vec![large]).is_err());
    assert_eq!(GroupTotals::new(1, vec![]), Err(TotalsError::Statements(0)));
    assert_eq!(ChamberTotals::new(vec![]), Err(TotalsError::Groups(0)));
    let uneven = vec![group(1, &[(1, 0)]), group(1, &[(1, 0), (0, 1)])];
    assert_eq!(ChamberTotals::new(uneven), Err(TotalsError::Lengths(1, 2)));
    let shapes = [camps(&[(1, 0)], &[(1, 0)]), ChamberTotals::new(vec![group(1, &[(1, 0)])]).unwrap()];
    assert!(matches!(decide_outcomes(&rule(5_000, 1, &[0]), &shapes), Err(OutcomeError::Shape { chamber: 1, .. })));
}

#[test]
fn answers_are_counted_by_camp() {
    let axis = Axis::new(&[10, -3], &[-10, 3], 4).unwrap();
    let (yes, no, pass) = (Some(Answer::Agree), Some(Answer::Disagree), Some(Answer::Pass));
    let rows = [vec![yes, no], vec![no, yes], vec![pass, None], vec![yes, yes]];
    let totals = count_answers(&axis, rows.iter().map(Vec::as_slice)).unwrap();
    assert_eq!(totals.groups(), [group(2, &[(0, 1), (1, 0)]), group(2, &[(2, 0), (1, 1)])]);
    assert_eq!(totals.least_turnout(), 2);
    let plain = count_without_camps(2, rows.iter().map(Vec::as_slice)).unwrap();
    assert_eq!(plain.groups(), [group(4, &[(2, 1), (2, 1)])]);
    assert!(count_answers(&axis, [&rows[0][..1]]).is_err());
    assert!(count_without_camps(3, [&rows[0][..]]).is_err());
}

proptest! {
    /// The inequalities of the definition in floating point, where these are exact.
    #[test]
    fn outcome_equals_its_definition(
        cells in prop::collection::vec((0..60_u64, 0..60_u64, 0..60_u64, 0..60_u64), 1..40),
        theta in 5_001..=10_000_u16,
        quorum in 0..40_u32,
    ) {
        let a: Vec<_> = cells.iter().map(|cell| (cell.0, cell.1)).collect();
        let b: Vec<_> = cells.iter().map(|cell| (cell.2, cell.3)).collect();
        let totals = ChamberTotals::new(vec![group(120, &a), group(120, &b)]).unwrap();
        let outcomes = decide_outcomes(&rule(theta, quorum, &[0]), &[totals]).unwrap();
        let reaches = |part: u64, whole: u64| {
            whole > 0 && whole >= u64::from(quorum) && part as f64 * 10_000.0 >= f64::from(theta) * whole as f64
        };
        for (outcome, (first, against, second, opposed)) in outcomes.into_iter().zip(cells) {
            let camps = [(first, against), (second, opposed)];
            let adopts = camps.map(|(agrees, disagrees)| reaches(agrees, agrees + disagrees));
            let refuses = camps.map(|(agrees, disagrees)| reaches(disagrees, agrees + disagrees));
            let expected = match (adopts, refuses) {
                ([true, true], _) => Outcome::Adopted,
                ([true, _], [_, true]) | ([_, true], [true, _]) => Outcome::Contested,
                _ => Outcome::Unheard,
            };
            prop_assert_eq!(outcome, expected);
        }
    }

    #[test]
    fn totals_of_any_size_do_not_overflow(agrees in any::<u64>(), theta in 5_000..=10_000_u16, quorum in any::<u32>()) {
        let cell = Cell { agrees, disagrees: u64::MAX - agrees };
        let totals = ChamberTotals::new(vec![GroupTotals::new(u64::MAX, vec![cell]).unwrap(); 2]).unwrap();
        let chambers = [totals.clone(), totals];
        prop_assert!(decide_outcomes(&rule(theta, quorum, &[0, 1]), &chambers).is_ok());
        prop_assert!(decide_by_plain_majority(&rule(theta, quorum, &[0, 1]), &chambers).is_ok());
    }
}
