//! What a transaction offers per gas, and what of it a user chooses.

use alloy::{
    network::TransactionBuilder,
    primitives::utils::{ParseUnits, parse_units},
    rpc::types::TransactionRequest,
};
use serde::{Deserialize, Serialize};

/// The fees offered per gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    /// The maximum fee per gas; the gas price of a legacy transaction.
    #[serde(rename = "most")]
    pub max_fee: u128,
    /// The maximum priority fee per gas, which goes to the block's proposer (EIP-1559); none for a legacy transaction.
    #[serde(rename = "tip", default)]
    pub priority_fee: Option<u128>,
}

/// Fees that a user chooses; what is not chosen is estimated. In wei per gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeOptions {
    /// The maximum fee, or the gas price of legacy transactions.
    pub gas_price: Option<u128>,
    /// The maximum priority fee.
    pub priority_fee: Option<u128>,
    /// Whether legacy transactions are sent, which have a gas price only.
    pub legacy: bool,
}

/// Parses a price per gas: a number of wei, or with a unit such as `1.5gwei`. Units are `wei`, `gwei` and `ether`.
pub fn parse_price(text: &str) -> Option<u128> {
    let unit_at = text.find(|char: char| char.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = (text[..unit_at].trim(), text[unit_at..].trim());
    if matches!(unit, "" | "wei") {
        return number.parse().ok();
    }
    if !number.starts_with(|char: char| char.is_ascii_digit()) || !matches!(unit, "gwei" | "ether") {
        return None;
    }
    match parse_units(number, unit).ok()? {
        ParseUnits::U256(price) => price.try_into().ok(),
        ParseUnits::I256(_) => None,
    }
}

impl Fees {
    /// Returns the fees raised by a quarter: nodes accept a replacement only with an increase of an eighth, or a tenth.
    #[must_use]
    pub fn raised(self) -> Self {
        let more = |fee: u128| fee.saturating_add(fee / 4).saturating_add(1);
        Self { max_fee: more(self.max_fee), priority_fee: self.priority_fee.map(more) }
    }

    /// Returns the greater of each fee. A legacy transaction's price counts as both, so the result is legacy if one of
    /// the two is.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        let priority_fee = self.priority_fee.zip(other.priority_fee).map(|(one, other)| one.max(other));
        Self { max_fee: self.max_fee.max(other.max_fee), priority_fee }
    }

    /// Sets them on a transaction.
    pub(crate) fn set_on(self, request: &mut TransactionRequest) {
        match self.priority_fee {
            Some(priority_fee) => {
                request.set_max_fee_per_gas(self.max_fee);
                request.set_max_priority_fee_per_gas(priority_fee);
            }
            None => request.set_gas_price(self.max_fee),
        }
    }
}

impl FeeOptions {
    /// Returns the fees if nothing is left to estimate.
    pub(crate) fn chosen(self) -> Option<Fees> {
        match (self.legacy, self.gas_price, self.priority_fee) {
            (true, Some(max_fee), _) => Some(Fees { max_fee, priority_fee: None }),
            (false, Some(max_fee), Some(priority_fee)) => Some(Fees { max_fee, priority_fee: Some(priority_fee) }),
            _ => None,
        }
    }

    /// Replaces the chosen part of estimated EIP-1559 fees.
    pub(crate) fn override_estimate(self, max_fee: u128, priority_fee: u128) -> Fees {
        let priority = self.priority_fee.unwrap_or(priority_fee);
        // What the estimate leaves for the base fee stays.
        let max_fee = self.gas_price.unwrap_or(max_fee.saturating_sub(priority_fee).saturating_add(priority));
        Fees { max_fee, priority_fee: Some(priority.min(max_fee)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_fees_satisfy_replacement_rules() {
        let fees = Fees { max_fee: 1_000, priority_fee: Some(8) };
        let raised = fees.raised();
        assert!(raised.max_fee * 8 >= fees.max_fee * 9 && raised.priority_fee.unwrap() * 8 >= 8 * 9);
        let legacy = Fees { max_fee: 0, priority_fee: None }.raised();
        assert!(legacy.max_fee > 0 && legacy.priority_fee.is_none());
        let other = Fees { max_fee: 5, priority_fee: Some(9) };
        assert_eq!(fees.at_least(other), Fees { max_fee: 1_000, priority_fee: Some(9) });
        assert_eq!(legacy.at_least(other), Fees { max_fee: 5, priority_fee: None });
    }

    #[test]
    fn chosen_fees_replace_their_part_of_the_estimate() {
        let none = FeeOptions::default();
        let fees = |max_fee, priority_fee| Fees { max_fee, priority_fee: Some(priority_fee) };
        assert_eq!(none.override_estimate(100, 10), fees(100, 10));
        assert_eq!(FeeOptions { gas_price: Some(7), ..none }.override_estimate(100, 10), fees(7, 7));
        assert_eq!(FeeOptions { priority_fee: Some(30), ..none }.override_estimate(100, 10), fees(120, 30));
        assert_eq!(
            FeeOptions { legacy: true, gas_price: Some(7), ..none }.chosen(),
            Some(Fees { max_fee: 7, priority_fee: None })
        );
        assert_eq!(FeeOptions { gas_price: Some(7), priority_fee: Some(3), ..none }.chosen(), Some(fees(7, 3)));
        assert_eq!(FeeOptions { gas_price: Some(7), ..none }.chosen(), None);
    }

    #[test]
    fn prices_are_in_wei_or_have_a_unit() {
        for (text, expected) in [
            ("7", Some(7)),
            ("20gwei", Some(20_000_000_000)),
            ("1.5 gwei", Some(1_500_000_000)),
            ("0.000000001ether", Some(1_000_000_000)),
            ("1.5", None),
            ("-1", None),
            ("gwei", None),
            ("1finney", None),
            ("0x10", None),
            ("", None),
            ("999999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(parse_price(text), expected, "{text}");
        }
    }

    #[test]
    fn stored_fees_of_earlier_versions_are_read() {
        let stored: Fees = serde_json::from_str(r#"{"most":5,"tip":2}"#).unwrap();
        assert_eq!(stored, Fees { max_fee: 5, priority_fee: Some(2) });
    }
}
