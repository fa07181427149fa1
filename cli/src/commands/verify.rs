//! `psephos verify`: verification of a whole poll from chain data alone.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::Connection;
use psephos_client::verify::{self, PollEvidence, VerifyReport};
use psephos_protocol::identifiers::PollId;
use psephos_report::{VerifiedPoll, render_poll};
use serde::Serialize;

use crate::commands::demo::checks;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// Also write the poll and its verification to an HTML page
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Overwrite an existing report
    #[arg(long, requires = "report")]
    force: bool,
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
    let page = args.report.as_deref();
    if let Some(page) = page.filter(|_| !args.force) {
        files::ensure_absent(page)?;
    }
    let deployment = session.read_deployment()?;
    let connection = session.connect_node(&deployment).await?;
    let progress = Progress::new(session.output());
    let source = session.source(&connection, &deployment)?;
    let circuits = session.open_circuits()?;
    let evidence = verify::collect_evidence(&*source, &connection, &circuits, args.poll, &progress).await?;
    let report = verify::check_evidence(&evidence, &circuits, &progress)?;
    if let Some(page) = page {
        write_page(page, &connection, &evidence, &report, args.force).await?;
    }
    let passed = report.passed();
    session.output().print_result(&VerifyResult { passed, report: page, verified: &report }, || {
        let verdict = match passed {
            true => format!("✓ All {} checks pass.", report.checks.len()),
            false => format!("✗ {} of {} checks fail.", report.failed().count(), report.checks.len()),
        };
        let retired = match report.retired_trustees.as_slice() {
            [] => String::new(),
            trustees => {
                let trustees: Vec<String> = trustees.iter().map(ToString::to_string).collect();
                format!("\nTrustees that state that they destroyed their keys: {}", trustees.join(", "))
            }
        };
        let written = page.map_or_else(String::new, |page| format!("\nReport: {}", page.display()));
        format!(
            "Poll {} on chain {}: {}\n{}\n{verdict}{retired}{written}",
            report.poll,
            report.chain_id,
            report.state,
            checks(&report)
        )
    })?;
    Ok(if passed { OK } else { CHECK_FAILED })
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
