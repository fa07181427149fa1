//! `psephos charter simulate`: what a poll with these answers would adopt, computed on public rows.

use std::path::PathBuf;

use clap::Args;
use psephos_charter::agenda::Agenda;
use psephos_charter::axis::AxisFile;
use psephos_charter::mechanisms::ChamberMask;
use psephos_charter::outcome::{
    AdoptionRule, Cell, ChamberTotals, Outcome, OutcomeError, count_answers, decide_by_plain_majority, decide_outcomes,
};
use serde_json::{Value, json};

use super::inputs::{VoterArgs, read_agenda, read_axis, read_voters};
use super::totals::{cell_columns, cell_of, cell_to_json, draw_statements, name_outcome};
use crate::charter_failure::CharterFailure;
use crate::failure::{Failure, OK};
use crate::files;
use crate::format::thousands;
use crate::session::Session;
use crate::table::Table;

/// What a simulation is not.
const LABEL: &str = "A computation on the public answers of an export: no ballot was cast, and nothing is hidden.";

/// Arguments of `charter simulate`.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// Folder of the export from which the agenda was made
    #[arg(long, value_name = "DIR")]
    polis: PathBuf,
    /// Agenda
    #[arg(long, value_name = "FILE", default_value = "agenda.json")]
    agenda: PathBuf,
    /// Axis
    #[arg(long, value_name = "FILE", default_value = "axis.json")]
    axis: PathBuf,
    #[command(flatten)]
    voters: VoterArgs,
    /// Least part of each camp's answers that must agree, in basis points
    #[arg(long, value_name = "BPS", default_value_t = 8_500, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    theta: u16,
    /// Least number of answers, agree or disagree, of each camp
    #[arg(long, value_name = "N", default_value_t = 0)]
    quorum: u32,
    /// File to draw the statements in, by the share of each camp that agrees (SVG)
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "plot")]
    force: bool,
}

/// What was computed. All lists are in the agenda's order.
struct Simulation {
    agenda: Agenda,
    totals: ChamberTotals,
    outcomes: Vec<Outcome>,
    plain: Vec<bool>,
}

/// Runs the command.
pub(super) fn run(session: &Session, args: &SimulateArgs) -> Result<u8, Failure> {
    if let Some(plot) = args.plot.as_deref().filter(|_| !args.force) {
        files::ensure_absent(plot)?;
    }
    let simulation = simulate(args)?;
    if let Some(plot) = &args.plot {
        let svg = draw_plot(&simulation, args.theta) + "\n";
        files::write_file(plot, svg.as_bytes(), args.force)?;
    }
    show(session, args, &simulation)?;
    Ok(OK)
}

fn simulate(args: &SimulateArgs) -> Result<Simulation, CharterFailure> {
    let agenda = read_agenda(&args.agenda)?;
    let axis: AxisFile = read_axis(&args.axis)?;
    axis.check_agenda(&agenda).map_err(|error| CharterFailure::Axis { path: args.axis.clone(), error })?;
    let voters = read_voters(&args.polis, &agenda, args.voters)?;
    let totals = count_answers(&axis.axis, voters.iter().map(|voter| voter.answers.as_slice()))?;
    let chamber = ChamberMask::of(&[0]).map_err(OutcomeError::from)?;
    let rule = AdoptionRule::new(args.theta, args.quorum, chamber)?;
    let chambers = std::slice::from_ref(&totals);
    let (outcomes, plain) = (decide_outcomes(&rule, chambers)?, decide_by_plain_majority(&rule, chambers)?);
    Ok(Simulation { agenda, totals, outcomes, plain })
}

impl Simulation {
    /// Returns the totals of both camps of the statement at a place.
    fn cells(&self, place: usize) -> [Cell; 2] {
        [0, 1].map(|camp| cell_of(&self.totals, camp, place))
    }

    fn turnout(&self) -> [u64; 2] {
        [0, 1].map(|camp| self.totals.groups().get(camp).map_or(0, |group| group.turnout()))
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.iter().filter(|other| **other == outcome).count()
    }
}

fn draw_plot(simulation: &Simulation, theta_bps: u16) -> String {
    let title = "Statements by camp, computed on the public answers of an export";
    draw_statements(title, theta_bps, &simulation.agenda, &simulation.totals, &simulation.outcomes)
}

fn show(session: &Session, args: &SimulateArgs, simulation: &Simulation) -> Result<(), Failure> {
    let statements = simulation.agenda.statements().iter().enumerate();
    let rows = statements.clone().map(|(place, statement)| {
        json!({
            "statement": statement.id, "text": statement.text, "camps": simulation.cells(place).map(cell_to_json),
            "outcome": name_outcome(simulation.outcomes[place]), "plain_majority": simulation.plain[place],
        })
    });
    let shown = json!({
        "label": LABEL, "agenda": simulation.agenda.hash(), "theta_bps": args.theta, "quorum": args.quorum,
        "turnout": simulation.turnout(), "statements": rows.collect::<Vec<Value>>(),
        "plot": args.plot.as_ref().map(files::shown),
    });
    session.output().print_result(&shown, || {
        let mut table =
            Table::new(&[">statement", ">camp A", ">agree", ">camp B", ">agree", "outcome", "plain", "text"]);
        for (place, statement) in statements {
            let [a, b] = simulation.cells(place).map(cell_columns);
            let plain = if simulation.plain[place] { "yes" } else { "" };
            let outcome = name_outcome(simulation.outcomes[place]);
            let first = std::iter::once(statement.id.to_string()).chain(a).chain(b);
            table.add_row(first.chain([outcome.into(), plain.into(), statement.text.clone()]));
        }
        let [a, b] = simulation.turnout().map(thousands);
        let mut text = format!("{LABEL}\n\n{}\n{a} voters in camp A, {b} in camp B\n", table.render());
        text.push_str(&format!(
            "{} adopted by both camps, {} contested, {} unheard; a plain majority would adopt {}\n",
            simulation.count(Outcome::Adopted),
            simulation.count(Outcome::Contested),
            simulation.count(Outcome::Unheard),
            simulation.plain.iter().filter(|adopted| **adopted).count(),
        ));
        if let Some(plot) = &args.plot {
            text.push_str(&format!("drawn in {}", plot.display()));
        }
        text
    })
}
