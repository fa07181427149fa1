//! The checks of how ballots were cast: in the order in which each call brought them, none left out, each in the slot
//! that the contract has for it.

use std::collections::BTreeMap;

use psephos_chain::{B256, U256};
use psephos_protocol::{elements::Nullifier, identifiers::ChamberId};
use psephos_state::{Ballot, BallotBatch, PollChamber, SkippedBallot, compare, words};

use super::{Check, CheckName};

/// Checks that each call that cast ballots led to one event for each of its ballots, accepted or skipped, in its order.
/// So no skipped ballot is left out, and none is invented.
/// `cast` has transaction and nullifier of every accepted ballot, in order.
pub(super) fn check_batches(
    id: ChamberId,
    cast: impl ExactSizeIterator<Item = (B256, Nullifier)>,
    skips: &[SkippedBallot],
    batches: &[BallotBatch],
) -> Check {
    let count = cast.len() + skips.len();
    let results = results_by_transaction(cast, skips);
    let mut given: BTreeMap<B256, Vec<U256>> = BTreeMap::new();
    for batch in batches {
        given.entry(batch.transaction).or_default().extend(&batch.nullifiers);
    }
    let differs = |transaction: &&B256| given.get(*transaction) != results.get(*transaction);
    let failures = results.keys().chain(given.keys().filter(|transaction| !results.contains_key(*transaction)));
    let failures = failures.filter(differs).map(|transaction| {
        format!(
            "the events of {transaction} are not those of the ballots in its calls, one for each and in their order"
        )
    });
    Check::new(CheckName::Batches, Some(id), count, failures.collect())
}

/// Returns the nullifiers of accepted and skipped ballots by transaction, in the order of their events.
fn results_by_transaction(
    cast: impl Iterator<Item = (B256, Nullifier)>,
    skips: &[SkippedBallot],
) -> BTreeMap<B256, Vec<U256>> {
    let mut results: BTreeMap<B256, Vec<U256>> = BTreeMap::new();
    let mut skips = skips.iter().peekable();
    for (number, (transaction, nullifier)) in cast.enumerate() {
        while let Some(skip) = skips.next_if(|skip| skip.after <= number) {
            results.entry(skip.position.transaction).or_default().push(skip.nullifier);
        }
        results.entry(transaction).or_default().push(words::from_field(&nullifier));
    }
    skips.for_each(|skip| results.entry(skip.position.transaction).or_default().push(skip.nullifier));
    results
}

/// Checks that the contract has the fingerprint and the ordinal of every ballot that counts in its nullifier's slot.
pub(super) fn check_slots(id: ChamberId, chamber: &PollChamber, slots: &BTreeMap<U256, U256>) -> Check {
    let ballots: Vec<&Ballot> = chamber.counted_ballots().collect();
    let slot = |ballot: &&Ballot| slots.get(&words::from_field(&ballot.posted.nullifier)).copied().unwrap_or_default();
    let answered: Vec<U256> = ballots.iter().map(slot).collect();
    let failures = compare::compare_slots(&ballots, &answered).err().map(|difference| difference.to_string());
    Check::new(CheckName::Slots, Some(id), ballots.len(), failures.into_iter().collect())
}
