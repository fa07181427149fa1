//! Sheet polls, their chambers and sheets, and versions of the charter.

use alloy::primitives::U256;
use psephos_protocol::{
    constants::sheet_blocks,
    identifiers::{ChamberId, SheetId},
};

use psephos_state::{
    ChainState, CharterVersion, SheetChamber, SheetPoll,
    bindings::{ICharters, IPolls, ISheets},
    compare,
    sheet::CastSheet,
    words,
};

use super::{
    super::{
        error::Part,
        view::{Views, ensure_equal, ensure_same, to_error},
    },
    polls::SLOTS,
};
use crate::error::ChainError;

pub(super) async fn compare_sheet(
    views: Views<'_>,
    state: &ChainState,
    id: SheetId,
    entry: &SheetPoll,
) -> Result<(), ChainError> {
    let part = |what| Part::Sheet(id, what);
    let (contract, sheet) = (state.deployment.sheets.sheets, U256::from(id.get()));
    let seen = views.call(contract, ISheets::sheetCall { id: sheet }).await?;
    ensure_same(part, compare::compare_sheet(entry, &seen))?;
    let chambers = views.call(contract, ISheets::chamberIdsCall { id: sheet }).await?;
    // The rule of adoption names chambers by their place.
    let listed: Vec<U256> = entry.parameters.chambers.iter().map(|rule| U256::from(rule.chamber.get())).collect();
    ensure_equal(part("chambers"), format!("{chambers:?}"), format!("{listed:?}"))?;
    for (&number, listed) in &entry.chambers {
        compare_sheet_chamber(views, state, (id, number), entry, listed).await?;
    }
    Ok(())
}

async fn compare_sheet_chamber(
    views: Views<'_>,
    state: &ChainState,
    (sheet, number): (SheetId, ChamberId),
    entry: &SheetPoll,
    listed: &SheetChamber,
) -> Result<(), ChainError> {
    let part = |what| Part::SheetChamber(sheet, number, what);
    let contract = state.deployment.sheets.sheets;
    let (id, chamber) = (U256::from(sheet.get()), U256::from(number.get()));
    let seen = views.call(contract, ISheets::chamberCall { id, chamberId: chamber }).await?;
    ensure_same(part, compare::compare_sheet_chamber(entry, listed, &seen))?;
    let mut totals = Vec::new();
    for block in 0..sheet_blocks(entry.parameters.size) {
        let call = ISheets::encryptedTotalCall { id, chamberId: chamber, blockIndex: U256::from(block) };
        totals.push(views.call(contract, call).await?);
    }
    ensure_same(part, compare::compare_sheet_totals(entry, listed, &totals))?;
    if seen.status == ISheets::ChamberStatus::Tallied {
        let counters = views.call(contract, ISheets::countersCall { id, chamberId: chamber }).await?;
        ensure_same(part, compare::compare_sheet_counters(entry, listed, &counters))?;
    }
    let sheets: Vec<&CastSheet> = listed.counted_sheets().collect();
    for sheets in sheets.chunks(SLOTS) {
        let nullifiers = sheets.iter().map(|sheet| words::from_field(&sheet.posted.nullifier)).collect();
        // The contract of sheet polls answers this call of polls as well.
        let call = IPolls::ballotSlotsCall { id, chamberId: chamber, nullifiers };
        let slots = views.call(contract, call).await?;
        compare::compare_sheet_slots(sheets, &slots).map_err(|difference| to_error(part, difference))?;
    }
    Ok(())
}

pub(super) async fn compare_charter(
    views: Views<'_>,
    state: &ChainState,
    number: u64,
    entry: &CharterVersion,
) -> Result<(), ChainError> {
    let call = ICharters::versionCall { number: U256::from(number) };
    let seen = views.call(state.deployment.sheets.charters, call).await?;
    ensure_same(|what| Part::Charter(number, what), compare::compare_charter_version(state, number, entry, &seen))
}
