//! Totals of statements by camp, as they are shown: of a simulation, or of a sheet poll.

use psephos_charter::agenda::Agenda;
use psephos_charter::outcome::{Cell, ChamberTotals, Outcome};
use psephos_charter::plot::{Plot, PlotStatement, render_plot};
use serde_json::{Value, json};

use crate::format::percent;

/// Returns the name of an outcome.
pub(super) fn name_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Adopted => "adopted",
        Outcome::Contested => "contested",
        Outcome::Unheard => "unheard",
    }
}

/// Returns the totals of a camp of the statement at a place; zeros if there are none.
pub(super) fn cell_of(totals: &ChamberTotals, camp: usize, place: usize) -> Cell {
    let group = totals.groups().get(camp);
    group.and_then(|group| group.cells().get(place)).copied().unwrap_or_default()
}

/// Returns the columns of a cell: how many agree and disagree, and the share that agrees.
pub(super) fn cell_columns(cell: Cell) -> [String; 2] {
    let whole = cell.agrees + cell.disagrees;
    let share = if whole == 0 { String::new() } else { percent(cell.agrees, whole) };
    [format!("{} : {}", cell.agrees, cell.disagrees), share]
}

/// Returns a cell as JSON.
pub(super) fn cell_to_json(cell: Cell) -> Value {
    json!({ "agrees": cell.agrees, "disagrees": cell.disagrees })
}

/// Draws the statements by the share of each camp that agrees.
pub(super) fn draw_statements(
    title: &str,
    theta_bps: u16,
    agenda: &Agenda,
    totals: &ChamberTotals,
    outcomes: &[Outcome],
) -> String {
    let statements = agenda.statements().iter().zip(outcomes).enumerate();
    let statements = statements.map(|(place, (statement, outcome))| PlotStatement {
        text: statement.text.clone(),
        camp_a: cell_of(totals, 0, place),
        camp_b: cell_of(totals, 1, place),
        outcome: *outcome,
    });
    let (id, title) = ("statements".into(), title.into());
    render_plot(&Plot { id, title, theta_bps, statements: statements.collect() })
}
