//! Errors of ballot rules and choices.

use thiserror::Error;

use super::RuleKind;
use crate::constants::{MAX_OPTIONS, MIN_OPTIONS};

/// The reason why a rule or a choice is refused. A violated clause is named by option (from 0) and by the rule's public
/// limits, never by the voter's choice or weight.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RuleError {
    /// The number of options is not 2 to 8.
    #[error("a poll has {MIN_OPTIONS} to {MAX_OPTIONS} options, not {actual}")]
    OptionCount {
        /// The given number of options.
        actual: usize,
    },
    /// No kind of rule has this number.
    #[error("unknown kind of rule {0}: kinds are 0 to 5")]
    UnknownKind(u8),
    /// The parameter is outside the rule's range.
    #[error("parameter {actual} of a rule of kind {kind:?} is out of range: expected {min} to {max}")]
    ParameterOutOfRange {
        /// The kind of the rule.
        kind: RuleKind,
        /// Least value, inclusive.
        min: u16,
        /// Greatest value, inclusive.
        max: u16,
        /// The given value.
        actual: u16,
    },
    /// The rule is exact, but only a cumulative rule can ask for the whole budget.
    #[error("a rule of kind {kind:?} cannot be exact: only a cumulative rule can")]
    ExactNotApplicable {
        /// The kind of the rule.
        kind: RuleKind,
    },
    /// Some total could exceed `2^40`.
    #[error("a total could reach {worst_case}, which exceeds the maximum of {max}")]
    WorstCase {
        /// The greatest total.
        worst_case: u128,
        /// The bound, inclusive.
        max: u64,
    },
    /// A reserved bit is set, an unused field is not 0, or the number of options is not one-hot.
    #[error("{0:#x} is not a valid encoding of rule parameters")]
    Encoding(u64),
    /// The rule is weighted but not capped: values would not be integers, so a weighted rule must bound every value.
    #[error("a weighted rule must be capped")]
    WeightedUncapped,
    /// The choice has fewer values than the poll has options.
    #[error("a choice has at least {expected} values, not {actual}")]
    Length {
        /// The number of the poll's options.
        expected: usize,
        /// The given number of values.
        actual: usize,
    },
    /// A value is given for an option that the poll does not have.
    #[error("a value is given for option {option}, but the poll has {options} options, numbered from 0")]
    InactiveOption {
        /// The index of the option, from 0.
        option: usize,
        /// The number of the poll's options.
        options: usize,
    },
    /// A chosen or counted value has more than 40 bits.
    #[error("the value of option {option} is not below 2^40")]
    ValueTooLarge {
        /// The index of the option, from 0.
        option: usize,
    },
    /// A value is above the cap.
    #[error("the value of option {option} exceeds the cap of {cap}")]
    CapExceeded {
        /// The index of the option, from 0.
        option: usize,
        /// The rule's cap, inclusive.
        cap: u8,
    },
    /// The sum is above the budget.
    #[error("the choice spends more than the budget of {}", budget_name(.budget))]
    BudgetExceeded {
        /// The rule's budget, inclusive; `None` if it is the voter's weight.
        budget: Option<u16>,
    },
    /// The sum is below the budget, all of which must be spent.
    #[error("the choice does not spend the whole budget of {}", budget_name(.budget))]
    BudgetNotSpent {
        /// The rule's budget; `None` if it is the voter's weight.
        budget: Option<u16>,
    },
    /// The values are not a permutation of `0..m-1`.
    #[error("the values are not a permutation of 0 to {max}", max = options - 1)]
    NotAPermutation {
        /// The number of the poll's options.
        options: usize,
    },
}

fn budget_name(budget: &Option<u16>) -> String {
    budget.map_or_else(|| "the voter's weight".to_owned(), |budget| budget.to_string())
}
