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
    #[error("unknown kind of ballot rule {0}: expected 0 (plurality) to 5 (Borda)")]
    UnknownKind(u8),
    /// The parameter is outside the rule's range.
    #[error("the parameter of the ballot rule {kind:?} is {actual}: expected {min} to {max}")]
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
    #[error("the ballot rule {kind:?} cannot be exact: only a cumulative rule can")]
    ExactNotApplicable {
        /// The kind of the rule.
        kind: RuleKind,
    },
    /// The rule is masked, and its notes hold choices.
    #[error("a masked poll has no choices in notes: a mask is made without knowing the choice")]
    MaskedChoiceInNote,
    /// Some total could exceed `2^40`.
    #[error(
        "an option's total could reach {worst_case}, above the maximum of {max}: lower the weights, the rule's \
         parameter or the number of members"
    )]
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
    #[error("the ballot rule is weighted but not capped: a weighted rule must cap every choice")]
    WeightedUncapped,
    /// The choice has fewer values than the poll has options.
    #[error("the ballot has {actual} choices for {expected} options: expected one choice for each option")]
    Length {
        /// The number of the poll's options.
        expected: usize,
        /// The given number of values.
        actual: usize,
    },
    /// A value is given for an option that the poll does not have.
    #[error("there is a choice for option {option}, but the poll has {options} options, numbered from 0")]
    InactiveOption {
        /// The index of the option, from 0.
        option: usize,
        /// The number of the poll's options.
        options: usize,
    },
    /// A chosen or counted value has more than 40 bits.
    #[error("the choice or counted value of option {option} (from 0) is not below 2^40")]
    ValueTooLarge {
        /// The index of the option, from 0.
        option: usize,
    },
    /// A value is above the cap.
    #[error("the choice for option {option} (from 0) exceeds the cap of {cap}")]
    CapExceeded {
        /// The index of the option, from 0.
        option: usize,
        /// The rule's cap, inclusive.
        cap: u8,
    },
    /// The sum is above the budget.
    #[error("the choices spend more than the budget of {}", budget_name(.budget))]
    BudgetExceeded {
        /// The rule's budget, inclusive; `None` if it is the voter's weight.
        budget: Option<u16>,
    },
    /// The sum is below the budget, all of which must be spent.
    #[error("the choices do not spend the whole budget of {}", budget_name(.budget))]
    BudgetNotSpent {
        /// The rule's budget; `None` if it is the voter's weight.
        budget: Option<u16>,
    },
    /// The values are not a permutation of `0..m-1`.
    #[error("the choices are not a permutation of 0 to {max}", max = options - 1)]
    NotAPermutation {
        /// The number of the poll's options.
        options: usize,
    },
}

fn budget_name(budget: &Option<u16>) -> String {
    budget.map_or_else(|| "the voter's weight".to_owned(), |budget| budget.to_string())
}
