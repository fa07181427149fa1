//! The plain computation of totals from answers: what a sheet's encrypted sum must decrypt to.

use super::{Cell, ChamberTotals, GroupTotals, TotalsError};
use crate::{
    answers::Answer,
    axis::{Axis, AxisError, Camp},
};

/// Answers that cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// A row has another length than the axis or the agenda.
    #[error(transparent)]
    Answers(#[from] AxisError),
    /// The counts are no totals.
    #[error(transparent)]
    Totals(#[from] TotalsError),
}

/// Counts the answers of a chamber's voters by camp.
///
/// # Errors
/// [`CountError`], if a row has another length than the axis.
pub fn count_answers<'a>(
    axis: &Axis,
    rows: impl IntoIterator<Item = &'a [Option<Answer>]>,
) -> Result<ChamberTotals, CountError> {
    let mut groups = Camp::ALL.map(|_| (0_u64, vec![Cell::default(); axis.len()]));
    for row in rows {
        let (turnout, cells) = &mut groups[axis.assign_camp(row)?.index()];
        *turnout += 1;
        add_row(cells, row);
    }
    let groups = groups.into_iter().map(|(turnout, cells)| GroupTotals::new(turnout, cells));
    Ok(ChamberTotals::new(groups.collect::<Result<_, _>>()?)?)
}

/// Counts the answers of a chamber's voters to a sheet of `statements` statements without camps.
///
/// # Errors
/// [`CountError`], if a row has another length.
pub fn count_without_camps<'a>(
    statements: usize,
    rows: impl IntoIterator<Item = &'a [Option<Answer>]>,
) -> Result<ChamberTotals, CountError> {
    let (mut turnout, mut cells) = (0, vec![Cell::default(); statements]);
    for row in rows {
        if row.len() != statements {
            return Err(AxisError::Answers { expected: statements, actual: row.len() }.into());
        }
        turnout += 1;
        add_row(&mut cells, row);
    }
    Ok(ChamberTotals::new(vec![GroupTotals::new(turnout, cells)?])?)
}

fn add_row(cells: &mut [Cell], row: &[Option<Answer>]) {
    for (cell, answer) in cells.iter_mut().zip(row) {
        match answer {
            Some(Answer::Agree) => cell.agrees += 1,
            Some(Answer::Disagree) => cell.disagrees += 1,
            Some(Answer::Pass) | None => {}
        }
    }
}
