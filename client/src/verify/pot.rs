//! The check of a poll's fee pot.

use std::collections::BTreeSet;

use psephos_chain::{Address, U256};
use psephos_protocol::identifiers::PollId;
use psephos_state::{
    CallEvidence, Poll,
    fees::{FeeBooks, FeePayment, FeePot},
};

use super::{Check, CheckName, PotEvidence};

/// Returns the relayers that the books name: those that may earn from the poll's pot, and those that have earned
/// anything.
pub(super) fn relayers_of(books: &FeeBooks, poll: PollId) -> BTreeSet<Address> {
    let listed = books.pots.get(&poll).into_iter().flat_map(|pot| &pot.relayers);
    listed.chain(books.credits.keys()).copied().collect()
}

/// Checks the books of the fee pots against the contract, and the poll's payments against its ballots.
pub(super) fn check_pot(id: PollId, poll: &Poll, evidence: &PotEvidence) -> Check {
    let books = match &evidence.books {
        Ok(books) => books,
        Err(reason) => return Check::single(CheckName::Pot, None, Err(reason.clone())),
    };
    let none = FeePot::default();
    let pot = books.pots.get(&id).unwrap_or(&none);
    let mut failures = Vec::new();
    let mut compare = |what: &str, answered: U256, expected: U256| {
        if answered != expected {
            failures.push(format!("{what}: the contract answers {answered}, its events lead to {expected}"));
        }
    };
    compare("the fee of a ballot", U256::from(evidence.view.fee), pot.fee);
    compare("what is left in the pot", U256::from(evidence.view.balance), pot.remaining());
    compare("whether relayers are listed", U256::from(evidence.view.listed), U256::from(!pot.relayers.is_empty()));
    let relayers = relayers_of(books, id);
    for relayer in &relayers {
        let (may_earn, credit) = evidence.relayers.get(relayer).copied().unwrap_or_default();
        let expected = !pot.fee.is_zero() && pot.may_earn(*relayer);
        compare(&format!("whether {relayer} may earn"), U256::from(may_earn), U256::from(expected));
        compare(&format!("the credit of {relayer}"), credit, books.credit(*relayer));
    }
    failures.extend(pot.payments.iter().filter_map(|payment| find_other_ballots(poll, payment)));
    if let Some(CallEvidence::Contradicted(reason)) = &evidence.creation {
        failures.push(format!("the creation of the pot: {reason}"));
    }
    if !books.is_solvent() {
        failures.push(format!("the contract has {} wei and owes {}", books.balance, books.total_owed()));
    }
    Check::new(CheckName::Pot, None, 3 + 2 * relayers.len() + pot.payments.len(), failures)
}

/// Returns an error unless a payment is for the first ballots of its transaction. If that casts several batches, each
/// may be paid, or none.
fn find_other_ballots(poll: &Poll, payment: &FeePayment) -> Option<String> {
    let FeePayment { chamber, ballots, transaction, .. } = payment;
    let here = |of: &&_| -> bool { *of == transaction };
    let listed = poll.chambers.get(chamber);
    let cast = listed.into_iter().flat_map(|listed| &listed.ballots);
    let first = cast.filter(|ballot| here(&&ballot.transaction) && ballot.previous == [0; 32]).count() as u64;
    let batches =
        listed.into_iter().flat_map(|listed| &listed.batches).filter(|batch| here(&&batch.transaction)).count();
    let fits = if batches == 1 { first == *ballots } else { first >= *ballots };
    (!fits || batches == 0)
        .then(|| format!("{ballots} first ballots of chamber {chamber} are paid in {transaction}, which casts {first}"))
}
