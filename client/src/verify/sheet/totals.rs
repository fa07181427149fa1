//! The checks of the turnout, of small camps, and of the totals of statements: `V_j·G + sk_j·C = D_j`, with `sk_j·C`
//! combined from the shares that the contract used. A total is checked, not searched for.

use psephos_protocol::{
    Point,
    constants::{BLOCK_CELLS, WIDE_COUNTER_BITS},
    encryption::Ciphertext,
    identifiers::ChamberId,
};
use psephos_state::{
    ChainState, SheetPoll,
    sheet::{BlockShare, SheetChamber},
};

use crate::{
    tally::Interpolation,
    verify::{Check, CheckName},
};

/// Checks the turnout of a chamber; `None` if it is not tallied.
pub(super) fn check_turnout(state: &ChainState, entry: &SheetPoll, id: ChamberId) -> Option<Check> {
    let chamber = entry.chambers.get(&id)?;
    let tally = chamber.turnout?;
    let turnout = tally.turnout;
    let mut failures = Vec::new();
    let packed = turnout.upper.checked_shl(WIDE_COUNTER_BITS as u32).and_then(|upper| upper.checked_add(turnout.lower));
    let fits = entry.form().is_ok_and(|form| form.counters().check_turnout(turnout).is_ok());
    match packed.filter(|_| fits) {
        Some(packed) => failures.extend(check_block(state, entry, chamber, 0, &[packed], tally.trustees)),
        None => failures.push("it is no turnout of this form".to_owned()),
    }
    let (voters, sheets) = (turnout.voters(), chamber.latest.len() as u64);
    if voters != sheets {
        failures.push(format!("its turnout is {voters}, but {sheets} sheets count"));
    }
    Some(Check::new(CheckName::Turnout, Some(id), 1, failures))
}

/// Checks that a camp is too small exactly when it is said to be, and that nothing but the turnout was decrypted then.
pub(super) fn check_camps(entry: &SheetPoll, id: ChamberId) -> Check {
    let mut failures = Vec::new();
    let tallied = entry.chambers.get(&id).and_then(|chamber| Some((chamber, chamber.turnout?)));
    if let Some((chamber, tally)) = tallied {
        let least = u64::from(chamber.rule.least_camp);
        let [lower, upper] = [tally.turnout.lower, tally.turnout.upper];
        let is_small = entry.has_camps() && (lower < least || upper < least);
        match (tally.too_small, is_small) {
            (true, false) => failures.push(format!("a camp is said to be too small, but both have {least} voters")),
            (false, true) => failures.push(format!(
                "its camps have {lower} and {upper} voters: it may not be decrypted with fewer than {least} in one"
            )),
            _ => {}
        }
        let opened = chamber.blocks.len() + chamber.shares.iter().filter(|share| share.block != 0).count();
        if is_small && opened != 0 {
            failures.push(format!("a camp is too small, and yet {opened} shares and totals of statements were posted"));
        }
    }
    Check::new(CheckName::Camps, Some(id), usize::from(tallied.is_some()), failures)
}

/// Checks the totals of a chamber's blocks of statements; `None` if none is tallied.
pub(super) fn check_totals(state: &ChainState, entry: &SheetPoll, id: ChamberId) -> Option<Check> {
    let chamber = entry.chambers.get(&id).filter(|chamber| !chamber.blocks.is_empty())?;
    let form = match entry.form() {
        Ok(form) => form,
        Err(error) => return Some(Check::single(CheckName::Totals, Some(id), Err(error.to_string()))),
    };
    let (mut failures, mut count) = (Vec::new(), 0);
    for (&block, tally) in &chamber.blocks {
        let before = BLOCK_CELLS.saturating_mul(block.saturating_sub(1));
        let used = form.count().saturating_sub(before).min(BLOCK_CELLS);
        if block == 0 || used == 0 || tally.totals.len() != used {
            failures.push(format!("block {block} has {} totals for {used} used cells", tally.totals.len()));
            continue;
        }
        count += used;
        let fits = |total: &u64| {
            let split = |tally: psephos_state::sheet::TurnoutTally| form.counters().split_cell(*total, tally.turnout);
            chamber.turnout.is_some_and(|turnout| split(turnout).is_ok())
        };
        let others = tally.totals.iter().filter(|total| !fits(total));
        failures.extend(others.map(|total| format!("{total} is no total of a cell of block {block} with its turnout")));
        failures.extend(check_block(state, entry, chamber, block, &tally.totals, tally.trustees));
    }
    Some(Check::new(CheckName::Totals, Some(id), count, failures))
}

/// Returns what is wrong with the values of a block: they are not what the shares of these trustees decrypt.
fn check_block(
    state: &ChainState,
    entry: &SheetPoll,
    chamber: &SheetChamber,
    block: usize,
    values: &[u64],
    trustees: u64,
) -> Vec<String> {
    let total = chamber.encrypted_total(entry.parameters.size);
    let Some(total) = total.blocks().get(block) else { return vec![format!("there is no block {block}")] };
    let threshold = state.committees.get(&entry.parameters.committee).map_or(0, |committee| committee.threshold);
    let Some(multiples) = combine_shares(chamber, block, total, trustees, threshold) else {
        return vec![format!("block {block} was tallied with other shares than as many as the threshold")];
    };
    let mut failures = Vec::new();
    for (cell, ((value, d), e)) in values.iter().zip(&total.d).zip(&multiples).enumerate() {
        if Point::generator().mul_u64(*value) + *e != *d {
            failures.push(format!("the total of cell {cell} of block {block} is not {value}"));
        }
    }
    failures
}

/// Combines the shares of the trustees in a bit mask to `sk_j·C`; `None` if they are not as many as the threshold, or
/// one has posted none. If `C` is the identity, no share is needed, and none is used.
fn combine_shares(
    chamber: &SheetChamber,
    block: usize,
    total: &Ciphertext,
    trustees: u64,
    threshold: u64,
) -> Option<Vec<Point>> {
    if total.c.is_identity() {
        return (trustees == 0).then(|| vec![Point::identity(); total.size()]);
    }
    let chosen = |share: &&BlockShare| share.index < 64 && trustees >> share.index & 1 == 1;
    let mut shares: Vec<&BlockShare> = chamber.shares_of(block).filter(chosen).collect();
    shares.sort_by_key(|share| share.index);
    shares.dedup_by_key(|share| share.index);
    if shares.len() as u64 != threshold || u64::from(trustees.count_ones()) != threshold {
        return None;
    }
    let indices: Vec<u64> = shares.iter().map(|share| share.index).collect();
    let points: Vec<&[Point]> = shares.iter().map(|share| share.points.as_slice()).collect();
    Interpolation::of_indices(&indices)?.combine(&points, total.size())
}
