//! Decrypted totals of a sheet's chamber.

use crate::MAX_STATEMENTS;

/// How many members of a group agree and disagree with a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Members who agree.
    pub agrees: u64,
    /// Members who disagree.
    pub disagrees: u64,
}

/// The totals of a camp, or of a chamber without camps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTotals {
    turnout: u64,
    cells: Vec<Cell>,
}

/// The totals of a chamber: of one group, or of two camps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChamberTotals {
    groups: Vec<GroupTotals>,
}

/// Numbers that cannot be totals. Places count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TotalsError {
    /// There are no statements, or more than a sheet has.
    #[error("totals are of 1 to {MAX_STATEMENTS} statements, not {0}")]
    Statements(usize),
    /// There are more answers than voters.
    #[error("statement {statement}: {agrees} agree and {disagrees} disagree, but only {turnout} voted")]
    Turnout {
        /// The statement's place.
        statement: usize,
        /// Members who agree.
        agrees: u64,
        /// Members who disagree.
        disagrees: u64,
        /// Members who voted.
        turnout: u64,
    },
    /// There is no group, or there are more than two.
    #[error("a chamber has one group, or two camps, not {0}")]
    Groups(usize),
    /// Two camps have totals of different numbers of statements.
    #[error("camp A has totals of {0} statements, camp B of {1}")]
    Lengths(usize, usize),
}

impl GroupTotals {
    /// Creates the totals of a group of `turnout` voters.
    ///
    /// # Errors
    /// [`TotalsError`], if a statement has more answers than voters, or their number is that of no agenda.
    pub fn new(turnout: u64, cells: Vec<Cell>) -> Result<Self, TotalsError> {
        if cells.is_empty() || cells.len() > MAX_STATEMENTS {
            return Err(TotalsError::Statements(cells.len()));
        }
        let is_larger = |cell: &Cell| u128::from(cell.agrees) + u128::from(cell.disagrees) > u128::from(turnout);
        match (1..).zip(&cells).find(|(_, cell)| is_larger(cell)) {
            Some((statement, &Cell { agrees, disagrees })) => {
                Err(TotalsError::Turnout { statement, agrees, disagrees, turnout })
            }
            None => Ok(Self { turnout, cells }),
        }
    }

    /// Returns the number of voters.
    pub fn turnout(&self) -> u64 {
        self.turnout
    }

    /// Returns the totals of each statement, in the agenda's order.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

impl ChamberTotals {
    /// Creates the totals of a chamber: one group, or the camps A and B.
    ///
    /// # Errors
    /// [`TotalsError`], if these are not one or two groups of equally many statements.
    pub fn new(groups: Vec<GroupTotals>) -> Result<Self, TotalsError> {
        match groups.as_slice() {
            [_] => Ok(Self { groups }),
            [a, b] if a.cells.len() != b.cells.len() => Err(TotalsError::Lengths(a.cells.len(), b.cells.len())),
            [_, _] => Ok(Self { groups }),
            _ => Err(TotalsError::Groups(groups.len())),
        }
    }

    /// Returns the groups: one, or the camps A and B.
    pub fn groups(&self) -> &[GroupTotals] {
        &self.groups
    }

    /// Returns the number of statements.
    pub fn statements(&self) -> usize {
        self.groups[0].cells.len()
    }

    /// Returns the number of voters of the smaller camp. A contract opens totals by camp only if it is large enough:
    /// the totals of a few are nearly their answers.
    pub fn least_turnout(&self) -> u64 {
        self.groups.iter().map(GroupTotals::turnout).min().unwrap_or(0)
    }
}
