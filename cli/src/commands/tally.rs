//! `psephos tally`: totals from decryption shares, and the decision. Needs no secret but the account that pays.

use clap::Args;
use psephos_client::tally;
use psephos_protocol::identifiers::PollId;
use serde_json::json;

use crate::commands::poll;
use crate::failure::{Failure, OK};
use crate::format::thousands;
use crate::progress::Progress;
use crate::session::Session;

/// Arguments of `tally`.
#[derive(Debug, Args)]
pub(crate) struct TallyArgs {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// Submit the totals without finalising the poll
    #[arg(long)]
    no_finalise: bool,
}

/// Tallies each chamber that has enough decryption shares, and finalises the poll if its decision is sure or late.
pub(crate) async fn run(session: &Session, args: TallyArgs) -> Result<u8, Failure> {
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let progress = Progress::new(session.output());
    let source = session.source(&connection, &deployment)?;
    let tallies = tally::tally_poll(&*source, &connection, args.poll, &progress).await?;
    // A sure decision may have ended the poll before its last chamber was tallied.
    let ended = source.read_state().await?.poll(args.poll)?.ended.is_some();
    let finalised = match args.no_finalise || ended {
        true => None,
        false => Some(tally::finalise_poll(&connection, &deployment, args.poll).await?.hash),
    };
    let chain = source.read_state().await?;
    let state = chain.poll_state(args.poll)?;
    let chambers: Vec<_> = tallies
        .iter()
        .map(|one| json!({ "chamber": one.chamber, "totals": one.totals, "transaction": one.sent.hash, "gas": one.sent.gas }))
        .collect();
    let outcome = poll::text::decided_option(chain.poll(args.poll)?);
    let shown = json!({
        "poll": args.poll, "chambers": chambers, "state": state, "outcome": outcome, "finalised": finalised,
    });
    session.output().print_result(&shown, || {
        let mut text = String::new();
        for one in &tallies {
            let totals: Vec<String> = one.totals.iter().map(|&total| thousands(total)).collect();
            text.push_str(&format!("Chamber {}: {}\n", one.chamber, totals.join(" / ")));
        }
        text + &format!("Poll {}: {state}{}", args.poll, outcome.map(|name| format!(", {name}")).unwrap_or_default())
    })?;
    Ok(OK)
}
