//! The `n` highest totals, for councils, shortlists and elections of trustees.
//!
//! Source: elections of security councils by DAOs (Arbitrum: the six highest of the nominees that reach a threshold).
//! A tie at the last seat is not broken: a rule that did would decide by the order of options.

use psephos_protocol::constants::BASIS_POINTS;

/// How many options are chosen, and what each must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopRule {
    /// Number of seats.
    pub seats: usize,
    /// Least part of the whole that an option must reach, in basis points.
    pub threshold_bps: u16,
}

/// Totals that choose no options.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopError {
    /// There is no seat.
    #[error("there are no seats: ask for at least one")]
    NoSeats,
    /// The threshold is more than the whole.
    #[error("the threshold is {0} basis points, more than the whole")]
    Threshold(u16),
    /// Equal totals contend for fewer seats.
    #[error("the options {contenders:?} have {total} votes each, but only {seats} of them can be chosen: run them off")]
    Tie {
        /// The options with equal totals, from 0.
        contenders: Vec<usize>,
        /// Their total.
        total: u64,
        /// The seats that are left for them.
        seats: usize,
    },
}

/// Returns the options with the highest totals, highest first and equal ones in their order: at most as many as there
/// are seats, each with at least the threshold as a part of `whole` (ballots, or members). Fewer reach it: fewer are
/// chosen, and seats stay empty. An option without a vote is not chosen.
///
/// # Errors
/// [`TopError::Tie`], if equal totals contend for the last seats; other errors for rules out of range.
pub fn choose_top(rule: TopRule, totals: &[u64], whole: u64) -> Result<Vec<usize>, TopError> {
    if rule.seats == 0 {
        return Err(TopError::NoSeats);
    }
    if rule.threshold_bps > BASIS_POINTS {
        return Err(TopError::Threshold(rule.threshold_bps));
    }
    let least = u128::from(rule.threshold_bps) * u128::from(whole);
    let reaches = |total: u64| total > 0 && u128::from(total) * u128::from(BASIS_POINTS) >= least;
    let mut chosen: Vec<usize> = (0..totals.len()).filter(|option| reaches(totals[*option])).collect();
    chosen.sort_by_key(|option| std::cmp::Reverse(totals[*option]));
    if let (Some(last), Some(next)) = (chosen.get(rule.seats - 1), chosen.get(rule.seats))
        && totals[*last] == totals[*next]
    {
        let total = totals[*last];
        let contenders: Vec<usize> = chosen.iter().copied().filter(|option| totals[*option] == total).collect();
        let above = chosen.iter().filter(|option| totals[**option] > total).count();
        return Err(TopError::Tie { contenders, total, seats: rule.seats - above });
    }
    chosen.truncate(rule.seats);
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const THREE: TopRule = TopRule { seats: 3, threshold_bps: 2_000 };

    #[test]
    fn highest_totals_that_reach_the_threshold_are_chosen() {
        assert_eq!(choose_top(THREE, &[30, 50, 20, 70, 40], 100), Ok(vec![3, 1, 4]));
        assert_eq!(choose_top(THREE, &[19, 50, 20, 0], 100), Ok(vec![1, 2]));
        assert_eq!(choose_top(THREE, &[19, 0], 100), Ok(vec![]));
        assert_eq!(choose_top(TopRule { seats: 2, threshold_bps: 0 }, &[0, 1], 0), Ok(vec![1]));
    }

    #[test]
    fn tie_at_the_last_seat_is_refused_and_others_are_not() {
        assert_eq!(
            choose_top(THREE, &[50, 40, 40, 40], 100),
            Err(TopError::Tie { contenders: vec![1, 2, 3], total: 40, seats: 2 })
        );
        assert_eq!(choose_top(THREE, &[50, 50, 40, 30], 100), Ok(vec![0, 1, 2]));
        assert_eq!(choose_top(THREE, &[50, 19, 19, 19], 100), Ok(vec![0]));
    }

    #[test]
    fn rules_out_of_range_are_rejected() {
        assert_eq!(choose_top(TopRule { seats: 0, ..THREE }, &[1], 1), Err(TopError::NoSeats));
        let whole = TopRule { threshold_bps: 10_001, ..THREE };
        assert_eq!(choose_top(whole, &[1], 1), Err(TopError::Threshold(10_001)));
    }

    proptest! {
        #[test]
        fn no_option_outside_has_as_many_votes_as_one_inside(
            totals in prop::collection::vec(0..20_u64, 0..12), seats in 1..6_usize, threshold_bps in 0..=10_000_u16,
        ) {
            let rule = TopRule { seats, threshold_bps };
            if let Ok(chosen) = choose_top(rule, &totals, 20) {
                let reaches = |option: &usize| {
                    totals[*option] > 0 && totals[*option] * 10_000 >= u64::from(threshold_bps) * 20
                };
                prop_assert!(chosen.len() <= seats);
                let least = chosen.iter().map(|option| totals[*option]).min().unwrap_or(u64::MAX);
                for option in (0..totals.len()).filter(|option| !chosen.contains(option)).filter(reaches) {
                    prop_assert!(chosen.len() == seats && totals[option] < least);
                }
            }
        }

        #[test]
        fn totals_of_any_size_do_not_overflow(
            totals in prop::collection::vec(any::<u64>(), 0..6), whole in any::<u64>(),
        ) {
            let _ = choose_top(THREE, &totals, whole);
        }
    }
}
