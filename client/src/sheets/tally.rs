//! The tally of a sheet poll: turnouts and totals from decryption shares, and its end. Anyone may do it.

use psephos_chain::{ChainError, Connection, Sent, StateSource, U256};
use psephos_protocol::{
    Point,
    constants::WIDE_COUNTER_BITS,
    dlog::{CellSearch, find_turnout},
    identifiers::{ChamberId, SheetId},
    sheet::{CellTotals, Counters, Turnout},
};
use psephos_state::{
    ChainState, Deployment, SheetState,
    bindings::ISheets::{ShareCombination, finaliseCall, tallyBlockCall, tallyTurnoutCall},
    sheet::{BlockShare, SheetChamber},
    words,
};

use super::SheetsError;
use crate::{
    progress::{Observer, Phase},
    tally::Interpolation,
};

/// The totals of a block of statements, packed as the contract takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockTotals {
    /// The block, from 1.
    pub block: usize,
    /// The packed totals of its used cells.
    pub totals: Vec<u64>,
}

/// Finds a chamber's turnout from its decryption shares, with the share combination that proves it to the contract.
///
/// # Errors
/// Returns `Chain` if there is no such chamber, `SharesMissing`, or `NoTotal`.
pub fn find_turnout_total(
    state: &ChainState,
    sheet: SheetId,
    chamber: ChamberId,
) -> Result<(Turnout, ShareCombination), SheetsError> {
    let (listed, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let counters = state.sheet(sheet)?.form()?.counters();
    let (points, combination) = decrypt_block(state, sheet, listed, 0)?;
    let members = frozen.chamber.members.len() as u64;
    let found = points.first().map(|point| find_turnout(counters, point, members));
    let refuse = |reason| SheetsError::NoTotal { chamber, block: 0, reason };
    let turnout = found.unwrap_or(Err(psephos_protocol::sheet::CounterError::NotFound)).map_err(refuse)?;
    Ok((turnout, combination))
}

/// Finds the totals of a block of a chamber's statements from its decryption shares. `search` is one of the chamber's
/// turnout, and serves all of its blocks.
///
/// # Errors
/// Returns `Chain` if there is no such chamber, `SharesMissing`, or `NoTotal`.
pub fn find_block_totals(
    state: &ChainState,
    sheet: SheetId,
    chamber: ChamberId,
    block: usize,
    search: &CellSearch,
) -> Result<(BlockTotals, ShareCombination), SheetsError> {
    let (listed, _) = state.opened_sheet_chamber(sheet, chamber)?;
    let form = state.sheet(sheet)?.form()?;
    let (points, combination) = decrypt_block(state, sheet, listed, block)?;
    let first = psephos_protocol::constants::BLOCK_CELLS * block.saturating_sub(1);
    let used = form.count().saturating_sub(first).min(points.len());
    let refuse = |reason| SheetsError::NoTotal { chamber, block, reason };
    let solve = |point: &Point| Ok(pack_cell(form.counters(), search.solve(point).map_err(refuse)?));
    let totals = points[..used].iter().map(solve).collect::<Result<Vec<u64>, SheetsError>>()?;
    Ok((BlockTotals { block, totals }, combination))
}

/// Returns the packed total of a cell, as the contract takes it.
fn pack_cell(counters: Counters, cell: CellTotals) -> u64 {
    let bits = match counters {
        Counters::Wide => WIDE_COUNTER_BITS,
        Counters::Camps => psephos_protocol::constants::CAMP_COUNTER_BITS,
    };
    let parts = [cell.agree[0], cell.disagree[0], cell.agree[1], cell.disagree[1]];
    parts.iter().enumerate().fold(0, |packed, (place, part)| packed | part << (bits * place))
}

/// Decrypts a block: returns the points `V_j·G`, and the share combination.
fn decrypt_block(
    state: &ChainState,
    sheet: SheetId,
    listed: &SheetChamber,
    block: usize,
) -> Result<(Vec<Point>, ShareCombination), SheetsError> {
    let (entry, chamber) = (state.sheet(sheet)?, listed.rule.chamber);
    let total = listed.encrypted_total(entry.parameters.size);
    let unknown = || crate::parameters::inconsistent(format_args!("there is no block {block}"));
    let total = total.blocks().get(block).ok_or_else(unknown)?;
    if total.c.is_identity() {
        return Ok((total.d.clone(), no_shares()));
    }
    let needed = state.committee(entry.parameters.committee)?.threshold as usize;
    let mut shares: Vec<&BlockShare> = listed.shares_of(block).collect();
    let posted = shares.len();
    shares.sort_by_key(|share| share.index);
    shares.truncate(needed);
    let indices: Vec<u64> = shares.iter().map(|share| share.index).collect();
    let missing = SheetsError::SharesMissing { chamber, block, posted, needed };
    let Some(interpolation) = (shares.len() == needed).then(|| Interpolation::of_indices(&indices)).flatten() else {
        return Err(missing);
    };
    let parts: Vec<&[Point]> = shares.iter().map(|share| share.points.as_slice()).collect();
    let multiples = interpolation.combine(&parts, total.d.len()).ok_or(missing)?;
    let decrypted = total.d.iter().zip(&multiples).map(|(&d, &e)| d - e).collect();
    let combination = ShareCombination {
        trustees: indices.iter().fold(U256::ZERO, |bits, index| bits | U256::from(1) << *index),
        denominator: interpolation.denominator(),
        coefficients: interpolation.numerators(),
        shares: shares.iter().flat_map(|share| words::from_points(&share.points)).collect(),
    };
    Ok((decrypted, combination))
}

fn no_shares() -> ShareCombination {
    ShareCombination { trustees: U256::ZERO, denominator: U256::ZERO, coefficients: Vec::new(), shares: Vec::new() }
}

/// Tallies all of a closed sheet poll that has enough decryption shares: first turnouts, then blocks of statements.
/// Returns the number of transactions. It is run again once trustees have posted shares of the blocks.
///
/// # Errors
/// Returns `Chain` with `WrongSheetState` if it is not closed, or if a transaction is not accepted; `NoTotal`.
pub async fn tally_sheet(
    source: &dyn StateSource,
    connection: &Connection,
    sheet: SheetId,
    observer: &dyn Observer,
) -> Result<Vec<Sent>, SheetsError> {
    let state = source.read_state().await?;
    state.require_sheet_state(sheet, SheetState::Closed)?;
    let entry = state.sheet(sheet)?;
    let pending = |chamber: &SheetChamber| chamber.pending_blocks(entry.used_blocks());
    let work: Vec<(ChamberId, Vec<usize>)> =
        entry.chambers.iter().map(|(id, chamber)| (*id, pending(chamber))).collect();
    observer.begin(Phase::Tally, work.iter().map(|(_, blocks)| blocks.len() as u64).sum());
    let mut sent = Vec::new();
    for (chamber, blocks) in work {
        let mut search = None;
        for block in blocks {
            match tally_block(connection, &state, sheet, chamber, block, &mut search).await {
                Ok(transaction) => sent.push(transaction),
                Err(error @ SheetsError::SharesMissing { .. }) => observer.note(Phase::Tally, &error.to_string()),
                // Anyone may tally, and someone else did.
                Err(error) if error.revert_name() == Some("AlreadyTallied") => {}
                Err(error) => return Err(error),
            }
            observer.advance(Phase::Tally, 1);
        }
    }
    observer.end(Phase::Tally);
    Ok(sent)
}

/// Finds and posts the turnout or the totals of one block.
async fn tally_block(
    connection: &Connection,
    state: &ChainState,
    sheet: SheetId,
    chamber: ChamberId,
    block: usize,
    search: &mut Option<CellSearch>,
) -> Result<Sent, SheetsError> {
    let contract = state.deployment.sheets.sheets;
    let (sheet_word, chamber_word) = (U256::from(sheet.get()), U256::from(chamber.get()));
    if block == 0 {
        let (turnout, combination) = find_turnout_total(state, sheet, chamber)?;
        let refuse = |_| crate::parameters::inconsistent("a turnout has more than 32 bits");
        let turnout = [u32::try_from(turnout.lower).map_err(refuse)?, u32::try_from(turnout.upper).map_err(refuse)?];
        let call = tallyTurnoutCall { sheet: sheet_word, chamber: chamber_word, turnout, combination };
        return Ok(connection.send_call(contract, &call).await?);
    }
    let (listed, _) = state.opened_sheet_chamber(sheet, chamber)?;
    let missing = || crate::parameters::inconsistent("a block is tallied before the turnout");
    let turnout = listed.turnout.ok_or_else(missing)?.turnout;
    let search = match search {
        Some(search) => search,
        None => {
            let counters = state.sheet(sheet)?.form()?.counters();
            let refuse = |reason| SheetsError::NoTotal { chamber, block, reason };
            search.insert(CellSearch::new(counters, turnout).map_err(refuse)?)
        }
    };
    let (totals, combination) = find_block_totals(state, sheet, chamber, block, search)?;
    let call = tallyBlockCall {
        sheet: sheet_word,
        chamber: chamber_word,
        blockIndex: U256::from(block),
        totals: totals.totals,
        combination,
    };
    Ok(connection.send_call(contract, &call).await?)
}

/// Ends a sheet poll: once every chamber is settled, and after the tally deadline in any case.
///
/// # Errors
/// Returns `Reverted` with `TallyIncomplete` or `WrongState`, or another [`ChainError`].
pub async fn finalise_sheet(
    connection: &Connection,
    deployment: &Deployment,
    sheet: SheetId,
) -> Result<Sent, ChainError> {
    connection.send_call(deployment.sheets.sheets, &finaliseCall { sheet: U256::from(sheet.get()) }).await
}
