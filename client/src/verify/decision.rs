//! The checks of totals, choices and the outcome (specification, section 10).

use psephos_protocol::{Point, constants::MAX_TOTAL, identifiers::ChamberId};
use psephos_state::{
    ChainState, Poll, PollChamber, PollState,
    bindings::IPolls::{ChamberView, PollView},
};

use super::{Check, CheckName};
use crate::tally::Combination;

/// Checks `V_j·G + sk_j·C = D_j`, with `sk_j·C` combined from the shares that the contract used: a total is checked,
/// not searched for.
pub(super) fn check_totals(state: &ChainState, poll: &Poll, id: ChamberId, chamber: &PollChamber) -> Option<Check> {
    let counted = chamber.tally.as_ref()?;
    let total = chamber.encrypted_total(poll.circuit_size());
    let threshold = state.committees.get(&poll.committee()).map_or(0, |committee| committee.threshold);
    let combined = Combination::from_mask(&chamber.shares, counted.trustees, threshold)
        .and_then(|combination| combination.combine_multiples(total.size()));
    let mut failures = Vec::new();
    if combined.is_none() && !total.c.is_identity() {
        failures.push("it was tallied with too few decryption shares".into());
    }
    let share = combined.unwrap_or_else(|| vec![Point::identity(); total.size()]);
    if counted.totals.len() != poll.options() {
        failures.push(format!("there are {} totals for {} options", counted.totals.len(), poll.options()));
    }
    let expected = counted.totals.iter().copied().chain(std::iter::repeat(0));
    for (option, ((value, d), e)) in expected.zip(&total.d).zip(&share).enumerate() {
        if value > MAX_TOTAL || Point::generator().mul_u64(value) + *e != *d {
            failures.push(format!("the total of option {option} is not {value}"));
        }
    }
    if (chamber.latest.len() as u64) < u64::from(chamber.rule.min_ballots) {
        failures.push(format!(
            "it was decrypted with {} ballots, but needs {}",
            chamber.latest.len(),
            chamber.rule.min_ballots
        ));
    }
    Some(Check::new(CheckName::Totals, Some(id), counted.totals.len(), failures))
}

/// Checks that the choice follows from the totals, and that the contract's view agrees with its events.
pub(super) fn check_choice(id: ChamberId, chamber: &PollChamber, view: &ChamberView) -> Option<Check> {
    let Some(counted) = chamber.tally.as_ref() else {
        let silent = || "the contract answers that it was tallied, but no event says so".to_owned();
        return view.tallied.then(|| Check::single(CheckName::Choice, Some(id), Err(silent())));
    };
    let expected = chamber_choice(&counted.totals, chamber.rule.quorum, chamber.rule.threshold_bps);
    let actual = counted.choice.map(usize::from);
    let outcome = match expected == actual {
        true => Ok(()),
        false => Err(format!("the totals give {}, the contract says {}", name_option(expected), name_option(actual))),
    };
    let answered = view.hasChoice.then_some(usize::from(view.choice));
    let outcome = outcome.and_then(|()| match view.tallied && view.totals == counted.totals && answered == actual {
        true => Ok(()),
        false => Err("the contract answers with other totals or another choice than its event".into()),
    });
    Some(Check::single(CheckName::Choice, Some(id), outcome))
}

