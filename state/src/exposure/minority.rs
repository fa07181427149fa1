//! How much of a minority the totals name: results are drawn, and each is attacked by Bayes' rule.

use super::{
    counts::WeightCounts,
    draw::{Draw, binomial, draw_results},
    grid::Grid,
    ladder::Ladder,
    thresholds::{NAMED, SHARED_BY},
};

/// The most results that are drawn.
const MAX_DRAWS: usize = 256;
/// The fewest.
const MIN_DRAWS: usize = 32;
/// About this many votes are drawn in all.
const DRAWN_VOTES: usize = 1 << 20;

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
