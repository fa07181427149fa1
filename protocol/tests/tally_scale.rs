//! Discrete logarithms up to the bound of all totals: the benchmarks report time and memory, these tests pin the
//! results.

use psephos_protocol::{Point, dlog};

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
