//! The check that shares, refusals and totals are what their transactions say.

use std::collections::{BTreeMap, BTreeSet};

use alloy::sol_types::SolInterface;
use psephos_chain::{B256, U256};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::{
    Deployment, SheetPoll, TransactionCall,
    bindings::ISheets::{self, ISheetsCalls},
    sheet::{BlockShare, RefusedBlockShare},
    words,
};

use crate::verify::{Check, CheckName};

/// Returns the transactions with a sheet poll's shares, refused shares, turnouts and totals.
pub(super) fn transactions_of(entry: &SheetPoll) -> BTreeSet<B256> {
    let mut transactions = BTreeSet::new();
    for chamber in entry.chambers.values() {
        transactions.extend(chamber.shares.iter().map(|share| share.position.transaction));
        transactions.extend(chamber.refusals.iter().map(|refusal| refusal.position.transaction));
        transactions.extend(chamber.turnout.iter().map(|tally| tally.position.transaction));
        transactions.extend(chamber.blocks.values().map(|tally| tally.position.transaction));
    }
    transactions
}

/// The events of a call that posts shares: how many there are.
type Posted = BTreeMap<B256, usize>;

/// Checks that the calldata of each transaction that calls the contract has what its events say, and that each share of
/// a call led to one event. The arguments of a call that another contract made are in no calldata: then there is
/// nothing to compare.
pub(super) fn check_calls(
    sheet: SheetId,
    entry: &SheetPoll,
    deployment: &Deployment,
    calls: &BTreeMap<B256, TransactionCall>,
) -> Check {
    let (mut failures, mut count, mut posted) = (Vec::new(), 0, Posted::new());
    let mut check =
        |what: String, transaction: B256, contains: &dyn Fn(&ISheetsCalls) -> bool| match calls.get(&transaction) {
            None => failures.push(format!("{what} in {transaction}: its transaction cannot be found")),
            Some(call) if call.to != Some(deployment.sheets.sheets) => {}
            Some(call) if ISheetsCalls::abi_decode(&call.data).is_ok_and(|call| contains(&call)) => count += 1,
            Some(_) => failures.push(format!("{what} in {transaction}: its transaction says something else")),
        };
    for (&id, chamber) in &entry.chambers {
        let place = (U256::from(sheet.get()), U256::from(id.get()));
        for share in &chamber.shares {
            *posted.entry(share.position.transaction).or_default() += 1;
            let contains = |call: &ISheetsCalls| {
                let said = to_words(id, share);
                shares_in(call, place, share.index, share.block).any(|one| *one == said)
            };
            let what = format!("chamber {id}: the share of {} of block {}", share.trustee, share.block);
            check(what, share.position.transaction, &contains);
        }
        for refusal in &chamber.refusals {
            *posted.entry(refusal.position.transaction).or_default() += 1;
            let contains = |call: &ISheetsCalls| shares_in(call, place, refusal.index, refusal.block).next().is_some();
            let what = format!("chamber {id}: the refused share of {} of block {}", refusal.trustee, refusal.block);
            check(what, refusal.position.transaction, &contains);
        }
        if let Some(tally) = &chamber.turnout {
            let said = [tally.turnout.lower, tally.turnout.upper];
            let contains = |call: &ISheetsCalls| match call {
                ISheetsCalls::tallyTurnout(call) => {
                    (call.sheet, call.chamber) == place
                        && call.turnout.map(u64::from) == said
                        && call.combination.trustees == U256::from(tally.trustees)
                }
                _ => false,
            };
            check(format!("chamber {id}: the turnout"), tally.position.transaction, &contains);
        }
        for (block, tally) in &chamber.blocks {
            let contains = |call: &ISheetsCalls| match call {
                ISheetsCalls::tallyBlock(call) => {
                    (call.sheet, call.chamber) == place
                        && call.blockIndex == U256::from(*block)
                        && call.totals == tally.totals
                        && call.combination.trustees == U256::from(tally.trustees)
                }
                _ => false,
            };
            check(format!("chamber {id}: the tally of block {block}"), tally.position.transaction, &contains);
        }
    }
    failures.extend(find_other_numbers(sheet, deployment, calls, &posted));
    Check::new(CheckName::Calls, None, count, failures)
}

/// Finds calls that post more shares or fewer than there are events: these are not all, or not their own.
fn find_other_numbers(
    sheet: SheetId,
    deployment: &Deployment,
    calls: &BTreeMap<B256, TransactionCall>,
    posted: &Posted,
) -> Vec<String> {
    let mut failures = Vec::new();
    for (transaction, &events) in posted {
        let call = calls.get(transaction).filter(|call| call.to == Some(deployment.sheets.sheets));
        let Some(Ok(ISheetsCalls::postShares(call))) = call.map(|call| ISheetsCalls::abi_decode(&call.data)) else {
            continue;
        };
        if call.sheet == U256::from(sheet.get()) && call.shares.len() != events {
            let shares = call.shares.len();
            failures.push(format!("{transaction} posts {shares} shares, which {events} events are about"));
        }
    }
    failures
}

/// Returns the shares of a block that a call posts for a chamber as the trustee of this index.
fn shares_in(
    call: &ISheetsCalls,
    (sheet, chamber): (U256, U256),
    index: u64,
    block: usize,
) -> impl Iterator<Item = &ISheets::BlockShare> {
    let shares = match call {
        ISheetsCalls::postShares(call) if call.sheet == sheet && call.index == U256::from(index) => &call.shares[..],
        _ => &[],
    };
    shares.iter().filter(move |share| share.chamber == chamber && share.blockIndex == U256::from(block))
}

fn to_words(chamber: ChamberId, share: &BlockShare) -> ISheets::BlockShare {
    ISheets::BlockShare {
        chamber: U256::from(chamber.get()),
        blockIndex: U256::from(share.block),
        share: words::from_points(&share.points),
        h: words::from_field(&share.h),
        proof: share.proof,
    }
}

/// Returns the shares that a blamed trustee sent itself, as far as they can be read: a share that does not decode was
/// rightly refused.
pub(super) fn find_refused(
    sheet: SheetId,
    chamber: ChamberId,
    refusal: &RefusedBlockShare,
    deployment: &Deployment,
    calls: &BTreeMap<B256, TransactionCall>,
) -> Vec<BlockShare> {
    let call = calls.get(&refusal.position.transaction);
    let own = call.filter(|call| call.to == Some(deployment.sheets.sheets) && call.from == refusal.trustee);
    let Some(Ok(call)) = own.map(|call| ISheetsCalls::abi_decode(&call.data)) else { return Vec::new() };
    let place = (U256::from(sheet.get()), U256::from(chamber.get()));
    let read = |share: &ISheets::BlockShare| {
        Some(BlockShare {
            trustee: refusal.trustee,
            index: refusal.index,
            block: refusal.block,
            points: words::to_points(&share.share).ok()?,
            h: words::to_field(share.h).ok()?,
            proof: share.proof,
            position: refusal.position,
        })
    };
    shares_in(&call, place, refusal.index, refusal.block).filter_map(read).collect()
}
