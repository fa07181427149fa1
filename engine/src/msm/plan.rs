//! How a sum is cut: windows, tables and bucket sets.

use crate::split::BITS;

/// A scalar's halves are written in `windows` signed digits of `bits` bits. Window `j` of a base is its multiple by `2^(bits·sets·(j / sets))`,
/// from a table, in bucket set `j % sets`: one table needs no preparation and as many sets as windows, as many tables as windows
/// need one set only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Bits of a digit, 2 to 16.
    pub bits: u32,
    /// Tables of multiples of the bases: at least one, at most as many as digits.
    pub tables: usize,
}

impl Plan {
    /// Digits of a half.
    pub(crate) fn windows(self) -> usize {
        BITS.div_ceil(self.bits) as usize
    }

    /// Bucket sets.
    pub(crate) fn sets(self) -> usize {
        self.windows().div_ceil(self.tables)
    }

    /// Buckets of a set: one for each size of a digit.
    pub(crate) fn buckets(self) -> usize {
        1 << (self.bits - 1)
    }

    /// Stops what a plan cannot do: a mistake in a program, not in data.
    pub(crate) fn check(self, bases: usize) {
        assert!((2..=16).contains(&self.bits), "digits have 2 to 16 bits, not {}", self.bits);
        assert!((1..=self.windows()).contains(&self.tables), "1 to {} tables, not {}", self.windows(), self.tables);
        assert!(self.points(bases) < 1 << 31, "tables hold less than 2^31 points");
    }

    /// Points that the tables of so many bases hold: each with its image.
    pub(crate) fn points(self, bases: usize) -> usize {
        2 * bases * self.tables
    }

    /// What a sum costs, in additions: of every digit to its bucket, two for each bucket, and what is left then, one by one.
    pub(crate) fn cost(self, bases: usize) -> usize {
        let left = 2 * (1usize << (self.bits / 2)) * ONE_BY_ONE;
        2 * bases * self.windows() + self.sets() * (2 * self.buckets() + left)
    }

    /// The plan of least cost for so many bases, whose tables hold at most so many points; at least one table is made in any case.
    pub fn new(bases: usize, points: usize) -> Plan {
        let all = (BITS_OF_DIGITS).flat_map(|bits| {
            let windows = Plan { bits, tables: 1 }.windows();
            // Of plans with as many sets the one with the fewest tables.
            (1..=windows).map(move |sets| Plan { bits, tables: windows.div_ceil(sets) })
        });
        let fits = |plan: &Plan| plan.tables == 1 || plan.points(bases) <= points;
        all.filter(fits).min_by_key(|plan| plan.cost(bases)).unwrap_or(Plan { bits: 8, tables: 1 })
    }
}

/// Digits that are worth considering.
const BITS_OF_DIGITS: std::ops::RangeInclusive<u32> = 4..=16;
/// How many additions done together take as long as one done alone.
const ONE_BY_ONE: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_memory_never_costs_more() {
        for bases in [1, 100, 10_000, 30_000, 300_000] {
            let plans = [0, 2, 4, 8, 16, 32].map(|tables| Plan::new(bases, bases * 2 * tables));
            assert_eq!(plans[0].tables, 1, "one table whatever the budget");
            assert!(plans.is_sorted_by_key(|plan| std::cmp::Reverse(plan.cost(bases))));
            assert!(plans.iter().zip([1, 2, 4, 8, 16, 32]).all(|(plan, most)| plan.tables <= most));
        }
    }
}
