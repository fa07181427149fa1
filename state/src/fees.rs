//! Fee pots, which pay relayers: what a batch of ballots would earn, the call that earns it, and the books of all pots.

mod books;

pub use books::{FeeBooks, FeePayment, FeePot};

use alloy_primitives::{Address, U256};

use crate::bindings::{IFeePot::castBatchCall, IPolls};

/// What a poll's fee pot pays one relayer at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PotTerms {
    /// The fee pot contract, which the call is sent to.
    pub contract: Address,
    /// The fee for a first ballot, in wei; never 0.
    pub fee: U256,
    /// The balance of the pot, in wei.
    pub balance: U256,
    /// Whether this relayer may earn from it.
    pub may_earn: bool,
}

impl PotTerms {
    /// Returns what this number of first ballots would earn, in wei: the fees, or the balance; 0 if the relayer may
    /// not earn.
    pub fn amount_due(&self, first_ballots: u64) -> U256 {
        match self.may_earn {
            true => self.fee.saturating_mul(U256::from(first_ballots)).min(self.balance),
            false => U256::ZERO,
        }
    }

    /// Returns the call that casts a batch for its fee, to be sent to [`PotTerms::contract`]; `None` if it would earn
    /// nothing, since sending it to the polls contract is cheaper then.
    ///
    /// It reverts with `FeesBelowMinimum` if it comes to earn less than [`PotTerms::amount_due`] says now: others may
    /// cast some of the ballots first. Whether the fee is worth what the pot adds to the gas of each ballot is for the
    /// relayer to decide.
    pub fn paid_batch_call(&self, batch: &IPolls::castBatchCall, first_ballots: u64) -> Option<castBatchCall> {
        let least = self.amount_due(first_ballots);
        (!least.is_zero()).then(|| castBatchCall {
            poll: batch.poll,
            chamber: batch.chamber,
            records: batch.records.clone(),
            replacements: batch.replacements.clone(),
            minimum: least,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(balance: u64, may_earn: bool) -> PotTerms {
        PotTerms { contract: Address::repeat_byte(7), fee: U256::from(10), balance: U256::from(balance), may_earn }
    }

    #[test]
    fn batch_earns_its_fees_or_the_remainder() {
        assert_eq!(terms(100, true).amount_due(3), U256::from(30));
        assert_eq!(terms(25, true).amount_due(3), U256::from(25));
        assert_eq!(terms(100, false).amount_due(3), U256::ZERO);
        let huge = PotTerms { fee: U256::MAX, ..terms(100, true) };
        assert_eq!(huge.amount_due(u64::MAX), U256::from(100));
    }

    #[test]
    fn batch_without_earnings_bypasses_the_pot() {
        let batch = IPolls::castBatchCall {
            poll: U256::from(1),
            chamber: U256::from(2),
            records: vec![3].into(),
            replacements: vec![4].into(),
        };
        let call = terms(100, true).paid_batch_call(&batch, 2).unwrap();
        assert_eq!((call.poll, call.chamber, call.minimum), (batch.poll, batch.chamber, U256::from(20)));
        assert_eq!((call.records, call.replacements), (batch.records.clone(), batch.replacements.clone()));
        assert!(terms(100, true).paid_batch_call(&batch, 0).is_none(), "replacements alone");
        assert!(terms(0, true).paid_batch_call(&batch, 2).is_none(), "an empty pot");
        assert!(terms(100, false).paid_batch_call(&batch, 2).is_none(), "a stranger");
    }
}
