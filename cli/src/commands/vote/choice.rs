//! A voter's choice: by the name of an option, by its number, or as numbers for all options; and its meaning in words.

use psephos_chain::Address;
use psephos_client::{ChainState, voter};
use psephos_protocol::identifiers::PollId;
use psephos_protocol::rule::RuleKind;
use psephos_state::Poll;

use super::{Place, VoteArgs};
use crate::commands::poll::text::read_text;
use crate::failure::Failure;
use crate::format::thousands;
use crate::table::to_printable;

/// Returns one number for each option, from whichever of the options says them.
pub(super) fn read_choices(poll: &Poll, id: PollId, args: &VoteArgs) -> Result<Vec<u64>, Failure> {
    if let Some(choices) = &args.choices {
        return Ok(choices.clone());
    }
    let position = match (&args.choice, args.option) {
        (Some(name), _) => find_option(&read_text(poll).options, name)
            .ok_or_else(|| format!("{:?} is not the name of an option of poll {id}", to_printable(name))),
        (None, Some(number)) if (1..=poll.options()).contains(&number) => Ok(number - 1),
        (None, Some(number)) => Err(format!("option {number} is not an option of poll {id}")),
        (None, None) => Err(format!("no option of poll {id} is named")),
    };
    match position {
        Ok(position) => Ok(voter::single_choice(poll.options(), position)),
        Err(what) => {
            let hint = format!("options are 1 to {}: `psephos poll show {id}` lists them", poll.options());
            Err(Failure::invalid_input(what, hint))
        }
    }
}

/// Finds an option by its name, in any case of letters. Of options whose names differ in case only, the exact one.
fn find_option(names: &[String], wanted: &str) -> Option<usize> {
    let wanted = wanted.trim();
    if let Some(position) = names.iter().position(|name| name == wanted) {
        return Some(position);
    }
    let lower = wanted.to_lowercase();
    let mut same = names.iter().enumerate().filter(|(_, name)| name.to_lowercase() == lower);
    let first = same.next();
    first.filter(|_| same.next().is_none()).map(|(position, _)| position)
}

/// A choice in words, and what its voter may not have meant.
pub(super) struct Description {
    pub(super) text: String,
    pub(super) warning: Option<String>,
}

/// Describes a choice before it is proved: which option gets what, and how much of a budget is left.
pub(super) fn describe(
    state: &ChainState,
    place: Place,
    account: Address,
    choices: &[u64],
) -> Result<Description, Failure> {
    let poll = state.poll(place.poll)?;
    let (listed, frozen) = state.opened_chamber(place.poll, place.chamber)?;
    let names = read_text(poll).options;
    let given: Vec<String> = names
        .iter()
        .zip(choices)
        .filter(|(_, choice)| **choice > 0)
        .map(|(name, choice)| match poll.parameters.rule.kind {
            Some(RuleKind::Plurality | RuleKind::Approval) => to_printable(name),
            _ => format!("{} {}", to_printable(name), thousands(*choice)),
        })
        .collect();
    let mut text = match given.is_empty() {
        true => "Your ballot: nothing to any option".to_owned(),
        false => format!("Your ballot: {}", given.join(", ")),
    };
    let spent = match poll.parameters.rule.kind {
        Some(RuleKind::Cumulative) => choices.iter().fold(0, |sum: u64, choice| sum.saturating_add(*choice)),
        Some(RuleKind::Quadratic) => {
            choices.iter().fold(0, |sum: u64, choice| sum.saturating_add(choice.saturating_mul(*choice)))
        }
        _ => return Ok(Description { text, warning: None }),
    };
    let weight = frozen.chamber.members.get(&account).map_or(0, |member| member.weight.get());
    let budget = if listed.rule.weighted { weight } else { u64::from(poll.parameters.rule.parameter) };
    text.push_str(&format!(" ({} of {} credits)", thousands(spent), thousands(budget)));
    let left = budget.saturating_sub(spent);
    // A voter who names one option in such a poll gives it one credit.
    let warning = (left > budget / 2).then(|| {
        format!("{} of {} credits are not used: give more with --choices N,N,..", thousands(left), thousands(budget))
    });
    Ok(Description { text, warning })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_by_name_in_any_case() {
        let names = ["For", "Against", "a", "A"].map(str::to_owned);
        for (wanted, expected) in
            [("For", Some(0)), ("for", Some(0)), (" AGAINST ", Some(1)), ("a", Some(2)), ("A", Some(3)), ("F", None)]
        {
            assert_eq!(find_option(&names, wanted), expected, "{wanted}");
        }
        assert_eq!(find_option(&["é", "É"].map(str::to_owned), "É"), Some(1));
    }
}
