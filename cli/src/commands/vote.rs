//! `psephos vote`: proves a ballot or a sheet and writes its package, or checks whether one counts.

mod check;
mod choice;
mod sheet;
mod within;

use std::path::PathBuf;

use clap::Args;
use psephos_chain::host::host_of;
use psephos_circuits::catalogue::Name;
use psephos_client::keys::load_update_key;
use psephos_client::remote::relay::Promise;
use psephos_client::{
    ChainState, Observer, Package, Phase, files as client_files, voter,
    voter::{PollReference, Voter, VoterSeed},
};
use psephos_protocol::identifiers::{ChamberId, PollId, SheetId};
use psephos_protocol::statement::{ballot, update};
use psephos_state::{Poll, PollState, fingerprint::ContentWords};
use psephos_submission::verifiers::check_contracts;
use psephos_wire::proof::StatementKind;
use serde_json::json;

use crate::commands::identity::IdentityArgs;
use crate::commands::poll::text::{self, identify, read_text};
use crate::commands::submission;
use crate::commands::trustee::prepare_circuits;
use crate::failure::{Failure, OK};
use crate::files;
use crate::oblivious_args::ObliviousArgs;
use crate::progress::Progress;
use crate::prover_args::ProverArgs;
use crate::session::Session;
use crate::source_args::ConfirmArgs;
use crate::table::to_printable;

/// The numbers of members and of minimum ballots below which the voter is warned.
const SMALL_CHAMBER_MEMBERS: usize = 10;

/// Arguments of `vote`.
#[derive(Debug, Args)]
pub(crate) struct VoteArgs {
    /// Poll number (default: the only poll that is open)
    #[arg(long, value_name = "N")]
    poll: Option<PollId>,
    /// Sheet poll to answer, instead of a poll: its statements are asked one after the other, and until all are
    /// answered they are in an encrypted draft beside the package, FILE.draft
    #[arg(long, value_name = "N", conflicts_with_all = ["poll", "choice", "option", "choices", "within", "resume",
        "discard"])]
    sheet: Option<SheetId>,
    /// With --sheet: file with the answers, instead of asking; `psephos charter answer` writes one
    #[arg(long, value_name = "FILE", requires = "sheet", conflicts_with = "check")]
    answers: Option<PathBuf>,
    /// Chamber number (default: the only chamber of the poll in which this identity is a member)
    #[arg(long, value_name = "N")]
    chamber: Option<ChamberId>,
    #[command(flatten)]
    identity: IdentityArgs,
    /// Name of the option to vote for, as `poll show` lists them
    #[arg(long, value_name = "NAME", required_unless_present_any = ["option", "choices", "check", "resume", "discard", "sheet"],
        conflicts_with_all = ["option", "choices"])]
    choice: Option<String>,
    /// Number of the option to vote for, from 1, as `poll show` lists them
    #[arg(long, value_name = "N", conflicts_with = "choices")]
    option: Option<usize>,
    /// The ballot's choices: one whole number for each option, in order
    #[arg(long, value_name = "N,N,..", value_delimiter = ',')]
    choices: Option<Vec<u64>>,
    /// Replace this identity's ballot in this chamber
    #[arg(long)]
    replace: bool,
    /// Vote only if this is the poll that was announced: its fingerprint (0x..), or the eight words of its content
    #[arg(long, value_name = "FINGERPRINT", conflicts_with = "check")]
    fingerprint: Option<PollReference>,
    #[command(flatten)]
    confirm: ConfirmArgs,
    #[command(flatten)]
    remote: ProverArgs,
    /// Ballot package to write
    #[arg(long, value_name = "FILE", default_value = "ballot.json")]
    out: PathBuf,
    /// URL of a relayer to submit the package to at once; its receipt is written to the package's path with .receipt
    #[arg(long, value_name = "URL")]
    relayer: Option<String>,
    #[command(flatten)]
    route: ObliviousArgs,
    /// Hand the ballot over at a random moment within this number of hours, 1 to 8760, and at the latest half an hour
    /// before the poll closes: a relayer does not see when you were active. The ballot is proved and stored now; the
    /// command waits, and if it stops, --resume continues
    #[arg(long, value_name = "HOURS", requires = "relayer", value_parser = clap::value_parser!(u64).range(1..=8_760))]
    within: Option<u64>,
    /// Continue with a ballot that --within has stored: wait for its moment, and hand it over
    #[arg(long, requires = "relayer",
        conflicts_with_all = ["choice", "option", "choices", "replace", "fingerprint", "within"])]
    resume: bool,
    /// With --resume: hand the ballot over at once
    #[arg(long, requires = "resume")]
    now: bool,
    /// Delete a ballot that --within has stored and that was not handed over
    #[arg(long, conflicts_with_all = ["choice", "option", "choices", "replace", "fingerprint", "within", "resume",
        "relayer"])]
    discard: bool,
    /// Check whether a ballot of this identity counts; exit code 1 if not
    #[arg(long, conflicts_with_all = ["choice", "option", "choices", "replace", "out", "relayer", "within", "resume",
        "discard"])]
    check: bool,
    /// With --check: check for the ballot of this package, not for one that it replaces or that replaced it; with a
    /// relayer's receipt beside it, also check whether the relayer kept its promise
    #[arg(long, value_name = "FILE", requires = "check")]
    package: Option<PathBuf>,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, args: VoteArgs) -> Result<u8, Failure> {
    // Someone who names an account means to send from it. It must not seem to have worked, and most likely it is the
    // account that is enrolled, whose ballot it would show.
    if let Some(option) = session.sender_option() {
        return Err(Failure::invalid_input(
            format!("`vote` sends no transaction: {option} has no use here"),
            "leave it out, and hand the package to a relayer with --relayer URL. `psephos relay FILE` sends it from an \
             account: from the one that is enrolled it would show whose ballot it is",
        ));
    }
    if let Some(sheet) = args.sheet {
        return sheet::run(session, &args, sheet).await;
    }
    if let Some(url) = &args.relayer {
        args.route.check(session, url)?;
    }
    if args.resume || args.discard {
        return within::continue_scheduled(session, &args).await;
    }
    if !args.check {
        files::ensure_absent(&args.out)?;
        if args.relayer.is_some() {
            files::ensure_absent(&submission::receipt_path(&args.out))?;
        }
    }
    let deployment = session.read_deployment()?;
    let seed = args.identity.open_seed(session)?;
    let connection = session.connect_node(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let (place, own) = find_place(&state, &seed, &args)?;
    if args.check {
        return check::check_ballot(session, &state, &own.identity, place, args.package.as_deref());
    }
    within::require_none_scheduled(&args, &deployment, place)?;
    let window = within::find_window(session, &state, &args, place)?;
    let circuits = session.open_circuits()?;
    let entry = state.poll(place.poll)?;
    let circuit = match args.replace && entry.is_masked() {
        true => Name::for_statement::<update::Witness>(Some(entry.circuit_size()))?,
        false => Name::for_statement::<ballot::Witness>(Some(entry.circuit_size()))?,
    };
    check_contracts(&circuits, &connection, &deployment, &[circuit]).await?;
    show_poll(session, state.poll(place.poll)?, place, &args)?;
    // Before anything is proved: a ballot under a false context would be read by its author.
    args.confirm.confirm(session, &connection, &state, (place.poll, place.chamber), args.fingerprint).await?;
    let package = prove_ballot(session, &state, own.voter(), place, &args).await?;
    // Nothing that is secret is held while a ballot waits.
    drop((own, seed));
    if let Some(window) = window {
        return within::hand_over_within(session, &state, &args, package, window).await;
    }
    let promise = match &args.relayer {
        None => None,
        Some(url) => Some(submission::submit_ballot(session, &state, (url, &args.route), (&package, &args.out)).await?),
    };
    print_package(session, &state, &args, &package, promise.as_ref())
}

/// The chamber of a poll in which a ballot is cast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) poll: PollId,
    pub(super) chamber: ChamberId,
}

