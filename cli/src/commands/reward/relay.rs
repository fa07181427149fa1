//! `psephos reward relay`: verifies the claims of others and sends them for their fees.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::{U256, host::host_of};
use psephos_client::files;
use psephos_client::relayer::Submission;
use psephos_client::reward::{self, ClaimOutcome, ClaimPackage, ClaimRelay, MAX_CLAIM_BYTES};
use serde_json::json;

use crate::amounts::parse_amount;
use crate::commands::submission;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::oblivious_args::ObliviousArgs;
use crate::progress::Progress;
use crate::session::Session;
use crate::table::{Table, to_printable};

/// Arguments of `reward relay`.
#[derive(Debug, Args)]
pub(crate) struct RelayClaimsArgs {
    /// Claim files to relay
    #[arg(value_name = "FILE", required = true)]
    claims: Vec<PathBuf>,
    /// Minimum fee of a claim to send: in the token's smallest unit (wei), or with a unit, 0.001ether
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = parse_amount)]
    min_fee: U256,
    /// URL of a relayer to submit the claims to instead of sending them; its receipts are written to FILE.receipt
    #[arg(long, value_name = "URL", conflicts_with = "min_fee")]
    relayer: Option<String>,
    #[command(flatten)]
    route: ObliviousArgs,
    /// Send although the account is enrolled as a member: everyone sees that this member sent the claims
    #[arg(long, conflicts_with = "relayer")]
    expose_sender: bool,
}

/// Runs the command; the exit code says whether every claim is paid.
pub(super) async fn run(session: &Session, args: RelayClaimsArgs) -> Result<u8, Failure> {
    if let Some(url) = &args.relayer {
        return submit_claims(session, &args.claims, (url, &args.route)).await;
    }
    let mut submissions = args.claims.iter().map(|path| read_claim(path)).collect::<Result<Vec<_>, _>>()?;
    // Sorting by content is as good as shuffling: the order of arrival does not leave this machine.
    submissions.sort_by(|a, b| a.json.cmp(&b.json));
    let (_, connection, state) = super::connect_sender(session).await?;
    submission::require_unrelated_sender(&state, connection.sender(), args.expose_sender)?;
    let progress = Progress::new(session.output());
    let circuits = session.open_circuits()?;
    let results = reward::relay_claims(&connection, &state, &circuits, &submissions, args.min_fee, &progress).await?;
    session.output().print_result(&json!({ "claims": results }), || format_results(&results))?;
    let settled = |one: &ClaimRelay| !matches!(one.outcome, ClaimOutcome::Refused { .. });
    Ok(if results.iter().all(settled) { OK } else { CHECK_FAILED })
}

/// Submits claims to a relayer, which must be the one that they pay.
async fn submit_claims(
    session: &Session,
    paths: &[PathBuf],
    (url, route): (&str, &ObliviousArgs),
) -> Result<u8, Failure> {
    let mut claims = Vec::new();
    for path in paths {
        let bytes = files::read_bytes(path, MAX_CLAIM_BYTES)?;
        claims.push((ClaimPackage::parse(&bytes)?, path));
    }
    let state = session.read_state().await?;
    let mut shown = Vec::new();
    for (claim, path) in &claims {
        let promise = submission::submit_claim(session, &state, (url, route), (claim, path)).await?;
        shown.push(json!({ "name": path, "promised_by": promise.receipt.promised_by }));
    }
    session.output().print_result(&json!({ "relayer": host_of(url), "claims": shown }), || {
        format!("{} promised by {}", crate::format::plural(claims.len() as u64, "claim"), host_of(url))
    })?;
    Ok(OK)
}

/// Reads a claim. A file that is too large is refused like any other invalid one, while the others are relayed.
fn read_claim(path: &Path) -> Result<Submission, Failure> {
    let json = files::read_bytes(path, MAX_CLAIM_BYTES).or_else(|error| match error {
        files::FileError::TooLarge { .. } => Ok(vec![b' '; MAX_CLAIM_BYTES + 1]),
        other => Err(other),
    })?;
    Ok(Submission { name: path.display().to_string(), json })
}

fn format_results(results: &[ClaimRelay]) -> String {
    let mut table = Table::new(&["claim", "outcome"]);
    for result in results {
        let outcome = match &result.outcome {
            ClaimOutcome::Paid { transaction, gas } => format!("paid in {transaction}, {gas} gas"),
            ClaimOutcome::AlreadyPaid => "paid already".into(),
            ClaimOutcome::Refused { reason } => format!("REFUSED: {reason}"),
        };
        table.add_row([result.name.clone(), outcome]);
    }
    table.render().lines().map(to_printable).collect::<Vec<_>>().join("\n")
}
