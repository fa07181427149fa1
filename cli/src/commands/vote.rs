//! `psephos vote`: proves a ballot and writes its package, or checks whether a ballot counts.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::path::{Path, PathBuf};

use clap::Args;
use psephos_circuits::catalogue::Name;
use psephos_client::package::MAX_BYTES;
use psephos_client::remote::relay::{Inclusion, Promise, find_ballot};
use psephos_client::{
    ChainState, Observer, Package, Phase, files as client_files, voter,
    voter::{PollReference, Voter},
};
use psephos_protocol::identity::Identity;
use psephos_protocol::nullifier;
use psephos_protocol::statement::ballot;
use psephos_state::{Poll, fingerprint::ContentWords};
use psephos_submission::verifiers::check_contracts;
use psephos_wire::ballot::Contents;
use psephos_wire::proof::StatementKind;
use psephos_wire::relay::ballot_id;
use serde_json::json;

use crate::commands::identity::IdentityArgs;
use crate::commands::poll::text::{identify, read_text};
use crate::commands::submission;
use crate::commands::trustee::prepare_circuits;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
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
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// Chamber number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    #[command(flatten)]
    identity: IdentityArgs,
    /// Number of the option to vote for, from 1, as `poll show` lists them
    #[arg(long, value_name = "N", required_unless_present_any = ["choices", "check"], conflicts_with = "choices")]
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
    /// Check whether a ballot of this identity counts; exit code 1 if not
    #[arg(long, conflicts_with_all = ["option", "choices", "replace", "out", "relayer"])]
    check: bool,
    /// With --check: check for the ballot of this package, not for one that it replaces or that replaced it; with a
    /// relayer's receipt beside it, also check whether the relayer kept its promise
    #[arg(long, value_name = "FILE", requires = "check")]
    package: Option<PathBuf>,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, args: VoteArgs) -> Result<u8, Failure> {
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
    let own = args.identity.find_identity(&state, &seed, args.poll, args.chamber)?;
    if args.check {
        return check_ballot(session, &state, &own.identity, &args);
    }
    let circuits = session.open_circuits()?;
    let circuit = Name::for_statement::<ballot::Witness>(Some(state.poll(args.poll)?.circuit_size()))?;
    check_contracts(&circuits, &connection, &deployment, &[circuit]).await?;
    show_poll(session, state.poll(args.poll)?, &args)?;
    // Before anything is proved: a ballot under a false context would be read by whoever made it.
    let place = (args.poll, args.chamber);
    args.confirm.confirm(session, &connection, &state, place, args.fingerprint).await?;
    let package = prove_ballot(session, &state, own.voter(), &args).await?;
    let promise = match &args.relayer {
        None => None,
        Some(url) => Some(submission::submit_ballot(&deployment, &state, url, (&package, &args.out)).await?),
    };
    print_package(session, &state, &args, promise.as_ref())
}

fn check_ballot(session: &Session, state: &ChainState, identity: &Identity, args: &VoteArgs) -> Result<u8, Failure> {
    let package = match &args.package {
        Some(path) => Some(Package::parse(&client_files::read_bytes(path, MAX_BYTES)?)?),
        None => None,
    };
    let contents = package.as_ref().map(Package::contents).transpose()?;
    if let (Some(package), Some(contents), Some(path)) = (&package, &contents, &args.package) {
        require_own_package(state, identity, args, package, contents, path)?;
    }
    let expected = contents.as_ref().map(|contents| &contents.record.posted);
    let counted = voter::is_counted(state, identity, args.poll, args.chamber, expected)?;
    let mut shown = json!({ "poll": args.poll, "chamber": args.chamber, "counted": counted });
    let mut more = String::new();
    if let (Some(package), Some(path)) = (&package, &args.package) {
        let id = contents.as_ref().map(|contents| ballot_id(package, contents));
        let promise = submission::read_receipt(path, id)?;
        let inclusion = find_ballot(state, package, promise.as_ref(), submission::unix_time())?;
        shown["promise"] = match &promise {
            None => json!(null),
            Some(promise) => json!({
                "relayer": promise.url, "by": promise.receipt.promised_by,
                "broken": matches!(inclusion, Inclusion::Broken { .. } | Inclusion::TooLate { .. }),
            }),
        };
        more = format!("\n{}", submission::explain_inclusion(inclusion, promise.as_ref(), path, "relay"));
    }
    session.output().print_result(&shown, || {
        let text = match counted {
            true => "A ballot of this identity counts.",
            false if expected.is_some() => "This ballot does not count.",
            false => "No ballot of this identity counts.",
        };
        format!("{text}{more}")
    })?;
    Ok(if counted { OK } else { CHECK_FAILED })
}

