//! The checks of the end of a sheet poll, and of what it adopts.

use std::collections::BTreeMap;

use psephos_charter::outcome::Outcome;
use psephos_protocol::identifiers::SheetId;
use psephos_state::{
    SheetPoll, SheetState,
    bindings::{IBridging::Verdict, ISheets::SheetView},
};

use crate::{
    sheets::decide_sheet,
    verify::{BlockEvidence, Check, CheckName},
};

/// Checks that the state in which a sheet poll ended follows from its chambers, and that the contract's view agrees;
/// `None` if it has not ended.
pub(super) fn check_end(entry: &SheetPoll, view: &SheetView, blocks: &BTreeMap<u64, BlockEvidence>) -> Option<Check> {
    let answered = SheetState::from_final(view.state);
    let ended = entry.ended.map(|(state, _)| state);
    if answered != ended {
        let reason = "the contract answers with another end of the sheet poll than its event".to_owned();
        return Some(Check::single(CheckName::Outcome, None, Err(reason)));
    }
    let (state, position) = entry.ended?;
    let used = entry.used_blocks();
    let pending: Vec<String> = entry
        .chambers
        .iter()
        .filter(|(_, chamber)| !chamber.pending_blocks(used).is_empty())
        .map(|(id, _)| id.to_string())
        .collect();
    let late = blocks.get(&position.block).is_some_and(|block| block.time > entry.parameters.tally_deadline);
    let decrypted = entry.chambers.values().any(|chamber| chamber.turnout.is_some() || !chamber.shares.is_empty());
    let agrees = match state {
        SheetState::Finished => pending.is_empty(),
        SheetState::Undecided => !pending.is_empty() && late,
        SheetState::Cancelled => entry.parameters.cancellation.is_some() && !decrypted,
        _ => false,
    };
    let outcome = match agrees {
        true => Ok(()),
        false => Err(format!("it is {state}, with [{}] as the chambers that wait for a tally", pending.join(", "))),
    };
    Some(Check::single(CheckName::Outcome, None, outcome))
}

/// Checks that the contract `Bridging` judges what follows from the totals, and nothing before they are known.
pub(super) fn check_adoption(sheet: SheetId, entry: &SheetPoll, verdict: Option<&Verdict>) -> Check {
    let computed = decide_sheet(sheet, entry).map(|outcome| outcome.outcomes);
    let outcome = match (computed, verdict) {
        (Ok(None), None) | (Err(_), None) => Ok(()),
        (Ok(Some(outcomes)), Some(verdict)) => compare_verdict(&outcomes, verdict),
        (Ok(Some(_)), None) => Err("its totals decide its statements, but the contract does not judge them".to_owned()),
        (Ok(None), Some(_)) => Err("the contract judges its statements, but it has no rule of adoption".to_owned()),
        (Err(error), Some(_)) => Err(format!("the contract judges its statements, but {error}")),
    };
    Check::single(CheckName::Adoption, None, outcome)
}

fn compare_verdict(outcomes: &[Outcome], verdict: &Verdict) -> Result<(), String> {
    let mask = |wanted: Outcome| {
        let found = outcomes.iter().enumerate().filter(|(place, outcome)| *place < 64 && **outcome == wanted);
        found.fold(0u64, |mask, (place, _)| mask | 1 << place)
    };
    for (what, computed, answered) in [
        ("adopted", mask(Outcome::Adopted), verdict.adopted),
        ("contested", mask(Outcome::Contested), verdict.contested),
        ("unheard", mask(Outcome::Unheard), verdict.unheard),
    ] {
        if computed != answered {
            return Err(format!(
                "by its totals the statements {computed:#x} are {what}, the contract says {answered:#x}"
            ));
        }
    }
    Ok(())
}
