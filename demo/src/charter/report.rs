//! The report of the demonstration as a value: all that a page or a terminal shows.

use psephos_chain::Address;
use psephos_charter::{
    charter::export_jsonl,
    outcome::{Cell, Outcome},
    plot::{Plot, PlotStatement},
};
use psephos_client::verify::SheetReport;
use psephos_protocol::identifiers::SheetId;
use psephos_report::html::sheet::name_outcome;
use psephos_state::Deployment;
use serde::Serialize;

use super::{CharterConfig, conversation::Conversation, count::Counted, enact::Enacted};
use crate::{
    DemoError,
    election::{GasEntry, Timing},
};

/// The report of the demonstration.
#[derive(Clone, Debug, Serialize)]
pub struct CharterReport {
    /// What in it is real.
    pub real: Vec<String>,
    /// What in it is not.
    pub played: Vec<String>,
    /// The folder of the export, as it was given.
    pub source: String,
    /// The number of voters, and of all people who would be.
    pub voters: usize,
    /// The number of people of the export who would be voters.
    pub all_voters: usize,
    /// How many cast other answers first and replaced them.
    pub replaced: usize,
    /// Proving time per sheet in seconds: wall time of the phase divided by the number of sheets.
    pub seconds_per_proof: f64,
    /// The number of cells of the sheet: 16 or 40.
    pub cells: usize,
    /// The least size of a camp whose answers are decrypted.
    pub least_camp: u32,
    /// The least part of each camp's answers that must agree, in basis points.
    pub theta_bps: u16,
    /// The least number of answers of each camp.
    pub quorum: u32,
    /// The agenda's hash.
    pub agenda: String,
    /// The pilot's hash.
    pub pilot: String,
    /// The sheet poll.
    pub sheet: SheetId,
    /// The turnout of both camps.
    pub turnout: [u64; 2],
    /// The statements, in the agenda's order.
    pub statements: Vec<StatementReport>,
    /// Whether turnout and totals on chain are those of the plain computation.
    pub same_totals: bool,
    /// Whether chain, recomputation and plain computation adopt the same statements.
    pub same_outcomes: bool,
    /// The number of transactions that tallied, whatever the number of sheets.
    pub tally_transactions: usize,
    /// The hash of the charter in force.
    pub charter: String,
    /// Its version.
    pub version: u64,
    /// The charter as markdown: the prompt of a model.
    pub prompt: String,
    /// The charter as JSON lines.
    pub jsonl: String,
    /// The timelock that owns the charters.
    pub timelock: Address,
    /// The gateway.
    pub gateway: GatewayReport,
    /// The rewards.
    pub reward: RewardSummary,
    /// The verification from chain data.
    pub verify: SheetReport,
    /// The contracts' addresses.
    pub deployment: Deployment,
    /// Gas per call.
    pub gas: Vec<GasEntry>,
    /// The phases' durations, in order.
    pub timings: Vec<Timing>,
}

/// One statement.
#[derive(Clone, Debug, Serialize)]
pub struct StatementReport {
    /// Its number in the export.
    pub id: u64,
    /// Its text.
    pub text: String,
    /// Agreements and disagreements of the lower and of the upper camp, as the chain counted.
    pub camps: [[u64; 2]; 2],
    /// Its outcome.
    pub outcome: String,
    /// Whether a plain majority would adopt it.
    pub plain_majority: bool,
}

/// What became of the gateway.
#[derive(Clone, Debug, Serialize)]
pub struct GatewayReport {
    /// Whether it started with the constitution in force.
    pub started: bool,
    /// Why it did not start with a changed one, and without any: two reasons.
    pub refused: Vec<String>,
}

/// The rewards of the sheets.
#[derive(Clone, Debug, Serialize)]
pub struct RewardSummary {
    /// The unit, in wei.
    pub unit: u64,
    /// The amount of every sheet, in units.
    pub base: u64,
    /// Number of notes that were sealed.
    pub sealed: usize,
    /// Number of claims that were paid, each to a fresh address.
    pub claims: usize,
    /// Whether each recipient received the amount less the fee.
    pub received: bool,
}

/// What a report is made of.
pub(super) struct Parts<'a> {
    pub(super) config: &'a CharterConfig,
    pub(super) conversation: &'a Conversation,
    pub(super) deployment: Deployment,
    pub(super) sheet: SheetId,
    pub(super) least_camp: u32,
    pub(super) replaced: (usize, f64),
    pub(super) counted: Counted,
    pub(super) enacted: Enacted,
    pub(super) gateway: GatewayReport,
    pub(super) reward: RewardSummary,
    pub(super) verify: SheetReport,
    pub(super) gas: Vec<GasEntry>,
    pub(super) timings: Vec<Timing>,
}

