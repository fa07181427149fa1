//! Forms: which cells of a sheet are used, and what their answers mean.

use serde::{Deserialize, Serialize};

use super::{Axis, Counters, FormError};
use crate::constants::{SHEET_SIZES, THRESHOLD_BITS, max_ranked_options, pairs_of};
use crate::elements::PilotHash;

/// The kind of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FormKind {
    /// Each cell is a statement: agree, disagree or pass.
    Statements {
        /// The axis that puts voters into two camps, which are counted apart.
        camps: Option<Axis>,
    },
    /// Cells are candidates in groups: at most one of each group is agreed with, and none is disagreed with.
    Groups {
        /// Bit `j` says that cell `j` is the last one of its group.
        lasts: u64,
        /// Whether exactly one cell of each group must be agreed with.
        exact: bool,
    },
    /// Cells are the pairs of ranked options, in the order of [`super::ranked_pairs`].
    Ranking {
        /// The number of options, `m`.
        options: usize,
    },
    /// Cells are projects with costs: those that are agreed with cost at most the budget, and none is disagreed with.
    Approval {
        /// The cost of each cell that is used.
        costs: Vec<u16>,
        /// The budget, below `2^22`.
        budget: u32,
    },
}

/// The public parameters of a sheet: canonical, so that no two forms have one hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct Form {
    size: usize,
    count: usize,
    kind: FormKind,
}

/// The serialised form, before it is checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    size: usize,
    count: usize,
    kind: FormKind,
}

impl Form {
    /// Returns the form of a sheet of `size` cells (16 or 40), of which the first `count` are used.
    ///
    /// # Errors
    /// Returns the first of [`FormError`] that applies: size, count, then those of the kind.
    pub fn new(size: usize, count: usize, kind: FormKind) -> Result<Form, FormError> {
        if !SHEET_SIZES.contains(&size) {
            return Err(FormError::Size { size });
        }
        if !(1..=size).contains(&count) {
            return Err(FormError::Count { count, size });
        }
        let form = Form { size, count, kind };
        form.check_kind()?;
        Ok(form)
    }

    /// Returns the form of a ranking of this many options.
    ///
    /// # Errors
    /// Returns [`FormError::Size`], and [`FormError::RankedOptions`] if the size has too few cells for their pairs.
    pub fn ranking(size: usize, options: usize) -> Result<Form, FormError> {
        Form::new(size, pairs_of(options).clamp(1, size.max(1)), FormKind::Ranking { options })
    }

    /// Returns the number of cells, `K`.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns the number of cells that are used.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the kind.
    pub fn kind(&self) -> &FormKind {
        &self.kind
    }

    /// Returns the axis, if the sheet has camps.
    pub fn axis(&self) -> Option<&Axis> {
        match &self.kind {
            FormKind::Statements { camps } => camps.as_ref(),
            _ => None,
        }
    }

    /// Returns how counters are packed into values and totals.
    pub fn counters(&self) -> Counters {
        if self.axis().is_some() { Counters::Camps } else { Counters::Wide }
    }

    /// Returns the number of ranks of a witness: the options that the size has room for, 6 or 9.
    pub fn ranks(&self) -> usize {
        max_ranked_options(self.size)
    }

    fn check_kind(&self) -> Result<(), FormError> {
        let has_length = |actual: usize| match actual == self.count {
            true => Ok(()),
            false => Err(FormError::AxisLength { expected: self.count, actual }),
        };
        match &self.kind {
            FormKind::Statements { camps: None } => Ok(()),
            FormKind::Statements { camps: Some(axis) } => {
                has_length(axis.weights.len())?;
                axis.pack_threshold()?;
                if axis.pilot == PilotHash::NONE { Err(FormError::NoPilot) } else { Ok(()) }
            }
            FormKind::Groups { lasts, .. } => match lasts >> (self.count - 1) {
                1 => Ok(()),
                _ => Err(FormError::Lasts { lasts: *lasts, count: self.count }),
            },
            FormKind::Ranking { options } => {
                let max = self.ranks();
                if !(2..=max).contains(options) {
                    return Err(FormError::RankedOptions { options: *options, max });
                }
                match pairs_of(*options) {
                    expected if expected == self.count => Ok(()),
                    expected => Err(FormError::RankedCells { expected, count: self.count }),
                }
            }
            FormKind::Approval { costs, budget } => {
                has_length(costs.len())?;
                if budget >> THRESHOLD_BITS == 0 { Ok(()) } else { Err(FormError::Budget(*budget)) }
            }
        }
    }
}

impl TryFrom<Fields> for Form {
    type Error = FormError;

    fn try_from(fields: Fields) -> Result<Form, FormError> {
        Form::new(fields.size, fields.count, fields.kind)
    }
}

impl From<Form> for Fields {
    fn from(form: Form) -> Fields {
        Fields { size: form.size, count: form.count, kind: form.kind }
    }
}
