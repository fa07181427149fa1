//! The checks of decryption shares: each is proved, and none of statements came before the turnout.

use std::collections::{BTreeMap, BTreeSet};

use psephos_protocol::{elements::Context, identifiers::ChamberId, sheet::EncryptedSheet};
use psephos_state::{
    ChainState, Committee, EventPosition, SheetPoll,
    sheet::{BlockShare, SheetChamber},
};
use psephos_submission::proofs::proof_from_words;

use crate::{
    sheets::block_share_inputs,
    verify::{BallotVerifier, BlockEvidence, Check, CheckName},
};

/// Checks a chamber's decryption shares of all blocks; `None` if it has none.
pub(super) fn check_shares<V: BallotVerifier>(
    state: &ChainState,
    verifier: &V,
    entry: &SheetPoll,
    id: ChamberId,
) -> Option<Check> {
    let chamber = entry.chambers.get(&id).filter(|chamber| !chamber.shares.is_empty())?;
    let frozen = chamber.frozen.as_ref()?;
    let committee = state.committees.get(&entry.parameters.committee);
    let total = chamber.encrypted_total(entry.parameters.size);
    let (mut failures, mut seen) = (Vec::new(), BTreeSet::new());
    for share in &chamber.shares {
        let (trustee, block) = (share.trustee, share.block);
        let outcome = match committee {
            _ if block > entry.used_blocks() => Err("there is no such block of used cells".to_owned()),
            _ if !seen.insert((block, share.index)) => Err("the trustee has posted one before".to_owned()),
            Some(committee) => verify_share(verifier, share, committee, frozen.ctx, &total),
            None => Err("the sheet poll has no committee".to_owned()),
        };
        failures.extend(outcome.err().map(|reason| format!("the share of {trustee} of block {block}: {reason}")));
    }
    Some(Check::new(CheckName::Share, Some(id), chamber.shares.len(), failures))
}

/// Verifies the proof of a share.
///
/// # Errors
/// Returns the reason why it is not a share of its trustee.
pub(super) fn verify_share<V: BallotVerifier>(
    verifier: &V,
    share: &BlockShare,
    committee: &Committee,
    ctx: Context,
    total: &EncryptedSheet,
) -> Result<(), String> {
    let block = total.blocks().get(share.block).ok_or("there is no such block")?;
    let inputs = block_share_inputs(share, committee, ctx, &block.c)?;
    let proof = proof_from_words(&share.proof).map_err(|error| error.to_string())?;
    match verifier.is_valid(&proof, &inputs) {
        true => Ok(()),
        false => Err("its proof is invalid".to_owned()),
    }
}

/// Checks that nothing was decrypted of a chamber with too few sheets, and that no share of statements and no totals
/// came before the turnout was tallied. Events of one transaction are in the order of its calls, which the contract
/// requires.
pub(super) fn check_order(entry: &SheetPoll, id: ChamberId, blocks: &BTreeMap<u64, BlockEvidence>) -> Check {
    let Some(chamber) = entry.chambers.get(&id) else { return Check::new(CheckName::Order, Some(id), 0, Vec::new()) };
    let later = later_events(chamber);
    let mut failures = Vec::new();
    let decrypted = !chamber.shares.is_empty() || chamber.turnout.is_some() || !chamber.blocks.is_empty();
    if decrypted && !chamber.has_enough_sheets() {
        let (sheets, minimum) = (chamber.latest.len(), chamber.rule.min_ballots);
        failures.push(format!("it was decrypted with {sheets} sheets, but needs {minimum}"));
    }
    let place = |position: &EventPosition| {
        let transactions = &blocks.get(&position.block)?.transactions;
        Some((position.block, transactions.iter().position(|one| *one == position.transaction)?))
    };
    let first = chamber.turnout.and_then(|turnout| place(&turnout.position));
    for (what, position) in &later {
        if first.is_none() || place(position) < first {
            failures.push(format!("{what} in block {} came before the turnout was tallied", position.block));
        }
    }
    Check::new(CheckName::Order, Some(id), later.len(), failures)
}

/// Returns what must come after the turnout: shares, refused ones too, and totals of blocks of statements.
fn later_events(chamber: &SheetChamber) -> Vec<(&'static str, EventPosition)> {
    let shares = chamber.shares.iter().filter(|share| share.block != 0).map(|share| ("a share", share.position));
    let refusals = chamber.refusals.iter().filter(|refusal| refusal.block != 0);
    let refusals = refusals.map(|refusal| ("a refused share", refusal.position));
    let tallies = chamber.blocks.values().map(|tally| ("a tally of statements", tally.position));
    shares.chain(refusals).chain(tallies).collect()
}
