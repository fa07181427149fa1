//! Discrete logarithms up to the bound of all totals: the benchmarks report time and memory, these tests pin the
//! results.

use psephos_protocol::{
    Point,
    dlog::{self, CellSearch},
    sheet::{CellTotals, Counters, Turnout},
};

#[test]
fn totals_up_to_two_to_the_forty_are_found() {
    let max = 1u64 << 40;
    let totals = [0, 1, 2, (1 << 20) - 1, 1 << 20, (1 << 39) + 12345, max - 1, max];
    let points = totals.map(|total| Point::generator().mul_u64(total));
    let start = std::time::Instant::now();
    let solved = dlog::solve_all(&points, max, |done, of| println!("{done}/{of} {:?}", start.elapsed()));
    assert_eq!(solved, totals.map(Some));
}

#[test]
fn nothing_is_found_outside_the_range() {
    let max = 1u64 << 40;
    let generator = Point::generator();
    let points = [generator.mul_u64(max + 1), -generator, generator.mul_u64(1 << 41)];
    assert_eq!(dlog::solve_all(&points, max, |_, _| ()), [None; 3]);
}

/// The totals of a chamber of a sheet with camps, as large as an exercise of 1,126 people, and of one without camps.
#[test]
fn cells_of_large_chambers_are_found() {
    let camps = Turnout { lower: 708, upper: 386 };
    let search = CellSearch::new(Counters::Camps, camps).expect("the chamber is within the limits");
    for cell in [
        CellTotals { agree: [708, 0], disagree: [0, 386] },
        CellTotals { agree: [0, 386], disagree: [708, 0] },
        CellTotals { agree: [354, 193], disagree: [354, 193] },
    ] {
        let counters = [cell.agree[0], cell.disagree[0], cell.agree[1], cell.disagree[1]];
        let total: u64 = counters.iter().zip([0, 13, 26, 39]).map(|(counter, bit)| counter << bit).sum();
        assert_eq!(search.solve(&Point::generator().mul_u64(total)), Ok(cell));
    }
    // The greatest chamber with camps, in the turnout with the greatest table.
    let search = CellSearch::new(Counters::Camps, Turnout { lower: 4_096, upper: 4_095 }).expect("within the limits");
    let cell = CellTotals { agree: [96, 4_095], disagree: [4_000, 0] };
    let total = 96 + (4_000 << 13) + (4_095 << 26);
    assert_eq!(search.solve(&Point::generator().mul_u64(total)), Ok(cell));
    let voters = 100_000;
    let search = CellSearch::new(Counters::Wide, Turnout { lower: voters, upper: 0 }).expect("within the limits");
    for agree in [0, 50_001, voters] {
        let cell = CellTotals { agree: [agree, 0], disagree: [voters - agree, 0] };
        assert_eq!(search.solve(&Point::generator().mul_u64(agree + ((voters - agree) << 20))), Ok(cell));
    }
    let turnout = Turnout { lower: 8_000, upper: 191 };
    let total = Point::generator().mul_u64(8_000 + (191 << 20));
    assert_eq!(dlog::find_turnout(Counters::Camps, &total, 8_191), Ok(turnout));
}
