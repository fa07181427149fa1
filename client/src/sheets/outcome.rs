//! What a finished sheet poll decides, from its totals alone, and the charter that a version enacts.

use std::collections::BTreeMap;

use psephos_charter::{
    agenda::SheetText,
    charter::{Charter, CharterTerms, Principle},
    hash::{Address as CharterAddress, Hash32},
    mechanisms::ChamberMask,
    outcome::{AdoptionRule, Cell, ChamberTotals, GroupTotals, Outcome, decide_outcomes},
};
use psephos_protocol::{
    identifiers::{ChamberId, SheetId},
    sheet::{CellTotals, Turnout},
};
use psephos_state::{ChainState, StateError, sheet::SheetPoll};

use super::SheetsError;

/// What a sheet poll decided.
#[derive(Clone, Debug)]
pub struct SheetOutcome {
    /// The totals of every chamber that was tallied.
    pub totals: BTreeMap<ChamberId, ChamberTotals>,
    /// The outcome of each statement under the sheet poll's rule of adoption; `None` without such a rule.
    pub outcomes: Option<Vec<Outcome>>,
}

impl SheetOutcome {
    /// Returns which statements are adopted: bit `j` for statement `j`.
    pub fn adopted(&self) -> u64 {
        let outcomes = self.outcomes.iter().flatten().enumerate();
        outcomes.filter(|(_, outcome)| **outcome == Outcome::Adopted).fold(0, |mask, (place, _)| mask | 1 << place)
    }
}

/// Reads what a sheet poll asks, and requires that its sheets are bound to just these statements.
///
/// # Errors
/// Returns `UnreadableText`, `OtherAgenda`, `OtherCount`, or `Chain` if its form is none.
pub fn read_sheet_text(sheet: SheetId, entry: &SheetPoll) -> Result<SheetText, SheetsError> {
    let parameters = &entry.parameters;
    let text = SheetText::parse_json(&parameters.metadata);
    let text = text.map_err(|reason| SheetsError::UnreadableText { sheet, reason })?;
    let (published, bound) = (text.agenda.hash(), Hash32(parameters.agenda));
    if published != bound {
        let [published, bound] = [published, bound].map(|hash| hash.to_string());
        return Err(SheetsError::OtherAgenda { sheet, published, bound });
    }
    let (statements, cells) = (text.agenda.len(), entry.form()?.count());
    match statements == cells {
        true => Ok(text),
        false => Err(SheetsError::OtherCount { sheet, statements, cells }),
    }
}

/// Returns the totals of every chamber that is tallied.
///
/// # Errors
/// Returns `Chain` if a total is none, and `Totals` if the totals of a camp are none.
pub fn sheet_totals(entry: &SheetPoll) -> Result<BTreeMap<ChamberId, ChamberTotals>, SheetsError> {
    let form = entry.form()?;
    let mut totals = BTreeMap::new();
    for (&id, chamber) in &entry.chambers {
        let cells = chamber.cell_totals(form.counters(), form.count())?;
        if let (Some(cells), Some(tally)) = (cells, chamber.turnout) {
            totals.insert(id, collect_totals(&cells, tally.turnout, entry.has_camps())?);
        }
    }
    Ok(totals)
}

/// Returns what the totals of a sheet poll decide, as the contract `Bridging` does.
///
/// # Errors
/// Returns `NoOutcome` if a chamber that the rule requires is not tallied, `Chain` if a total is none, and `Totals` or
/// `Outcome` if totals and rule do not fit.
pub fn decide_sheet(sheet: SheetId, entry: &SheetPoll) -> Result<SheetOutcome, SheetsError> {
    let totals = sheet_totals(entry)?;
    let Some(terms) = entry.parameters.adoption else { return Ok(SheetOutcome { totals, outcomes: None }) };
    let mask = ChamberMask::from_bits(terms.required);
    let required = entry.parameters.chambers.iter().enumerate().filter(|(place, _)| mask.contains(*place));
    let missing = |chamber: ChamberId| SheetsError::NoOutcome {
        sheet,
        reason: format!("chamber {chamber}, which its rule of adoption requires, is not tallied"),
    };
    let required: Vec<ChamberTotals> = required
        .map(|(_, rule)| totals.get(&rule.chamber).cloned().ok_or_else(|| missing(rule.chamber)))
        .collect::<Result<_, _>>()?;
    let all: Vec<usize> = (0..required.len()).collect();
    let all = ChamberMask::of(&all).map_err(psephos_charter::outcome::OutcomeError::from)?;
    let rule = AdoptionRule::new(terms.theta, terms.quorum, all)?;
    let outcomes = decide_outcomes(&rule, &required)?;
    Ok(SheetOutcome { totals, outcomes: Some(outcomes) })
}

fn collect_totals(cells: &[CellTotals], turnout: Turnout, camps: bool) -> Result<ChamberTotals, SheetsError> {
    let group = |camp: usize, voters: u64| {
        let cell = |cell: &CellTotals| Cell { agrees: cell.agree[camp], disagrees: cell.disagree[camp] };
        GroupTotals::new(voters, cells.iter().map(cell).collect())
    };
    let mut groups = vec![group(0, turnout.lower)?];
    if camps {
        groups.push(group(1, turnout.upper)?);
    }
    Ok(ChamberTotals::new(groups)?)
}

/// Returns the charter that a version enacts, from its event and its sheet poll.
///
/// # Errors
/// Returns `NoOutcome` if there is no such version, or its hash is not that of its contents; `Charter`; `Chain` if
/// there is no such sheet poll.
pub fn charter_from_version(state: &ChainState, number: u64) -> Result<Charter, SheetsError> {
    let missing = || StateError::Inconsistent(format!("version {number} of the charter was not enacted"));
    let version = state.charters.get(&number).ok_or_else(missing)?;
    let entry = state.sheet(version.sheet)?;
    let terms = CharterTerms {
        chain_id: state.deployment.chain_id.get(),
        contract: CharterAddress(state.deployment.sheets.charters.into_array()),
        version: number,
        parent: Hash32(version.parent.0),
        poll: Hash32(entry.require_fingerprint()?.to_bytes()),
        agenda: Hash32(entry.parameters.agenda),
        expires_at: version.expires_at,
        model_hash: Hash32(version.model_hash.0),
        policy_hash: Hash32(version.policy_hash.0),
    };
    let principles = version.principles().map(|(index, text)| Principle { index, text: text.to_owned() });
    let charter = Charter::new(terms, principles.collect())?;
    let (computed, stated) = (charter.hash(), Hash32(version.charter_hash.0));
    if computed != stated {
        let reason = format!("version {number} of the charter has the hash {computed}, its event says {stated}");
        return Err(SheetsError::NoOutcome { sheet: version.sheet, reason });
    }
    Ok(charter)
}