/// Finds poll, chamber and identity: those that are named, else the only ones that are possible.
fn find_place(
    state: &ChainState,
    seed: &VoterSeed,
    args: &VoteArgs,
) -> Result<(Place, voter::AccountIdentity), Failure> {
    let poll = match args.poll {
        Some(poll) => poll,
        None => find_open_poll(state)?,
    };
    if let Some(chamber) = args.chamber {
        return Ok((Place { poll, chamber }, args.identity.find_identity(state, seed, poll, chamber)?));
    }
    let chambers = state.poll(poll)?.chambers.keys();
    let found = chambers.filter_map(|&chamber| {
        let own = args.identity.find_identity(state, seed, poll, chamber).ok()?;
        Some((Place { poll, chamber }, own))
    });
    let mut found: Vec<_> = found.collect();
    match found.pop() {
        Some(one) if found.is_empty() => Ok(one),
        Some(_) => Err(Failure::invalid_input(
            format!("this identity is a member of {} chambers of poll {poll}", found.len() + 1),
            format!("name one with --chamber N: `psephos poll show {poll}` lists them; each takes a ballot of its own"),
        )),
        None => Err(Failure::invalid_input(
            format!("this identity is a member of no chamber of poll {poll}, or of several with several accounts"),
            "`psephos identity show FILE` lists its accounts; name the chamber with --chamber N and the account with --account",
        )),
    }
}

fn find_open_poll(state: &ChainState) -> Result<PollId, Failure> {
    let is_open = |poll: &Poll| poll.state_at(state.time) == PollState::Open;
    let open: Vec<PollId> = state.polls.iter().filter(|(_, poll)| is_open(poll)).map(|(id, _)| *id).collect();
    match open[..] {
        [one] => Ok(one),
        _ => Err(Failure::invalid_input(
            format!("{} polls are open", open.len()),
            "name the poll with --poll N: `psephos poll list` lists all",
        )),
    }
}

