//! Ballot rules and what a choice counts (specification, section 4).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Fr,
    constants::{MAX_OPTIONS, MAX_TOTAL, MIN_OPTIONS, VALUE_BITS},
};

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

/// The kinds of rules, numbered as in the contracts' `Kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Kind {
    /// One option.
    Plurality = 0,
    /// At most `k` options.
    Approval = 1,
    /// Each option from 0 to `s`.
    Score = 2,
    /// A budget spread over the options.
    Cumulative = 3,
    /// A budget that bounds the sum of squares.
    Quadratic = 4,
    /// A ranking: `m - 1` for the best, 0 for the last.
    Borda = 5,
}

impl TryFrom<u8> for Kind {
    type Error = RuleError;
    fn try_from(number: u8) -> Result<Kind, RuleError> {
        Ok(match number {
            0 => Kind::Plurality,
            1 => Kind::Approval,
            2 => Kind::Score,
            3 => Kind::Cumulative,
            4 => Kind::Quadratic,
            5 => Kind::Borda,
            _ => return Err(RuleError::UnknownKind(number)),
        })
    }
}

/// A poll's rule, as its creator states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The kind.
    pub kind: Kind,
    /// `k` of approval, `s` of score, the budget of cumulative and quadratic (read in unweighted chambers only), otherwise 0.
    pub parameter: u16,
    /// Cumulative only: the whole budget must be spent.
    pub exact: bool,
}

impl Rule {
    /// The parameters of this rule for a chamber: the table of section 4.
    ///
    /// # Errors
    /// [`RuleError::Options`], [`RuleError::Parameter`], [`RuleError::ExactNotApplicable`].
    pub fn parameters(&self, options: usize, weighted: bool) -> Result<Parameters, RuleError> {
        if !(MIN_OPTIONS..=MAX_OPTIONS).contains(&options) {
            return Err(RuleError::Options { actual: options });
        }
        if self.exact && self.kind != Kind::Cumulative {
            return Err(RuleError::ExactNotApplicable { kind: self.kind });
        }
        let m = options as u8;
        let base = Parameters {
            weighted: false,
            quadratic: false,
            exact: false,
            by_weight: false,
            ranked: false,
            capped: false,
            cap: 0,
            budget: 0,
            options,
        };
        let capped = |cap: u8, budget: u16| Parameters { weighted, capped: true, cap, budget, ..base };
        let spread =
            |budget: u16| Parameters { by_weight: weighted, budget: if weighted { 0 } else { budget }, ..base };
        // In a weighted chamber the budget is the weight, and the parameter is not read.
        let least_budget = u16::from(!weighted);
        Ok(match self.kind {
            Kind::Plurality => {
                self.parameter_within(0, 0)?;
                Parameters { exact: true, ..capped(1, 1) }
            }
            Kind::Approval => capped(1, self.parameter_within(1, u16::from(m))?),
            Kind::Score => {
                let most = self.parameter_within(1, 255)?;
                capped(most as u8, most * u16::from(m))
            }
            Kind::Cumulative => {
                Parameters { exact: self.exact, ..spread(self.parameter_within(least_budget, u16::MAX)?) }
            }
            Kind::Quadratic => Parameters { quadratic: true, ..spread(self.parameter_within(least_budget, u16::MAX)?) },
            Kind::Borda => {
                self.parameter_within(0, 0)?;
                Parameters { ranked: true, exact: true, ..capped(m - 1, u16::from(m * (m - 1) / 2)) }
            }
        })
    }

    /// The greatest total that `members` of `total_weight` together could give an option under this rule.
    ///
    /// # Errors
    /// [`RuleError::WorstCase`] if it exceeds `2^40`, and the errors of [`Rule::parameters`].
    pub fn worst_case(
        &self,
        options: usize,
        weighted: bool,
        members: u64,
        total_weight: u64,
    ) -> Result<u64, RuleError> {
        self.parameters(options, weighted)?.worst_case(members, total_weight)
    }

    fn parameter_within(&self, min: u16, max: u16) -> Result<u16, RuleError> {
        if (min..=max).contains(&self.parameter) {
            Ok(self.parameter)
        } else {
            Err(RuleError::Parameter { kind: self.kind, min, max, actual: self.parameter })
        }
    }
}

/// The parameters of one chamber's ballots, which the circuit takes packed into one field element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parameters {
    /// Counted `u_j = weight·x_j`, otherwise `u_j = x_j`. Implies `capped`.
    pub weighted: bool,
    /// The budget bounds the sum of squares, otherwise the sum.
    pub quadratic: bool,
    /// The sum equals the budget, otherwise it is at most the budget.
    pub exact: bool,
    /// The budget is the voter's weight, otherwise `budget`.
    pub by_weight: bool,
    /// The values are a permutation of `0..m-1`.
    pub ranked: bool,
    /// Every value is at most `cap`.
    pub capped: bool,
    /// 8 bits; 0 unless `capped`.
    pub cap: u8,
    /// 16 bits; 0 if `by_weight`.
    pub budget: u16,
    /// `m`, 2 to 8.
    pub options: usize,
}

