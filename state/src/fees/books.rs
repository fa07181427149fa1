//! Where all ether of the fee pots came from and where it is, from their events alone.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolEventInterface;

use crate::{bindings::IFeePot::IFeePotEvents, error::StateError, log::Log, words};

/// The books of all fee pots of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeBooks {
    /// The pots by poll.
    pub pots: BTreeMap<PollId, FeePot>,
    /// What each relayer has earned in all polls and not withdrawn, in wei.
    pub credits: BTreeMap<Address, U256>,
    /// The contract's balance, in wei.
    pub balance: U256,
}

/// The books of one fee pot. Amounts are in wei.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeePot {
    /// The fee for a first ballot.
    pub fee: U256,
    /// The relayers that may earn it; empty if anyone may.
    pub relayers: Vec<Address>,
    /// The transaction that created it.
    pub created_in: B256,
    /// The deposits.
    pub funded: U256,
    /// The fees paid.
    pub paid: U256,
    /// The number of first ballots paid for.
    pub ballots: u64,
    /// The fees paid by relayer.
    pub earned: BTreeMap<Address, U256>,
    /// What the DAO reclaimed.
    pub reclaimed: U256,
    /// The payments, in order.
    pub payments: Vec<FeePayment>,
}

/// The fees of one call that cast ballots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeePayment {
    /// The chamber of the ballots.
    pub chamber: ChamberId,
    /// The relayer.
    pub relayer: Address,
    /// The number of first ballots paid for.
    pub ballots: u64,
    /// The amount.
    pub amount: U256,
    /// The transaction.
    pub transaction: B256,
}

impl FeePot {
    /// Returns what is left.
    pub fn remaining(&self) -> U256 {
        self.funded.saturating_sub(self.paid).saturating_sub(self.reclaimed)
    }

    /// Returns whether a relayer may earn from it.
    pub fn may_earn(&self, relayer: Address) -> bool {
        self.relayers.is_empty() || self.relayers.contains(&relayer)
    }

    /// Returns the number of further first ballots that it pays in full.
    pub fn ballots_covered(&self) -> U256 {
        self.remaining().checked_div(self.fee).unwrap_or_default()
    }
}

impl FeeBooks {
    /// Returns the pot of a poll.
    ///
    /// # Errors
    /// `NoPot` if the poll has none.
    pub fn pot(&self, poll: PollId) -> Result<&FeePot, StateError> {
        self.pots.get(&poll).ok_or(StateError::NoPot { poll })
    }

    /// Returns what a relayer may withdraw, in wei.
    pub fn credit(&self, relayer: Address) -> U256 {
        self.credits.get(&relayer).copied().unwrap_or_default()
    }

    /// Returns the sum of all pots and credits, in wei.
    pub fn total_owed(&self) -> U256 {
        let left = self.pots.values().map(FeePot::remaining);
        left.chain(self.credits.values().copied()).fold(U256::ZERO, U256::saturating_add)
    }

    /// Returns whether the contract has what it owes. It has more only if ether was force-sent to it.
    pub fn is_solvent(&self) -> bool {
        self.balance >= self.total_owed()
    }

    /// Applies a log of the contract.
    ///
    /// # Errors
    /// `Unexpected` if the contract cannot have emitted it.
    pub fn apply_log(&mut self, log: &Log) -> Result<(), StateError> {
        let event = IFeePotEvents::decode_raw_log(log.data.topics(), &log.data.data);
        let event = event.map_err(|error| StateError::Unexpected(format!("an event of the fee pots: {error}")))?;
        match event {
            IFeePotEvents::PotCreated(event) => {
                let (fee, relayers, created_in) = (event.fee, event.relayers, log.transaction);
                let pot = FeePot { fee, relayers, created_in, ..FeePot::default() };
                if event.fee.is_zero() || self.pots.insert(words::to_poll(event.poll)?, pot).is_some() {
                    return Err(StateError::Unexpected(format!(
                        "the fee pot of poll {} is created twice, or its fee is 0",
                        event.poll
                    )));
                }
            }
            IFeePotEvents::PotFunded(event) => {
                let pot = self.opened_pot(event.poll)?;
                pot.funded = checked_sum(pot.funded, event.amount)?;
            }
            IFeePotEvents::BallotsPaid(event) => {
                let (ballots, chamber) = (words::to_u64(event.ballots)?, words::to_chamber(event.chamber)?);
                let pot = self.opened_pot(event.poll)?;
                let due = pot.fee.saturating_mul(U256::from(ballots)).min(pot.remaining());
                if event.amount != due || due.is_zero() {
                    let what = format!("{ballots} ballots earn {due} wei of a fee pot, not {}", event.amount);
                    return Err(StateError::Unexpected(what));
                }
                if !pot.may_earn(event.relayer) {
                    let what = format!("{} earns from a fee pot and is not in its list", event.relayer);
                    return Err(StateError::Unexpected(what));
                }
                pot.paid = checked_sum(pot.paid, event.amount)?;
                pot.ballots = pot.ballots.saturating_add(ballots);
                let (relayer, amount, transaction) = (event.relayer, event.amount, log.transaction);
                pot.payments.push(FeePayment { chamber, relayer, ballots, amount, transaction });
                let earned = pot.earned.entry(event.relayer).or_default();
                *earned = checked_sum(*earned, event.amount)?;
                let credit = self.credits.entry(event.relayer).or_default();
                *credit = checked_sum(*credit, event.amount)?;
            }
            IFeePotEvents::CreditWithdrawn(event) => {
                let credit = self.credits.entry(event.relayer).or_default();
                *credit = checked_difference(*credit, event.amount)?;
            }
            IFeePotEvents::PotReclaimed(event) => {
                let pot = self.opened_pot(event.poll)?;
                checked_difference(pot.remaining(), event.amount)?;
                pot.reclaimed = checked_sum(pot.reclaimed, event.amount)?;
            }
        }
        Ok(())
    }

    fn opened_pot(&mut self, poll: U256) -> Result<&mut FeePot, StateError> {
        let unknown = || StateError::Unexpected(format!("the fee pot of poll {poll} was never created"));
        self.pots.get_mut(&words::to_poll(poll)?).ok_or_else(unknown)
    }
}

fn checked_sum(a: U256, b: U256) -> Result<U256, StateError> {
    let overflow = || StateError::Unexpected(format!("{a} wei and {b} wei of a fee pot add up to more than 256 bits"));
    a.checked_add(b).ok_or_else(overflow)
}

fn checked_difference(a: U256, b: U256) -> Result<U256, StateError> {
    let negative = || StateError::Unexpected(format!("{b} wei leave a fee pot, or a relayer's credit, of {a} wei"));
    a.checked_sub(b).ok_or_else(negative)
}

#[cfg(test)]
#[path = "books_tests.rs"]
mod tests;
