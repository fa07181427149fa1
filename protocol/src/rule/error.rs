//! Errors of rules and choices.

use thiserror::Error;

use super::Kind;
use crate::constants::{MAX_OPTIONS, MIN_OPTIONS};

/// Why a rule or a choice is refused. A violated clause is named by option (from 0) and by the rule's public limits, never by
/// what the voter chose or weighs.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RuleError {
    /// A poll has 2 to 8 options.
    #[error("a poll has {MIN_OPTIONS} to {MAX_OPTIONS} options, not {actual}")]
    Options {
        /// The number of options given.
        actual: usize,
    },
    /// No rule has this number.
    #[error("there is no rule number {0}")]
    UnknownKind(u8),
    /// The parameter is outside the rule's range.
    #[error("the parameter of {kind:?} is from {min} to {max}, not {actual}")]
    Parameter {
        /// The rule.
        kind: Kind,
        /// Least value, inclusive.
        min: u16,
        /// Greatest value, inclusive.
        max: u16,
        /// The value given.
        actual: u16,
    },
    /// Only a cumulative rule can ask for the whole budget.
    #[error("only a cumulative rule can be exact, not {kind:?}")]
    ExactNotApplicable {
        /// The rule.
        kind: Kind,
    },
    /// Some total could exceed `2^40`.
    #[error("a total could reach {worst_case}, more than {max}")]
    WorstCase {
        /// The greatest total.
        worst_case: u128,
        /// The bound, inclusive.
        max: u64,
    },
    /// A reserved bit is set, an unused field is not 0, or the number of options is not one-hot.
    #[error("{0:#x} does not encode rule parameters")]
    Encoding(u64),
    /// A weighted rule must bound every value, or values would not be integers.
    #[error("a weighted rule must be capped")]
    WeightedUncapped,
    /// The choice has fewer values than the poll has options.
    #[error("a choice has at least {expected} values, not {actual}")]
    Length {
        /// The poll's options.
        expected: usize,
        /// The number of values given.
        actual: usize,
    },
    /// A value for an option that the poll does not have.
    #[error("option {option} is not one of the poll's {options}")]
    InactiveOption {
        /// The option, from 0.
        option: usize,
        /// The poll's options.
        options: usize,
    },
    /// A chosen or counted value of more than 40 bits.
    #[error("the value of option {option} is not below 2^40")]
    ValueTooLarge {
        /// The option, from 0.
        option: usize,
    },
    /// A value above the cap.
    #[error("the value of option {option} is above the cap {cap}")]
    Cap {
        /// The option, from 0.
        option: usize,
        /// The rule's cap, inclusive.
        cap: u8,
    },
    /// The sum is above the budget.
    #[error("the choice spends more than the budget of {}", budget_name(.budget))]
    Budget {
        /// The rule's budget, inclusive; `None` if it is the voter's weight.
        budget: Option<u16>,
    },
    /// The sum is below the budget, all of which must be spent.
    #[error("the choice does not spend the whole budget of {}", budget_name(.budget))]
    Inexact {
        /// The rule's budget; `None` if it is the voter's weight.
        budget: Option<u16>,
    },
    /// The values are not a permutation of `0..m-1`.
    #[error("the values are not a permutation of 0 to {max}", max = options - 1)]
    NotAPermutation {
        /// The poll's options.
        options: usize,
    },
}

fn budget_name(budget: &Option<u16>) -> String {
    budget.map_or_else(|| "the voter's weight".to_owned(), |budget| budget.to_string())
}
