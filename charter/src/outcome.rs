//! The outcome of a sheet: which statements are adopted across chambers and camps.
//!
//! A *group* is a camp of a required chamber, or the chamber itself where the sheet has no camps. A group *adopts* a
//! statement if enough of its members answered it and enough of these agree; it *refuses* one if enough of these
//! disagree. A statement is
//! - *adopted* if every group adopts it,
//! - *contested* if one group adopts and another refuses it,
//! - *unheard* otherwise.
//!
//! Integers only, as the contract computes it.

mod count;
#[cfg(test)]
mod tests;
mod totals;

pub use count::{CountError, count_answers, count_without_camps};
pub use totals::{Cell, ChamberTotals, GroupTotals, TotalsError};

use psephos_protocol::constants::BASIS_POINTS;

use crate::mechanisms::{ChamberMask, MaskError};

/// Least threshold of adoption: a half, in basis points.
pub const LEAST_THETA: u16 = BASIS_POINTS / 2;

/// When a statement is adopted: the `AdoptionRule` of a sheet poll, which its fingerprint binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdoptionRule {
    theta_bps: u16,
    quorum: u32,
    required: ChamberMask,
}

/// Numbers that are no rule, or totals that do not fit it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeError {
    /// The threshold is below a half, or above the whole.
    #[error("the threshold is {0} basis points; it is between {LEAST_THETA} and {BASIS_POINTS}")]
    Theta(u16),
    /// No chamber is required: every statement would be adopted.
    #[error("no chamber is required: name at least one")]
    NoneRequired,
    /// A required chamber is none of the sheet's.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// Chambers have different numbers of statements or of camps.
    #[error(
        "chamber {chamber} has totals of {actual_statements} statements and {actual_groups} camps, the first \
         chamber of {statements} and {groups}"
    )]
    Shape {
        /// The chamber, from 0.
        chamber: usize,
        /// Statements of the first chamber.
        statements: usize,
        /// Camps of the first chamber.
        groups: usize,
        /// Statements of this chamber.
        actual_statements: usize,
        /// Camps of this chamber.
        actual_groups: usize,
    },
}

/// What becomes of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Every group adopts it.
    Adopted,
    /// One group adopts it and another refuses it.
    Contested,
    /// Neither: too few answers, or no clear ones.
    Unheard,
}

impl AdoptionRule {
    /// Creates a rule: `theta_bps`, the least part of a group's answers that must agree, in basis points; `quorum`, the
    /// least number of its members that must have answered; and the chambers whose camps must all adopt.
    ///
    /// Below a half, a group could adopt what most of it refuses. At a half an equal number does both, and adopts.
    ///
    /// # Errors
    /// [`OutcomeError`], if the threshold is out of range or no chamber is required.
    pub fn new(theta_bps: u16, quorum: u32, required: ChamberMask) -> Result<Self, OutcomeError> {
        if !(LEAST_THETA..=BASIS_POINTS).contains(&theta_bps) {
            return Err(OutcomeError::Theta(theta_bps));
        }
        if required.is_empty() {
            return Err(OutcomeError::NoneRequired);
        }
        Ok(Self { theta_bps, quorum, required })
    }

    /// Returns the least part of a group's answers that must agree, in basis points.
    pub fn theta_bps(&self) -> u16 {
        self.theta_bps
    }

    /// Returns the least number of answers, agree or disagree, of a group.
    pub fn quorum(&self) -> u32 {
        self.quorum
    }

    /// Returns the chambers whose camps must all adopt.
    pub fn required(&self) -> ChamberMask {
        self.required
    }

    /// Returns whether a group adopts a statement: `A + D > 0`, `A + D >= quorum` and `A · 10^4 >= theta (A + D)`.
    pub fn adopts(&self, cell: Cell) -> bool {
        self.reaches(cell.agrees, cell)
    }

    /// Returns whether a group refuses a statement: as [`AdoptionRule::adopts`] with `D` for `A`.
    pub fn refuses(&self, cell: Cell) -> bool {
        self.reaches(cell.disagrees, cell)
    }

    fn reaches(&self, part: u64, cell: Cell) -> bool {
        let whole = u128::from(cell.agrees) + u128::from(cell.disagrees);
        let share = u128::from(part) * u128::from(BASIS_POINTS) >= u128::from(self.theta_bps) * whole;
        whole > 0 && whole >= u128::from(self.quorum) && share
    }

    fn check(&self, chambers: &[ChamberTotals]) -> Result<(), OutcomeError> {
        self.required.check(chambers.len())?;
        let first = &chambers[0];
        let (statements, groups) = (first.statements(), first.groups().len());
        let other = chambers
            .iter()
            .enumerate()
            .find(|(_, totals)| (totals.statements(), totals.groups().len()) != (statements, groups));
        other.map_or(Ok(()), |(chamber, totals)| {
            let (actual_statements, actual_groups) = (totals.statements(), totals.groups().len());
            Err(OutcomeError::Shape { chamber, statements, groups, actual_statements, actual_groups })
        })
    }
}

/// Returns the outcome of each statement.
///
/// # Errors
/// [`OutcomeError`], if a required chamber is missing or chambers have totals of different shapes.
pub fn decide_outcomes(rule: &AdoptionRule, chambers: &[ChamberTotals]) -> Result<Vec<Outcome>, OutcomeError> {
    rule.check(chambers)?;
    let required = chambers.iter().enumerate().filter(|(place, _)| rule.required.contains(*place));
    let groups: Vec<&GroupTotals> = required.flat_map(|(_, totals)| totals.groups()).collect();
    let decide = |statement: usize| {
        let cells = || groups.iter().map(|group| group.cells()[statement]);
        if cells().all(|cell| rule.adopts(cell)) {
            Outcome::Adopted
        } else if cells().any(|cell| rule.adopts(cell)) && cells().any(|cell| rule.refuses(cell)) {
            Outcome::Contested
        } else {
            Outcome::Unheard
        }
    };
    Ok((0..chambers[0].statements()).map(decide).collect())
}

/// Returns whether each statement would be adopted by a plain majority, for comparison: the same threshold and quorum
/// for the sum over the required chambers and their camps.
///
/// # Errors
/// As [`decide_outcomes`].
pub fn decide_by_plain_majority(rule: &AdoptionRule, chambers: &[ChamberTotals]) -> Result<Vec<bool>, OutcomeError> {
    rule.check(chambers)?;
    let required = chambers.iter().enumerate().filter(|(place, _)| rule.required.contains(*place));
    let groups: Vec<&GroupTotals> = required.flat_map(|(_, totals)| totals.groups()).collect();
    let add = |statement: usize| {
        groups.iter().map(|group| group.cells()[statement]).fold(Cell::default(), |sum, cell| Cell {
            agrees: sum.agrees.saturating_add(cell.agrees),
            disagrees: sum.disagrees.saturating_add(cell.disagrees),
        })
    };
    Ok((0..chambers[0].statements()).map(|statement| rule.adopts(add(statement))).collect())
}

/// Returns the places of the adopted statements, from 0.
pub fn list_adopted(outcomes: &[Outcome]) -> Vec<usize> {
    let adopted = outcomes.iter().enumerate().filter(|(_, outcome)| **outcome == Outcome::Adopted);
    adopted.map(|(place, _)| place).collect()
}
