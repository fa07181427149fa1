//! Posteriors for weights without a structure: the distribution of sums on a grid.
//!
//! A result names its minority if hardly another set of members has its total. How many have, follows from the density
//! of sums there: with the probability `P` of what happened and the density `d` of sums at its total, there are
//! `d / P` rivals as probable as what happened, and what happened has the posterior `P / (P + d)`. Where less than one
//! rival is expected, a total has one or has none, and none with the probability `exp(-d / P)`. What happened is how
//! many of each weight dissent: members of one weight are indistinguishable.
//!
//! Where this says nothing, a member is still named if the total cannot be without it, or hardly. So the posterior of
//! each weight by itself is computed too, from the sums of all others.

use super::{
    counts::WeightCounts,
    draw::{Draw, binomial},
    thresholds::NAMED,
};

/// The number of bins between 0 and the sum of all weights.
const BINS: u64 = 1 << 15;
/// Bins on each side of a total over which the density is averaged: single sums are no density.
const AVERAGED: usize = 16;
/// Probabilities below this are dropped; all of them together are less than what rounding errors do.
const NEGLIGIBLE: f64 = 1e-20;

/// The sums of a chamber's minority.
pub(super) struct Grid<'a> {
    counts: &'a WeightCounts,
    share: f64,
    /// The step of totals, in bins.
    step: usize,
    /// Whether a total is the only one of its bin.
    is_exact: bool,
    /// Units of weight in a bin.
    pub(super) unit: f64,
    /// Bins of each class's members. Members of one class can differ by one bin, so that their sum is right.
    bins: Vec<usize>,
    /// The probability of each sum.
    pub(super) sums: Vec<f64>,
}

impl<'a> Grid<'a> {
    /// Computes the distribution of the sum of the minority's weights; `step` is that of totals.
    pub(super) fn new(counts: &'a WeightCounts, share: f64, step: u64) -> Self {
        let total = counts.total();
        let unit = (total as f64 / BINS as f64).max(1.0);
        let (mut factors, mut bins) = (Vec::new(), Vec::new());
        let mut rest = 0.0;
        for class in counts.classes() {
            let width = class.weight as f64 / unit;
            // The members of a class are spread over two bins; what rounding loses is carried on, or many small
            // weights would vanish together.
            let sum = width * class.members as f64 + rest;
            let (low, rounded) = (width.floor() as usize, sum.round().max(0.0) as usize);
            let high = rounded.saturating_sub(low * class.members).min(class.members);
            rest = sum - (low * class.members + high) as f64;
            factors.push((low, class.members - high));
            factors.push((low + 1, high));
            bins.push(if 2 * high > class.members { low + 1 } else { low });
        }
        let sums = distribute(&factors, share);
        let step = (step as f64 / unit).round().max(1.0) as usize;
        Self { counts, share, step, is_exact: unit <= 1.0, unit, bins, sums }
    }

    /// Returns the number of dissenters of each draw that are named, as it is to be expected.
    pub(super) fn count_named(&self, draws: &[Draw]) -> Vec<f64> {
        let windows: Vec<(usize, usize)> = draws.iter().map(|draw| self.window(draw)).collect();
        let length = windows.iter().map(|(_, to)| *to).max().unwrap_or_default();
        let mut distinct: Vec<usize> = self.bins.clone();
        distinct.sort_unstable();
        distinct.dedup();
        // By bin and draw: the sums of all others are computed once a bin.
        let by_bin: Vec<Vec<f64>> = distinct
            .iter()
            .map(|&bin| {
                let others = accumulate(&self.remove(bin, length));
                windows.iter().map(|&window| self.weigh_member(&others, bin, window)).collect()
            })
            .collect();
        let rows: Vec<usize> = self.bins.iter().map(|bin| distinct.partition_point(|other| other < bin)).collect();
        let count = |(number, draw): (usize, &Draw)| {
            let rivals = self.count_rivals(draw);
            let (posterior, no_rival) = (1.0 / (1.0 + rivals), (-rivals).exp());
            let named = draw.dissenters.iter().map(|&(class, count)| {
                let of_class = count as f64 / self.counts.classes()[class].members as f64;
                let known = posterior * of_class + (1.0 - posterior) * by_bin[rows[class]][number];
                let chance = if known > NAMED {
                    1.0
                } else if of_class > NAMED {
                    no_rival
                } else {
                    0.0
                };
                count as f64 * chance
            });
            named.fold(0.0, |sum, count| sum + count)
        };
        draws.iter().enumerate().map(count).collect()
    }

