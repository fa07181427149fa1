//! A verified sheet poll: its statements, each chamber's totals by camp, and what they decide.

use psephos_charter::{
    outcome::{Cell, ChamberTotals, Outcome},
    plot::{Plot, PlotStatement},
};
use psephos_client::{
    sheets::{SheetsError, decide_sheet, read_sheet_text},
    verify::SheetReport,
};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::{B256, ChainState};

/// A verified sheet poll.
#[derive(Clone, Debug)]
pub struct VerifiedSheet {
    /// What it asks.
    pub question: String,
    /// The texts of its statements.
    pub statements: Vec<String>,
    /// Its chambers, in the order in which they were listed.
    pub chambers: Vec<VerifiedSheetChamber>,
    /// The outcome of each statement; `None` without a rule of adoption, or before it can be applied.
    pub outcomes: Option<Vec<Outcome>>,
    /// The least part of each camp's answers that must agree, in basis points; `None` without a rule of adoption.
    pub theta_bps: Option<u16>,
    /// The checks.
    pub verify: SheetReport,
}

/// A chamber of a verified sheet poll.
#[derive(Clone, Debug)]
pub struct VerifiedSheetChamber {
    /// Its id.
    pub id: ChamberId,
    /// Its name.
    pub name: String,
    /// The number of sheets that count.
    pub sheets: usize,
    /// The number of sheets that were replaced.
    pub replaced: usize,
    /// Why its statements are not decrypted, if they never are.
    pub withheld: Option<String>,
    /// Its totals, once tallied.
    pub totals: Option<ChamberTotals>,
    /// The transactions that tallied its turnout and its blocks.
    pub tallied: Vec<B256>,
}

impl VerifiedSheet {
    /// Collects what is shown of a sheet poll.
    ///
    /// # Errors
    /// Returns [`SheetsError`] if there is no such sheet poll, or its text is none that voters are shown.
    pub fn new(state: &ChainState, sheet: SheetId, verify: SheetReport) -> Result<Self, SheetsError> {
        let entry = state.sheet(sheet)?;
        let text = read_sheet_text(sheet, entry)?;
        // Without the totals of a required chamber nothing is decided.
        let decided = decide_sheet(sheet, entry).ok();
        let totals = |id: &ChamberId| decided.as_ref().and_then(|decided| decided.totals.get(id)).cloned();
        let chambers = entry.chambers.iter().map(|(id, chamber)| VerifiedSheetChamber {
            id: *id,
            name: state.chambers.get(id).map(|chamber| chamber.name.clone()).unwrap_or_default(),
            sheets: chamber.latest.len(),
            replaced: chamber.sheets.len() - chamber.latest.len(),
            withheld: chamber.turnout.filter(|turnout| turnout.too_small).map(|turnout| {
                let (lower, upper) = (turnout.turnout.lower, turnout.turnout.upper);
                format!("its camps have {lower} and {upper} voters, and {} are the least", chamber.rule.least_camp)
            }),
            totals: totals(id),
            tallied: chamber
                .turnout
                .iter()
                .map(|turnout| turnout.position.transaction)
                .chain(chamber.blocks.values().map(|block| block.position.transaction))
                .collect(),
        });
        Ok(Self {
            question: text.question,
            statements: text.agenda.statements().iter().map(|statement| statement.text.clone()).collect(),
            chambers: chambers.collect(),
            outcomes: decided.and_then(|decided| decided.outcomes),
            theta_bps: entry.parameters.adoption.map(|terms| terms.theta),
            verify,
        })
    }

    /// Returns the plot of a chamber with camps whose totals are published, under a rule of adoption.
    pub fn plot(&self, chamber: &VerifiedSheetChamber) -> Option<Plot> {
        let (totals, theta_bps) = (chamber.totals.as_ref()?, self.theta_bps?);
        let [camp_a, camp_b] = totals.groups() else { return None };
        let outcome = |place: usize| self.outcomes.as_ref().and_then(|all| all.get(place)).copied();
        let statements = self.statements.iter().enumerate().map(|(place, text)| PlotStatement {
            text: text.clone(),
            camp_a: camp_a.cells().get(place).copied().unwrap_or_default(),
            camp_b: camp_b.cells().get(place).copied().unwrap_or_default(),
            outcome: outcome(place).unwrap_or(Outcome::Unheard),
        });
        Some(Plot {
            id: format!("plot-{}", chamber.id),
            title: "Statements by the share of each camp that agrees".into(),
            theta_bps,
            statements: statements.collect(),
        })
    }
}

impl VerifiedSheetChamber {
    /// Returns the totals of a statement in each camp, or in the chamber.
    pub fn cells(&self, place: usize) -> Vec<Cell> {
        let groups = self.totals.iter().flat_map(|totals| totals.groups());
        groups.filter_map(|group| group.cells().get(place).copied()).collect()
    }
}
