//! `psephos verify`: verification of a whole poll from chain data alone.

use clap::Args;
use psephos_client::verify;
use psephos_protocol::identifiers::PollId;
use serde::Serialize;

use crate::commands::demo::checks;
use crate::failure::{FALSE, Failure, OK};
use crate::progress::Progress;
use crate::session::Session;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
}

/// The JSON result.
#[derive(Serialize)]
struct Verified<'a> {
    passed: bool,
    #[serde(flatten)]
    report: &'a verify::VerifyReport,
}

/// Runs the command; the exit code says whether all checks pass.
pub(crate) async fn run(session: &Session, args: Verify) -> Result<u8, Failure> {
    let deployment = session.deployment()?;
    let connection = session.connect(&deployment).await?;
    let progress = Progress::new(session.output());
    let source = session.source(&connection, &deployment)?;
    let report = verify::verify_poll(&*source, &connection, &session.circuits()?, args.poll, &progress).await?;
    let passed = report.passed();
    session.output().result(&Verified { passed, report: &report }, || {
        let verdict = match passed {
            true => format!("✓ All {} checks pass.", report.checks.len()),
            false => format!("✗ {} of {} checks fail.", report.failed().count(), report.checks.len()),
        };
        format!("Poll {} on chain {}: {}\n{}\n{verdict}", report.poll, report.chain_id, report.state, checks(&report))
    })?;
    Ok(if passed { OK } else { FALSE })
}
