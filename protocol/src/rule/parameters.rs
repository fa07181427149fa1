//! Packed rule parameters, and the counted values of a choice under them.

use zeroize::Zeroizing;

use super::RuleError;
use crate::{
    Fr,
    constants::{MAX_OPTIONS, MAX_TOTAL, MIN_OPTIONS, VALUE_BITS},
    weight::{TotalWeight, Weight},
};

/// The parameters of one chamber's ballot rule, which the circuit takes packed into one field element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuleParameters {
    /// Whether the counted value is `u_j = weight·x_j`; otherwise it is `u_j = x_j`. Implies `capped`.
    pub weighted: bool,
    /// Whether the budget bounds the sum of squares; otherwise it bounds the sum.
    pub quadratic: bool,
    /// Whether the sum must equal the budget; otherwise it is at most the budget.
    pub exact: bool,
    /// Whether the budget is the voter's weight; otherwise it is `budget`.
    pub by_weight: bool,
    /// Whether the values are a permutation of `0..m-1`.
    pub ranked: bool,
    /// Whether every value is at most `cap`.
    pub capped: bool,
    /// Whether notes hold the choices; otherwise they hold zeros, and no ballot is a vote receipt.
    pub choice_in_note: bool,
    /// The cap, 8 bits; 0 unless `capped`.
    pub cap: u8,
    /// The budget, 16 bits; 0 if `by_weight`.
    pub budget: u16,
    /// The number of options `m`, 2 to 8.
    pub options: usize,
}

impl RuleParameters {
    /// Packs the parameters into a field element.
    pub fn pack(&self) -> Fr {
        Fr::from(self.pack_u64())
    }

    /// Packs the parameters into 40 bits: flags in bits 0 to 6, cap from bit 8, budget from 16, options one-hot from
    /// 32.
    ///
    /// # Panics
    /// Panics unless there are 2 to 8 options (a programming error: no constructor gives any other number).
    pub fn pack_u64(&self) -> u64 {
        assert!((MIN_OPTIONS..=MAX_OPTIONS).contains(&self.options), "a poll has 2 to 8 options");
        u64::from(self.weighted)
            | u64::from(self.quadratic) << 1
            | u64::from(self.exact) << 2
            | u64::from(self.by_weight) << 3
            | u64::from(self.ranked) << 4
            | u64::from(self.capped) << 5
            | u64::from(self.choice_in_note) << 6
            | u64::from(self.cap) << 8
            | u64::from(self.budget) << 16
            | 1 << (31 + self.options)
    }

    /// Returns the parameters of a packed number.
    ///
    /// # Errors
    /// Returns [`RuleError::Encoding`] if a reserved bit is set, an unused field is not 0 or the options are not
    /// one-hot, and [`RuleError::WeightedUncapped`] if the rule is weighted but not capped.
    pub fn unpack(packed: u64) -> Result<RuleParameters, RuleError> {
        let flag = |bit: u32| packed >> bit & 1 == 1;
        let one_hot = packed >> 32;
        let parameters = RuleParameters {
            weighted: flag(0),
            quadratic: flag(1),
            exact: flag(2),
            by_weight: flag(3),
            ranked: flag(4),
            capped: flag(5),
            choice_in_note: flag(6),
            cap: (packed >> 8) as u8,
            budget: (packed >> 16) as u16,
            options: one_hot.trailing_zeros() as usize + 1,
        };
        let unused = (!parameters.capped && parameters.cap != 0) || (parameters.by_weight && parameters.budget != 0);
        if !one_hot.is_power_of_two() || !(MIN_OPTIONS..=MAX_OPTIONS).contains(&parameters.options) || unused || flag(7)
        {
            return Err(RuleError::Encoding(packed));
        }
        parameters.check_options()?;
        Ok(parameters)
    }

