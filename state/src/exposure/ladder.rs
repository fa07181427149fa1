//! Exact posteriors for weights that divide one another, as classes of weight do.
//!
//! Weights are taken from the smallest to the greatest. What is still to come is a multiple of the greatest common
//! divisor of the weights left, so a partial sum is of use only if it has the total's residue: with powers of two
//! there are never more partial sums than members. Weights without such a structure have too many; for them there is
//! the grid.

use super::{
    counts::{WeightCounts, greatest_common_divisor},
    draw::{Draw, binomial},
};

/// The most operations for all draws.
const MAX_COST: u64 = 1 << 22;
/// The most for one draw.
const MAX_DRAW_COST: u64 = 1 << 17;

/// One class of weight.
struct Rung {
    weight: u64,
    /// The probabilities of 0, 1, .. of its members in the minority.
    binomial: Vec<f64>,
    /// The greatest common divisor of all greater weights; after the last one, more than any sum.
    divisor: u64,
    /// The number of partial sums with one residue, up to and with this class.
    width: u64,
}

/// The classes of a chamber, ascending.
pub(super) struct Ladder {
    rungs: Vec<Rung>,
    cost: u64,
}

impl Ladder {
    /// Returns the ladder of these weights, or nothing if there are too many partial sums.
    pub(super) fn new(counts: &WeightCounts, share: f64) -> Option<Self> {
        let classes = counts.classes();
        let total = counts.total().checked_add(1)?;
        // From the greatest weight down: what is left above each class.
        let mut divisors = vec![total; classes.len()];
        let mut divisor = 0;
        for (index, class) in classes.iter().enumerate().skip(1).rev() {
            divisor = greatest_common_divisor(divisor, class.weight);
            divisors[index - 1] = divisor;
        }
        let (mut prefix, mut width, mut cost) = (0_u64, 1_u64, 0_u64);
        for (class, divisor) in classes.iter().zip(&divisors) {
            cost = cost.saturating_add(width.saturating_mul(class.members as u64 + 1));
            prefix += class.weight * class.members as u64;
            width = prefix / divisor + 1;
        }
        if cost > MAX_DRAW_COST {
            return None;
        }
        prefix = 0;
        let rungs = classes.iter().zip(divisors).map(|(class, divisor)| {
            prefix += class.weight * class.members as u64;
            let binomial = binomial(class.members, share);
            Rung { weight: class.weight, binomial, divisor, width: prefix / divisor + 1 }
        });
        Some(Self { rungs: rungs.collect(), cost })
    }

    /// Returns how many draws can be attacked in the time that there is.
    pub(super) fn limit_draws(&self, wanted: usize) -> usize {
        let affordable = usize::try_from(MAX_COST / self.cost.max(1)).unwrap_or(usize::MAX);
        wanted.min(affordable)
    }

    /// Returns, for each class with dissenters in the draw, the probability that a member of it dissents, given the
    /// total.
    pub(super) fn posteriors(&self, draw: &Draw) -> Vec<f64> {
        let forward = self.sum_forward(draw.total);
        let mut backward = vec![1.0];
        let mut expected = vec![0.0; self.rungs.len()];
        for index in (0..self.rungs.len()).rev() {
            let mut previous = vec![0.0; forward[index].len()];
            self.follow(index, draw.total, forward[index].len(), |from, count, probability, to| {
                let rest = probability * backward[to];
                previous[from] += rest;
                expected[index] += count as f64 * forward[index][from] * rest;
            });
            backward = previous;
        }
        let evidence = backward.first().copied().unwrap_or_default().max(f64::MIN_POSITIVE);
        let members = |index: usize| (self.rungs[index].binomial.len() - 1) as f64;
        draw.dissenters.iter().map(|&(index, _)| expected[index] / evidence / members(index)).collect()
    }

    /// Returns the probabilities of the partial sums before each class.
    fn sum_forward(&self, total: u64) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![1.0]];
        for (index, rung) in self.rungs.iter().enumerate() {
            let before = &sums[index];
            let mut after = vec![0.0; usize::try_from(rung.width).unwrap_or(usize::MAX)];
            self.follow(index, total, before.len(), |from, _, probability, to| {
                after[to] += before[from] * probability;
            });
            sums.push(after);
        }
        sums
    }

    /// Calls `step` for each way from a partial sum before a class to one after it that the total allows.
    fn follow(&self, index: usize, total: u64, width: usize, mut step: impl FnMut(usize, usize, f64, usize)) {
        let rung = &self.rungs[index];
        let before = index.checked_sub(1).map_or(1, |index| self.rungs[index].divisor);
        let (first, residue) = (if index == 0 { 0 } else { total % before }, total % rung.divisor);
        for from in 0..width {
            let mut sum = first + from as u64 * before;
            for (count, &probability) in rung.binomial.iter().enumerate() {
                if sum >= residue && (sum - residue).is_multiple_of(rung.divisor) {
                    step(from, count, probability, ((sum - residue) / rung.divisor) as usize);
                }
                sum += rung.weight;
            }
        }
    }
}
