//! The parameters of a multi-scalar multiplication: window size and number of precomputed tables.

use crate::glv::HALF_SCALAR_BITS;

/// The parameters of a multi-scalar multiplication.
///
/// A half-length scalar is written in `windows` signed digits of `bits` bits. A *bucket set* holds the buckets of the
/// windows that share them. With `sets` bucket sets, the digit of window `j` adds the base's multiple by
/// `2^(bits·sets·(j / sets))`, which a table holds, to a bucket of set `j % sets`.
///
/// A single table holds the bases themselves, and every window has a bucket set of its own. With as many tables as
/// windows, all windows share one bucket set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MsmPlan {
    /// The bits of a digit, 2 to 16.
    pub bits: u32,
    /// The number of tables of multiples of the bases: at least one, at most as many as a half-length scalar has
    /// digits.
    pub tables: usize,
}

impl MsmPlan {
    /// Returns the number of windows, that is of digits of a half-length scalar.
    pub(crate) fn window_count(self) -> usize {
        HALF_SCALAR_BITS.div_ceil(self.bits) as usize
    }

    /// Returns the number of bucket sets.
    pub(crate) fn bucket_sets(self) -> usize {
        self.window_count().div_ceil(self.tables)
    }

    /// Returns the number of buckets in a set: one for each magnitude of a digit other than zero.
    pub(crate) fn buckets_per_set(self) -> usize {
        1 << (self.bits - 1)
    }

    /// Panics if the plan is invalid or its tables would be too large: an error of the calling program, not of its
    /// data.
    pub(crate) fn assert_valid(self, bases: usize) {
        assert!((2..=16).contains(&self.bits), "digits must have 2 to 16 bits, not {}", self.bits);
        let windows = self.window_count();
        assert!((1..=windows).contains(&self.tables), "there must be 1 to {windows} tables, not {}", self.tables);
        assert!(
            self.table_points(bases) < 1 << 31,
            "tables must hold fewer than 2^31 points, not {}",
            self.table_points(bases)
        );
    }

    /// Returns the number of points in the tables of `bases` bases, each with its image under the endomorphism.
    pub(crate) fn table_points(self, bases: usize) -> usize {
        2 * bases * self.tables
    }

    /// Estimates the cost of a multi-scalar multiplication, in batch-affine additions: one for every digit, two for
    /// every bucket, and the remainder of bucket reduction, which is sequential.
    pub(crate) fn estimate_cost(self, bases: usize) -> usize {
        let sequential = 2 * (1usize << (self.bits / 2)) * SEQUENTIAL_ADDITION_COST;
        2 * bases * self.window_count() + self.bucket_sets() * (2 * self.buckets_per_set() + sequential)
    }

    /// Chooses the plan of least cost for `bases` bases whose tables hold at most `points` points. One table is always
    /// allowed, even if it holds more.
    pub fn new(bases: usize, points: usize) -> MsmPlan {
        let all = (DIGIT_BITS).flat_map(|bits| {
            let windows = MsmPlan { bits, tables: 1 }.window_count();
            // Of the plans with the same number of bucket sets, the one with the fewest tables.
            (1..=windows).map(move |sets| MsmPlan { bits, tables: windows.div_ceil(sets) })
        });
        let fits = |plan: &MsmPlan| plan.tables == 1 || plan.table_points(bases) <= points;
        all.filter(fits).min_by_key(|plan| plan.estimate_cost(bases)).unwrap_or(MsmPlan { bits: 8, tables: 1 })
    }
}

/// The digit sizes that are worth considering, in bits.
const DIGIT_BITS: std::ops::RangeInclusive<u32> = 4..=16;
/// The cost of a sequential addition in projective coordinates, in batch-affine additions.
const SEQUENTIAL_ADDITION_COST: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_point_budget_never_raises_cost() {
        for bases in [1, 100, 10_000, 30_000, 300_000] {
            let plans = [0, 2, 4, 8, 16, 32].map(|tables| MsmPlan::new(bases, bases * 2 * tables));
            assert_eq!(plans[0].tables, 1, "one table is allowed even without a budget");
            assert!(plans.is_sorted_by_key(|plan| std::cmp::Reverse(plan.estimate_cost(bases))));
            assert!(plans.iter().zip([1, 2, 4, 8, 16, 32]).all(|(plan, limit)| plan.tables <= limit));
        }
    }
}
