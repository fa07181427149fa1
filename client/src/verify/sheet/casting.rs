//! The checks of how sheets were cast in a chamber: census, context, proofs, replacements, batches, slots, and the
//! encrypted totals.

use psephos_chain::U256;
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::{
    ChainState, SheetPoll, compare,
    sheet::{CastSheet, FrozenSheetChamber, SheetChamber},
    words,
};

use super::SheetChamberEvidence;
use crate::{
    sheets::{check_sheet_count, find_invalid_sheet_replacements, find_unproved_sheets, recompute_sheet_context},
    verify::{BallotVerifier, Check, CheckName, casting::check_batches},
};

/// Checks the sheets of a chamber against the contract's views of it; none if the chamber was not opened.
pub(super) fn check_casting<V: BallotVerifier>(
    state: &ChainState,
    verifier: &V,
    sheet: SheetId,
    id: ChamberId,
    answers: &SheetChamberEvidence,
) -> Vec<Check> {
    let Ok((listed, frozen)) = state.opened_sheet_chamber(sheet, id) else { return Vec::new() };
    let Ok(entry) = state.sheet(sheet) else { return Vec::new() };
    let (sheets, members) = (listed.sheets.len(), frozen.chamber.members.len());
    let many = |name, count, failures| Check::new(name, Some(id), count, failures);
    let census = check_census(frozen, answers).err().into_iter().collect();
    let counted = check_sheet_count(listed, frozen).and_then(|()| compare_count(listed, answers));
    let cast = listed.sheets.iter().map(|cast| (cast.position.transaction, cast.posted.nullifier));
    vec![
        many(CheckName::Census, members, census),
        Check::single(CheckName::Context, Some(id), check_context(state, sheet, id, frozen, answers)),
        many(CheckName::BallotProofs, sheets, find_unproved_sheets(verifier, listed, frozen)),
        many(CheckName::Replacements, sheets, find_invalid_sheet_replacements(listed)),
        Check::single(CheckName::BallotCount, Some(id), counted),
        check_batches(id, cast, &listed.skips, &listed.batches),
        check_slots(id, listed, answers),
        check_encrypted_totals(entry, id, listed, answers),
    ]
}

fn check_census(frozen: &FrozenSheetChamber, answers: &SheetChamberEvidence) -> Result<(), String> {
    let (rebuilt, view) = (frozen.chamber.census.root(), &answers.view);
    if rebuilt != frozen.root {
        return Err("the census rebuilt from enrolments has another root than the frozen one".into());
    }
    let members = frozen.chamber.members.len();
    match words::from_field(&rebuilt) == view.root {
        true if usize::try_from(view.members) == Ok(members) => Ok(()),
        true => Err(format!("the contract answers with {} members, the events give {members}", view.members)),
        false => Err(format!("the contract answers with root {}", view.root)),
    }
}

fn check_context(
    state: &ChainState,
    sheet: SheetId,
    id: ChamberId,
    frozen: &FrozenSheetChamber,
    answers: &SheetChamberEvidence,
) -> Result<(), String> {
    let computed = recompute_sheet_context(state, sheet, id).map_err(|error| error.to_string())?;
    if computed != frozen.ctx {
        let [given, in_force] = [computed, frozen.ctx].map(|ctx| ctx.to_hex());
        return Err(format!("the events give the context {given}, the one in force is {in_force}"));
    }
    match words::from_field(&computed) == answers.view.ctx {
        true => Ok(()),
        false => Err(format!("the contract answers with context {}", answers.view.ctx)),
    }
}

fn compare_count(listed: &SheetChamber, answers: &SheetChamberEvidence) -> Result<(), String> {
    let (sheets, counted) = (listed.latest.len(), answers.view.ballots);
    match counted as usize == sheets {
        true => Ok(()),
        false => Err(format!("the contract counts {counted} sheets, the events {sheets}")),
    }
}

/// Checks that the contract has fingerprint and ordinal of every sheet that counts in its nullifier's slot.
fn check_slots(id: ChamberId, listed: &SheetChamber, answers: &SheetChamberEvidence) -> Check {
    let sheets: Vec<&CastSheet> = listed.counted_sheets().collect();
    let slot = |sheet: &&CastSheet| {
        answers.slots.get(&words::from_field(&sheet.posted.nullifier)).copied().unwrap_or_default()
    };
    let slots: Vec<U256> = sheets.iter().map(slot).collect();
    let failures = compare::compare_sheet_slots(&sheets, &slots).err().map(|difference| difference.to_string());
    Check::new(CheckName::Slots, Some(id), sheets.len(), failures.into_iter().collect())
}

fn check_encrypted_totals(
    entry: &SheetPoll,
    id: ChamberId,
    listed: &SheetChamber,
    answers: &SheetChamberEvidence,
) -> Check {
    let comparison = compare::compare_sheet_totals(entry, listed, &answers.totals);
    let failures = match comparison.differences.len() {
        0 => Vec::new(),
        other => vec![format!("the contract's totals of {other} blocks are not the sums of the sheets that count")],
    };
    Check::new(CheckName::EncryptedTotal, Some(id), comparison.count, failures)
}
