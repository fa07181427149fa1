//! `psephos vote --sheet N`: answers to all statements of a sheet poll, proved and written to a package.

use std::io::IsTerminal;
use std::path::Path;

use psephos_chain::Connection;
use psephos_charter::agenda::SheetText;
use psephos_charter::answers::{Answer, MAX_ANSWERS_BYTES, Row, parse_answers};
use psephos_circuits::catalogue::Name;
use psephos_client::keys::load_sheet_key;
use psephos_client::sheets::{
    SheetsError, find_sheet_identity, is_sheet_counted, prepare_sheet, prove_sheet, prove_sheet_remotely,
    read_sheet_text, require_sheet,
};
use psephos_client::voter::{AccountIdentity, VoterSeed};
use psephos_client::{ChainState, Deployment, Observer, Phase, files as client_files};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_protocol::nullifier;
use psephos_protocol::statement::sheet;
use psephos_state::SheetState;
use psephos_state::fingerprint::ContentWords;
use psephos_submission::verifiers::check_contracts;
use psephos_wire::proof::StatementKind;
use psephos_wire::{SheetPackage, sheet::MAX_BYTES};
use serde_json::json;
use zeroize::Zeroizing;

use super::{SMALL_CHAMBER_MEMBERS, VoteArgs};
use crate::charter_failure::CharterFailure;
use crate::commands::charter::answer::{DraftFile, open_draft};
use crate::commands::charter::ask::{Asked, Dialogue};
use crate::commands::charter::read_text;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
use crate::format::plural;
use crate::progress::Progress;
use crate::session::Session;
use crate::table::to_printable;

/// What a voter may count on.
const NO_RECEIPT: &str = "Your seed shows later that you voted, and when, but not how you answered: what the encryption was \
    made with is not kept. Anyone who sees this machine, or your file of answers, sees the answers.";

/// The chamber of a sheet poll in which a sheet is cast.
#[derive(Clone, Copy, Debug)]
struct Place {
    sheet: SheetId,
    chamber: ChamberId,
}

