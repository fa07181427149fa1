//! `psephos vote`: from a choice to a ballot package, and whether a ballot counts.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::path::PathBuf;

use clap::Args;
use psephos_client::keys::ballots_of;
use psephos_client::operator::Metadata;
use psephos_client::package::MAX_BYTES;
use psephos_client::remote::relay::{Inclusion, Promise, ballot_inclusion};
use psephos_client::{ChainState, ClientError, Observer, Package, Phase, files as client_files, voter};
use psephos_exchange::proof::Kind;
use psephos_protocol::identity::Identity;
use serde_json::json;

use crate::commands::handing;
use crate::commands::trustee::prepared;
use crate::failure::{FALSE, Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::remote::Remote;
use crate::secrets::Purpose;
use crate::session::Session;

/// A turnout and census below which a warning is due.
const SMALL_CHAMBER: usize = 10;

/// Arguments of `vote`.
#[derive(Debug, Args)]
pub(crate) struct Vote {
    /// The poll's number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// The chamber's number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    /// The identity file
    #[arg(long, value_name = "FILE", default_value = "me.identity")]
    identity: PathBuf,
    /// The number of one option, from 1, as `poll show` lists them
    #[arg(long, value_name = "N", required_unless_present_any = ["votes", "check"], conflicts_with = "votes")]
    choice: Option<usize>,
    /// A number for each option, in order, separated by commas
    #[arg(long, value_name = "N,N,..", value_delimiter = ',')]
    votes: Option<Vec<u64>>,
    /// Replace the ballot that this identity has in this chamber
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    remote: Remote,
    /// The ballot package to write
    #[arg(long, value_name = "FILE", default_value = "ballot.json")]
    out: PathBuf,
    /// Give the ballot to the relayer at this address at once, and keep its receipt beside the package
    #[arg(long, value_name = "URL")]
    relayer: Option<String>,
    /// Only say whether a ballot of this identity counts (exit code 1 if not)
    #[arg(long, conflicts_with_all = ["choice", "votes", "replace", "out", "relayer"])]
    check: bool,
    /// With --check: only the ballot of this package will do, not one that it was to replace; if a relayer's receipt lies beside it, whether the relayer has kept its word
    #[arg(long, value_name = "FILE", requires = "check")]
    package: Option<PathBuf>,
}

/// Proves a ballot, or looks for one.
pub(crate) async fn run(session: &Session, args: Vote) -> Result<u8, Failure> {
    if !args.check {
        files::must_be_new(&args.out)?;
        if args.relayer.is_some() {
            files::must_be_new(&handing::receipt_path(&args.out))?;
        }
    }
    let deployment = session.deployment()?;
    let passphrase = session.passphrase(&args.identity, Purpose::Open)?;
    let identity = voter::open_identity(&args.identity, passphrase.as_bytes())?;
    let connection = session.connect(&deployment).await?;
    let replay = session.source(&connection, &deployment)?.read_state().await?;
    if args.check {
        return check(session, &replay, &identity, &args);
    }
    let circuits = session.circuits()?;
    circuits.guard(&connection, &deployment, &[ballots_of(replay.poll(args.poll)?.circuit_size())]).await?;
    let package = prove(session, &replay, &identity, &args).await?;
    let promise = match &args.relayer {
        None => None,
        Some(url) => Some(handing::ballot(&deployment, &replay, url, (&package, &args.out)).await?),
    };
    proved(session, &replay, &args, promise.as_ref())
}

fn check(session: &Session, replay: &ChainState, identity: &Identity, args: &Vote) -> Result<u8, Failure> {
    let package = match &args.package {
        Some(path) => Some(
            Package::parse(&client_files::read(path, MAX_BYTES).map_err(ClientError::from)?)
                .map_err(ClientError::from)?,
        ),
        None => None,
    };
    let contents = package.as_ref().map(Package::contents).transpose().map_err(ClientError::from)?;
    let expected = contents.as_ref().map(|contents| &contents.record.posted);
    let counted = voter::is_counted(replay, identity, args.poll, args.chamber, expected)?;
    let mut shown = json!({ "poll": args.poll, "chamber": args.chamber, "counted": counted });
    let mut more = String::new();
    if let (Some(package), Some(path)) = (&package, &args.package) {
        let promise = handing::kept(path)?;
        let inclusion = ballot_inclusion(replay, package, promise.as_ref(), handing::now())?;
        shown["promise"] = match &promise {
            None => json!(null),
            Some(promise) => json!({
                "relayer": promise.url, "by": promise.receipt.promised_by,
                "broken": matches!(inclusion, Inclusion::Broken { .. } | Inclusion::TooLate { .. }),
            }),
        };
        more = format!("\n{}", handing::explain(inclusion, promise.as_ref(), path, "relay"));
    }
    session.output().result(&shown, || {
        let text = match counted {
            true => "A ballot of this identity counts.",
            false if expected.is_some() => "This ballot does not count.",
            false => "No ballot of this identity is there.",
        };
        format!("{text}{more}")
    })?;
    Ok(if counted { OK } else { FALSE })
}

async fn prove(session: &Session, replay: &ChainState, identity: &Identity, args: &Vote) -> Result<Package, Failure> {
    let poll = replay.poll(args.poll)?;
    let choice = match (&args.votes, args.choice) {
        (Some(votes), _) => votes.clone(),
        (None, Some(number)) if (1..=poll.options()).contains(&number) => voter::single(poll.options(), number - 1),
        (None, number) => {
            let given = number.map_or_else(|| "no option".into(), |number| format!("option {number}"));
            let hint = format!("options are 1 to {}: see `psephos poll show {}`", poll.options(), args.poll);
            return Err(Failure::input(format!("{given} is not one of poll {}", args.poll), hint));
        }
    };
    warn(session, replay, args);
    let vote = voter::prepare(replay, identity, args.poll, args.chamber, &choice, args.replace)?;
    let remote = args.remote.prover(session, Kind::Ballot)?;
    let circuits = prepared(session, &[poll.circuit_size()])?;
    let progress = Progress::new(session.output());
    progress.begin(Phase::Prove, 0);
    let package = match remote {
        Some(prover) => voter::prove_remotely(&prover, &circuits, vote, &progress).await?,
        None => tokio::task::block_in_place(|| voter::prove(&circuits, vote))?,
    };
    progress.end(Phase::Prove);
    client_files::write_new(&args.out, &package.to_json()).map_err(ClientError::from)?;
    Ok(package)
}

fn proved(session: &Session, replay: &ChainState, args: &Vote, promise: Option<&Promise>) -> Result<u8, Failure> {
    let poll = replay.poll(args.poll)?;
    let title = Metadata::read(&poll.parameters.metadata, poll.options()).title;
    // The choice is not repeated: results end up in logs.
    let mut shown = json!({ "file": args.out, "poll": args.poll, "chamber": args.chamber, "replaces": args.replace });
    if let Some(promise) = promise {
        shown["promise"] = json!({ "relayer": promise.url, "by": promise.receipt.promised_by });
    }
    session.output().result(&shown, || {
        let written = format!("Ballot for \"{title}\", chamber {}\nwritten to {}", args.chamber, args.out.display());
        match promise {
            None => written,
            Some(promise) => format!(
                "{written}\nThe relayer at {} has promised it within {}: look then with\n  psephos vote --poll {} --chamber {} --identity {} --check --package {}",
                promise.url,
                handing::within(promise.receipt.promised_by),
                args.poll,
                args.chamber,
                args.identity.display(),
                args.out.display()
            ),
        }
    })?;
    if promise.is_some() {
        return Ok(OK);
    }
    session.output().remark(
        "It holds no secret: give it to a relayer. Sent from an account of your own it would link that account to this ballot.",
    );
    Ok(OK)
}

/// What a voter should know about this chamber before voting.
fn warn(session: &Session, replay: &ChainState, args: &Vote) {
    let chamber = replay.polls.get(&args.poll).and_then(|poll| poll.chambers.get(&args.chamber));
    let Some((chamber, frozen)) = chamber.and_then(|chamber| Some((chamber, chamber.frozen.as_ref()?))) else { return };
    let members = frozen.chamber.members.len();
    if members < SMALL_CHAMBER {
        session.output().warn(&format!("chamber {} has {members} members only: you hide among so few", args.chamber));
    }
    if (chamber.rule.minBallots as usize) < SMALL_CHAMBER.min(members) {
        let least = chamber.rule.minBallots;
        session
            .output()
            .warn(&format!("its total is opened from {least} ballots on: so few may give single votes away"));
    }
}
