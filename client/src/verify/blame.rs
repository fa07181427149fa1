//! The checks of what blames trustees: shares that were refused, and shares that are missing.

use std::collections::BTreeMap;

use psephos_chain::Address;
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{CallEvidence, ChainState, Committee, DecryptionShare, Poll, PollChamber, RefusedShare};

use super::{BlockEvidence, Check, CheckName, VerifyError, share};
use crate::{
    KeyRing,
    trustee::{replacing_teller, shares_for},
};

/// Checks the refused shares of a chamber; none if there are none. A blamed trustee sent a share as a trustee of the
/// committee, and its proof does not hold. A share that came through a contract is in no calldata: no one can check it
/// again, and so its trustee is not blamed.
pub(super) fn check_refusals(
    state: &ChainState,
    circuits: &KeyRing,
    poll: &Poll,
    id: ChamberId,
) -> Result<Option<Check>, VerifyError> {
    let Some(chamber) = poll.chambers.get(&id).filter(|chamber| !chamber.refusals.is_empty()) else { return Ok(None) };
    let verifier = share::share_verifier(circuits, poll, chamber)?;
    let committee = state.committees.get(&poll.committee());
    let holds = |refusal: &RefusedShare| {
        let proved = |words| share::verify_words(verifier, committee, poll, chamber, refusal, words).is_ok();
        refusal.shares.iter().all(proved)
    };
    let mut failures = Vec::new();
    for refusal in &chamber.refusals {
        let trustee = refusal.trustee;
        if committee.and_then(|committee| committee.trustee_index(trustee)) != Some(refusal.index) {
            failures.push(format!("{trustee} is not trustee {} of the poll's committee", refusal.index));
        } else if refusal.call == CallEvidence::Confirmed && holds(refusal) {
            failures.push(format!("the share of {trustee} is proved, and yet it is said to have been refused"));
        }
    }
    let count = chamber.refusals.iter().filter(|refusal| refusal.call == CallEvidence::Confirmed).count();
    Ok(Some(Check::new(CheckName::Refusals, Some(id), count, failures)))
}

/// Checks that the trustees that are named for want of their shares are those that posted none of a chamber that the
/// poll ended without, after the tally deadline; and that no one else is named.
pub(super) fn check_missing(state: &ChainState, poll: &Poll, blocks: &BTreeMap<u64, BlockEvidence>) -> Check {
    let ended = poll.ended_at.and_then(|position| blocks.get(&position.block));
    let late = ended.is_some_and(|block| block.time > poll.parameters.tally_deadline);
    let committee = state.committees.get(&poll.committee());
    let mut failures = Vec::new();
    for (id, chamber) in &poll.chambers {
        let silent = committee.filter(|_| late).map(|committee| silent_tellers(poll, committee, chamber));
        if silent.unwrap_or_default() != chamber.silent_tellers {
            failures.push(format!("chamber {id}: other tellers could have tallied it than those that are named"));
        }
        let expected = committee.filter(|_| late).map(|committee| missing_trustees(poll, committee, chamber));
        let expected = expected.unwrap_or_default();
        if expected != chamber.missing_trustees {
            let named = |trustees: &[Address]| match trustees {
                [] => "no one".to_owned(),
                _ => trustees.iter().map(Address::to_string).collect::<Vec<_>>().join(", "),
            };
            let (said, posted_none) = (named(&chamber.missing_trustees), named(&expected));
            failures
                .push(format!("chamber {id}: shares of {said} are said to be missing, but of {posted_none} they are"));
        }
    }
    Check::new(CheckName::Missing, None, poll.chambers.len(), failures)
}

/// Returns the tellers that could have tallied a pending rounded chamber: of the poll's teller and the one that may
/// replace it those for which enough shares were posted.
fn silent_tellers(poll: &Poll, committee: &Committee, chamber: &PollChamber) -> Vec<Address> {
    if !chamber.is_pending() || !chamber.rule.is_rounded() {
        return Vec::new();
    }
    let named = u64::from(poll.parameters.teller);
    let able = |teller: &u64| shares_for(chamber, *teller).len() as u64 >= committee.threshold;
    let tellers = std::iter::once(named).chain(replacing_teller(committee, named)).filter(able);
    tellers.filter_map(|teller| committee.trustees.get(teller as usize).copied()).collect()
}

/// Returns the trustees whose shares a pending chamber lacks, by index, as the contract finds them when the poll ends
/// after the tally deadline.
fn missing_trustees(poll: &Poll, committee: &Committee, chamber: &PollChamber) -> Vec<Address> {
    // In a rounded chamber the shares count that the poll's teller could use.
    let counting: Vec<&DecryptionShare> = match chamber.rule.is_rounded() {
        true => shares_for(chamber, poll.parameters.teller.into()),
        false => chamber.shares.iter().collect(),
    };
    let enough = counting.len() as u64 >= committee.threshold;
    // If `C` is the identity, no share is needed.
    if !chamber.is_pending() || enough || chamber.encrypted_total(poll.circuit_size()).c.is_identity() {
        return Vec::new();
    }
    let missing =
        |index: u64| committee.registration(index).is_some() && counting.iter().all(|share| share.index != index);
    let trustees = (0..).zip(&committee.trustees);
    trustees.filter(|(index, _)| missing(*index)).map(|(_, trustee)| *trustee).collect()
}