impl Parameters {
    /// The packed parameters as a field element.
    pub fn pack(&self) -> Fr {
        Fr::from(self.packed_u64())
    }

    /// The packed parameters, 40 bits: flags in bits 0 to 5, cap from 8, budget from 16, options one-hot from 32.
    ///
    /// # Panics
    /// Unless there are 2 to 8 options (a programming error: no constructor gives any other number).
    pub fn packed_u64(&self) -> u64 {
        assert!((MIN_OPTIONS..=MAX_OPTIONS).contains(&self.options), "a poll has 2 to 8 options");
        u64::from(self.weighted)
            | u64::from(self.quadratic) << 1
            | u64::from(self.exact) << 2
            | u64::from(self.by_weight) << 3
            | u64::from(self.ranked) << 4
            | u64::from(self.capped) << 5
            | u64::from(self.cap) << 8
            | u64::from(self.budget) << 16
            | 1 << (31 + self.options)
    }

    /// The parameters of a packed number.
    ///
    /// # Errors
    /// [`RuleError::Encoding`] if a reserved bit is set, an unused field is not 0 or the options are not one-hot;
    /// [`RuleError::WeightedUncapped`].
    pub fn unpack(packed: u64) -> Result<Parameters, RuleError> {
        let flag = |bit: u32| packed >> bit & 1 == 1;
        let one_hot = packed >> 32;
        let parameters = Parameters {
            weighted: flag(0),
            quadratic: flag(1),
            exact: flag(2),
            by_weight: flag(3),
            ranked: flag(4),
            capped: flag(5),
            cap: (packed >> 8) as u8,
            budget: (packed >> 16) as u16,
            options: one_hot.trailing_zeros() as usize + 1,
        };
        let unused = (!parameters.capped && parameters.cap != 0) || (parameters.by_weight && parameters.budget != 0);
        if !one_hot.is_power_of_two()
            || !(MIN_OPTIONS..=MAX_OPTIONS).contains(&parameters.options)
            || packed & 0xc0 != 0
            || unused
        {
            return Err(RuleError::Encoding(packed));
        }
        parameters.check()?;
        Ok(parameters)
    }

    /// The greatest total that `members` of `total_weight` together could give an option.
    ///
    /// # Errors
    /// [`RuleError::WorstCase`] if it exceeds `2^40`.
    pub fn worst_case(&self, members: u64, total_weight: u64) -> Result<u64, RuleError> {
        let (voters, most) = match self {
            Parameters { weighted: true, .. } => (total_weight, u64::from(self.cap)),
            Parameters { capped: true, .. } => (members, u64::from(self.cap)),
            Parameters { by_weight: true, .. } => (total_weight, 1),
            _ => (members, u64::from(self.budget)),
        };
        let worst_case = u128::from(voters) * u128::from(most);
        if worst_case > u128::from(MAX_TOTAL) {
            return Err(RuleError::WorstCase { worst_case, max: MAX_TOTAL });
        }
        Ok(worst_case as u64)
    }

    /// The counted values `u_1..` of a choice, as many as `x` has: `x` may be padded with zeros behind the poll's options.
    ///
    /// # Errors
    /// The first violated clause: [`RuleError::Length`], [`RuleError::InactiveOption`], [`RuleError::ValueTooLarge`],
    /// [`RuleError::Cap`], [`RuleError::NotAPermutation`], [`RuleError::Budget`], [`RuleError::Inexact`].
    pub fn counted(&self, weight: u64, x: &[u64]) -> Result<Vec<u64>, RuleError> {
        let options = self.options;
        self.check()?;
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
            return Err(RuleError::Cap { option, cap: self.cap });
        }
        if self.ranked && !(0..options as u64).all(|rank| active.contains(&rank)) {
            return Err(RuleError::NotAPermutation { options });
        }
        self.check_budget(weight, active)?;
        x.iter().enumerate().map(|(option, &value)| self.count(option, weight, value)).collect()
    }

    /// The least that any code relies on.
    fn check(&self) -> Result<(), RuleError> {
        if !(MIN_OPTIONS..=MAX_OPTIONS).contains(&self.options) {
            return Err(RuleError::Options { actual: self.options });
        }
        if self.weighted && !self.capped { Err(RuleError::WeightedUncapped) } else { Ok(()) }
    }

    fn check_budget(&self, weight: u64, active: &[u64]) -> Result<(), RuleError> {
        let spent: u128 = active
            .iter()
            .map(|&value| if self.quadratic { u128::from(value) * u128::from(value) } else { u128::from(value) })
            .sum();
        let budget = if self.by_weight { u128::from(weight) } else { u128::from(self.budget) };
        let public = (!self.by_weight).then_some(self.budget);
        if spent > budget {
            return Err(RuleError::Budget { budget: public });
        }
        if self.exact && spent < budget {
            return Err(RuleError::Inexact { budget: public });
        }
        Ok(())
    }

    fn count(&self, option: usize, weight: u64, value: u64) -> Result<u64, RuleError> {
        let counted = if self.weighted { u128::from(weight) * u128::from(value) } else { u128::from(value) };
        if counted >> VALUE_BITS == 0 { Ok(counted as u64) } else { Err(RuleError::ValueTooLarge { option }) }
    }
}
