//! `psephos charter show --sheet N`: all public data of a sheet poll.

use psephos_charter::agenda::{Agenda, SheetText};
use psephos_charter::outcome::{ChamberTotals, Outcome};
use psephos_client::ChainState;
use psephos_client::sheets::{SheetsError, decide_sheet, read_sheet_text, sheet_totals};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::fingerprint::ContentWords;
use psephos_state::sheet::{AdoptionTerms, SheetPoll};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

use super::tally::{describe_chamber, turnout_of};
use super::totals::{cell_columns, cell_of, cell_to_json, draw_statements, name_outcome};
use crate::commands::committee::describe_keys;
use crate::failure::{Failure, OK};
use crate::files;
use crate::format::plural;
use crate::session::Session;
use crate::table::{Table, to_printable};
use crate::times::format_time;

/// Where the statements are drawn.
pub(super) struct PlotTarget<'a> {
    /// The file.
    pub(super) path: &'a Path,
    /// The chamber; none for the only one.
    pub(super) chamber: Option<ChamberId>,
    /// Whether an existing file is overwritten.
    pub(super) force: bool,
}

/// A sheet poll as it is shown.
struct Shown<'a> {
    number: SheetId,
    entry: &'a SheetPoll,
    text: Option<SheetText>,
    totals: BTreeMap<ChamberId, ChamberTotals>,
    outcomes: Option<Vec<Outcome>>,
}