/// Answers, and the draft that they came from, if they were asked for.
struct Answered {
    answers: Row,
    draft: Option<DraftFile>,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: &VoteArgs, sheet: SheetId) -> Result<u8, Failure> {
    if args.relayer.is_some() {
        return Err(Failure::invalid_input(
            "no relayer takes sheets yet",
            "leave out --relayer, and have the package sent with `psephos relay FILE`, from an account that no one can \
             link to you",
        ));
    }
    if !args.check {
        files::ensure_absent(&args.out)?;
    }
    let deployment = session.read_deployment()?;
    // A file that does not exist is said before a passphrase is asked for.
    let given = args.answers.as_deref().map(|path| read_text(path, MAX_ANSWERS_BYTES).map(Zeroizing::new));
    let given = given.transpose()?;
    let seed = args.identity.open_seed(session)?;
    let connection = session.connect_node(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    if args.check {
        let (place, own) = find_place(&state, &seed, args, sheet)?;
        return check(session, &state, &own, place, args.package.as_deref());
    }
    state.require_sheet_state(sheet, SheetState::Open)?;
    let (place, own) = find_place(&state, &seed, args, sheet)?;
    drop(seed);
    let text = read_sheet_text(sheet, state.sheet(sheet)?)?;
    require_first_or_replacement(&state, &own, place, args.replace)?;
    confirm(session, args, (&connection, &deployment), &state, place, &text).await?;
    let answered = match (&args.answers, given) {
        (Some(path), Some(given)) => {
            let answers = parse_answers(&given, &text.agenda);
            let answers = answers.map_err(|error| CharterFailure::Answers { path: path.clone(), error })?;
            Some(Answered { answers, draft: None })
        }
        _ => ask(session, &text, &args.out)?,
    };
    let Some(Answered { answers, draft }) = answered else { return Ok(CHECK_FAILED) };
    describe(session, &state, place, &answers)?;
    let package = prove(session, &state, &own, place, &answers, args).await?;
    if let Some(draft) = draft.filter(DraftFile::exists) {
        client_files::wipe_file(draft.path())?;
    }
    if let Some(path) = &args.answers {
        session.output().print_warning(&format!(
            "{} shows how you answer, and is not encrypted: delete it when your sheet counts",
            path.display()
        ));
    }
    print_package(session, &state, args, &package, &text)
}

/// Finds chamber and identity: those that are named, else the only ones that are possible.
fn find_place(
    state: &ChainState,
    seed: &VoterSeed,
    args: &VoteArgs,
    sheet: SheetId,
) -> Result<(Place, AccountIdentity), Failure> {
    let find = |chamber| {
        tokio::task::block_in_place(|| find_sheet_identity(state, seed, sheet, chamber, args.identity.account))
    };
    if let Some(chamber) = args.chamber {
        return Ok((Place { sheet, chamber }, find(chamber)?));
    }
    let (mut found, mut first) = (Vec::new(), None);
    for &chamber in state.sheet(sheet)?.chambers.keys() {
        match find(chamber) {
            Ok(own) => found.push((Place { sheet, chamber }, own)),
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    match (found.pop(), first) {
        (Some(one), _) if found.is_empty() => Ok(one),
        (Some(_), _) => Err(Failure::invalid_input(
            format!("this identity is a member of {} chambers of sheet poll {sheet}", found.len() + 1),
            format!("name one with --chamber N: `psephos charter show --sheet {sheet}` lists them"),
        )),
        (None, Some(error)) => Err(error.into()),
        (None, None) => Err(Failure::invalid_input(
            format!("sheet poll {sheet} has no chamber"),
            format!("`psephos charter show --sheet {sheet}` shows it"),
        )),
    }
}

/// Refuses a second sheet without `--replace`, and a replacement of none, before anything is asked or proved.
fn require_first_or_replacement(
    state: &ChainState,
    own: &AccountIdentity,
    place: Place,
    replace: bool,
) -> Result<(), Failure> {
    let Place { sheet, chamber } = place;
    match (is_sheet_counted(state, &own.identity, sheet, chamber, None)?, replace) {
        (true, false) => Err(SheetsError::AlreadyVoted { sheet }.into()),
        (false, true) => Err(SheetsError::NothingToReplace { sheet }.into()),
        _ => Ok(()),
    }
}

/// Requires the sheet poll that the voter means, shows its question, and confirms what a sheet is proved under.
async fn confirm(
    session: &Session,
    args: &VoteArgs,
    (connection, deployment): (&Connection, &Deployment),
    state: &ChainState,
    place: Place,
    text: &SheetText,
) -> Result<(), Failure> {
    let entry = state.sheet(place.sheet)?;
    if let Some(expected) = args.fingerprint {
        require_sheet(place.sheet, entry, expected)?;
    }
    let circuits = session.open_circuits()?;
    let circuit = Name::for_statement::<sheet::Witness>(Some(entry.parameters.size))?;
    check_contracts(&circuits, connection, deployment, &[circuit]).await?;
    let (question, words) = (to_printable(&text.question), ContentWords::new(entry.content));
    session.output().print_remark(&format!("Sheet poll {}: {question}\n  {words}", place.sheet));
    if args.fingerprint.is_none() {
        session.output().print_remark(
            "Compare these eight words with the announcement of the sheet poll, or pass its fingerprint with \
             --fingerprint.",
        );
    }
    args.confirm.confirm_sheet(session, connection, state, (place.sheet, place.chamber), args.fingerprint).await
}

/// Asks for an answer to each statement. Until all are given they are in an encrypted draft beside the package, with
/// which the same command continues.
fn ask(session: &Session, text: &SheetText, out: &Path) -> Result<Option<Answered>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::invalid_input(
            "there is no terminal to ask on",
            "run the command in a terminal, or name a file of answers with --answers FILE: `psephos charter answer` \
             describes it",
        ));
    }
    let agenda = &text.agenda;
    let (draft, mut answers) = open_draft(session, agenda, out)?;
    let mut dialogue = Dialogue { input: std::io::stdin().lock(), output: std::io::stderr() };
    let asked = dialogue.ask_statements(agenda, &mut answers, |row| draft.save(agenda, row))?;
    if asked == Asked::Finished {
        return Ok(Some(Answered { answers, draft: Some(draft) }));
    }
    let answered = answers.iter().flatten().count();
    let file = draft.exists().then(|| files::shown(draft.path()));
    let shown = json!({ "draft": file, "answered": answered, "of": agenda.len(), "finished": false });
    session.output().print_result(&shown, || match draft.exists() {
        true => format!(
            "{answered} of {} answered, encrypted in {}: run the command again to go on. Nothing was proved.",
            agenda.len(),
            draft.path().display()
        ),
        false => "Nothing was answered, and nothing written.".into(),
    })?;
    Ok(None)
}

/// Says in words what is about to be proved, and what the voter should know.
fn describe(session: &Session, state: &ChainState, place: Place, answers: &[Option<Answer>]) -> Result<(), Failure> {
    let count = |wanted| answers.iter().filter(|answer| answer.unwrap_or(Answer::Pass) == wanted).count();
    let [agree, disagree, pass] = [Answer::Agree, Answer::Disagree, Answer::Pass].map(count);
    session.output().print_remark(&format!(
        "Your sheet: {} answered, {agree} agree, {disagree} disagree, {pass} pass\n{NO_RECEIPT}",
        plural(answers.len() as u64, "statement")
    ));
    let entry = state.sheet(place.sheet)?;
    let (listed, frozen) = state.opened_sheet_chamber(place.sheet, place.chamber)?;
    let (members, rule) = (frozen.chamber.members.len(), listed.rule);
    session.output().print_remark(&format!(
        "It is one of at most {} of chamber {}. Of each statement the public learns how many agree and disagree{}.",
        plural(members as u64, "sheet"),
        place.chamber,
        if entry.has_camps() { ", in each of two camps" } else { "" }
    ));
    if members < SMALL_CHAMBER_MEMBERS {
        session.output().print_warning(&format!(
            "chamber {} has only {members} members: your sheet is one of at most that many",
            place.chamber
        ));
    }
    if (rule.min_ballots as usize) < SMALL_CHAMBER_MEMBERS.min(members) {
        let minimum = rule.min_ballots;
        session.output().print_warning(&format!(
            "its totals are decrypted from {minimum} sheets on: so small a number may reveal single answers"
        ));
    }
    if entry.has_camps() && (rule.least_camp as usize) < SMALL_CHAMBER_MEMBERS {
        let least = rule.least_camp;
        session.output().print_warning(&format!(
            "the answers of a camp are decrypted from {least} voters on: so small a camp may reveal single answers"
        ));
    }
    Ok(())
}

