//! Sheet polls, their chambers and sheets.

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{constants::sheet_blocks, sheet::CellTotals};

use super::{Comparison, Difference, polls::compare_words};
use crate::{
    bindings::ISheets::{self, ChamberStatus},
    sheet::{AdoptionTerms, CastSheet, FrozenSheetChamber, SheetChamber, SheetChamberRule, SheetPoll, SheetState},
    words,
};

/// Compares a sheet poll.
pub fn compare_sheet(entry: &SheetPoll, seen: &ISheets::SheetView) -> Comparison {
    let mut comparison = Comparison::default();
    let said = &entry.parameters;
    // The fingerprint is computed here from all parameters, so that it covers the texts of the cells too.
    let fingerprint = entry.fingerprint.map_or(B256::ZERO, |fingerprint| B256::from(fingerprint.to_bytes()));
    comparison.compare("fingerprint", seen.fingerprint, fingerprint);
    comparison.compare("creator", seen.creator, entry.creator);
    comparison.compare("proposal", seen.proposal, said.proposal);
    comparison.compare("agenda", seen.agenda, B256::from(said.agenda));
    comparison.compare("size", usize::from(seen.size), said.size);
    let form = said.form.as_ref().ok().map(|form| (words::from_field(&form.hash()), ISheets::Form::from(form)));
    let of_form = |what: &dyn Fn(&(U256, ISheets::Form)) -> String| form.as_ref().map_or("no form".into(), what);
    comparison.compare("hash of the form", seen.formHash.to_string(), of_form(&|(hash, _)| hash.to_string()));
    comparison.compare("number of cells", seen.count.to_string(), of_form(&|(_, form)| form.count.to_string()));
    comparison.compare("kind", format!("{:?}", seen.kind), of_form(&|(_, form)| format!("{:?}", form.kind)));
    comparison.compare("camps", seen.camps.to_string(), of_form(&|(_, form)| form.camps.to_string()));
    comparison.compare("opening", seen.opensAt, said.opens_at);
    comparison.compare("close", seen.closesAt, said.closes_at);
    comparison.compare("tally deadline", seen.tallyDeadline, said.tally_deadline);
    let (canceller, deadline) =
        said.cancellation.map_or((Address::ZERO, 0), |cancellation| (cancellation.canceller, cancellation.deadline));
    comparison.compare("canceller", seen.canceller, canceller);
    comparison.compare("cancel deadline", seen.cancelDeadline, deadline);
    comparison.compare("committee", seen.committee, said.committee.get());
    let adoption = AdoptionTerms::from_contract(&seen.adoption);
    comparison.compare("rule of adoption", format!("{adoption:?}"), format!("{:?}", said.adoption));
    let format_end = |ended: Option<SheetState>| ended.map_or_else(|| "not ended".into(), |state| state.to_string());
    let ended = SheetState::from_final(seen.state);
    comparison.compare("end", format_end(ended), format_end(entry.ended.map(|(state, _)| state)));
    // A sheet poll that was cancelled may have been opened before, or not.
    if ended != Some(SheetState::Cancelled) {
        comparison.compare("opened", seen.state != ISheets::State::Created, entry.opened);
    }
    comparison
}

/// Compares a chamber of a sheet poll, without its encrypted totals, its counters and the slots of its sheets.
pub fn compare_sheet_chamber(entry: &SheetPoll, listed: &SheetChamber, seen: &ISheets::ChamberView) -> Comparison {
    let mut comparison = Comparison::default();
    // With too few sheets a chamber changes its status by time alone, as a poll closes.
    let status = match seen.status {
        ChamberStatus::TooFewSheets if !listed.has_enough_sheets() => ChamberStatus::Opened,
        other => other,
    };
    comparison.compare("status", format!("{status:?}"), format!("{:?}", status_of(entry, listed)));
    comparison.compare("rule", format!("{:?}", SheetChamberRule::from(&seen.rule)), format!("{:?}", listed.rule));
    let frozen = listed.frozen.as_ref();
    let word = |of: fn(&FrozenSheetChamber) -> U256| frozen.map_or(U256::ZERO, of);
    comparison.compare("frozen census root", seen.root, word(|frozen| words::from_field(&frozen.root)));
    comparison.compare("rebuilt root", seen.root, word(|frozen| words::from_field(&frozen.chamber.census.root())));
    comparison.compare("context", seen.ctx, word(|frozen| words::from_field(&frozen.ctx)));
    comparison.compare("number of sheets", u64::from(seen.ballots), listed.latest.len() as u64);
    let (members, weight) =
        frozen.map_or((0, 0), |frozen| (frozen.chamber.members.len() as u64, frozen.chamber.total_weight().get()));
    comparison.compare("members", u64::from(seen.members), members);
    comparison.compare("total weight", seen.totalWeight, weight);
    let place = |index: u64, block: usize| usize::try_from(index).ok()?.checked_add(block.checked_mul(16)?);
    let shares = listed.shares.iter().filter_map(|share| place(share.index, share.block));
    comparison.compare("shares", seen.shares, set_of(shares));
    comparison.compare("refused shares", u64::from(seen.refusals), listed.refusals.len() as u64);
    let turnout = listed.turnout.map_or([0; 2], |tally| [tally.turnout.lower, tally.turnout.upper]);
    comparison.compare("turnout", format!("{:?}", seen.turnout.map(u64::from)), format!("{turnout:?}"));
    let tallied = listed.turnout.map(|_| 0).into_iter().chain(listed.blocks.keys().copied());
    comparison.compare("tallied blocks", seen.talliedBlocks, set_of(tallied));
    comparison
}

