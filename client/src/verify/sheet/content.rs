//! The checks of what a sheet poll is: its events fit together, its fingerprint, its statements.

use psephos_protocol::identifiers::SheetId;
use psephos_state::{ChainState, SheetPoll, SheetState, Subject, bindings::ISheets::SheetView, sheet::SheetChamber};

use crate::{
    sheets::read_sheet_text,
    verify::{Check, CheckName},
};

/// Checks that all events are consistent, and that none is missing that others follow from.
pub(super) fn check_events(state: &ChainState, sheet: SheetId, entry: &SheetPoll) -> Check {
    // An event of a sheet poll that does not exist is of none: any may miss it.
    let concerned = state.findings.iter().filter(|finding| match finding.subject {
        Subject::Sheet(other) => other == sheet || !state.sheets.contains_key(&other),
        _ => finding.concerns_sheet(sheet),
    });
    let mut failures: Vec<String> = concerned.map(ToString::to_string).collect();
    failures.extend(find_missing_events(entry));
    Check::new(CheckName::Events, None, 1, failures)
}

/// Finds missing events: a sheet poll that is opened has all of its chambers frozen; sheets, shares, totals and the end
/// follow its opening, and totals of statements the turnout.
fn find_missing_events(entry: &SheetPoll) -> Vec<String> {
    let mut failures = Vec::new();
    let any = |test: fn(&SheetChamber) -> bool| entry.chambers.values().any(test);
    let used = any(|one| !one.sheets.is_empty() || !one.shares.is_empty() || one.turnout.is_some());
    let ended = entry.ended.is_some_and(|(state, _)| state != SheetState::Cancelled);
    if !entry.opened && (used || ended || any(|one| one.frozen.is_some())) {
        failures.push("no event opens the sheet poll, but later ones require that it was opened".into());
    }
    if entry.opened {
        let unfrozen = entry.chambers.iter().filter(|(_, chamber)| chamber.frozen.is_none());
        failures.extend(unfrozen.map(|(id, _)| format!("the sheet poll was opened, but chamber {id} was not")));
    }
    for (id, chamber) in &entry.chambers {
        if chamber.turnout.is_none() && !chamber.blocks.is_empty() {
            failures.push(format!("chamber {id}: totals of statements were tallied, but no turnout"));
        }
    }
    failures
}

/// Checks that the contract has the fingerprint that follows from the parameters and the committee's keys.
pub(super) fn check_fingerprint(entry: &SheetPoll, view: &SheetView) -> Check {
    let outcome = match entry.fingerprint {
        Some(computed) if computed.to_bytes() == view.fingerprint.0 => Ok(()),
        Some(computed) => {
            Err(format!("the sheet poll has fingerprint {computed}, the contract says {}", view.fingerprint))
        }
        None => Err(format!("committee {} had no keys when the sheet poll was created", entry.parameters.committee)),
    };
    Check::single(CheckName::Fingerprint, None, outcome)
}

/// Checks that the published statements are those of the agenda to which sheets are bound, one for each used cell.
pub(super) fn check_text(sheet: SheetId, entry: &SheetPoll) -> Check {
    match read_sheet_text(sheet, entry) {
        Ok(text) => Check::new(CheckName::Text, None, text.agenda.len(), Vec::new()),
        Err(error) => Check::single(CheckName::Text, None, Err(error.to_string())),
    }
}
