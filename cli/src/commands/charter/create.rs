//! `psephos charter create`: a sheet poll on an agenda.

use std::path::PathBuf;

use clap::Args;
use psephos_chain::Address;
use psephos_charter::agenda::{Agenda, SheetText};
use psephos_client::ChainState;
use psephos_client::address::parse_address;
use psephos_client::sheets::{NewSheet, create_sheet_call, created_sheet};
use psephos_protocol::constants::SHEET_SIZES;
use psephos_protocol::elements::PilotHash;
use psephos_protocol::identifiers::{ChamberId, CommitteeId};
use psephos_protocol::sheet::{Axis, Form, FormKind};
use psephos_state::Cancellation;
use psephos_state::fingerprint::ContentWords;
use psephos_state::sheet::{AdoptionTerms, SheetChamberRule};
use serde_json::json;

use super::inputs::{read_agenda, read_axis, read_pilot};
use crate::charter_failure::CharterFailure;
use crate::commands::poll::feasibility::{require_life_until, require_ready};
use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::format::plural;
use crate::session::Session;
use crate::table::to_printable;
use crate::times::{format_time, parse_time};

/// The number below which a minimum of sheets, or a least camp, is warned of.
const SMALL: u32 = 10;

/// Arguments of `charter create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Agenda: its statements are put to the vote
    #[arg(long, value_name = "FILE", default_value = "agenda.json")]
    agenda: PathBuf,
    /// Question that all statements are about, in one line
    #[arg(long, value_name = "TEXT")]
    question: String,
    /// Axis of the agenda, which divides voters into two camps (default: no camps)
    #[arg(long, value_name = "FILE", requires = "least_camp")]
    axis: Option<PathBuf>,
    /// Pilot of the axis: compute the axis again, and refuse one that does not follow from it
    #[arg(long, value_name = "FILE", requires = "axis")]
    pilot: Option<PathBuf>,
    /// Numbers of the chambers that vote
    #[arg(long, value_name = "N,N,..", value_delimiter = ',', required = true)]
    chambers: Vec<ChamberId>,
    /// Number of the committee that decrypts the totals
    #[arg(long, value_name = "N")]
    committee: CommitteeId,
    /// Time from which it may be opened: seconds since 1970, or 2026-12-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    opens: u64,
    /// Time from which no sheet is accepted
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    closes: u64,
    /// Time until which it must be tallied
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    tally: u64,
    /// Least number of sheets of a chamber: totals of fewer are never decrypted
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    min_ballots: u32,
    /// Least number of voters in each camp of a chamber: the answers of a smaller camp are never decrypted
    #[arg(long, value_name = "N", requires = "axis", value_parser = clap::value_parser!(u32).range(1..))]
    least_camp: Option<u32>,
    /// Least part of each camp's answers that must agree, in basis points
    #[arg(long, value_name = "BPS", default_value_t = 8_500,
        value_parser = clap::value_parser!(u16).range(5_000..=10_000))]
    theta: u16,
    /// Least number of answers, agree or disagree, of each camp. With 0, a single answer can adopt a statement
    #[arg(long, value_name = "N")]
    quorum: u32,
    /// Numbers of the chambers that must adopt a statement (default: all of --chambers)
    #[arg(long, value_name = "N,N,..", value_delimiter = ',')]
    required: Vec<ChamberId>,
    /// Account that may cancel it, until --cancel-deadline (default: none)
    #[arg(long, value_name = "ADDRESS", requires = "cancel_deadline", value_parser = parse_address)]
    canceller: Option<Address>,
    /// Time until which --canceller may: within the first quarter between --opens and --closes
    #[arg(long, value_name = "TIME", requires = "canceller", value_parser = parse_time)]
    cancel_deadline: Option<u64>,
    #[command(flatten)]
    export: ExportArgs,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: &CreateArgs) -> Result<u8, Failure> {
    // Files and options are read before a passphrase or the chain is needed.
    let sheet = read_sheet(session, args)?;
    let dao = Dao::connect(session, args.export.clone()).await?;
    check(session, &dao.read_state().await?, &sheet, dao.is_export())?;
    let call = create_sheet_call(&dao.deployment, &sheet);
    let Some(sent) = dao.execute_one(call).await? else { return Ok(OK) };
    let number = created_sheet(&dao.deployment, &sent)?;
    // Read back, so that what is announced is computed from the chain's own parameters.
    let state = dao.read_state().await?;
    let created = state.sheet(number)?;
    let words = ContentWords::new(created.content).to_string();
    let shown = json!({
        "sheet": number, "question": sheet.text.question, "statements": sheet.text.agenda.len(),
        "size": sheet.form.size(), "camps": sheet.form.axis().is_some(), "agenda": sheet.text.agenda.hash(),
        "words": words, "fingerprint": created.fingerprint, "transaction": sent.hash, "gas": sent.gas,
    });
    session.output().print_result(&shown, || {
        format!(
            "Sheet poll {number}: {}\n  {}, {}\n  {words}\n  fingerprint {}",
            to_printable(&sheet.text.question),
            plural(sheet.text.agenda.len() as u64, "statement"),
            if sheet.form.axis().is_some() { "two camps" } else { "no camps" },
            created.fingerprint.map_or_else(|| "unknown".into(), |fingerprint| fingerprint.to_string())
        )
    })?;
    session.output().print_remark(
        "Announce the eight words, or better the fingerprint, where members trust that it is from you: they compare it \
         with `psephos vote --fingerprint`.",
    );
    Ok(OK)
}