/// Returns how far a chamber is, apart from what follows from time.
fn status_of(entry: &SheetPoll, listed: &SheetChamber) -> ChamberStatus {
    match listed.turnout {
        _ if listed.frozen.is_none() => ChamberStatus::Unopened,
        None => ChamberStatus::Opened,
        Some(turnout) if turnout.too_small => ChamberStatus::TooSmallCamp,
        Some(_) if listed.is_tallied(entry.used_blocks()) => ChamberStatus::Tallied,
        Some(_) => ChamberStatus::TurnoutTallied,
    }
}

/// Returns the word with these bits; those that no word has are left out.
fn set_of(bits: impl Iterator<Item = usize>) -> U256 {
    bits.fold(U256::ZERO, |set, bit| set | U256::from(1).checked_shl(bit).unwrap_or_default())
}

/// Compares the encrypted totals of a chamber, which the contract answers block by block, the turnout's first.
pub fn compare_sheet_totals(entry: &SheetPoll, listed: &SheetChamber, seen: &[Vec<U256>]) -> Comparison {
    let mut comparison = Comparison::default();
    let size = entry.parameters.size;
    comparison.compare("number of blocks", seen.len(), sheet_blocks(size));
    let total = listed.encrypted_total(size);
    for (block, answered) in total.blocks().iter().zip(seen) {
        // The contract has no total before the opening; nor, of many chambers, before the first sheet.
        let is_absent = listed.frozen.is_none() || (answered.is_empty() && listed.latest.is_empty());
        let expected: Vec<U256> = match is_absent {
            true => Vec::new(),
            false => block.coordinates().iter().map(words::from_field).collect(),
        };
        comparison.compare("encrypted total", format!("{answered:?}"), format!("{expected:?}"));
    }
    comparison
}

/// Compares the counters of all used cells of a chamber that is tallied: no other view has the totals of its blocks.
pub fn compare_sheet_counters(entry: &SheetPoll, listed: &SheetChamber, seen: &[ISheets::Counters]) -> Comparison {
    let mut comparison = Comparison::default();
    let answered: Vec<[u64; 4]> = seen
        .iter()
        .map(|cell| [cell.agree, cell.disagree, cell.upperAgree, cell.upperDisagree].map(u64::from))
        .collect();
    let cells = entry.form().and_then(|form| listed.cell_totals(form.counters(), form.count()));
    let events = match cells {
        Ok(Some(cells)) => {
            let words = |cell: &CellTotals| [cell.agree[0], cell.disagree[0], cell.agree[1], cell.disagree[1]];
            format!("{:?}", cells.iter().map(words).collect::<Vec<_>>())
        }
        Ok(None) => "no totals of all blocks".to_owned(),
        Err(error) => error.to_string(),
    };
    comparison.compare("counters", format!("{answered:?}"), events);
    comparison
}

/// Compares the slots of sheets that count, in the order of these sheets, as [`compare_slots`](super::compare_slots)
/// does those of ballots.
///
/// # Errors
/// The first difference.
pub fn compare_sheet_slots(sheets: &[&CastSheet], slots: &[U256]) -> Result<(), Difference> {
    compare_words("sheets", sheets.iter().map(|sheet| (sheet.fingerprint(), sheet.ordinal)), slots)
}
