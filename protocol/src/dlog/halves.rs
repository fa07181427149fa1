//! One half of a packed total: two counters, or one, whose sum is bounded, and a walk over all their points.

use rayon::prelude::*;
use taceo_ark_babyjubjub::EdwardsAffine;

use super::affine_batch::{BLOCK, Step, point_progression, scratch_buffer};
use crate::Point;

/// The numbers `2^first·x + 2^second·y` with `x + y <= bound`, or without `y` if there is no second counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Half {
    /// The greatest sum of the counters.
    pub(super) bound: u64,
    /// The lowest bit of the first counter.
    pub(super) first: usize,
    /// The lowest bit of the second counter.
    pub(super) second: Option<usize>,
}

impl Half {
    /// Returns the number of values: `bound + 1`, or about half its square for two counters.
    pub(super) fn len(&self) -> u64 {
        match self.second {
            None => self.bound + 1,
            Some(_) => (self.bound + 1) * (self.bound + 2) / 2,
        }
    }

    /// Returns the value of these counters.
    pub(super) fn value(&self, [x, y]: [u64; 2]) -> u64 {
        (x << self.first) + self.second.map_or(0, |second| y << second)
    }

    /// Returns the position of counters in an order without gaps.
    pub(super) fn index(&self, [x, y]: [u64; 2]) -> u64 {
        // The rows `y = 0, 1, ..` have `bound + 1, bound, ..` values.
        y * (2 * self.bound + 3 - y) / 2 + x
    }

    /// Returns the counters at a position: the inverse of [`Half::index`].
    pub(super) fn at_index(&self, index: u64) -> [u64; 2] {
        // The greatest row that begins at or before the index; the root is corrected for its rounding.
        let width = 2 * self.bound + 3;
        let mut y = (width - (width * width).saturating_sub(8 * index).isqrt()) / 2;
        while y > 0 && self.index([0, y]) > index {
            y -= 1;
        }
        while self.index([0, y + 1]) <= index && y < self.bound {
            y += 1;
        }
        [index - self.index([0, y]), y]
    }

    /// Calls `visit` with `start ± value·G` and the counters of every value, until it returns something. Blocks of
    /// first counters are walked on all cores; in a block the points move from one second counter to the next together.
    pub(super) fn walk<T: Send>(
        &self,
        start: Point,
        sign: Sign,
        visit: impl Fn([u64; 2], &EdwardsAffine) -> Option<T> + Sync,
    ) -> Option<T> {
        let unit = |bit: usize| sign.apply(Point::generator().mul_u64(1 << bit));
        let first = unit(self.first);
        let next_row = self.second.map(|bit| Step::new(unit(bit)));
        let block = BLOCK as u64;
        (0..(self.bound + 1).div_ceil(block)).into_par_iter().find_map_any(|task| {
            let from = task * block;
            let offset = Point::generator().mul_u64(from << self.first);
            let mut points = point_progression(start + sign.apply(offset), first);
            let mut scratch = scratch_buffer();
            let rows = if next_row.is_some() { self.bound - from } else { 0 };
            for y in 0..=rows {
                // The counters of this row: `from <= x <= bound - y`.
                points.truncate((self.bound - y - from + 1).min(block) as usize);
                let found = (from..).zip(&points).find_map(|(x, point)| visit([x, y], point));
                if found.is_some() {
                    return found;
                }
                if let Some(step) = &next_row {
                    step.add_to(&mut points, &mut scratch);
                }
            }
            None
        })
    }
}

/// Whether a walk adds the values to its start or subtracts them.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    /// Adds.
    Plus,
    /// Subtracts.
    Minus,
}

impl Sign {
    fn apply(self, point: Point) -> Point {
        match self {
            Sign::Plus => point,
            Sign::Minus => -point,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn index_has_no_gaps_and_an_inverse() {
        for bound in [0, 1, 2, 7, 50] {
            for second in [None, Some(13)] {
                let half = Half { bound, first: 0, second };
                let rows = if second.is_some() { bound } else { 0 };
                let counters: Vec<_> = (0..=rows).flat_map(|y| (0..=bound - y).map(move |x| [x, y])).collect();
                assert_eq!(counters.len() as u64, half.len());
                for (index, counters) in counters.into_iter().enumerate() {
                    assert_eq!((half.index(counters), half.at_index(index as u64)), (index as u64, counters));
                }
            }
        }
        let half = Half { bound: 8_191, first: 0, second: Some(13) };
        for index in [0, 1, 8_191, 8_192, 16_000_000, half.len() - 2, half.len() - 1] {
            assert_eq!(half.index(half.at_index(index)), index);
        }
    }

    #[test]
    fn walk_visits_every_value_once() {
        for (bound, second) in [(0, None), (0, Some(13)), (5, Some(13)), (1_030, None), (1_026, Some(20))] {
            let half = Half { bound, first: 26, second };
            let start = Point::generator().mul_u64(12_345);
            let seen = Mutex::new(vec![0u8; half.len() as usize]);
            let checked = |counters: [u64; 2], point: &EdwardsAffine| {
                seen.lock().unwrap()[half.index(counters) as usize] += 1;
                if counters[0].is_multiple_of(97) && counters[1].is_multiple_of(89) {
                    let expected = start + -Point::generator().mul_u64(half.value(counters));
                    assert_eq!((point.x, point.y), (expected.x(), expected.y()));
                }
                None::<()>
            };
            assert_eq!(half.walk(start, Sign::Minus, checked), None);
            assert!(seen.into_inner().unwrap().iter().all(|times| *times == 1), "{bound}, {second:?}");
        }
    }
}
