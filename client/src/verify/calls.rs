//! The check that shares, refusals, tallies and claims are what their transactions say.

use psephos_state::{B256, CallEvidence, Poll, Reward};

use super::{Check, CheckName};

/// Checks that the calldata of each transaction that calls the contract has what its events say. The arguments of a
/// call that another contract made are in no calldata: then there is nothing to compare.
pub(super) fn check_calls(poll: &Poll, reward: Option<&Reward>) -> Check {
    let mut all: Vec<(String, B256, &CallEvidence)> = Vec::new();
    for (id, chamber) in &poll.chambers {
        let shares = chamber.shares.iter();
        all.extend(
            shares
                .map(|share| (format!("chamber {id}: the share of {}", share.trustee), share.transaction, &share.call)),
        );
        all.extend(chamber.refusals.iter().map(|refusal| {
            let what = format!("chamber {id}: the refused share of {}", refusal.trustee);
            (what, refusal.position.transaction, &refusal.call)
        }));
        let tally = chamber.tally.iter();
        all.extend(tally.map(|tally| (format!("chamber {id}: the tally"), tally.transaction, &tally.call)));
    }
    let claims = reward.into_iter().flat_map(|reward| &reward.claims);
    all.extend(claims.map(|claim| (format!("chamber {}: a claim", claim.chamber), claim.transaction, &claim.call)));
    let count = all.iter().filter(|(_, _, call)| **call == CallEvidence::Confirmed).count();
    let failures = all.into_iter().filter_map(|(what, transaction, call)| match call {
        CallEvidence::Confirmed | CallEvidence::Forwarded => None,
        CallEvidence::NotLoaded => Some(format!("{what} in {transaction}: its calldata was not loaded")),
        CallEvidence::Contradicted(reason) => Some(format!("{what} in {transaction}: {reason}")),
    });
    Check::new(CheckName::Calls, None, count, failures.collect())
}
