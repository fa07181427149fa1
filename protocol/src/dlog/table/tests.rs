use proptest::prelude::*;

use super::*;
use crate::dlog::{discrete_log, solve_all};

#[test]
fn solve_finds_every_number_of_a_small_range() {
    let table = BabyStepTable::with_baby_steps(10_000, 5);
    for value in 0..=10_000 {
        assert_eq!(table.solve(&Point::generator().mul_u64(value)), Some(value));
    }
    assert_eq!(table.solve(&Point::generator().mul_u64(10_001)), None);
    assert_eq!(table.solve(&-Point::generator()), None);
}

#[test]
fn discrete_log_range_is_inclusive() {
    for max in [0u64, 1, 2, 1023, 1024, 1025, 2048, 2049, 1 << 20] {
        for value in [0, 1, max / 2, max.saturating_sub(1), max] {
            let value = value.min(max);
            assert_eq!(discrete_log(&Point::generator().mul_u64(value), max), Some(value), "{value} of {max}");
        }
        for outside in [max + 1, max + 2, 2 * max + 1] {
            assert_eq!(discrete_log(&Point::generator().mul_u64(outside), max), None, "{outside} of {max}");
        }
    }
}

#[test]
fn random_point_has_no_short_logarithm() {
    assert_eq!(discrete_log(&crate::curve::hash_to_point("no short logarithm"), 1 << 24), None);
}

#[test]
fn several_points_are_solved_in_order_with_progress() {
    let calls = std::cell::RefCell::new(Vec::new());
    let points = [3u64, 70_000, 0].map(|value| Point::generator().mul_u64(value));
    let solved = solve_all(&points, 65_536, |done, of| calls.borrow_mut().push((done, of)));
    assert_eq!(solved, [Some(3), None, Some(0)]);
    assert_eq!(*calls.borrow(), [(0, 3), (1, 3), (2, 3), (3, 3)]);
    assert!(solve_all(&[], 10, |_, _| ()).is_empty());
}

#[test]
fn colliding_table_entries_do_not_hide_each_other() {
    // Entries of other numbers under the mark of 3 are skipped, wherever they are in the order of slots.
    let table = BabyStepTable::with_baby_steps(5_000, 8);
    let y = Point::generator().mul_u64(3).y();
    for number in [1, 2, 4, 5] {
        table.slots.insert_entry(y, number);
    }
    for value in 0..5_000 {
        assert_eq!(table.solve(&Point::generator().mul_u64(value)), Some(value));
    }
}

#[test]
#[should_panic(expected = "totals are at most 2^40")]
fn range_above_maximum_total_is_rejected() {
    let _ = BabyStepTable::new(MAX_TOTAL + 1, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn solve_is_exact_on_random_ranges(max in 0u64..1 << 22, share in 0f64..=1.0, baby_steps in 1u64..5_000) {
        let value = ((max as f64 * share) as u64).min(max);
        let table = BabyStepTable::with_baby_steps(max, baby_steps);
        prop_assert_eq!(table.solve(&Point::generator().mul_u64(value)), Some(value));
        prop_assert_eq!(table.solve(&Point::generator().mul_u64(max + 1 + value)), None);
    }
}