/// Builds the report.
pub(super) fn build_report(parts: Parts<'_>) -> Result<CharterReport, DemoError> {
    let Parts {
        config,
        conversation,
        deployment,
        sheet,
        least_camp,
        replaced,
        counted,
        enacted,
        gateway,
        reward,
        verify,
        gas,
        timings,
    } = parts;
    let (replaced, seconds_per_proof) = replaced;
    let totals = &counted.totals;
    let groups = totals.groups();
    let cell = |camp: usize, place: usize| {
        let cell = groups.get(camp).and_then(|group| group.cells().get(place)).copied().unwrap_or_default();
        [cell.agrees, cell.disagrees]
    };
    let statement = |(place, statement): (usize, &psephos_charter::agenda::AgendaStatement)| StatementReport {
        id: statement.id,
        text: statement.text.clone(),
        camps: [cell(0, place), cell(1, place)],
        outcome: name_outcome(conversation.outcomes[place]).to_owned(),
        plain_majority: conversation.plain[place],
    };
    let turnout = [0, 1].map(|camp: usize| groups.get(camp).map_or(0, |group| group.turnout()));
    let chambers = std::slice::from_ref(totals);
    let principles = enacted.charter.principles().iter();
    let principles: Vec<_> =
        principles.map(|principle| psephos_charter::charter::PrincipleTotals::of(chambers, principle.index)).collect();
    Ok(CharterReport {
        real: vec![
            "the statements and every voter's answers: those of the export".to_owned(),
            "every proof, every ciphertext, the decryption, the contracts and the totals".to_owned(),
        ],
        played: list_played(conversation, least_camp),
        source: config.polis.display().to_string(),
        voters: conversation.voters.len(),
        all_voters: conversation.all_voters,
        replaced,
        seconds_per_proof,
        cells: conversation.form.size(),
        least_camp,
        theta_bps: config.theta,
        quorum: config.quorum,
        agenda: conversation.text.agenda.hash().to_string(),
        pilot: conversation.pilot.to_string(),
        sheet,
        turnout,
        statements: conversation.text.agenda.statements().iter().enumerate().map(statement).collect(),
        same_totals: counted.same_totals,
        same_outcomes: counted.same_outcomes,
        tally_transactions: counted.transactions,
        charter: enacted.charter.hash().to_string(),
        version: enacted.version,
        jsonl: export_jsonl(&enacted.charter, &principles),
        prompt: enacted.prompt,
        timelock: enacted.timelock,
        gateway,
        reward,
        verify,
        deployment,
        gas,
        timings,
    })
}

fn list_played(conversation: &Conversation, least_camp: u32) -> Vec<String> {
    let mut played = vec![
        "the accounts and identities of the voters: the export has none; one process plays all of them, the trustees, the \
         relayer and the DAO"
            .to_owned(),
        "the pilot: drawn from the same people, who then vote; a real one is drawn by lot among the members before".to_owned(),
        "a statement that a person did not see counts like a pass".to_owned(),
        "the chain is a local one, and its time is moved by hand".to_owned(),
    ];
    if conversation.voters.len() < conversation.all_voters {
        played.push(format!(
            "the electorate: {} of {} people, the first by lot",
            conversation.voters.len(),
            conversation.all_voters
        ));
    }
    let usual = psephos_state::PollBounds::default().least_camp;
    if least_camp < usual {
        played.push(format!(
            "the least camp: lowered from {usual} to {least_camp} voters for so few people; a real DAO keeps it high, for \
             the totals of a few are nearly their answers"
        ));
    }
    played
}

impl CharterReport {
    /// Whether everything came out as it must: totals and outcomes are those of the plain computation, the gateway
    /// started with the constitution in force and with no other, and claims were paid.
    pub fn passed(&self) -> bool {
        self.same_totals
            && self.same_outcomes
            && self.gateway.started
            && self.gateway.refused.len() == 2
            && self.reward.received
            && self.verify.passed()
    }

    /// Returns the number of statements with an outcome.
    pub fn count(&self, outcome: &str) -> usize {
        self.statements.iter().filter(|statement| statement.outcome == outcome).count()
    }

    /// Returns the plot of the statements.
    pub fn plot(&self) -> Plot {
        let outcome = |name: &str| match name {
            "adopted" => Outcome::Adopted,
            "contested" => Outcome::Contested,
            _ => Outcome::Unheard,
        };
        let statements = self.statements.iter().map(|statement| {
            let [camp_a, camp_b] = statement.camps.map(|[agrees, disagrees]| Cell { agrees, disagrees });
            PlotStatement { text: statement.text.clone(), camp_a, camp_b, outcome: outcome(&statement.outcome) }
        });
        Plot {
            id: "statements".into(),
            title: "Statements by the share of each camp that agrees".into(),
            theta_bps: self.theta_bps,
            statements: statements.collect(),
        }
    }
}
