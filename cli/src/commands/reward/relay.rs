//! `psephos reward relay`: verifies the claims of others and sends them for their fees.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::U256;
use psephos_client::files;
use psephos_client::relayer::Submission;
use psephos_client::reward::{self, ClaimOutcome, ClaimPackage, ClaimRelay, MAX_CLAIM_BYTES};
use serde_json::json;

use crate::commands::handing;
use crate::failure::{FALSE, Failure, OK};
use crate::progress::Progress;
use crate::session::Session;
use crate::table::{Table, printable};

/// Arguments of `reward relay`.
#[derive(Debug, Args)]
pub(crate) struct Relay {
    /// Claim files to relay
    #[arg(value_name = "FILE", required = true)]
    claims: Vec<PathBuf>,
    /// Minimum fee of a claim to send, in the token's smallest unit (wei)
    #[arg(long, value_name = "AMOUNT", default_value = "0")]
    min_fee: U256,
    /// URL of a relayer to submit the claims to instead of sending them; its receipts are written to FILE.receipt
    #[arg(long, value_name = "URL", conflicts_with = "min_fee")]
    relayer: Option<String>,
}

/// Runs the command; the exit code says whether every claim is paid.
pub(super) async fn run(session: &Session, args: Relay) -> Result<u8, Failure> {
    if let Some(url) = &args.relayer {
        return hand_over(session, &args.claims, url).await;
    }
    let mut submissions = args.claims.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    // Sorting by content is as good as shuffling: the order of arrival does not leave this machine.
    submissions.sort_by(|a, b| a.json.cmp(&b.json));
    let (_, connection, replay) = super::sending(session).await?;
    let progress = Progress::new(session.output());
    let circuits = session.circuits()?;
    let results = reward::relay_claims(&connection, &replay, &circuits, &submissions, args.min_fee, &progress).await?;
    session.output().result(&json!({ "claims": results }), || text(&results))?;
    let settled = |one: &ClaimRelay| !matches!(one.outcome, ClaimOutcome::Refused { .. });
    Ok(if results.iter().all(settled) { OK } else { FALSE })
}

/// Submits claims to a relayer, which must be the one that they pay.
async fn hand_over(session: &Session, paths: &[PathBuf], url: &str) -> Result<u8, Failure> {
    let mut claims = Vec::new();
    for path in paths {
        let bytes = files::read_bytes(path, MAX_CLAIM_BYTES)?;
        claims.push((ClaimPackage::parse(&bytes)?, path));
    }
    let deployment = session.deployment()?;
    let replay = session.replay().await?;
    let mut shown = Vec::new();
    for (claim, path) in &claims {
        let promise = handing::claim(&deployment, &replay, url, (claim, path)).await?;
        shown.push(json!({ "name": path, "promised_by": promise.receipt.promised_by }));
    }
    session.output().result(&json!({ "relayer": url, "claims": shown }), || {
        format!("{} promised by {url}", crate::format::plural(claims.len() as u64, "claim"))
    })?;
    Ok(OK)
}

/// Reads a claim. A file that is too large is refused like any other invalid one, while the others are relayed.
fn read(path: &Path) -> Result<Submission, Failure> {
    let json = files::read_bytes(path, MAX_CLAIM_BYTES).or_else(|error| match error {
        files::FileError::TooLarge { .. } => Ok(vec![b' '; MAX_CLAIM_BYTES + 1]),
        other => Err(other),
    })?;
    Ok(Submission { name: path.display().to_string(), json })
}

fn text(results: &[ClaimRelay]) -> String {
    let mut table = Table::new(&["claim", "outcome"]);
    for result in results {
        let outcome = match &result.outcome {
            ClaimOutcome::Paid { transaction, gas } => format!("paid in {transaction}, {gas} gas"),
            ClaimOutcome::AlreadyPaid => "paid already".into(),
            ClaimOutcome::Refused { reason } => format!("REFUSED: {reason}"),
        };
        table.row([result.name.clone(), outcome]);
    }
    table.render().lines().map(printable).collect::<Vec<_>>().join("\n")
}