async fn prove(
    session: &Session,
    state: &ChainState,
    own: &AccountIdentity,
    place: Place,
    answers: &[Option<Answer>],
    args: &VoteArgs,
) -> Result<SheetPackage, Failure> {
    let Place { sheet, chamber } = place;
    let vote = prepare_sheet(state, own.voter(), sheet, chamber, answers, args.replace)?;
    let remote = args.remote.select_provers(session, StatementKind::Sheet)?;
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    let size = state.sheet(sheet)?.parameters.size;
    tokio::task::block_in_place(|| load_sheet_key(&circuits, size, &progress))?;
    progress.begin(Phase::Prove, 0);
    let package = match remote {
        Some(provers) => prove_sheet_remotely(&provers, &circuits, vote, &progress).await?,
        None => tokio::task::block_in_place(|| prove_sheet(&circuits, vote))?,
    };
    progress.end(Phase::Prove);
    client_files::write_new(&args.out, &package.to_json())?;
    Ok(package)
}

fn print_package(
    session: &Session,
    state: &ChainState,
    args: &VoteArgs,
    package: &SheetPackage,
    text: &SheetText,
) -> Result<u8, Failure> {
    let entry = state.sheet(package.sheet)?;
    // The answers are not printed: results end up in logs.
    let shown = json!({
        "file": files::shown(&args.out), "sheet": package.sheet, "chamber": package.chamber,
        "replaces": package.replaces.is_some(), "words": ContentWords::new(entry.content).to_string(),
        "fingerprint": package.fingerprint,
    });
    session.output().print_result(&shown, || {
        let (question, out) = (to_printable(&text.question), args.out.display());
        format!("Sheet for \"{question}\", chamber {}\nwritten to {out}", package.chamber)
    })?;
    session.output().print_remark(
        "The package holds no secret: have it sent with `psephos relay`. Sending it from an account of your own would link \
         that account to this sheet.",
    );
    Ok(OK)
}

/// Checks whether a sheet of an identity counts: any, or that of a package.
fn check(
    session: &Session,
    state: &ChainState,
    own: &AccountIdentity,
    place: Place,
    path: Option<&Path>,
) -> Result<u8, Failure> {
    let Place { sheet, chamber } = place;
    let posted = match path {
        Some(path) => Some(read_own_package(state, own, place, path)?.record.posted),
        None => None,
    };
    let counted = is_sheet_counted(state, &own.identity, sheet, chamber, posted.as_ref())?;
    let shown = json!({ "sheet": sheet, "chamber": chamber, "counted": counted });
    session.output().print_result(&shown, || match counted {
        true => "A sheet of this identity counts.".into(),
        false if posted.is_some() => "This sheet does not count.".into(),
        false => "No sheet of this identity counts.".into(),
    })?;
    Ok(if counted { OK } else { CHECK_FAILED })
}

/// Reads a package, and requires that it is a sheet of this identity in this chamber: of any other one it would be
/// true, and misleading, that it does not count.
fn read_own_package(
    state: &ChainState,
    own: &AccountIdentity,
    place: Place,
    path: &Path,
) -> Result<psephos_wire::sheet::SheetContents, Failure> {
    let package = SheetPackage::parse(&client_files::read_bytes(path, MAX_BYTES)?)?;
    let contents = package.contents()?;
    if (package.sheet, package.chamber) != (place.sheet, place.chamber) {
        return Err(Failure::invalid_input(
            format!(
                "{} is a sheet for chamber {} of sheet poll {}, not for chamber {} of sheet poll {}",
                path.display(),
                package.chamber,
                package.sheet,
                place.chamber,
                place.sheet
            ),
            "name the sheet poll and the chamber of the package",
        ));
    }
    let (_, frozen) = state.opened_sheet_chamber(place.sheet, place.chamber)?;
    let id = own.identity.commitment();
    if contents.record.posted.nullifier != nullifier::derive_nullifier(&own.identity.nullifier_key(), &id, frozen.ctx) {
        return Err(Failure::invalid_input(
            format!("{} is not a sheet of this identity", path.display()),
            "name the identity that made it with --identity",
        ));
    }
    Ok(contents)
}
