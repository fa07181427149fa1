//! `psephos verify`: verification of a whole poll, or sheet poll with its charter, from chain data alone.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::Connection;
use psephos_client::verify::{self, CheckSummary, PollEvidence, SheetReport, VerifyReport};
use psephos_protocol::identifiers::{PollId, SheetId};
use psephos_report::{VerifiedPoll, VerifiedSheet, render_poll, render_sheet};
use psephos_state::Address;
use serde::Serialize;

use crate::commands::demo::checks;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    subject: Subject,
    /// Also write the poll and its verification to an HTML page
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Overwrite an existing report
    #[arg(long, requires = "report")]
    force: bool,
}

/// What is verified: one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Subject {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: Option<PollId>,
    /// Number of a sheet poll: it is verified with the charter that was enacted from it
    #[arg(long, value_name = "N")]
    sheet: Option<SheetId>,
}

/// The JSON result of a sheet poll.
#[derive(Serialize)]
struct VerifySheetResult<'a> {
    passed: bool,
    report: Option<&'a Path>,
    #[serde(flatten)]
    verified: &'a SheetReport,
}

/// The JSON result.
#[derive(Serialize)]
struct VerifyResult<'a> {
    passed: bool,
    report: Option<&'a Path>,
    #[serde(flatten)]
    verified: &'a VerifyReport,
}

/// Runs the command; the exit code says whether all checks pass. A report is written in any case.
pub(crate) async fn run(session: &Session, args: VerifyArgs) -> Result<u8, Failure> {
    let poll = match (args.subject.poll, args.subject.sheet) {
        (Some(poll), _) => poll,
        (None, Some(sheet)) => return verify_sheet(session, sheet, args.report.as_deref(), args.force).await,
        // The command line has one of the two.
        (None, None) => return Err(Failure::invalid_input("nothing is to be verified", "give --poll N or --sheet N")),
    };
    let page = args.report.as_deref();
    if let Some(page) = page.filter(|_| !args.force) {
        files::ensure_absent(page)?;
    }
    let deployment = session.read_deployment()?;
    let connection = session.connect_node(&deployment).await?;
    let progress = Progress::new(session.output());
    let source = session.source(&connection, &deployment)?;
    let circuits = session.open_circuits()?;
    let evidence = verify::collect_evidence(&*source, &connection, &circuits, poll, &progress).await?;
    let report = verify::check_evidence(&evidence, &circuits, &progress)?;
    if let Some(page) = page {
        write_page(page, &connection, &evidence, &report, args.force).await?;
    }
    let passed = report.passed();
    session.output().print_result(&VerifyResult { passed, report: page, verified: &report }, || {
        let subject = format!("Poll {} on chain {}: {}", report.poll, report.chain_id, report.state);
        let found = describe(&report.summarize(), report.checks.len(), report.failed().count());
        let retired = describe_retired(&report.retired_trustees);
        let written = page.map_or_else(String::new, |page| format!("\nReport: {}", page.display()));
        format!("{subject}\n{found}{retired}{written}")
    })?;
    Ok(if passed { OK } else { CHECK_FAILED })
}

/// Verifies a sheet poll and the charter that was enacted from it.
async fn verify_sheet(session: &Session, sheet: SheetId, page: Option<&Path>, force: bool) -> Result<u8, Failure> {
    if let Some(page) = page.filter(|_| !force) {
        files::ensure_absent(page)?;
    }
    let deployment = session.read_deployment()?;
    let connection = session.connect_node(&deployment).await?;
    let progress = Progress::new(session.output());
    let source = session.source(&connection, &deployment)?;
    let circuits = session.open_circuits()?;
    let evidence = verify::collect_sheet_evidence(&*source, &connection, &circuits, sheet, &progress).await?;
    let report = verify::check_sheet_evidence(&evidence, &circuits, &progress)?;
    if let Some(page) = page {
        let shown = VerifiedSheet::new(&evidence.state, sheet, report.clone())?;
        files::write_file(page, render_sheet(&shown).as_bytes(), force)?;
    }
    let passed = report.passed();
    session.output().print_result(&VerifySheetResult { passed, report: page, verified: &report }, || {
        let subject = format!("Sheet poll {} on chain {}: {}", report.sheet, report.chain_id, report.state);
        let found = describe(&report.summarize(), report.checks.len(), report.failed().count());
        let versions: Vec<String> = report.versions.iter().map(u64::to_string).collect();
        let enacted = match versions.is_empty() {
            true => String::new(),
            false => format!("\nVersion of the charter that was enacted from it: {}", versions.join(", ")),
        };
        let written = page.map_or_else(String::new, |page| format!("\nReport: {}", page.display()));
        format!("{subject}\n{found}{enacted}{}{written}", describe_retired(&report.retired_trustees))
    })?;
    Ok(if passed { OK } else { CHECK_FAILED })
}

/// Returns the table of the checks, and the verdict below it.
fn describe(kinds: &[CheckSummary], count: usize, failed: usize) -> String {
    let verdict = match failed {
        0 => format!("✓ All {count} checks pass."),
        failed => format!("✗ {failed} of {count} checks fail."),
    };
    format!("{}\n{verdict}", checks(kinds))
}

/// Returns the line about trustees that keep no key share; empty if there are none.
fn describe_retired(trustees: &[Address]) -> String {
    if trustees.is_empty() {
        return String::new();
    }
    let trustees: Vec<String> = trustees.iter().map(ToString::to_string).collect();
    format!("\nTrustees that state that they destroyed their keys: {}", trustees.join(", "))
}

/// Writes the page about a verified poll. The gas of a transaction is on it if the node shows its receipt.
async fn write_page(
    path: &Path,
    connection: &Connection,
    evidence: &PollEvidence,
    report: &VerifyReport,
    force: bool,
) -> Result<(), Failure> {
    let mut verified = VerifiedPoll::new(&evidence.state, evidence.poll, report.clone())?;
    verified.add_gas(&connection.read_gas(&verified.transaction_hashes()).await);
    files::write_file(path, render_poll(&verified).as_bytes(), force)
}
