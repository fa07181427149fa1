//! Ballot rules and the values that a choice counts (specification, section 4).

mod choices;
mod error;
mod parameters;

use serde::{Deserialize, Serialize};

use crate::constants::{MAX_OPTIONS, MIN_OPTIONS};
use crate::weight::TotalWeight;

pub use error::RuleError;
pub use parameters::RuleParameters;

/// The kinds of ballot rules, numbered as in the contracts' `RuleKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum RuleKind {
    /// Chooses one option.
    Plurality = 0,
    /// Approves at most `k` options.
    Approval = 1,
    /// Scores each option from 0 to `s`.
    Score = 2,
    /// Spreads a budget over the options.
    Cumulative = 3,
    /// Spreads a budget that bounds the sum of squares.
    Quadratic = 4,
    /// Ranks the options: `m - 1` for the best, 0 for the last.
    Borda = 5,
}

impl TryFrom<u8> for RuleKind {
    type Error = RuleError;
    fn try_from(number: u8) -> Result<RuleKind, RuleError> {
        Ok(match number {
            0 => RuleKind::Plurality,
            1 => RuleKind::Approval,
            2 => RuleKind::Score,
            3 => RuleKind::Cumulative,
            4 => RuleKind::Quadratic,
            5 => RuleKind::Borda,
            _ => return Err(RuleError::UnknownKind(number)),
        })
    }
}

/// A poll's ballot rule, as its creator states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The kind of the rule.
    pub kind: RuleKind,
    /// `k` of approval, `s` of score, the budget of cumulative and quadratic (read in unweighted chambers only),
    /// otherwise 0.
    pub parameter: u16,
    /// Whether the whole budget must be spent; cumulative only.
    pub exact: bool,
    /// Whether a ballot's note holds its choice. A bonus needs that, and it makes every ballot a vote receipt: the seed
    /// proves how its voter voted, for ever.
    pub choice_in_note: bool,
    /// Whether anyone may re-encrypt the ballot in a slot, so that its owner's replacement cannot be told from that
    /// ([`crate::statement::update`]). Not with `choice_in_note`: a mask does not know the choice.
    pub masked: bool,
}

impl Rule {
    /// Returns the rule of a kind and parameter, neither exact nor with choices in notes nor masked.
    pub const fn new(kind: RuleKind, parameter: u16) -> Rule {
        Rule { kind, parameter, exact: false, choice_in_note: false, masked: false }
    }

    /// Returns the parameters of this rule for a chamber: the table of section 4.
    ///
    /// # Errors
    /// Returns [`RuleError::OptionCount`] if a poll cannot have this number of options,
    /// [`RuleError::ParameterOutOfRange`] if the parameter is out of range, [`RuleError::MaskedChoiceInNote`], and
    /// [`RuleError::ExactNotApplicable`] if a rule other than a cumulative one is exact.
    pub fn to_parameters(&self, options: usize, weighted: bool) -> Result<RuleParameters, RuleError> {
        if !(MIN_OPTIONS..=MAX_OPTIONS).contains(&options) {
            return Err(RuleError::OptionCount { actual: options });
        }
        if self.exact && self.kind != RuleKind::Cumulative {
            return Err(RuleError::ExactNotApplicable { kind: self.kind });
        }
        if self.masked && self.choice_in_note {
            return Err(RuleError::MaskedChoiceInNote);
        }
        let m = options as u8;
        let base = RuleParameters {
            weighted: false,
            quadratic: false,
            exact: false,
            by_weight: false,
            ranked: false,
            capped: false,
            choice_in_note: self.choice_in_note,
            cap: 0,
            budget: 0,
            options,
        };
        let capped = |cap: u8, budget: u16| RuleParameters { weighted, capped: true, cap, budget, ..base };
        let spread =
            |budget: u16| RuleParameters { by_weight: weighted, budget: if weighted { 0 } else { budget }, ..base };
        // In a weighted chamber the budget is the weight, and the parameter is not read.
        let least_budget = u16::from(!weighted);
        Ok(match self.kind {
            RuleKind::Plurality => {
                self.check_parameter(0, 0)?;
                RuleParameters { exact: true, ..capped(1, 1) }
            }
            RuleKind::Approval => capped(1, self.check_parameter(1, u16::from(m))?),
            RuleKind::Score => {
                let most = self.check_parameter(1, 255)?;
                capped(most as u8, most * u16::from(m))
            }
            RuleKind::Cumulative => {
                RuleParameters { exact: self.exact, ..spread(self.check_parameter(least_budget, u16::MAX)?) }
            }
            RuleKind::Quadratic => {
                RuleParameters { quadratic: true, ..spread(self.check_parameter(least_budget, u16::MAX)?) }
            }
            RuleKind::Borda => {
                self.check_parameter(0, 0)?;
                RuleParameters { ranked: true, exact: true, ..capped(m - 1, u16::from(m * (m - 1) / 2)) }
            }
        })
    }

    /// Returns the worst case: the greatest total that `members` of `total_weight` together could give an option under
    /// this rule.
    ///
    /// # Errors
    /// Returns [`RuleError::WorstCase`] if it exceeds `2^40`, and the errors of [`Rule::to_parameters`].
    pub fn compute_worst_case(
        &self,
        options: usize,
        weighted: bool,
        members: u64,
        total_weight: TotalWeight,
    ) -> Result<u64, RuleError> {
        self.to_parameters(options, weighted)?.compute_worst_case(members, total_weight)
    }

    fn check_parameter(&self, min: u16, max: u16) -> Result<u16, RuleError> {
        if (min..=max).contains(&self.parameter) {
            Ok(self.parameter)
        } else {
            Err(RuleError::ParameterOutOfRange { kind: self.kind, min, max, actual: self.parameter })
        }
    }
}