    /// Returns the worst case: the greatest total that `members` of `total_weight` together could give an option.
    ///
    /// # Errors
    /// Returns [`RuleError::WorstCase`] if it exceeds `2^40`.
    pub fn compute_worst_case(&self, members: u64, total_weight: TotalWeight) -> Result<u64, RuleError> {
        let (voters, most) = match self {
            RuleParameters { weighted: true, .. } => (total_weight.get(), u64::from(self.cap)),
            RuleParameters { capped: true, .. } => (members, u64::from(self.cap)),
            RuleParameters { by_weight: true, .. } => (total_weight.get(), 1),
            _ => (members, u64::from(self.budget)),
        };
        let worst_case = u128::from(voters) * u128::from(most);
        if worst_case > u128::from(MAX_TOTAL) {
            return Err(RuleError::WorstCase { worst_case, max: MAX_TOTAL });
        }
        Ok(worst_case as u64)
    }

    /// Returns the counted values `u_1..` of a choice, as many as `x` has: `x` may be padded with zeros after the
    /// poll's options.
    ///
    /// # Errors
    /// Returns the first violated clause: [`RuleError::Length`], [`RuleError::InactiveOption`],
    /// [`RuleError::ValueTooLarge`], [`RuleError::CapExceeded`], [`RuleError::NotAPermutation`],
    /// [`RuleError::BudgetExceeded`] or
    /// [`RuleError::BudgetNotSpent`].
    pub fn count_values(&self, weight: Weight, x: &[u64]) -> Result<Vec<u64>, RuleError> {
        let options = self.options;
        self.check_options()?;
        if x.len() < options {
            return Err(RuleError::Length { expected: options, actual: x.len() });
        }
        if let Some(option) = (options..x.len()).find(|&j| x[j] != 0) {
            return Err(RuleError::InactiveOption { option, options });
        }
        let active = &x[..options];
        if let Some(option) = active.iter().position(|&value| value >> VALUE_BITS != 0) {
            return Err(RuleError::ValueTooLarge { option });
        }
        if self.capped
            && let Some(option) = active.iter().position(|&value| value > u64::from(self.cap))
        {
            return Err(RuleError::CapExceeded { option, cap: self.cap });
        }
        if self.ranked && !(0..options as u64).all(|rank| active.contains(&rank)) {
            return Err(RuleError::NotAPermutation { options });
        }
        self.check_budget(weight, active)?;
        x.iter().enumerate().map(|(option, &value)| self.count_value(option, weight, value)).collect()
    }

    /// Returns the choices that a ballot's note holds: `x`, or as many zeros.
    pub fn noted_choices(&self, x: &[u64]) -> Zeroizing<Vec<u64>> {
        Zeroizing::new(if self.choice_in_note { x.to_vec() } else { vec![0; x.len()] })
    }

    /// Checks the minimum on which all code relies.
    fn check_options(&self) -> Result<(), RuleError> {
        if !(MIN_OPTIONS..=MAX_OPTIONS).contains(&self.options) {
            return Err(RuleError::OptionCount { actual: self.options });
        }
        if self.weighted && !self.capped { Err(RuleError::WeightedUncapped) } else { Ok(()) }
    }

    fn check_budget(&self, weight: Weight, active: &[u64]) -> Result<(), RuleError> {
        let spent: u128 = active
            .iter()
            .map(|&value| if self.quadratic { u128::from(value) * u128::from(value) } else { u128::from(value) })
            .sum();
        let budget = if self.by_weight { u128::from(weight.get()) } else { u128::from(self.budget) };
        let public = (!self.by_weight).then_some(self.budget);
        if spent > budget {
            return Err(RuleError::BudgetExceeded { budget: public });
        }
        if self.exact && spent < budget {
            return Err(RuleError::BudgetNotSpent { budget: public });
        }
        Ok(())
    }

    fn count_value(&self, option: usize, weight: Weight, value: u64) -> Result<u64, RuleError> {
        let counted = if self.weighted { u128::from(weight.get()) * u128::from(value) } else { u128::from(value) };
        if counted >> VALUE_BITS == 0 { Ok(counted as u64) } else { Err(RuleError::ValueTooLarge { option }) }
    }
}
