//! Choices of chambers and the decision of a poll (specification, section 10).
//!
//! A decision is final as soon as nothing that is still pending could change it. So trustees that have seen the first
//! totals cannot undo a decision by withholding the shares of a chamber that no longer matters.

use crate::constants::BASIS_POINTS;

/// What a chamber contributes to the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChamberChoice {
    /// Its total is to be decrypted, and is not tallied yet.
    Pending,
    /// It chooses no option: its totals give none, or it has fewer ballots than its minimum.
    NoOption,
    /// It chooses this option, from 0.
    Option(usize),
}

/// What the chambers' choices give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The poll decides this option, from 0, however the pending chambers choose.
    Decided(usize),
    /// The poll decides no option, however the pending chambers choose.
    Rejected,
    /// The pending chambers matter. If the tally deadline passes, the poll is undecided.
    Open,
}

/// Returns the option that a chamber chooses by its totals: the only maximum, if the sum reaches the quorum and the
/// maximum reaches the approval threshold, a part of the sum in basis points.
pub fn choose_option(totals: &[u64], quorum: u64, threshold_bps: u16) -> Option<usize> {
    let sum: u128 = totals.iter().map(|&total| u128::from(total)).sum();
    let (option, most) = find_only_maximum(totals)?;
    let suffices =
        sum >= u128::from(quorum) && u128::from(most) * u128::from(BASIS_POINTS) >= u128::from(threshold_bps) * sum;
    suffices.then_some(option)
}

/// Returns what the choices of a poll's chambers give, if at least `required` chambers must choose the decided option.
///
/// With `n_j` chambers that choose option `j` and `p` pending ones, option `j` is decided if `n_j >= required` and
/// `n_j > n_k + p` for every other option `k`. The poll is rejected if no option `j` has `n_j + p >= required` and
/// `n_j + p > n_k` for every other option `k`. A choice that is no option of the poll counts for none.
pub fn decide_poll(choices: impl IntoIterator<Item = ChamberChoice>, options: usize, required: u8) -> Decision {
    let (mut votes, mut pending) = (vec![0u64; options], 0);
    for choice in choices {
        match choice {
            ChamberChoice::Pending => pending += 1,
            ChamberChoice::NoOption => {}
            ChamberChoice::Option(option) => {
                if let Some(count) = votes.get_mut(option) {
                    *count += 1;
                }
            }
        }
    }
    let required = u64::from(required);
    let greatest_other = |option: usize| {
        votes.iter().enumerate().filter(|(other, _)| *other != option).map(|(_, count)| *count).max().unwrap_or(0)
    };
    let is_decided = |option: &usize| votes[*option] >= required && votes[*option] > greatest_other(*option) + pending;
    let is_possible = |option: usize| {
        let most = votes[option] + pending;
        most >= required && most > greatest_other(option)
    };
    match (0..options).find(is_decided) {
        Some(option) => Decision::Decided(option),
        None if (0..options).any(is_possible) => Decision::Open,
        None => Decision::Rejected,
    }
}

/// Returns the index and value of the maximum, if it occurs once.
fn find_only_maximum(values: &[u64]) -> Option<(usize, u64)> {
    let greatest = *values.iter().max()?;
    let mut indices = values.iter().enumerate().filter(|(_, value)| **value == greatest);
    let (index, _) = indices.next()?;
    indices.next().is_none().then_some((index, greatest))
}
