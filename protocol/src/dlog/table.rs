//! The table of baby steps, and the search by giant steps.

use rayon::prelude::*;
use taceo_ark_babyjubjub::EdwardsAffine;

use super::affine_batch::{BLOCK, Step, point_progression, scratch_buffer};
use super::slots::Slots;
use crate::{Point, constants::MAX_TOTAL};

/// Greatest number of baby steps: a table of 32 MiB.
const MAX_BABY_STEPS: u64 = 1 << 21;
/// Number of blocks that one task searches before another may take over.
const BLOCKS_PER_TASK: u64 = 16;

/// A table of baby steps for discrete logarithms from 0 to `max`.
pub struct BabyStepTable {
    max: u64,
    baby_steps: u64,
    slots: Slots,
    /// The points `-(c_0)·G, -(c_1)·G, ..` for the centres `c_i = b + i·(2b + 1)` of the first block of giant steps.
    centres: Vec<EdwardsAffine>,
}

impl BabyStepTable {
    /// Builds a table for about `points` searches up to `max`, inclusive, with the number of baby steps for which table
    /// and searches cost the same.
    ///
    /// # Panics
    /// Panics if `max` is above `2^40`, the bound of all totals (a programming error).
    pub fn new(max: u64, points: usize) -> BabyStepTable {
        assert!(max <= MAX_TOTAL, "totals are at most 2^40");
        let balanced = (max / 2).saturating_mul(points.max(1) as u64).isqrt();
        let baby_steps = balanced.next_multiple_of(BLOCK as u64).clamp(BLOCK as u64, MAX_BABY_STEPS);
        BabyStepTable::with_baby_steps(max, baby_steps)
    }

    fn with_baby_steps(max: u64, baby_steps: u64) -> BabyStepTable {
        let capacity = (baby_steps as usize + 1).next_power_of_two() * 2;
        let generator = Point::generator();
        let table = BabyStepTable {
            max,
            baby_steps,
            slots: Slots::with_slots(capacity),
            centres: point_progression(-generator.mul_u64(baby_steps), -generator.mul_u64(2 * baby_steps + 1)),
        };
        table.slots.insert_entry(Point::identity().y(), 0);

        let first_block = point_progression(generator, generator);
        let next_block = Step::new(generator.mul_u64(BLOCK as u64));
        let blocks = baby_steps.div_ceil(BLOCK as u64);
        (0..blocks.div_ceil(BLOCKS_PER_TASK)).into_par_iter().for_each(|task| {
            let start = task * BLOCKS_PER_TASK;
            let (mut points, mut scratch) = (first_block.clone(), scratch_buffer());
            Step::new(generator.mul_u64(start * BLOCK as u64)).add_to(&mut points, &mut scratch);
            for block in start..(start + BLOCKS_PER_TASK).min(blocks) {
                for (number, point) in (block * BLOCK as u64 + 1..=baby_steps).zip(&points) {
                    table.slots.insert_entry(point.y, number);
                }
                next_block.add_to(&mut points, &mut scratch);
            }
        });
        table
    }

    /// Returns the number `v <= max` with `v·G = point`, or `None` if there is none.
    pub fn solve(&self, point: &Point) -> Option<u64> {
        let generator = Point::generator();
        let width = 2 * self.baby_steps + 1;
        let giant_steps = self.max / width + 1;
        let blocks = giant_steps.div_ceil(BLOCK as u64);

        let mut first_block = self.centres.clone();
        Step::new(*point).add_to(&mut first_block, &mut scratch_buffer());
        let next_block = Step::new(-generator.mul_u64(BLOCK as u64 * width));
        (0..blocks.div_ceil(BLOCKS_PER_TASK)).into_par_iter().find_map_any(|task| {
            let start = task * BLOCKS_PER_TASK;
            let (mut points, mut scratch) = (first_block.clone(), scratch_buffer());
            if start != 0 {
                Step::new(-generator.mul_u64(start * BLOCK as u64 * width)).add_to(&mut points, &mut scratch);
            }
            (start..(start + BLOCKS_PER_TASK).min(blocks)).find_map(|block| {
                let found = (block * BLOCK as u64..).zip(&points).find_map(|(giant_step, shifted)| {
                    self.slots.find_entry(shifted.y, |number| {
                        self.verify_candidate(point, giant_step * width + self.baby_steps, number)
                    })
                });
                if found.is_none() {
                    next_block.add_to(&mut points, &mut scratch);
                }
                found
            })
        })
    }

    /// Returns which of `centre ± number` is the logarithm, if one is: both have the same `y`, and a table entry holds
    /// only some bits of it.
    fn verify_candidate(&self, point: &Point, centre: u64, number: u64) -> Option<u64> {
        [centre.checked_sub(number), centre.checked_add(number)]
            .into_iter()
            .flatten()
            .find(|&candidate| candidate <= self.max && Point::generator().mul_u64(candidate) == *point)
    }
}

#[cfg(test)]
mod tests;