/// Checks that the outcome follows from the chambers' choices, and that the contract's view agrees with its events.
pub(super) fn check_outcome(poll: &Poll, view: &PollView) -> Option<Check> {
    // The outcome is to be read only if the poll is decided.
    let read_outcome = |(state, option)| (state, if state == PollState::Decided { option } else { 0 });
    let answered = PollState::from_final(view.state).map(|state| (state, view.outcome));
    if answered.map(read_outcome) != poll.ended.map(read_outcome) {
        let reason = "the contract answers with another end of the poll than its event".to_owned();
        return Some(Check::single(CheckName::Outcome, None, Err(reason)));
    }
    let (state, option) = poll.ended?;
    let choices = poll.chambers.values().map(|chamber| chamber.tally.as_ref().and_then(|counted| counted.choice));
    let complete = poll
        .chambers
        .values()
        .all(|chamber| chamber.tally.is_some() || (chamber.latest.len() as u64) < u64::from(chamber.rule.min_ballots));
    let expected =
        poll_outcome(choices.map(|choice| choice.map(usize::from)), poll.options(), poll.parameters.chambers_required);
    let agrees = match state {
        PollState::Decided => complete && expected == Some(usize::from(option)),
        PollState::Rejected => complete && expected.is_none(),
        PollState::Undecided => !complete,
        _ => false,
    };
    let outcome = match agrees {
        true => Ok(()),
        false => Err(format!("the poll is {state}, but its chambers give {}", name_option(expected))),
    };
    Some(Check::single(CheckName::Outcome, None, outcome))
}

/// Returns the option that a chamber chooses: the only maximum, if the sum reaches the quorum and it reaches the
/// threshold.
pub fn chamber_choice(totals: &[u64], quorum: u64, threshold_bps: u16) -> Option<usize> {
    let sum: u128 = totals.iter().map(|&total| u128::from(total)).sum();
    let (option, most) = find_only_maximum(totals)?;
    let suffices = sum >= u128::from(quorum) && u128::from(most) * 10_000 >= u128::from(threshold_bps) * sum;
    suffices.then_some(option)
}

/// Returns the option that the most chambers choose, if they are at least `required` and no other option has as many.
pub fn poll_outcome(choices: impl Iterator<Item = Option<usize>>, options: usize, required: u8) -> Option<usize> {
    let mut votes = vec![0u64; options];
    for option in choices.flatten() {
        if let Some(count) = votes.get_mut(option) {
            *count += 1;
        }
    }
    find_only_maximum(&votes).filter(|(_, most)| *most >= u64::from(required)).map(|(option, _)| option)
}

/// Returns the index and value of the maximum, if it occurs once.
fn find_only_maximum(values: &[u64]) -> Option<(usize, u64)> {
    let greatest = *values.iter().max()?;
    let mut places = values.iter().enumerate().filter(|(_, value)| **value == greatest);
    let (place, _) = places.next()?;
    places.next().is_none().then_some((place, greatest))
}

fn name_option(option: Option<usize>) -> String {
    option.map_or_else(|| "no option".to_owned(), |option| format!("option {option}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chamber_chooses_the_only_maximum() {
        assert_eq!(chamber_choice(&[3, 5, 1], 0, 0), Some(1));
        assert_eq!(chamber_choice(&[5, 5, 1], 0, 0), None, "a tie");
        assert_eq!(chamber_choice(&[3, 5, 1], 9, 0), Some(1), "exactly the quorum");
        assert_eq!(chamber_choice(&[3, 5, 1], 10, 0), None, "below the quorum");
        assert_eq!(chamber_choice(&[5, 5 * 3, 0], 0, 7_500), Some(1), "exactly the threshold");
        assert_eq!(chamber_choice(&[5, 5 * 3, 0], 0, 7_501), None, "below the threshold");
        assert_eq!(chamber_choice(&[0, 0], 0, 0), None, "no one voted");
        assert_eq!(chamber_choice(&[], 0, 0), None);
    }

    #[test]
    fn outcome_needs_enough_chambers() {
        let choices = [Some(1), None, Some(1)];
        assert_eq!(poll_outcome(choices.into_iter(), 3, 2), Some(1));
        assert_eq!(poll_outcome(choices.into_iter(), 3, 3), None);
        assert_eq!(poll_outcome([None, None].into_iter(), 3, 1), None);
        assert_eq!(poll_outcome([Some(0), Some(2)].into_iter(), 3, 1), None, "two options with as many chambers");
    }
}
