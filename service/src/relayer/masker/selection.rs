//! What an update contains: a replacement that was handed over, or a mask.

use rand::Rng;

/// Returns which of `waiting` updates of a slot is carried, or `None` if a mask takes its place.
///
/// A lone update is carried with a probability below 1, so that one that is not carried is no evidence of another.
/// Among several each has the same chance: no one knows which of them is the voter's.
pub(super) fn choose_carried(waiting: usize, own_percent: u8, rng: &mut impl Rng) -> Option<usize> {
    match waiting > 0 && rng.gen_range(0..100) >= own_percent {
        true => Some(rng.gen_range(0..waiting)),
        false => None,
    }
}

/// Returns whether the newest of `arrived` updates of one content of a slot is kept, in place of the one that was
/// kept before: each of them is, in the end, with the same probability, however many there are.
pub(super) fn keeps_newest(arrived: u32, rng: &mut impl Rng) -> bool {
    rng.gen_range(0..arrived.max(1)) == 0
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn lone_update_is_carried_three_times_of_four_and_rivals_share_that() {
        let mut rng = StdRng::seed_from_u64(1);
        assert_eq!(choose_carried(0, 25, &mut rng), None);
        let mut counts = [[0_u32; 3]; 2];
        for _ in 0..8_000 {
            counts[0][choose_carried(1, 25, &mut rng).unwrap_or(2)] += 1;
            counts[1][choose_carried(2, 25, &mut rng).unwrap_or(2)] += 1;
        }
        // Deviations of 39 to 44: five of each.
        let near = |count: u32, expected: u32| assert!(count.abs_diff(expected) < 220, "{counts:?}");
        for (count, expected) in [(counts[0][0], 6_000), (counts[0][2], 2_000)] {
            near(count, expected);
        }
        for (count, expected) in [(counts[1][0], 3_000), (counts[1][1], 3_000), (counts[1][2], 2_000)] {
            near(count, expected);
        }
    }

    #[test]
    fn each_of_many_updates_is_kept_as_often_as_any_other() {
        let mut rng = StdRng::seed_from_u64(2);
        let mut kept = [0_u32; 10];
        for _ in 0..10_000 {
            let last = (1..=10).filter(|arrived| keeps_newest(*arrived, &mut rng)).max().unwrap_or(1);
            kept[last as usize - 1] += 1;
        }
        assert!(kept.iter().all(|count| count.abs_diff(1_000) < 150), "{kept:?}: five deviations of 30");
    }
}