    /// Returns the bins in which the true total of a draw can be, as far as the published one shows.
    fn window(&self, draw: &Draw) -> (usize, usize) {
        let total = (draw.total as f64 / self.unit).round() as usize;
        match (self.step, self.is_exact) {
            (1, true) => (total, total + 1),
            (1, false) => (total.saturating_sub(AVERAGED), total + AVERAGED + 1),
            (step, _) => (total / step * step, total / step * step + step),
        }
    }

    /// Returns the expected number of other results with this total, each as probable as the draw; without end where
    /// the grid shows by itself what else can have the total.
    pub(super) fn count_rivals(&self, draw: &Draw) -> f64 {
        if self.is_exact || self.step > 1 {
            return f64::INFINITY;
        }
        let ways = draw.dissenters.iter().map(|&(class, count)| log_ways(self.counts.classes()[class].members, count));
        let rest = (self.counts.members() - draw.count) as f64;
        let log_draw = ways.sum::<f64>() + draw.count as f64 * self.share.ln() + rest * (1.0 - self.share).ln();
        let (from, to) = self.window(draw);
        let near = self.sums.iter().skip(from).take(to - from);
        let density = near.sum::<f64>() / (to - from) as f64 / self.unit;
        (density.max(f64::MIN_POSITIVE).ln() - log_draw).exp()
    }

    /// Returns the posterior of one member of a bin, from the sums of all others.
    fn weigh_member(&self, others: &[f64], bin: usize, (from, to): (usize, usize)) -> f64 {
        let with = self.share * mass(others, from.saturating_sub(bin), to.saturating_sub(bin));
        let without = (1.0 - self.share) * mass(others, from, to);
        if with + without > 0.0 { with / (with + without) } else { self.share }
    }

    /// Returns the first `length` probabilities of the sum of all members but one of this bin: the product of all
    /// factors divided by `1 - share + share z^bin`. Rounding errors do not grow, because `share` is at most a
    /// half; they can make a probability negative.
    fn remove(&self, bin: usize, length: usize) -> Vec<f64> {
        let mut sums: Vec<f64> = self.sums.iter().copied().take(length).collect();
        if bin == 0 {
            return sums;
        }
        let (scale, ratio) = (1.0 / (1.0 - self.share), self.share / (1.0 - self.share));
        sums.iter_mut().for_each(|probability| *probability *= scale);
        let mut start = bin;
        while start < sums.len() {
            let end = (start + bin).min(sums.len());
            let (before, rest) = sums.split_at_mut(start);
            let earlier = &before[start - bin..];
            rest[..end - start].iter_mut().zip(earlier).for_each(|(sum, earlier)| *sum -= ratio * earlier);
            start = end;
        }
        sums
    }
}

/// Returns the distribution of a sum of independent terms: `members` times a number of bins, each with this
/// probability, and 0 otherwise. Small terms first, so that the sums stay short.
fn distribute(factors: &[(usize, usize)], share: f64) -> Vec<f64> {
    let mut factors: Vec<(usize, usize)> =
        factors.iter().copied().filter(|(bin, members)| *bin > 0 && *members > 0).collect();
    factors.sort_unstable();
    let mut sums = vec![1.0];
    for same in factors.chunk_by(|one, other| one.0 == other.0) {
        let (bin, members) = (same[0].0, same.iter().map(|(_, members)| members).sum::<usize>());
        let counts = binomial(members, share);
        let mut next = vec![0.0; sums.len() + bin * members];
        for (count, probability) in counts.iter().enumerate().filter(|(_, probability)| **probability > NEGLIGIBLE) {
            let shifted = &mut next[bin * count..];
            shifted.iter_mut().zip(&sums).for_each(|(sum, earlier)| *sum += probability * earlier);
        }
        let end = next.iter().rposition(|probability| *probability > NEGLIGIBLE).map_or(1, |last| last + 1);
        next.truncate(end);
        sums = next;
    }
    sums
}

/// Returns the logarithm of the number of ways to choose `count` of `members`.
fn log_ways(members: usize, count: usize) -> f64 {
    let few = count.min(members - count);
    (0..few).map(|index| ((members - index) as f64 / (index + 1) as f64).ln()).sum()
}

/// Returns the sums of the first 0, 1, .. probabilities. Negative ones are rounding errors.
fn accumulate(probabilities: &[f64]) -> Vec<f64> {
    let mut sums = Vec::with_capacity(probabilities.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for probability in probabilities {
        sum += probability.max(0.0);
        sums.push(sum);
    }
    sums
}

/// Returns the probability of the bins from one to another, which is not part of them.
fn mass(accumulated: &[f64], from: usize, to: usize) -> f64 {
    let last = accumulated.len() - 1;
    (accumulated[to.min(last)] - accumulated[from.min(last)]).max(0.0)
}