/// Shows a sheet poll: question, statements, schedule, chambers, and what is tallied and adopted.
pub(super) fn show_sheet(
    session: &Session,
    state: &ChainState,
    number: SheetId,
    plot: Option<&PlotTarget<'_>>,
) -> Result<u8, Failure> {
    let entry = state.sheet(number)?;
    let text = match read_sheet_text(number, entry) {
        Ok(text) => Some(text),
        Err(error) => {
            session.output().print_warning(&error.to_string());
            None
        }
    };
    let outcomes = match decide_sheet(number, entry) {
        Ok(outcome) => outcome.outcomes,
        // A chamber is not tallied.
        Err(SheetsError::NoOutcome { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let shown = Shown { number, entry, text, totals: sheet_totals(entry)?, outcomes };
    if let Some(plot) = plot {
        draw(&shown, plot)?;
    }
    let mut object = to_json(state, &shown)?;
    object["plot"] = json!(plot.map(|plot| files::shown(plot.path)));
    let described = describe(state, &shown)?;
    session.output().print_result(&object, || match plot {
        Some(plot) => format!("{described}\ndrawn in {}", plot.path.display()),
        None => described,
    })?;
    Ok(OK)
}

/// Draws the statements of the only chamber with camps, or of one that is named.
fn draw(shown: &Shown<'_>, plot: &PlotTarget<'_>) -> Result<(), Failure> {
    let sheet = shown.number;
    let refuse = |what: String, hint: &str| Err(Failure::invalid_input(what, hint));
    let (Some(text), Some(outcomes), true) = (&shown.text, &shown.outcomes, shown.entry.has_camps()) else {
        return refuse(
            format!("sheet poll {sheet} has no outcome of statements by camp to draw"),
            "draw it once it is tallied; one without an axis or a rule of adoption is not drawn",
        );
    };
    let chamber = match (plot.chamber, shown.entry.chambers.len()) {
        (Some(chamber), _) => chamber,
        (None, 1) => shown.entry.chambers.keys().next().copied().unwrap_or(ChamberId::new(0)),
        (None, chambers) => {
            return refuse(
                format!("sheet poll {sheet} has {chambers} chambers, and a drawing is of one"),
                "name it with --chamber N",
            );
        }
    };
    let Some(totals) = shown.totals.get(&chamber) else {
        return refuse(
            format!("chamber {chamber} of sheet poll {sheet} is not tallied"),
            "name one that is with --chamber N",
        );
    };
    let theta = shown.entry.parameters.adoption.map_or(10_000, |terms| terms.theta);
    let title = format!("Sheet poll {sheet}, chamber {chamber}: {}", text.question);
    let svg = draw_statements(&title, theta, &text.agenda, totals, outcomes) + "\n";
    files::write_file(plot.path, svg.as_bytes(), plot.force)
}

fn name_of(state: &ChainState, id: ChamberId) -> String {
    state.chambers.get(&id).map_or_else(|| format!("chamber {id}"), |chamber| chamber.name.clone())
}

fn required(entry: &SheetPoll, terms: AdoptionTerms) -> Vec<ChamberId> {
    let chambers = entry.parameters.chambers.iter().enumerate();
    let is_required = |place: usize| place < 16 && terms.required >> place & 1 == 1;
    chambers.filter(|(place, _)| is_required(*place)).map(|(_, rule)| rule.chamber).collect()
}

fn to_json(state: &ChainState, shown: &Shown<'_>) -> Result<Value, Failure> {
    let Shown { number, entry, text, totals, outcomes } = shown;
    let (parameters, used) = (&entry.parameters, entry.used_blocks());
    let outcome_of = |place: usize| outcomes.as_ref().and_then(|all| all.get(place)).copied().map(name_outcome);
    let statements = text.iter().flat_map(|text| text.agenda.statements()).enumerate().map(|(place, statement)| {
        json!({ "statement": place + 1, "id": statement.id, "text": statement.text, "outcome": outcome_of(place) })
    });
    let chambers = entry.chambers.iter().map(|(id, chamber)| {
        let groups = totals.get(id).map(|totals| {
            let group = |group: &psephos_charter::outcome::GroupTotals| {
                group.cells().iter().map(|cell| cell_to_json(*cell)).collect::<Vec<_>>()
            };
            totals.groups().iter().map(group).collect::<Vec<_>>()
        });
        let frozen = chamber.frozen.as_ref();
        json!({
            "chamber": id, "name": name_of(state, *id), "sheets": chamber.latest.len(),
            "min_ballots": chamber.rule.min_ballots, "least_camp": chamber.rule.least_camp,
            "members": frozen.map(|frozen| frozen.chamber.members.len()),
            "root": frozen.map(|frozen| frozen.root.to_hex()), "ctx": frozen.map(|frozen| frozen.ctx.to_hex()),
            "turnout": turnout_of(chamber), "too_small": chamber.turnout.is_some_and(|tally| tally.too_small),
            "pending_blocks": chamber.pending_blocks(used), "totals": groups,
        })
    });
    let adoption = parameters
        .adoption
        .map(|terms| json!({ "theta_bps": terms.theta, "quorum": terms.quorum, "required": required(entry, terms) }));
    let enacted = state.charters.iter().find(|(_, version)| version.sheet == *number).map(|(version, _)| version);
    let (keys, _) = describe_keys(state, parameters.committee)?;
    Ok(json!({
        "sheet": number, "question": text.as_ref().map(|text| &text.question), "state": entry.state_at(state.time),
        "camps": entry.has_camps(), "size": parameters.size, "agenda": psephos_state::B256::from(parameters.agenda),
        "opens_at": parameters.opens_at, "closes_at": parameters.closes_at,
        "tally_deadline": parameters.tally_deadline, "chain_time": state.time, "committee": parameters.committee,
        "committee_keys": keys, "creator": entry.creator,
        "words": ContentWords::new(entry.content).to_string(), "fingerprint": entry.fingerprint,
        "adoption": adoption, "statements": statements.collect::<Vec<_>>(), "chambers": chambers.collect::<Vec<_>>(),
        "version": enacted,
    }))
}

fn describe(state: &ChainState, shown: &Shown<'_>) -> Result<String, Failure> {
    let Shown { number, entry, text, totals, outcomes } = shown;
    let parameters = &entry.parameters;
    let question = text.as_ref().map_or("(its text is not shown)", |text| &text.question);
    let mut out = format!(
        "Sheet poll {number}: {}\n  {}\n  {}\n",
        to_printable(question),
        entry.state_at(state.time),
        ContentWords::new(entry.content)
    );
    if let Some(fingerprint) = entry.fingerprint {
        out.push_str(&format!("  fingerprint {fingerprint}\n"));
    }
    let times = [parameters.opens_at, parameters.closes_at, parameters.tally_deadline].map(format_time);
    out.push_str(&format!("  opens {}\n  closes {}\n  tally deadline {}\n", times[0], times[1], times[2]));
    let (_, keys) = describe_keys(state, parameters.committee)?;
    out.push_str(&format!("  totals are decrypted by committee {}: {keys}\n", parameters.committee));
    if let Some(terms) = parameters.adoption {
        let chambers = required(entry, terms);
        out.push_str(&format!(
            "  a statement is adopted if {} % of the answers of each camp agree, with {} there at least, in {}\n",
            f64::from(terms.theta) / 100.0,
            plural(terms.quorum.into(), "answer"),
            chambers.iter().map(|id| name_of(state, *id)).collect::<Vec<_>>().join(", ")
        ));
    }
    out.push('\n');
    for (id, chamber) in &entry.chambers {
        let name = to_printable(&name_of(state, *id));
        let described = describe_chamber(entry.has_camps(), chamber, entry.used_blocks());
        out.push_str(&format!("  {name}: {described}\n"));
        if let Some(frozen) = &chamber.frozen {
            out.push_str(&format!("    {}", plural(frozen.chamber.members.len() as u64, "member")));
            out.push_str(&format!(", census root {}\n", frozen.root.to_hex()));
        }
    }
    let Some(text) = text else { return Ok(out) };
    match totals.is_empty() {
        true => out.push_str(&format!("\n{}", statement_table(&text.agenda, None, outcomes.as_deref(), false))),
        false => {
            for (id, totals) in totals {
                let table = statement_table(&text.agenda, Some(totals), outcomes.as_deref(), entry.has_camps());
                out.push_str(&format!("\n{}\n{table}", to_printable(&name_of(state, *id))));
            }
        }
    }
    if let Some((version, _)) = state.charters.iter().find(|(_, version)| version.sheet == *number) {
        out.push_str(&format!("\nenacted as version {version} of the charter"));
    }
    Ok(out)
}

/// Returns the statements with the totals of a chamber and the outcomes, as far as there are any.
fn statement_table(
    agenda: &Agenda,
    totals: Option<&ChamberTotals>,
    outcomes: Option<&[Outcome]>,
    camps: bool,
) -> String {
    let columns: &[&str] = match (totals, camps) {
        (None, _) => &[">statement"],
        (Some(_), false) => &[">statement", ">answers", ">agree"],
        (Some(_), true) => &[">statement", ">camp A", ">agree", ">camp B", ">agree"],
    };
    let last: &[&str] = if outcomes.is_some() { &["outcome", "text"] } else { &["text"] };
    let mut table = Table::new(&[columns, last].concat());
    for (place, statement) in agenda.statements().iter().enumerate() {
        let mut cells = vec![(place + 1).to_string()];
        if let Some(totals) = totals {
            let groups = if camps { 0..2 } else { 0..1 };
            cells.extend(groups.flat_map(|camp| cell_columns(cell_of(totals, camp, place))));
        }
        let outcome = outcomes.and_then(|all| all.get(place)).copied().map(name_outcome);
        cells.extend(outcome.map(str::to_owned));
        cells.push(statement.text.clone());
        table.add_row(cells);
    }
    table.render()
}
