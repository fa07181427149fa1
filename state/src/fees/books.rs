//! Where all coin of the pots came from, and where it is: from their events alone.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolEventInterface;

use crate::{bindings::IFeePot::IFeePotEvents, error::StateError, log::Log, words};

/// The books of all pots of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// By the number of their poll.
    pub pots: BTreeMap<u64, Pot>,
    /// What each relayer has earned in all polls and not withdrawn, in wei.
    pub credits: BTreeMap<Address, U256>,
    /// What the contract has, in wei.
    pub balance: U256,
}

/// The books of one pot. Amounts are in wei.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pot {
    /// For a first ballot.
    pub fee: U256,
    /// Who may earn it; empty for anybody.
    pub relayers: Vec<Address>,
    /// What came in.
    pub funded: U256,
    /// What it has paid.
    pub paid: U256,
    /// For how many first ballots.
    pub ballots: u64,
    /// To whom.
    pub earned: BTreeMap<Address, U256>,
    /// What the DAO took back.
    pub reclaimed: U256,
}

impl Pot {
    /// What is left.
    pub fn left(&self) -> U256 {
        self.funded.saturating_sub(self.paid).saturating_sub(self.reclaimed)
    }

    /// How many more first ballots it pays in full.
    pub fn covers(&self) -> U256 {
        self.left().checked_div(self.fee).unwrap_or_default()
    }
}

impl Books {
    /// The pot of a poll.
    ///
    /// # Errors
    /// `NoPot`.
    pub fn pot(&self, poll: u64) -> Result<&Pot, StateError> {
        self.pots.get(&poll).ok_or(StateError::NoPot { poll })
    }

    /// What a relayer may withdraw, in wei.
    pub fn credit(&self, relayer: Address) -> U256 {
        self.credits.get(&relayer).copied().unwrap_or_default()
    }

    /// What pots and credits are together, in wei.
    pub fn owed(&self) -> U256 {
        let left = self.pots.values().map(Pot::left);
        left.chain(self.credits.values().copied()).fold(U256::ZERO, U256::saturating_add)
    }

    /// Whether the contract has what it owes. It has more only if somebody forced coin upon it.
    pub fn holds(&self) -> bool {
        self.balance >= self.owed()
    }

    /// Enters a log of the contract.
    ///
    /// # Errors
    /// `Unexpected` if the contract cannot have emitted it.
    pub fn apply(&mut self, log: &Log) -> Result<(), StateError> {
        let event = IFeePotEvents::decode_raw_log(log.data.topics(), &log.data.data);
        let event = event.map_err(|error| StateError::Unexpected(format!("an event of the fee pots: {error}")))?;
        match event {
            IFeePotEvents::PotOpened(event) => {
                let pot = Pot { fee: event.fee, relayers: event.relayers, ..Pot::default() };
                if event.fee.is_zero() || self.pots.insert(words::to_u64(event.poll)?, pot).is_some() {
                    return Err(StateError::Unexpected(format!("a pot of poll {} that cannot be", event.poll)));
                }
            }
            IFeePotEvents::PotFunded(event) => {
                let pot = self.known(event.poll)?;
                pot.funded = sum(pot.funded, event.amount)?;
            }
            IFeePotEvents::BallotsPaid(event) => {
                let pot = self.known(event.poll)?;
                difference(pot.left(), event.amount)?;
                pot.paid = sum(pot.paid, event.amount)?;
                pot.ballots = pot.ballots.saturating_add(words::to_u64(event.ballots)?);
                let earned = pot.earned.entry(event.relayer).or_default();
                *earned = sum(*earned, event.amount)?;
                let credit = self.credits.entry(event.relayer).or_default();
                *credit = sum(*credit, event.amount)?;
            }
            IFeePotEvents::CreditWithdrawn(event) => {
                let credit = self.credits.entry(event.relayer).or_default();
                *credit = difference(*credit, event.amount)?;
            }
            IFeePotEvents::PotReclaimed(event) => {
                let pot = self.known(event.poll)?;
                difference(pot.left(), event.amount)?;
                pot.reclaimed = sum(pot.reclaimed, event.amount)?;
            }
        }
        Ok(())
    }

    fn known(&mut self, poll: U256) -> Result<&mut Pot, StateError> {
        let unknown = || StateError::Unexpected(format!("coin of a pot of poll {poll} that was never opened"));
        self.pots.get_mut(&words::to_u64(poll)?).ok_or_else(unknown)
    }
}

fn sum(a: U256, b: U256) -> Result<U256, StateError> {
    a.checked_add(b).ok_or_else(|| StateError::Unexpected(format!("{b} wei more than there can be in a pot")))
}

fn difference(a: U256, b: U256) -> Result<U256, StateError> {
    a.checked_sub(b).ok_or_else(|| StateError::Unexpected(format!("{b} wei out of the {a} of a pot or a relayer")))
}

#[cfg(test)]
#[path = "books_tests.rs"]
mod tests;
