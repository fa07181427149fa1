//! Totals from their points: discrete logarithms of short numbers (specification, section 10).
//!
//! Baby-step giant-step. The table holds `0..=b`, found by the `y` coordinate, which a point shares with its negative:
//! each giant step covers `2b + 1` numbers. Points stay affine; a block of additions shares one inversion. For `2^40`
//! and several totals the table has `2^21` entries in 32 MiB. Totals that hold several counters ([`CellSearch`]) are
//! not short numbers, but sums of two halves with few values each.

mod affine_batch;
mod halves;
mod packed;
mod slots;
mod table;

pub use packed::{CellSearch, find_turnout};
pub use table::BabyStepTable;

use crate::Point;

/// Returns the number `v <= max` with `v·G = point`, or `None` if there is none.
///
/// # Panics
/// Panics if `max` is above `2^40`, the bound of all totals (a programming error).
pub fn discrete_log(point: &Point, max: u64) -> Option<u64> {
    BabyStepTable::new(max, 1).solve(point)
}

/// Returns the discrete logarithms of several points, computed with one table. `progress` is called with the number of
/// points done and the number of all points, first when the table is built.
///
/// # Panics
/// Panics if `max` is above `2^40`, the bound of all totals (a programming error).
pub fn solve_all(points: &[Point], max: u64, progress: impl Fn(usize, usize)) -> Vec<Option<u64>> {
    let table = BabyStepTable::new(max, points.len());
    progress(0, points.len());
    let solve = |(index, point)| {
        let solution = table.solve(point);
        progress(index + 1, points.len());
        solution
    };
    points.iter().enumerate().map(solve).collect()
}
