//! The checks of totals, choices and the outcome (specification, section 10).

use psephos_protocol::{
    Point,
    constants::MAX_TOTAL,
    decision::{Decision, choose_option},
    identifiers::ChamberId,
};
use psephos_state::{
    ChainState, Poll, PollChamber, PollState,
    bindings::IPolls::{ChamberView, PollView},
};

use super::{Check, CheckName};
use crate::tally::Combination;

/// Checks `V_j·G + sk_j·C = D_j`, with `sk_j·C` combined from the shares that the contract used: a total is checked,
/// not searched for.
pub(super) fn check_totals(state: &ChainState, poll: &Poll, id: ChamberId, chamber: &PollChamber) -> Option<Check> {
    let tally = chamber.tally.as_ref()?;
    let Some(totals) = tally.exact_totals() else {
        let reason = "it is not rounded, and yet only buckets of its totals were published".to_owned();
        return Some(Check::single(CheckName::Totals, Some(id), Err(reason)));
    };
    let total = chamber.encrypted_total(poll.circuit_size());
    let threshold = state.committees.get(&poll.committee()).map_or(0, |committee| committee.threshold);
    let combined = Combination::from_mask(&chamber.shares, tally.trustees, threshold)
        .and_then(|combination| combination.combine_multiples(total.size()));
    let mut failures = Vec::new();
    if combined.is_none() && !total.c.is_identity() {
        failures.push("it was tallied with too few decryption shares".into());
    }
    let share = combined.unwrap_or_else(|| vec![Point::identity(); total.size()]);
    if totals.len() != poll.options() {
        failures.push(format!("there are {} totals for {} options", totals.len(), poll.options()));
    }
    let expected = totals.iter().copied().chain(std::iter::repeat(0));
    for (option, ((value, d), e)) in expected.zip(&total.d).zip(&share).enumerate() {
        if value > MAX_TOTAL || Point::generator().mul_u64(value) + *e != *d {
            failures.push(format!("the total of option {option} is not {value}"));
        }
    }
    failures.extend(check_minimum(chamber).err());
    Some(Check::new(CheckName::Totals, Some(id), totals.len(), failures))
}

/// Checks that a total of too few ballots was not decrypted.
pub(super) fn check_minimum(chamber: &PollChamber) -> Result<(), String> {
    let (ballots, minimum) = (chamber.latest.len(), chamber.rule.min_ballots);
    match ballots >= minimum as usize {
        true => Ok(()),
        false => Err(format!("it was decrypted with {ballots} ballots, but needs {minimum}")),
    }
}

/// Checks that the choice follows from the totals, and that the contract's view agrees with its events.
pub(super) fn check_choice(poll: &Poll, id: ChamberId, chamber: &PollChamber, view: &ChamberView) -> Option<Check> {
    let Some(tally) = chamber.tally.as_ref() else {
        let silent = || "the contract answers that it was tallied, but no event says so".to_owned();
        return view.tallied.then(|| Check::single(CheckName::Choice, Some(id), Err(silent())));
    };
    let kind = poll.parameters.decision;
    let actual = tally.choice.map(usize::from);
    let totals = tally.exact_totals();
    // The choice of a rounded chamber is a part of what its decision proves.
    let expected = match totals {
        Some(totals) => {
            kind.and_then(|kind| choose_option(kind, totals, chamber.rule.quorum, chamber.rule.threshold_bps))
        }
        None => actual,
    };
    let outcome = match expected == actual {
        true => Ok(()),
        false => Err(format!("the totals give {}, the contract says {}", name_option(expected), name_option(actual))),
    };
    let answered = view.hasChoice.then_some(usize::from(view.choice));
    let outcome =
        outcome.and_then(|()| match view.tallied && view.totals == totals.unwrap_or_default() && answered == actual {
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
    let decision = poll.decision();
    let agrees = match state {
        PollState::Decided => decision == Decision::Decided(usize::from(option)),
        PollState::Rejected => decision == Decision::Rejected,
        PollState::Undecided => decision == Decision::Open,
        PollState::Cancelled => {
            poll.parameters.cancellation.is_some() && poll.chambers.values().all(|chamber| chamber.tally.is_none())
        }
        _ => false,
    };
    let outcome = match agrees {
        true => Ok(()),
        false => Err(format!("the poll is {state}, but its chambers give {}", name_decision(decision))),
    };
    Some(Check::single(CheckName::Outcome, None, outcome))
}

fn name_option(option: Option<usize>) -> String {
    option.map_or_else(|| "no option".to_owned(), |option| format!("option {option}"))
}

fn name_decision(decision: Decision) -> String {
    match decision {
        Decision::Decided(option) => format!("option {option}"),
        Decision::Rejected => "no option".to_owned(),
        Decision::Open => "no sure decision".to_owned(),
    }
}
