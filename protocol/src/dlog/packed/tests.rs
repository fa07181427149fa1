use rand::{Rng, SeedableRng, rngs::StdRng};

use super::*;
use crate::constants::{MAX_CAMP_MEMBERS, MAX_SHEET_MEMBERS};

fn pack(counters: Counters, cell: &CellTotals) -> u64 {
    let units = match counters {
        Counters::Wide => [0, WIDE_COUNTER_BITS, 0, 0],
        Counters::Camps => [0, 1, 2, 3].map(|index| index * CAMP_COUNTER_BITS),
    };
    let values = [cell.agree[0], cell.disagree[0], cell.agree[1], cell.disagree[1]];
    values.iter().zip(units).map(|(value, bit)| value << bit).sum()
}

fn point(total: u64) -> Point {
    Point::generator().mul_u64(total)
}

#[test]
fn turnouts_are_found_up_to_all_members() {
    for (counters, members) in
        [(Counters::Wide, 0), (Counters::Wide, 1_500), (Counters::Camps, 0), (Counters::Camps, 1_500)]
    {
        for lower in [0, 1.min(members), members / 2, members] {
            let upper = if counters == Counters::Camps { members - lower } else { 0 };
            let turnout = Turnout { lower, upper };
            let total = point(lower + (upper << WIDE_COUNTER_BITS));
            assert_eq!(find_turnout(counters, &total, members), Ok(turnout));
        }
        let beyond = point(members + 1);
        assert_eq!(find_turnout(counters, &beyond, members), Err(CounterError::NotFound));
        let other_camp = point((members + 1) << WIDE_COUNTER_BITS);
        assert_eq!(find_turnout(counters, &other_camp, members), Err(CounterError::NotFound));
    }
    // Each camp within the members, but not both together.
    let both = point(1_000 + (501 << WIDE_COUNTER_BITS));
    assert_eq!(find_turnout(Counters::Camps, &both, 1_500), Err(CounterError::NotFound));
    assert_eq!(find_turnout(Counters::Wide, &point(1 << WIDE_COUNTER_BITS), 1_500), Err(CounterError::NotFound));
}

#[test]
fn random_cells_are_found() {
    let mut rng = StdRng::seed_from_u64(5);
    for (counters, turnout) in [
        (Counters::Wide, Turnout { lower: 3_000, upper: 0 }),
        (Counters::Camps, Turnout { lower: 60, upper: 41 }),
        (Counters::Camps, Turnout { lower: 0, upper: 70 }),
        (Counters::Camps, Turnout { lower: 70, upper: 0 }),
    ] {
        let search = CellSearch::new(counters, turnout).unwrap();
        for _ in 0..4 {
            let agree = [turnout.lower, turnout.upper].map(|voters| rng.gen_range(0..=voters));
            let disagree = [turnout.lower - agree[0], turnout.upper - agree[1]].map(|voters| rng.gen_range(0..=voters));
            let cell = CellTotals { agree, disagree };
            assert_eq!(search.solve(&point(pack(counters, &cell))), Ok(cell));
        }
    }
}

#[test]
fn cells_beyond_the_turnout_are_refused() {
    let search = CellSearch::new(Counters::Wide, Turnout { lower: 50, upper: 0 }).unwrap();
    for (a, d) in [(51, 0), (0, 51), (26, 25), (50, 1)] {
        assert_eq!(search.solve(&point(a + (d << WIDE_COUNTER_BITS))), Err(CounterError::NotFound), "{a}, {d}");
    }
    let search = CellSearch::new(Counters::Camps, Turnout { lower: 5, upper: 3 }).unwrap();
    for cell in [([6, 0], [0, 0]), ([3, 0], [3, 0]), ([0, 4], [0, 0]), ([0, 2], [0, 2])] {
        let cell = CellTotals { agree: cell.0, disagree: cell.1 };
        assert_eq!(search.solve(&point(pack(Counters::Camps, &cell))), Err(CounterError::NotFound), "{cell:?}");
    }
    assert_eq!(search.solve(&crate::curve::hash_to_point("no total")), Err(CounterError::NotFound));
    assert_eq!(search.solve(&-Point::generator()), Err(CounterError::NotFound));
}

/// The greatest chambers: in one half nearly all voters, so that the other one is small.
#[test]
fn greatest_turnouts_are_within_the_limits() {
    let wide = Turnout { lower: 2_000, upper: 0 };
    assert!(CellSearch::new(Counters::Wide, wide).is_ok());
    let too_many = |counters, lower, upper| CellSearch::new(counters, Turnout { lower, upper }).err();
    let members = MAX_CAMP_MEMBERS + 1;
    let refused = Some(CounterError::TooManyMembers { members, max: MAX_CAMP_MEMBERS });
    assert_eq!(too_many(Counters::Camps, members, 0), refused);
    assert_eq!(too_many(Counters::Camps, 8_000, 192), refused);
    let members = MAX_SHEET_MEMBERS + 1;
    let refused = Some(CounterError::TooManyMembers { members, max: MAX_SHEET_MEMBERS });
    assert_eq!(too_many(Counters::Wide, members, 0), refused);
    assert_eq!(too_many(Counters::Wide, 5, 1), Some(CounterError::OtherCamp));
    // Of two camps within 8,191, the smaller one always fits the table.
    let half = Half { bound: MAX_CAMP_MEMBERS / 2, first: 0, second: Some(CAMP_COUNTER_BITS) };
    assert!(half.len() <= MAX_TABLE_VALUES);
}
