//! The threshold between two groups of scores: 2-means in one dimension, in exact integers.

/// Rounds after which the two means no longer move, on any pilot.
const MAX_ROUNDS: usize = 100;

/// Divides scores into two groups by 2-means (Lloyd's algorithm, started at the least and the greatest score) and
/// returns the middle of the two means, rounded down; `None` if all scores are equal.
///
/// A score equally far from both means is in the lower group. Means are kept as a sum and a number, so nothing is
/// rounded before the end, and every implementation finds the same threshold.
pub fn divide_scores(scores: &[i32]) -> Option<i32> {
    let (least, greatest) = (*scores.iter().min()?, *scores.iter().max()?);
    if least == greatest {
        return None;
    }
    let mut means = [Mean { sum: i128::from(least), count: 1 }, Mean { sum: i128::from(greatest), count: 1 }];
    for _ in 0..MAX_ROUNDS {
        // The least score is always in the lower group and the greatest in the upper one: neither is empty.
        let mut next = [Mean { sum: 0, count: 0 }; 2];
        for &score in scores {
            let score = i128::from(score);
            let is_upper = means[1].distance(score) * means[0].count < means[0].distance(score) * means[1].count;
            let mean = &mut next[usize::from(is_upper)];
            mean.sum += score;
            mean.count += 1;
        }
        if next == means {
            break;
        }
        means = next;
    }
    let [lower, upper] = means;
    let middle = (lower.sum * upper.count + upper.sum * lower.count).div_euclid(2 * lower.count * upper.count);
    i32::try_from(middle).ok()
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Mean {
    sum: i128,
    count: i128,
}

impl Mean {
    /// The distance of a score, times the number of scores.
    fn distance(self, score: i128) -> i128 {
        (score * self.count - self.sum).abs()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn middle_of_the_means_is_rounded_down() {
        assert_eq!(divide_scores(&[0, 1]), Some(0));
        assert_eq!(divide_scores(&[-1, 0]), Some(-1));
        assert_eq!(divide_scores(&[-10, -10, -8, 5, 6]), Some(-2));
        assert_eq!(divide_scores(&[3, 3, 3]), None);
        assert_eq!(divide_scores(&[]), None);
    }

    #[test]
    fn score_in_the_middle_is_in_the_lower_group() {
        // Means 0 and 4, then 1 and 4: the middle is 2.5.
        assert_eq!(divide_scores(&[0, 2, 4]), Some(2));
    }

    proptest! {
        #[test]
        fn threshold_lies_between_the_scores(scores in prop::collection::vec(-5_120..=5_120_i32, 1..200)) {
            let (least, greatest) = (scores.iter().min().unwrap(), scores.iter().max().unwrap());
            match divide_scores(&scores) {
                None => prop_assert_eq!(least, greatest),
                Some(threshold) => prop_assert!(*least <= threshold && threshold < *greatest),
            }
        }
    }
}
