//! Totals that hold several counters: a search in two halves (meet in the middle).
//!
//! A cell's total is `a + 2^20 d`, or `a_0 + 2^13 d_0 + 2^26 a_1 + 2^39 d_1` with camps: too large for baby steps, but
//! the turnout bounds the counters of each half. All values of one half are put into a table, and the point less every
//! value of the other half is looked up: `n + n` steps for two counters, about `n_0^2/2 + n_1^2/2` for four. One table
//! serves all cells of a chamber. The half in the table is the larger one, as long as the table stays within 128 MiB.

use taceo_ark_babyjubjub::EdwardsAffine;

use super::halves::{Half, Sign};
use super::slots::Slots;
use crate::{
    Point,
    constants::{CAMP_COUNTER_BITS, WIDE_COUNTER_BITS},
    sheet::{CellTotals, CounterError, Counters, Turnout},
};

/// Greatest number of values in a table: half of all slots of 128 MiB. Of two camps with at most 8,191 voters together
/// the smaller one always has fewer.
const MAX_TABLE_VALUES: u64 = (1 << 23) + (1 << 20);

/// A search for the totals of the cells of one chamber.
pub struct CellSearch {
    counters: Counters,
    turnout: Turnout,
    tabled: Half,
    other: Half,
    table: Slots,
}

impl CellSearch {
    /// Builds the table for a chamber with this turnout.
    ///
    /// # Errors
    /// Returns [`CounterError::TooManyMembers`] if there are more voters than a counter holds, and
    /// [`CounterError::OtherCamp`] if a sheet without camps has voters in the upper one.
    pub fn new(counters: Counters, turnout: Turnout) -> Result<CellSearch, CounterError> {
        counters.check_turnout(turnout)?;
        let (low, high) = match counters {
            Counters::Wide => (
                Half { bound: turnout.lower, first: 0, second: None },
                Half { bound: turnout.lower, first: WIDE_COUNTER_BITS, second: None },
            ),
            Counters::Camps => (
                Half { bound: turnout.lower, first: 0, second: Some(CAMP_COUNTER_BITS) },
                Half { bound: turnout.upper, first: 2 * CAMP_COUNTER_BITS, second: Some(3 * CAMP_COUNTER_BITS) },
            ),
        };
        let (smaller, larger) = if low.len() <= high.len() { (low, high) } else { (high, low) };
        let (tabled, other) = if larger.len() <= MAX_TABLE_VALUES { (larger, smaller) } else { (smaller, larger) };
        Ok(CellSearch { counters, turnout, tabled, other, table: build_table(&tabled) })
    }

    /// Returns the totals of the cell whose decrypted total is `point`.
    ///
    /// # Errors
    /// Returns [`CounterError::NotFound`] if it is no total that the turnout allows.
    pub fn solve(&self, point: &Point) -> Result<CellTotals, CounterError> {
        let total = search(&self.table, &self.tabled, &self.other, point).ok_or(CounterError::NotFound)?;
        // Agreements and disagreements of all voters together are bounded only here, where there is one camp.
        self.counters.split_cell(total, self.turnout).map_err(|_| CounterError::NotFound)
    }
}

/// Returns the turnout of a chamber of `members` whose decrypted total of block 0 is `point`: at most `2·members`
/// steps.
///
/// # Errors Returns [`CounterError::TooManyMembers`], and [`CounterError::NotFound`] if the point is no turnout of this
/// many members.
pub fn find_turnout(counters: Counters, point: &Point, members: u64) -> Result<Turnout, CounterError> {
    counters.check_members(members)?;
    let upper = if counters == Counters::Camps { members } else { 0 };
    let tabled = Half { bound: members, first: 0, second: None };
    let other = Half { bound: upper, first: WIDE_COUNTER_BITS, second: None };
    let total = search(&build_table(&tabled), &tabled, &other, point).ok_or(CounterError::NotFound)?;
    let turnout = counters.split_turnout(total).map_err(|_| CounterError::NotFound)?;
    turnout.check_members(members).map_err(|_| CounterError::NotFound)?;
    Ok(turnout)
}

fn build_table(half: &Half) -> Slots {
    let table = Slots::with_slots((half.len() as usize).saturating_mul(3) / 2 + 2);
    let insert = |counters: [u64; 2], point: &EdwardsAffine| {
        table.insert_entry(point.y, half.index(counters));
        None::<()>
    };
    half.walk(Point::identity(), Sign::Plus, insert);
    table
}

/// Returns the sum of a value of the half in the table and of the other half that is the logarithm of the point.
fn search(table: &Slots, tabled: &Half, other: &Half, point: &Point) -> Option<u64> {
    let look_up = |counters: [u64; 2], rest: &EdwardsAffine| {
        table.find_entry(rest.y, |index| {
            let value = tabled.value(tabled.at_index(index)) + other.value(counters);
            (Point::generator().mul_u64(value) == *point).then_some(value)
        })
    };
    other.walk(*point, Sign::Minus, look_up)
}

#[cfg(test)]
mod tests;