/// Reads agenda and axis, and puts them together with the options. The contract checks it again.
fn read_sheet(session: &Session, args: &CreateArgs) -> Result<NewSheet, Failure> {
    let agenda = read_agenda(&args.agenda)?;
    let axis = args.axis.as_ref().map(|_| build_axis(session, args, &agenda)).transpose()?;
    let [small, large] = SHEET_SIZES;
    let size = if agenda.len() <= small { small } else { large };
    let form = Form::new(size, agenda.len(), FormKind::Statements { camps: axis }).map_err(|error| {
        Failure::invalid_input(format!("these statements make no sheet: {error}"), "take an agenda and its own axis")
    })?;
    if !(args.opens < args.closes && args.closes < args.tally) {
        let [opens, closes, tally] = [args.opens, args.closes, args.tally].map(format_time);
        return Err(Failure::invalid_input(
            format!("--opens {opens}, --closes {closes} and --tally {tally} are not in this order"),
            "correct the times; nothing was sent",
        ));
    }
    if let Some((place, twice)) = find_repeated(&args.chambers) {
        return Err(Failure::invalid_input(
            format!("chamber {twice} is listed twice, at place {} again", place + 1),
            "name each chamber once with --chambers",
        ));
    }
    let text = SheetText::new(args.question.clone(), agenda).map_err(|error| {
        Failure::invalid_input(error.to_string(), "correct the question, or shorten the agenda; nothing was sent")
    })?;
    let rule = |&chamber: &ChamberId| SheetChamberRule {
        chamber,
        min_ballots: args.min_ballots,
        least_camp: args.least_camp.unwrap_or(0),
    };
    Ok(NewSheet {
        text,
        form,
        chambers: args.chambers.iter().map(rule).collect(),
        adoption: Some(AdoptionTerms { theta: args.theta, quorum: args.quorum, required: find_required(args)? }),
        committee: args.committee,
        cancellation: args
            .canceller
            .zip(args.cancel_deadline)
            .map(|(canceller, deadline)| Cancellation { canceller, deadline }),
        opens_at: args.opens,
        closes_at: args.closes,
        tally_deadline: args.tally,
    })
}

/// Reads the axis of an agenda as the sheet binds it; with a pilot, computes it again.
fn build_axis(session: &Session, args: &CreateArgs, agenda: &Agenda) -> Result<Axis, Failure> {
    let path = args.axis.as_deref().unwrap_or(&args.agenda);
    let file = read_axis(path)?;
    let refuse = |error| CharterFailure::Axis { path: path.to_owned(), error };
    match &args.pilot {
        Some(pilot) => file.verify(agenda, &read_pilot(pilot)?).map_err(refuse)?,
        None => {
            file.check_agenda(agenda).map_err(refuse)?;
            session.output().print_remark(
                "The axis is of this agenda; whether it follows from its pilot is not checked without --pilot FILE.",
            );
        }
    }
    let pilot = PilotHash::from_bytes(&file.pilot.0).map_err(|error| {
        Failure::invalid_input(
            format!("{}: {} is no hash of a pilot: {error}", path.display(), file.pilot),
            "take the axis that was published; `psephos charter axis` computes it anew",
        )
    })?;
    let weights = file.axis.agree().iter().zip(file.axis.disagree()).map(|(&agree, &disagree)| [agree, disagree]);
    Ok(Axis { weights: weights.collect(), threshold: file.axis.threshold(), pilot })
}