/// Requires that a package is a ballot of this identity in the poll's chamber that is asked for: of any other one it
/// would be true, and misleading, that it does not count.
fn require_own_package(
    state: &ChainState,
    identity: &Identity,
    args: &VoteArgs,
    package: &Package,
    contents: &Contents,
    path: &Path,
) -> Result<(), Failure> {
    let (_, frozen) = state.opened_chamber(args.poll, args.chamber)?;
    let own = nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx);
    if (package.poll, package.chamber) != (args.poll, args.chamber) {
        return Err(Failure::invalid_input(
            format!(
                "{} is a ballot for chamber {} of poll {}, not for chamber {} of poll {}",
                path.display(),
                package.chamber,
                package.poll,
                args.chamber,
                args.poll
            ),
            "name the poll and the chamber of the package",
        ));
    }
    if contents.record.posted.nullifier != own {
        return Err(Failure::invalid_input(
            format!("{} is not a ballot of this identity", path.display()),
            "name the identity that made it with --identity",
        ));
    }
    Ok(())
}

async fn prove_ballot(
    session: &Session,
    state: &ChainState,
    voter: Voter<'_>,
    args: &VoteArgs,
) -> Result<Package, Failure> {
    let poll = state.poll(args.poll)?;
    let choices = match (&args.choices, args.option) {
        (Some(choices), _) => choices.clone(),
        (None, Some(number)) if (1..=poll.options()).contains(&number) => {
            voter::single_choice(poll.options(), number - 1)
        }
        (None, number) => {
            let named = number.map_or_else(|| "no option".into(), |number| format!("option {number}"));
            let hint = format!("options are 1 to {}: `psephos poll show {}` lists them", poll.options(), args.poll);
            return Err(Failure::invalid_input(format!("{named} is not an option of poll {}", args.poll), hint));
        }
    };
    warn_small_chamber(session, state, args);
    if let Ok(funding) = state.reward_funding(args.poll) {
        session.output().print_remark(&format!("Reward: {funding}."));
    }
    let vote = voter::prepare_ballot(state, voter, args.poll, args.chamber, &choices, args.replace)?;
    let remote = args.remote.select_prover(session, StatementKind::Ballot)?;
    let circuits = prepare_circuits(session, &[poll.circuit_size()])?;
    let progress = Progress::new(session.output());
    progress.begin(Phase::Prove, 0);
    let package = match remote {
        Some(prover) => voter::prove_ballot_remotely(&prover, &circuits, vote, &progress).await?,
        None => tokio::task::block_in_place(|| voter::prove_ballot(&circuits, vote))?,
    };
    progress.end(Phase::Prove);
    client_files::write_new(&args.out, &package.to_json())?;
    Ok(package)
}

/// Requires the poll that the voter means, and shows what it votes about.
fn show_poll(session: &Session, poll: &Poll, args: &VoteArgs) -> Result<(), Failure> {
    if let Some(expected) = args.fingerprint {
        voter::require_poll(poll, args.poll, expected)?;
    }
    let (title, words) = (to_printable(&read_text(poll).title), ContentWords::new(poll.content));
    session.output().print_remark(&format!("Poll {}: {title}\n  {words}", args.poll));
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
    promise: Option<&Promise>,
) -> Result<u8, Failure> {
    let poll = state.poll(args.poll)?;
    let (title, identified) = (read_text(poll).title, identify(poll));
    // The choices are not printed: results end up in logs.
    let mut shown = json!({ "file": args.out, "poll": args.poll, "chamber": args.chamber, "replaces": args.replace });
    shown["words"] = identified["words"].clone();
    shown["fingerprint"] = identified["fingerprint"].clone();
    if let Some(promise) = promise {
        shown["promise"] = json!({ "relayer": promise.url, "by": promise.receipt.promised_by });
    }
    session.output().print_result(&shown, || {
        let title = to_printable(&title);
        let written = format!("Ballot for \"{title}\", chamber {}\nwritten to {}", args.chamber, args.out.display());
        match promise {
            None => written,
            Some(promise) => format!(
                "{written}\nThe relayer at {} promised to submit it within {}. Check then with\n  psephos vote --poll {} --chamber {} --identity {}{} --check --package {}",
                promise.url,
                submission::format_time_until(promise.receipt.promised_by),
                args.poll,
                args.chamber,
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
fn warn_small_chamber(session: &Session, state: &ChainState, args: &VoteArgs) {
    let chamber = state.polls.get(&args.poll).and_then(|poll| poll.chambers.get(&args.chamber));
    let Some((chamber, frozen)) = chamber.and_then(|chamber| Some((chamber, chamber.frozen.as_ref()?))) else { return };
    let members = frozen.chamber.members.len();
    if members < SMALL_CHAMBER_MEMBERS {
        session.output().print_warning(&format!(
            "chamber {} has only {members} members: your ballot is one of at most that many",
            args.chamber
        ));
    }
    if (chamber.rule.min_ballots as usize) < SMALL_CHAMBER_MEMBERS.min(members) {
        let minimum = chamber.rule.min_ballots;
        session.output().print_warning(&format!(
            "its total is decrypted from {minimum} ballots on: so small a number may reveal single votes"
        ));
    }
}
