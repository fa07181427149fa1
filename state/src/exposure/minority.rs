//! How much of a minority the totals name: results are drawn, and each is attacked by Bayes' rule.

use super::{
    NAMED, SHARED_BY,
    counts::{Class, WeightCounts},
    grid::Grid,
    ladder::Ladder,
};

/// The most results that are drawn.
const MAX_DRAWS: usize = 256;
/// The fewest.
const MIN_DRAWS: usize = 32;
/// About this many votes are drawn in all.
const DRAWN_VOTES: usize = 1 << 20;

/// A result as it is drawn: how many of each class are in the minority. Classes without any are left out.
pub(super) struct Draw {
    /// The class, and how many of it are in the minority; ascending.
    pub(super) dissenters: Vec<(usize, usize)>,
    /// Their number.
    pub(super) count: usize,
    /// The sum of their weights, divided by the common factor.
    pub(super) total: u64,
}

/// Returns the expected part of a minority's members that totals name, when each member is in the minority with
/// probability `share` (at most a half) and totals are rounded down to multiples of `step`.
pub(super) fn name_minority(counts: &WeightCounts, share: f64, step: u64) -> f64 {
    let members = counts.members();
    if members == 0 {
        return 0.0;
    }
    // Totals are multiples of the common factor, so a step up to it rounds nothing.
    let step = (step / counts.factor()).max(1);
    let ladder = if step == 1 { Ladder::new(counts, share) } else { None };
    let wanted = (DRAWN_VOTES / members).clamp(MIN_DRAWS, MAX_DRAWS);
    let draws = draw_results(counts, share, ladder.as_ref().map_or(wanted, |ladder| ladder.limit_draws(wanted)));
    let named = match ladder {
        Some(ladder) => draws.iter().map(|draw| count_named(draw, ladder.posteriors(draw))).collect(),
        None => Grid::new(counts, share, step).count_named(&draws),
    };
    average_part(&draws, named)
}

/// Returns the average part of the dissenters that these numbers of them are.
pub(super) fn average_part(draws: &[Draw], named: Vec<f64>) -> f64 {
    let parts = draws.iter().zip(named).map(|(draw, named)| named / draw.count as f64);
    // Not `sum`, which is -0 of none.
    parts.fold(0.0, |sum, part| sum + part) / draws.len().max(1) as f64
}

/// Counts the dissenters whose vote is as good as known. `posteriors` are those of a dissenter of each class in the
/// draw.
pub(super) fn count_named(draw: &Draw, posteriors: impl IntoIterator<Item = f64>) -> f64 {
    let known = draw.dissenters.iter().zip(posteriors).filter(|(_, known)| *known > NAMED);
    known.map(|((_, count), _)| *count as f64).fold(0.0, |sum, count| sum + count)
}

/// Draws results; those without a minority are left out.
pub(super) fn draw_results(counts: &WeightCounts, share: f64, draws: usize) -> Vec<Draw> {
    // Any seed does; that it is fixed makes the verdict one that everyone computes.
    let mut random = SplitMix64(0x7073_6570_686f_7301);
    let drawn = (0..draws).map(|_| draw_result(counts.classes(), share, &mut random));
    drawn.filter(|draw| draw.count > 0).collect()
}

fn draw_result(classes: &[Class], share: f64, random: &mut SplitMix64) -> Draw {
    let mut draw = Draw { dissenters: Vec::new(), count: 0, total: 0 };
    for (index, class) in classes.iter().enumerate() {
        let count = (0..class.members).filter(|_| random.next_fraction() < share).count();
        if count > 0 {
            draw.dissenters.push((index, count));
            draw.count += count;
            draw.total = draw.total.saturating_add(class.weight.saturating_mul(count as u64));
        }
    }
    draw
}

/// Returns the probability that all of this many members vote alike.
pub(super) fn unanimous(members: usize, share: f64) -> f64 {
    let members = i32::try_from(members).unwrap_or(i32::MAX);
    if members == 0 { 1.0 } else { ((1.0 - share).powi(members) + share.powi(members)).min(1.0) }
}

/// Returns the probability that the smaller side has from one to `SHARED_BY - 1` members.
pub(super) fn small(members: usize, share: f64) -> f64 {
    let binomial = binomial(members, share);
    let is_small = |count: &usize| (1..SHARED_BY).contains(&(*count).min(members - count));
    (0..=members).filter(is_small).map(|count| binomial[count]).sum()
}

/// Returns the probabilities of 0 to `members` members in the minority.
pub(super) fn binomial(members: usize, share: f64) -> Vec<f64> {
    let (log_share, log_rest) = (share.ln(), (1.0 - share).ln());
    let mut log_ways = 0.0;
    let probabilities = (0..=members).map(|count| {
        if count > 0 {
            log_ways += ((members - count + 1) as f64 / count as f64).ln();
        }
        (log_ways + count as f64 * log_share + (members - count) as f64 * log_rest).exp()
    });
    probabilities.collect()
}

/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014). It draws examples and protects nothing.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next_fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
