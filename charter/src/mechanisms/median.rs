//! The median of buckets: a number chosen by vote, such as a cap or a rate.
//!
//! The values are divided into buckets in ascending order, each an option of a poll or a cell of a sheet. With
//! preferences that fall off on both sides of one peak no voter gains by another vote than its peak (Moulin, On
//! Strategy-Proofness and Single Peakedness, 1980). With an even count the *lower* of the two middle values is taken:
//! any fixed choice keeps that property, and an average would not.

/// Returns the bucket, from 0, of the lower median of a chamber's votes; `None` if there are none.
///
/// It is the first bucket up to which at least half of the votes lie.
pub fn find_median(totals: &[u64]) -> Option<usize> {
    let whole: u128 = totals.iter().map(|total| u128::from(*total)).sum();
    let mut below = 0_u128;
    totals.iter().position(|total| {
        below += u128::from(*total);
        below > 0 && 2 * below >= whole
    })
}

/// Returns the lower median of the chambers' medians, each chamber with one voice. `None` if there is no chamber, or
/// one of them has no votes: a poll whose chambers count the same is not decided by some of them.
pub fn find_median_of_chambers<'a>(chambers: impl IntoIterator<Item = &'a [u64]>) -> Option<usize> {
    let mut medians: Vec<usize> = chambers.into_iter().map(find_median).collect::<Option<_>>()?;
    medians.sort_unstable();
    medians.get(medians.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn even_counts_have_the_lower_median() {
        assert_eq!(find_median(&[1, 0, 0, 1]), Some(0));
        assert_eq!(find_median(&[1, 0, 1, 1]), Some(2));
        assert_eq!(find_median(&[0, 2, 0, 2]), Some(1));
        assert_eq!(find_median(&[0, 0, 5]), Some(2));
        assert_eq!(find_median(&[0, 0]), None);
        assert_eq!(find_median(&[]), None);
        assert_eq!(find_median(&[u64::MAX, u64::MAX, u64::MAX]), Some(1));
    }

    #[test]
    fn each_chamber_has_one_voice() {
        let chambers: [&[u64]; 4] = [&[1_000, 0, 0], &[0, 0, 1], &[0, 1, 0], &[0, 0, 0]];
        assert_eq!(find_median_of_chambers(chambers[..3].iter().copied()), Some(1));
        assert_eq!(find_median_of_chambers([chambers[0], chambers[1]]), Some(0));
        assert_eq!(find_median_of_chambers(chambers), None);
        assert_eq!(find_median_of_chambers([]), None);
    }

    proptest! {
        #[test]
        fn median_is_the_lower_middle_of_the_sorted_votes(totals in prop::collection::vec(0..9_u64, 1..40)) {
            let votes: Vec<usize> =
                totals.iter().enumerate().flat_map(|(bucket, total)| vec![bucket; *total as usize]).collect();
            let expected = votes.len().checked_sub(1).map(|last| votes[last / 2]);
            prop_assert_eq!(find_median(&totals), expected);
        }

        /// A voter who moves its vote away from its peak never brings the median nearer to it.
        #[test]
        fn no_voter_gains_by_another_vote(
            totals in prop::collection::vec(0..5_u64, 2..10), peak in 0..10_usize, other in 0..10_usize,
        ) {
            let (peak, other) = (peak % totals.len(), other % totals.len());
            let with = |vote: usize| {
                let mut all = totals.clone();
                all[vote] += 1;
                find_median(&all).unwrap()
            };
            let (honest, moved) = (with(peak), with(other));
            let is_between = (honest.min(peak)..=honest.max(peak)).contains(&moved);
            prop_assert!(!is_between || moved == honest, "peak {}, honest {}, moved {}", peak, honest, moved);
        }
    }
}
