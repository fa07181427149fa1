//! Totals, choices and the outcome (specification, section 10).

use psephos_protocol::{Point, constants::MAX_TOTAL};
use psephos_state::{
    ChainState, Poll, PollChamber, PollState,
    bindings::IPolls::{ChamberView, PollView, State},
};

use super::{Check, CheckName};
use crate::tally::Combination;

/// `V_j·G + sk_j·C = D_j`, with `sk_j·C` combined from the shares that the contract used: a total is checked, not searched for.
pub(super) fn totals(replay: &ChainState, poll: &Poll, id: u64, chamber: &PollChamber) -> Option<Check> {
    let counted = chamber.tally.as_ref()?;
    let total = chamber.encrypted_total(poll.circuit_size());
    let threshold = replay.committees.get(&poll.parameters.committee).map_or(0, |committee| committee.threshold);
    let combined = Combination::of(&chamber.shares, counted.trustees, threshold)
        .and_then(|combination| combination.multiples(total.size()));
    let mut failures = Vec::new();
    if combined.is_none() && !total.c.is_identity() {
        failures.push("it was counted without as many shares as it takes".into());
    }
    let share = combined.unwrap_or_else(|| vec![Point::identity(); total.size()]);
    if counted.totals.len() != poll.options() {
        failures.push(format!("{} totals for {} options", counted.totals.len(), poll.options()));
    }
    let expected = counted.totals.iter().copied().chain(std::iter::repeat(0));
    for (option, ((value, d), e)) in expected.zip(&total.d).zip(&share).enumerate() {
        if value > MAX_TOTAL || Point::generator().mul_u64(value) + *e != *d {
            failures.push(format!("the total of option {option} is not {value}"));
        }
    }
    if (chamber.latest.len() as u64) < u64::from(chamber.rule.minBallots) {
        failures.push(format!(
            "it was opened with {} ballots, {} are needed",
            chamber.latest.len(),
            chamber.rule.minBallots
        ));
    }
    Some(Check::new(CheckName::Totals, Some(id), counted.totals.len(), failures))
}

/// The choice follows from the totals, and the contract answers whoever asks with what its events say.
pub(super) fn choice(id: u64, chamber: &PollChamber, view: &ChamberView) -> Option<Check> {
    let Some(counted) = chamber.tally.as_ref() else {
        let silent = || "the contract calls it counted, and no event does".to_owned();
        return view.tallied.then(|| Check::one(CheckName::Choice, Some(id), Err(silent())));
    };
    let expected = chosen(&counted.totals, chamber.rule.quorum, chamber.rule.thresholdBps);
    let actual = counted.choice.map(usize::from);
    let outcome = match expected == actual {
        true => Ok(()),
        false => Err(format!("the totals give {}, the contract says {}", name(expected), name(actual))),
    };
    let answered = view.hasChoice.then_some(usize::from(view.choice));
    let outcome = outcome.and_then(|()| match view.tallied && view.totals == counted.totals && answered == actual {
        true => Ok(()),
        false => Err("the contract answers with other totals or another choice than its event".into()),
    });
    Some(Check::one(CheckName::Choice, Some(id), outcome))
}

pub(super) fn outcome(poll: &Poll, view: &PollView) -> Option<Check> {
    let answered = match view.state {
        State::Decided => Some((PollState::Decided, view.outcome)),
        State::Rejected => Some((PollState::Rejected, 0)),
        State::Undecided => Some((PollState::Undecided, 0)),
        _ => None,
    };
    let said = poll.ended.map(|(state, option)| (state, if state == PollState::Decided { option } else { 0 }));
    if answered != said {
        let reason = "the contract answers with another end of the poll than its event".to_owned();
        return Some(Check::one(CheckName::Outcome, None, Err(reason)));
    }
    let (state, option) = poll.ended?;
    let choices = poll.chambers.values().map(|chamber| chamber.tally.as_ref().and_then(|counted| counted.choice));
    let complete = poll
        .chambers
        .values()
        .all(|chamber| chamber.tally.is_some() || (chamber.latest.len() as u64) < u64::from(chamber.rule.minBallots));
    let expected =
        decided(choices.map(|choice| choice.map(usize::from)), poll.options(), poll.parameters.chambersRequired);
    let agrees = match state {
        PollState::Decided => complete && expected == Some(usize::from(option)),
        PollState::Rejected => complete && expected.is_none(),
        PollState::Undecided => !complete,
        _ => false,
    };
    let outcome = match agrees {
        true => Ok(()),
        false => Err(format!("the poll is {state}, but its chambers give {}", name(expected))),
    };
    Some(Check::one(CheckName::Outcome, None, outcome))
}

/// The option that a chamber chooses: the only maximum, if the sum reaches the quorum and it the threshold.
pub fn chosen(totals: &[u64], quorum: u64, threshold_bps: u16) -> Option<usize> {
    let sum: u128 = totals.iter().map(|&total| u128::from(total)).sum();
    let (option, most) = only_maximum(totals)?;
    let enough = sum >= u128::from(quorum) && u128::from(most) * 10_000 >= u128::from(threshold_bps) * sum;
    enough.then_some(option)
}

/// The option that the most chambers choose, if they are at least `required` and no other has as many.
pub fn decided(choices: impl Iterator<Item = Option<usize>>, options: usize, required: u8) -> Option<usize> {
    let mut votes = vec![0u64; options];
    for option in choices.flatten() {
        if let Some(count) = votes.get_mut(option) {
            *count += 1;
        }
    }
    only_maximum(&votes).filter(|(_, most)| *most >= u64::from(required)).map(|(option, _)| option)
}

/// Where the greatest value is, if it is there only.
fn only_maximum(values: &[u64]) -> Option<(usize, u64)> {
    let most = *values.iter().max()?;
    let mut places = values.iter().enumerate().filter(|(_, value)| **value == most);
    let (place, _) = places.next()?;
    places.next().is_none().then_some((place, most))
}

fn name(option: Option<usize>) -> String {
    option.map_or_else(|| "no option".to_owned(), |option| format!("option {option}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chamber_chooses_the_only_maximum() {
        assert_eq!(chosen(&[3, 5, 1], 0, 0), Some(1));
        assert_eq!(chosen(&[5, 5, 1], 0, 0), None, "a tie");
        assert_eq!(chosen(&[3, 5, 1], 9, 0), Some(1), "exactly the quorum");
        assert_eq!(chosen(&[3, 5, 1], 10, 0), None, "below the quorum");
        assert_eq!(chosen(&[5, 5 * 3, 0], 0, 7_500), Some(1), "exactly the threshold");
        assert_eq!(chosen(&[5, 5 * 3, 0], 0, 7_501), None, "below the threshold");
        assert_eq!(chosen(&[0, 0], 0, 0), None, "nobody voted");
        assert_eq!(chosen(&[], 0, 0), None);
    }

    #[test]
    fn a_poll_needs_enough_chambers() {
        let choices = [Some(1), None, Some(1)];
        assert_eq!(decided(choices.into_iter(), 3, 2), Some(1));
        assert_eq!(decided(choices.into_iter(), 3, 3), None);
        assert_eq!(decided([None, None].into_iter(), 3, 1), None);
        assert_eq!(decided([Some(0), Some(2)].into_iter(), 3, 1), None, "two options with as many chambers");
    }
}
