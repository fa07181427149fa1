//! `psephos relay`: verifies the ballots and sheets of others, batches them and sends them.

mod sheets;

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::Connection;
use psephos_chain::host::host_of;
use psephos_client::keys::load_update_key;
use psephos_client::package::MAX_BYTES;
use psephos_client::relayer::{self, MAX_BATCH, MaskedRun, PackageOutcome, RelayConfig, RelayReport, Submission};
use psephos_client::{Package, files};
use psephos_protocol::identifiers::PollId;
use psephos_state::Deployment;
use serde_json::json;

use crate::commands::submission;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::format::{plural, thousands};
use crate::oblivious_args::ObliviousArgs;
use crate::progress::Progress;
use crate::session::Session;
use crate::source_args::NodeArgs;
use crate::table::{Table, to_printable};

/// The largest package that is read, in bytes.
const MAX_PACKAGE_BYTES: usize =
    if psephos_wire::sheet::MAX_BYTES > MAX_BYTES { psephos_wire::sheet::MAX_BYTES } else { MAX_BYTES };

/// Arguments of `relay`.
#[derive(Debug, Args)]
pub(crate) struct RelayArgs {
    /// Packages of ballots and sheets to relay
    #[arg(value_name = "FILE", required_unless_present = "mask")]
    packages: Vec<PathBuf>,
    /// Also mask each ballot of this masked poll that no package replaces: encrypt it anew, without changing it
    ///
    /// Then neither chain nor coercer can tell which of the updates are replacements by voters. That holds only if
    /// masks and replacements come from one account, in the same batches: hand all packages of the poll to one run.
    /// Repeat it at random times, and once in the last minutes. The report names which package is a mask: keep no
    /// record of it.
    #[arg(long, value_name = "POLL", conflicts_with = "relayer")]
    mask: Option<PollId>,
    /// Maximum number of ballots in a transaction, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = batch_size())]
    batch: u16,
    /// URL of a relayer to submit the packages to instead of sending them; its receipts are written to FILE.receipt
    #[arg(long, value_name = "URL", conflicts_with = "batch")]
    relayer: Option<String>,
    #[command(flatten)]
    route: ObliviousArgs,
    /// Send although the account is a member of the ballots' chamber: everyone sees that it sent them, and one that it
    /// sends alone is taken for its own
    #[arg(long, conflicts_with = "relayer")]
    expose_sender: bool,
    #[command(flatten)]
    nodes: NodeArgs,
}

/// Returns the parser for the number of ballots in a batch.
pub(crate) fn batch_size() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(1..=MAX_BATCH as i64)
}

/// Runs the command; the exit code says whether every package counts.
pub(crate) async fn run(session: &Session, args: RelayArgs) -> Result<u8, Failure> {
    if let Some(url) = &args.relayer {
        return submit_packages(session, &args.packages, (url, &args.route)).await;
    }
    // Files are read before the chain or a passphrase is needed, so that a wrong path costs nothing.
    let mut submissions = args.packages.iter().map(|path| read_package(path)).collect::<Result<Vec<_>, _>>()?;
    // Sorting by content is as good as shuffling: the order of arrival, often that of the names, does not leave this
    // machine.
    submissions.sort_by(|a, b| a.json.cmp(&b.json));
    let (of_sheets, mut submissions): (Vec<_>, Vec<_>) =
        submissions.into_iter().partition(|one| sheets::is_sheet_package(&one.json));
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    if let Some(poll) = args.mask {
        let run = add_masks(session, &connection, &deployment, poll, submissions).await?;
        for name in &run.held_back {
            session.output().print_warning(&format!(
                "{} is not sent: it does not apply to the ballot that counts now, or another package updates the same one",
                to_printable(name)
            ));
        }
        submissions = run.packages;
    }
    if submissions.len() + of_sheets.len() == 1 && args.mask.is_none() {
        session.output().print_warning(
            "a ballot sent alone reveals when its voter voted, and an account of the voter reveals who it is: collect more \
             ballots first, and send them from another account",
        );
    }
    let progress = Progress::new(session.output());
    let circuits = session.open_circuits()?;
    let config = RelayConfig { batch: args.batch.into(), expose_sender: args.expose_sender };
    let source = session.source(&connection, &deployment)?;
    let nodes = args.nodes.connect(connection).await?;
    let report = match submissions.is_empty() && !of_sheets.is_empty() {
        true => RelayReport::pending(&[]),
        false => relayer::relay_ballots(&*source, &nodes, &circuits, &submissions, config, &progress).await?,
    };
    let sheets = sheets::relay(&*source, &nodes, &circuits, &of_sheets, config, &progress).await?;
    let mut shown = json!(report);
    if !sheets.is_empty() {
        shown["sheets"] = sheets.to_json();
    }
    session.output().print_result(&shown, || match (report.packages.is_empty(), sheets.is_empty()) {
        (_, true) => format_report(&report),
        (true, false) => sheets.to_text(),
        (false, false) => format!("{}\n\n{}", format_report(&report), sheets.to_text()),
    })?;
    let is_done = report.packages.iter().all(|package| is_settled(&package.outcome)) && sheets.is_settled();
    Ok(if is_done { OK } else { CHECK_FAILED })
}