fn find_repeated(chambers: &[ChamberId]) -> Option<(usize, ChamberId)> {
    let mut places = chambers.iter().enumerate();
    places.find(|(place, one)| chambers[..*place].contains(one)).map(|(place, one)| (place, *one))
}

/// Returns the mask of the chambers that must adopt: bit `i` for the chamber at place `i` of the list.
fn find_required(args: &CreateArgs) -> Result<u16, Failure> {
    let wanted = if args.required.is_empty() { &args.chambers } else { &args.required };
    let places = wanted.iter().map(|one| {
        let place = args.chambers.iter().position(|chamber| chamber == one).and_then(|place| u32::try_from(place).ok());
        place.and_then(|place| 1_u16.checked_shl(place)).ok_or_else(|| {
            Failure::invalid_input(
                format!("chamber {one} is required to adopt, and does not vote as one of the first 16 chambers"),
                "name at most 16 chambers with --chambers, and some of them with --required",
            )
        })
    });
    places.into_iter().try_fold(0, |mask, bit| Ok(mask | bit?))
}

/// Refuses a sheet poll that can never be held, before it is paid for, and warns of what its totals may show. What it
/// refers to may be missing if its call is `exported`: another proposal can be executed first.
fn check(session: &Session, state: &ChainState, sheet: &NewSheet, exported: bool) -> Result<(), Failure> {
    if !exported {
        require_ready(state, sheet.committee)?;
        for rule in &sheet.chambers {
            state.registered_chamber(rule.chamber)?;
        }
    }
    require_life_until(state, sheet.committee, sheet.tally_deadline)?;
    if sheet.closes_at <= state.time {
        let [closes, now] = [sheet.closes_at, state.time].map(format_time);
        return Err(Failure::invalid_input(
            format!("--closes is {closes}, and the chain's time is {now}"),
            "name later times; nothing was sent",
        ));
    }
    require_unasked(state, sheet)?;
    for rule in &sheet.chambers {
        let id = rule.chamber;
        if rule.min_ballots < SMALL {
            session.output().print_warning(&format!(
                "the totals of chamber {id} are decrypted from {} sheets on: totals of so small a number may reveal single \
                 answers",
                rule.min_ballots
            ));
        }
        if sheet.form.axis().is_some() && rule.least_camp < SMALL {
            session.output().print_warning(&format!(
                "the answers of a camp of chamber {id} are decrypted from {} voters on: so small a camp may reveal single \
                 answers",
                rule.least_camp
            ));
        }
        let members = state.chambers.get(&id).map_or(0, |chamber| chamber.members.len() as u64);
        if u64::from(rule.min_ballots) > members {
            session.output().print_warning(&format!(
                "chamber {id} has {} now, and its totals are decrypted from {} sheets on: as long as it is so, they never \
                 are",
                plural(members, "member"),
                rule.min_ballots
            ));
        }
    }
    Ok(())
}

/// Refuses an agenda that a sheet poll with camps has asked in a chamber: with the totals of two axes, the answers of
/// the voters between them would be known.
fn require_unasked(state: &ChainState, sheet: &NewSheet) -> Result<(), Failure> {
    let agenda = sheet.text.agenda.hash();
    let asks = |number: &_| {
        let entry = state.sheets.get(number).filter(|entry| entry.opened && entry.has_camps());
        entry.is_some_and(|entry| entry.parameters.agenda == agenda.0)
    };
    if sheet.form.axis().is_none() {
        return Ok(());
    }
    for (number, entry) in state.sheets.iter().filter(|(number, _)| asks(number)) {
        if let Some(rule) = sheet.chambers.iter().find(|rule| entry.chambers.contains_key(&rule.chamber)) {
            return Err(Failure::invalid_input(
                format!("sheet poll {number} has asked chamber {} this agenda with camps", rule.chamber),
                "an agenda is asked with camps once: the totals of two axes would show single answers. Change the agenda, \
                 or ask without --axis; nothing was sent",
            ));
        }
    }
    Ok(())
}