async fn prove_ballot(
    session: &Session,
    state: &ChainState,
    voter: Voter<'_>,
    place: Place,
    args: &VoteArgs,
) -> Result<Package, Failure> {
    let poll = state.poll(place.poll)?;
    let choices = choice::read_choices(poll, place.poll, args)?;
    let described = choice::describe(state, place, voter.account, &choices)?;
    session.output().print_remark(&described.text);
    if let Some(warning) = described.warning {
        session.output().print_warning(&warning);
    }
    warn_small_chamber(session, state, place);
    if poll.parameters.rule.choice_in_note {
        session.output().print_warning(text::RECEIPT);
    }
    if poll.is_masked() {
        session.output().print_remark(text::MASKED);
    }
    if poll.is_rounded() {
        session.output().print_remark(text::ROUNDED);
    }
    if let Ok(funding) = state.reward_funding(place.poll) {
        session.output().print_remark(&format!("Reward: {funding}."));
    }
    let vote = voter::prepare_ballot(state, voter, place.poll, place.chamber, &choices, args.replace)?;
    let kind = if vote.is_update() { StatementKind::Update } else { StatementKind::Ballot };
    let remote = args.remote.select_provers(session, kind)?;
    let circuits = prepare_circuits(session, &[poll.circuit_size()])?;
    let progress = Progress::new(session.output());
    if vote.is_update() {
        tokio::task::block_in_place(|| load_update_key(&circuits, poll.circuit_size(), &progress))?;
    }
    progress.begin(Phase::Prove, 0);
    let package = match remote {
        Some(provers) => voter::prove_ballot_remotely(&provers, &circuits, vote, &progress).await?,
        None => tokio::task::block_in_place(|| voter::prove_ballot(&circuits, vote))?,
    };
    progress.end(Phase::Prove);
    client_files::write_new(&args.out, &package.to_json())?;
    Ok(package)
}

/// Requires the poll that the voter means, and shows what it votes about.
fn show_poll(session: &Session, poll: &Poll, place: Place, args: &VoteArgs) -> Result<(), Failure> {
    if let Some(expected) = args.fingerprint {
        voter::require_poll(poll, place.poll, expected)?;
    }
    let (title, words) = (to_printable(&read_text(poll).title), ContentWords::new(poll.content));
    session.output().print_remark(&format!("Poll {}: {title}\n  {words}", place.poll));
    if args.fingerprint.is_none() {
        session.output().print_remark(
            "Compare these eight words with the announcement of the poll, or pass its fingerprint with --fingerprint.",
        );
    }
    Ok(())
}

fn print_package(
    session: &Session,
    state: &ChainState,
    args: &VoteArgs,
    package: &Package,
    promise: Option<&Promise>,
) -> Result<u8, Failure> {
    let (poll, place) = (state.poll(package.poll)?, Place { poll: package.poll, chamber: package.chamber });
    let (title, identified) = (read_text(poll).title, identify(poll));
    // The choices are not printed: results end up in logs.
    let mut shown = json!({ "file": files::shown(&args.out), "poll": place.poll, "chamber": place.chamber, "replaces": package.replaces.is_some() });
    shown["words"] = identified["words"].clone();
    shown["fingerprint"] = identified["fingerprint"].clone();
    if let Some(promise) = promise {
        shown["promise"] = json!({ "relayer": host_of(&promise.url), "by": promise.receipt.promised_by });
    }
    session.output().print_result(&shown, || {
        let title = to_printable(&title);
        let written = format!("Ballot for \"{title}\", chamber {}\nwritten to {}", place.chamber, args.out.display());
        match promise {
            None => written,
            Some(promise) => format!(
                "{written}\nThe relayer at {} promised to submit it within {}. Check then with\n  psephos vote --poll {} --chamber {} --identity {}{} --check --package {}",
                host_of(&promise.url),
                submission::format_time_until(promise.receipt.promised_by),
                place.poll,
                place.chamber,
                args.identity.identity.display(),
                args.identity.account.map_or_else(String::new, |account| format!(" --account {account}")),
                args.out.display()
            ),
        }
    })?;
    if promise.is_some() {
        return Ok(OK);
    }
    session.output().print_remark(
        "The package holds no secret: give it to a relayer. Sending it from an account of your own would link that account \
         to this ballot.",
    );
    Ok(OK)
}

/// Warns of properties of this chamber that a voter should know before voting.
fn warn_small_chamber(session: &Session, state: &ChainState, place: Place) {
    let chamber = state.polls.get(&place.poll).and_then(|poll| poll.chambers.get(&place.chamber));
    let Some((chamber, frozen)) = chamber.and_then(|chamber| Some((chamber, chamber.frozen.as_ref()?))) else { return };
    let members = frozen.chamber.members.len();
    if members < SMALL_CHAMBER_MEMBERS {
        session.output().print_warning(&format!(
            "chamber {} has only {members} members: your ballot is one of at most that many",
            place.chamber
        ));
    }
    if (chamber.rule.min_ballots as usize) < SMALL_CHAMBER_MEMBERS.min(members) {
        let minimum = chamber.rule.min_ballots;
        session.output().print_warning(&format!(
            "its total is decrypted from {minimum} ballots on: so small a number may reveal single votes"
        ));
    }
}