/// Adds masks of a poll's ballots to packages.
async fn add_masks(
    session: &Session,
    connection: &Connection,
    deployment: &Deployment,
    poll: PollId,
    carried: Vec<Submission>,
) -> Result<MaskedRun, Failure> {
    let state = session.source(connection, deployment)?.read_state().await?;
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| {
        load_update_key(&circuits, state.poll(poll)?.circuit_size(), &progress)?;
        Ok(relayer::mask_poll(&state, &circuits, poll, carried, &progress)?)
    })
}

/// Submits packages to a relayer; the exit code says whether it accepted all of them.
async fn submit_packages(
    session: &Session,
    paths: &[PathBuf],
    (url, route): (&str, &ObliviousArgs),
) -> Result<u8, Failure> {
    let mut packages = Vec::new();
    for path in paths {
        let bytes = files::read_bytes(path, MAX_PACKAGE_BYTES)?;
        if sheets::is_sheet_package(&bytes) {
            return Err(Failure::invalid_input(
                format!("{} is a sheet, and no relayer takes sheets yet", path.display()),
                "send it without --relayer, from an account that no one can link to its voter; nothing was sent",
            ));
        }
        packages.push((Package::parse(&bytes)?, path));
    }
    let state = session.read_state().await?;
    let mut table = Table::new(&["package", "outcome"]);
    let (mut shown, mut all) = (Vec::new(), true);
    for (package, path) in packages {
        let name = path.display().to_string();
        match submission::submit_ballot(session, &state, (url, route), (&package, path)).await {
            Ok(promise) => {
                let by = promise.receipt.promised_by;
                table.add_row([name.clone(), format!("promised within {}", submission::format_time_until(by))]);
                shown.push(json!({ "name": name, "promised_by": by, "receipt": submission::receipt_path(path) }));
            }
            // The refusal of one package does not affect the others.
            Err(failure @ Failure::Relayer { .. }) if paths.len() > 1 => {
                all = false;
                table.add_row([name.clone(), format!("REFUSED: {}", failure.message())]);
                shown.push(json!({ "name": name, "refused": failure.message() }));
            }
            Err(failure) => return Err(failure),
        }
    }
    session.output().print_result(&json!({ "relayer": host_of(url), "packages": shown }), || {
        table.render().lines().map(to_printable).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if all { OK } else { CHECK_FAILED })
}

/// Reads a package. A file that is too large is refused like any other invalid one, while the others are relayed.
fn read_package(path: &Path) -> Result<Submission, Failure> {
    let json = files::read_bytes(path, MAX_PACKAGE_BYTES).or_else(|error| match error {
        files::FileError::TooLarge { .. } => Ok(vec![b' '; MAX_PACKAGE_BYTES + 1]),
        other => Err(other),
    })?;
    Ok(Submission { name: path.display().to_string(), json })
}

/// Returns whether nothing is left to do for a package.
fn is_settled(outcome: &PackageOutcome) -> bool {
    match outcome {
        PackageOutcome::Accepted { .. }
        | PackageOutcome::AlreadyCounted
        | PackageOutcome::Duplicate { .. }
        | PackageOutcome::Superseded => true,
        PackageOutcome::Refused { .. } | PackageOutcome::Failed { .. } => false,
    }
}

fn format_report(report: &RelayReport) -> String {
    let mut table = Table::new(&["package", ">poll", ">chamber", "outcome"]);
    for package in &report.packages {
        let poll = package.poll.map(|poll| poll.to_string()).unwrap_or_default();
        let chamber = package.chamber.map(|chamber| chamber.to_string()).unwrap_or_default();
        let outcome = match &package.outcome {
            PackageOutcome::Accepted { transaction } => format!("accepted in {transaction}"),
            PackageOutcome::AlreadyCounted => "counts already".into(),
            PackageOutcome::Duplicate { of } => format!("duplicate of {of}"),
            PackageOutcome::Superseded => "superseded by a later ballot".into(),
            PackageOutcome::Refused { message, .. } => format!("REFUSED: {message}"),
            PackageOutcome::Failed { message } => format!("FAILED: {message}"),
        };
        table.add_row([package.name.clone(), poll, chamber, outcome]);
    }
    let mut text = table.render();
    for transaction in &report.transactions {
        let ballots = (transaction.ballots + transaction.replacements) as u64;
        text.push_str(&format!(
            "\n  {}: poll {}, chamber {}, {}, {} gas, {} gas per ballot",
            transaction.hash,
            transaction.poll,
            transaction.chamber,
            plural(ballots, "ballot"),
            thousands(transaction.gas),
            thousands(transaction.gas / ballots.max(1))
        ));
    }
    if report.is_incomplete() {
        text.push_str("\n\n  Some valid ballots were not sent: run the same command again.");
    }
    // The line breaks are our own; text from files was made printable by the table.
    text.lines().map(to_printable).collect::<Vec<_>>().join("\n")
}
