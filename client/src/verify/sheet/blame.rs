//! The checks of what blames trustees: shares that were refused, and shares that are missing.

use std::collections::BTreeMap;

use psephos_chain::Address;
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{
    ChainState, Committee, SheetPoll,
    sheet::{RefusedBlockShare, SheetChamber},
};

use super::{SheetEvidence, calls, shares};
use crate::verify::{BallotVerifier, BlockEvidence, Check, CheckName};

/// Checks the refused shares of a chamber; none if there are none. A blamed trustee sent the share itself, and its
/// proof does not hold. A share that came through a contract is in no calldata: no one can check it again.
pub(super) fn check_refusals<V: BallotVerifier>(
    evidence: &SheetEvidence,
    verifier: &V,
    entry: &SheetPoll,
    id: ChamberId,
) -> Option<Check> {
    let chamber = entry.chambers.get(&id).filter(|chamber| !chamber.refusals.is_empty())?;
    let state = &evidence.state;
    let committee = state.committees.get(&entry.parameters.committee);
    let total = chamber.encrypted_total(entry.parameters.size);
    let (mut failures, mut count) = (Vec::new(), 0);
    for refusal in &chamber.refusals {
        let RefusedBlockShare { trustee, index, block, .. } = *refusal;
        let of = committee.filter(|committee| committee.trustee_index(trustee) == Some(index));
        let (Some(committee), Some(frozen)) = (of, &chamber.frozen) else {
            failures.push(format!("{trustee} is not trustee {index} of the sheet poll's committee"));
            continue;
        };
        let sent = calls::find_refused(evidence.sheet, id, refusal, &state.deployment, &evidence.calls);
        count += usize::from(!sent.is_empty());
        let proved = |share| shares::verify_share(verifier, share, committee, frozen.ctx, &total).is_ok();
        if !sent.is_empty() && sent.iter().all(proved) {
            failures
                .push(format!("the share of {trustee} of block {block} is proved, and yet it is said to be refused"));
        }
    }
    Some(Check::new(CheckName::Refusals, Some(id), count, failures))
}

/// Checks that the trustees that are named for want of their shares are those that posted none of a block that the
/// sheet poll ended without, after the tally deadline; and that no one else is named.
pub(super) fn check_missing(state: &ChainState, entry: &SheetPoll, blocks: &BTreeMap<u64, BlockEvidence>) -> Check {
    let ended = entry.ended.and_then(|(_, position)| blocks.get(&position.block));
    let late = ended.is_some_and(|block| block.time > entry.parameters.tally_deadline);
    let committee = state.committees.get(&entry.parameters.committee).filter(|_| late);
    let mut failures = Vec::new();
    for (id, chamber) in &entry.chambers {
        let expected = committee.map(|committee| missing_trustees(entry, committee, chamber)).unwrap_or_default();
        if expected != chamber.missing_trustees {
            let (said, found) = (describe(&chamber.missing_trustees), describe(&expected));
            failures
                .push(format!("chamber {id}: it is said that shares are missing of {said}, but they are of {found}"));
        }
    }
    Check::new(CheckName::Missing, None, entry.chambers.len(), failures)
}

/// Returns by block the trustees whose shares a pending chamber lacks, by index, as the contract finds them when the
/// sheet poll ends after the tally deadline.
fn missing_trustees(entry: &SheetPoll, committee: &Committee, chamber: &SheetChamber) -> BTreeMap<usize, Vec<Address>> {
    let total = chamber.encrypted_total(entry.parameters.size);
    let mut missing = BTreeMap::new();
    for block in chamber.pending_blocks(entry.used_blocks()) {
        // If `C` is the identity, no share is needed.
        let needless = total.blocks().get(block).is_none_or(|total| total.c.is_identity());
        if needless || chamber.shares_of(block).count() as u64 >= committee.threshold {
            continue;
        }
        let absent = |index: u64| {
            committee.registration(index).is_some() && chamber.shares_of(block).all(|share| share.index != index)
        };
        let trustees = (0..).zip(&committee.trustees).filter(|(index, _)| absent(*index));
        let trustees: Vec<Address> = trustees.map(|(_, trustee)| *trustee).collect();
        if !trustees.is_empty() {
            missing.insert(block, trustees);
        }
    }
    missing
}

fn describe(missing: &BTreeMap<usize, Vec<Address>>) -> String {
    let of = |(block, trustees): (&usize, &Vec<Address>)| {
        let named: Vec<String> = trustees.iter().map(Address::to_string).collect();
        format!("{} (block {block})", named.join(", "))
    };
    match missing.is_empty() {
        true => "no one".to_owned(),
        false => missing.iter().map(of).collect::<Vec<_>>().join("; "),
    }
}
