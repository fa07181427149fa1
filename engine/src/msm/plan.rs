//! The parameters of a multi-scalar multiplication: window size and number of precomputed tables.

use crate::split::BITS;

/// The parameters of a multi-scalar multiplication.
///
/// A half-length scalar is written in `windows` signed digits of `bits` bits. A *bucket set* holds the buckets of the
/// windows that share them. With `sets` bucket sets, the digit of window `j` adds the base's multiple by
/// `2^(bits·sets·(j / sets))`, which a table holds, to a bucket of set `j % sets`.
///
/// A single table holds the bases themselves, and every window has a bucket set of its own. With as many tables as
/// windows, all windows share one bucket set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The bits of a digit, 2 to 16.
    pub bits: u32,
    /// The number of tables of multiples of the bases: at least one, at most as many as a half-length scalar has
    /// digits.
    pub tables: usize,
}

impl Plan {
    /// Returns the number of windows, that is of digits of a half-length scalar.
    pub(crate) fn windows(self) -> usize {
        BITS.div_ceil(self.bits) as usize
    }

    /// Returns the number of bucket sets.
    pub(crate) fn sets(self) -> usize {
        self.windows().div_ceil(self.tables)
    }

    /// Returns the number of buckets in a set: one for each magnitude of a digit other than zero.
    pub(crate) fn buckets(self) -> usize {
        1 << (self.bits - 1)
    }

    /// Panics if the plan is invalid or its tables would be too large: an error of the calling program, not of its
    /// data.
    pub(crate) fn check(self, bases: usize) {
        assert!((2..=16).contains(&self.bits), "digits must have 2 to 16 bits, not {}", self.bits);
        let windows = self.windows();
        assert!((1..=windows).contains(&self.tables), "there must be 1 to {windows} tables, not {}", self.tables);
        assert!(self.points(bases) < 1 << 31, "tables must hold fewer than 2^31 points, not {}", self.points(bases));
    }

    /// Returns the number of points in the tables of `bases` bases, each with its image under the endomorphism.
    pub(crate) fn points(self, bases: usize) -> usize {
        2 * bases * self.tables
    }

    /// Estimates the cost of a multi-scalar multiplication, in batch-affine additions: one for every digit, two for
    /// every bucket, and the remainder of bucket reduction, which is sequential.
    pub(crate) fn cost(self, bases: usize) -> usize {
        let sequential = 2 * (1usize << (self.bits / 2)) * ONE_BY_ONE;
        2 * bases * self.windows() + self.sets() * (2 * self.buckets() + sequential)
    }

    /// Chooses the plan of least cost for `bases` bases whose tables hold at most `points` points. One table is always
    /// allowed, even if it holds more.
    pub fn new(bases: usize, points: usize) -> Plan {
        let all = (BITS_OF_DIGITS).flat_map(|bits| {
            let windows = Plan { bits, tables: 1 }.windows();
            // Of the plans with the same number of bucket sets, the one with the fewest tables.
            (1..=windows).map(move |sets| Plan { bits, tables: windows.div_ceil(sets) })
        });
        let fits = |plan: &Plan| plan.tables == 1 || plan.points(bases) <= points;
        all.filter(fits).min_by_key(|plan| plan.cost(bases)).unwrap_or(Plan { bits: 8, tables: 1 })
    }
}

/// The digit sizes that are worth considering, in bits.
const BITS_OF_DIGITS: std::ops::RangeInclusive<u32> = 4..=16;
/// The cost of a sequential addition in projective coordinates, in batch-affine additions.
const ONE_BY_ONE: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_point_budget_never_raises_cost() {
        for bases in [1, 100, 10_000, 30_000, 300_000] {
            let plans = [0, 2, 4, 8, 16, 32].map(|tables| Plan::new(bases, bases * 2 * tables));
            assert_eq!(plans[0].tables, 1, "one table is allowed even without a budget");
            assert!(plans.is_sorted_by_key(|plan| std::cmp::Reverse(plan.cost(bases))));
            assert!(plans.iter().zip([1, 2, 4, 8, 16, 32]).all(|(plan, limit)| plan.tables <= limit));
        }
    }
}
