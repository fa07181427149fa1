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

/// Which choices of the chambers decide a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecisionKind {
    /// The option that most chambers choose, each the one of its highest total.
    Options,
    /// The options are Against, For and Abstain, in this order. Only For can be decided.
    Motion,
}

/// The number of options of a motion.
pub const MOTION_OPTIONS: usize = 3;

/// The option Against of a motion.
pub const AGAINST: usize = 0;

/// The option For of a motion: the only one that a chamber can choose.
pub const FOR: usize = 1;

/// The option Abstain of a motion.
pub const ABSTAIN: usize = 2;

/// A number that is not one of a kind of decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not the number of a kind of decision")]
pub struct UnknownDecisionKind(pub u8);

impl TryFrom<u8> for DecisionKind {
    type Error = UnknownDecisionKind;

    fn try_from(number: u8) -> Result<Self, UnknownDecisionKind> {
        match number {
            0 => Ok(Self::Options),
            1 => Ok(Self::Motion),
            other => Err(UnknownDecisionKind(other)),
        }
    }
}

/// Returns the option that a chamber chooses by its totals.
///
/// - Of [`DecisionKind::Options`] it is the only maximum, if the sum reaches the quorum and the maximum reaches the
///   approval threshold, a part of the sum in basis points.
/// - A [`DecisionKind::Motion`] is chosen if For exceeds Against, For and Abstain together reach the quorum, and For
///   reaches the approval threshold, a part of For and Against. So abstentions count for the quorum alone, and no vote
///   against a motion can help it. Totals of another number of options give none.
pub fn choose_option(kind: DecisionKind, totals: &[u64], quorum: u64, threshold_bps: u16) -> Option<usize> {
    let reaches =
        |part: u64, whole: u128| u128::from(part) * u128::from(BASIS_POINTS) >= u128::from(threshold_bps) * whole;
    let add = |values: &[u64]| values.iter().map(|&total| u128::from(total)).sum::<u128>();
    match kind {
        DecisionKind::Options => {
            let (option, most) = find_only_maximum(totals)?;
            let sum = add(totals);
            (sum >= u128::from(quorum) && reaches(most, sum)).then_some(option)
        }
        DecisionKind::Motion => {
            let &[against, in_favour, abstain] = totals else { return None };
            let has_quorum = add(&[in_favour, abstain]) >= u128::from(quorum);
            let passes = in_favour > against && has_quorum && reaches(in_favour, add(&[in_favour, against]));
            passes.then_some(FOR)
        }
    }
}

/// Returns what the choices of a poll's chambers give, if at least `required` chambers must choose the decided option.
///
/// With `n_j` chambers that choose option `j` and `p` pending ones, option `j` is decided if `n_j >= required` and `n_j
/// > n_k + p` for every other option `k`. The poll is rejected if no option `j` has `n_j + p >= required` and `n_j + p
/// > n_k` for every other option `k`. A choice that is no option of the poll counts for none. In a motion no chamber
/// can choose another option than For, so the pending ones stand in its way no more than the others: it is decided if
/// `n_1 >= required`, and rejected if `n_1 + p < required`.
pub fn decide_poll(
    kind: DecisionKind,
    choices: impl IntoIterator<Item = ChamberChoice>,
    options: usize,
    required: u8,
) -> Decision {
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
    if kind == DecisionKind::Motion {
        let passing = votes.get(FOR).copied().unwrap_or(0);
        return match (passing >= required, passing + pending >= required) {
            (true, _) => Decision::Decided(FOR),
            (false, true) => Decision::Open,
            (false, false) => Decision::Rejected,
        };
    }
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
