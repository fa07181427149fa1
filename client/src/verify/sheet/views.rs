//! The check that the contracts' views of a sheet poll answer what their events lead to.

use psephos_chain::U256;
use psephos_state::{
    SheetPoll,
    compare::{self, Comparison},
};

use super::SheetEvidence;
use crate::verify::{Check, CheckName};

/// Compares all views of the evidence, but for encrypted totals, slots, the verdict and charters, which have checks of
/// their own.
pub(super) fn check_views(entry: &SheetPoll, evidence: &SheetEvidence) -> Check {
    let (sheet, state) = (evidence.sheet, &evidence.state);
    let mut all: Vec<(String, Comparison)> =
        vec![(format!("sheet poll {sheet}"), compare::compare_sheet(entry, &evidence.view))];
    let mut order = Comparison::default();
    let listed: Vec<U256> = entry.parameters.chambers.iter().map(|rule| U256::from(rule.chamber.get())).collect();
    order.compare("chambers", format!("{:?}", evidence.chamber_ids), format!("{listed:?}"));
    all.push((format!("sheet poll {sheet}"), order));
    for (id, answers) in &evidence.chambers {
        let Some(listed) = entry.chambers.get(id) else { continue };
        let what = format!("chamber {id} of sheet poll {sheet}");
        all.push((what.clone(), compare::compare_sheet_chamber(entry, listed, &answers.view)));
        if let Some(counters) = &answers.counters {
            all.push((what.clone(), compare::compare_sheet_counters(entry, listed, counters)));
        }
        let mut known = Comparison::default();
        known.compare("totals of all cells", answers.counters.is_some(), listed.is_tallied(entry.used_blocks()));
        all.push((what, known));
    }
    for (id, (name, policy)) in &evidence.names {
        if let Some(chamber) = state.chambers.get(id) {
            all.push((format!("chamber {id}"), compare::compare_chamber(chamber, name, *policy)));
        }
    }
    let id = entry.parameters.committee;
    if let (Some(committee), Some(view)) = (state.committees.get(&id), &evidence.committee) {
        all.push((format!("committee {id}"), compare::compare_committee(state, id, committee, view)));
    }
    let count = all.iter().map(|(_, comparison)| comparison.count).sum();
    let differences = all.into_iter().flat_map(|(of, comparison)| {
        comparison.differences.into_iter().map(move |difference| format!("{of}: {difference}"))
    });
    Check::new(CheckName::Views, None, count, differences.collect())
}
