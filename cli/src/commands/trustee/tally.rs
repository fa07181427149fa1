//! `psephos trustee tally`: the teller of a rounded poll opens the blinded shares and publishes what may be known.

use clap::Args;
use psephos_client::keys::load_decision_key;
use psephos_client::tally::untallied_chambers;
use psephos_client::trustee::{self, RoundedChamber};
use psephos_client::{Observer, Phase};
use psephos_protocol::identifiers::PollId;
use serde_json::json;

use super::KeyFileArgs;
use crate::commands::poll::text::{describe_rounded, read_text};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::session::Session;

/// Arguments of `trustee tally`.
#[derive(Debug, Args)]
pub(crate) struct TallyArgs {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    #[command(flatten)]
    keys: KeyFileArgs,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: TallyArgs) -> Result<(), Failure> {
    let poll = args.poll;
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let source = session.source(&connection, &deployment)?;
    let state = source.read_state().await?;
    let entry = state.poll(poll)?;
    if !entry.is_rounded() {
        return Err(Failure::invalid_input(
            format!("poll {poll} has exact totals, which anyone can find"),
            format!("run `psephos tally --poll {poll}`"),
        ));
    }
    let secret = args.keys.open_secret(session)?;
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| load_decision_key(&circuits, entry.circuit_size(), &progress))?;
    let chambers = untallied_chambers(&state, poll)?;
    progress.begin(Phase::Tally, chambers.len() as u64);
    let mut tallied: Vec<RoundedChamber> = Vec::new();
    let mut first = None;
    for chamber in chambers {
        let rounded =
            trustee::tally_rounded_chamber(&connection, &state, &circuits, &secret, poll, chamber, |_, _| ()).await;
        progress.advance(Phase::Tally, 1);
        match rounded {
            Ok(rounded) => tallied.push(rounded),
            // A chamber that lacks shares does not prevent the others from being tallied.
            Err(error) => {
                session.output().print_warning(&format!("chamber {chamber}: {error}"));
                first.get_or_insert(error);
            }
        }
    }
    progress.end(Phase::Tally);
    if let Some(error) = first {
        return Err(error.into());
    }
    let options = read_text(entry).options;
    let entries: Vec<_> = tallied
        .iter()
        .map(|one| {
            let outcome = &one.outcome;
            json!({
                "chamber": one.chamber, "greatest": outcome.greatest, "choice": outcome.choice,
                "buckets": outcome.buckets, "transaction": one.sent.hash, "gas": one.sent.gas,
            })
        })
        .collect();
    session.output().print_result(&json!({ "poll": poll, "chambers": entries }), || {
        let line = |one: &RoundedChamber| {
            let step = entry.chambers.get(&one.chamber).map_or(1, |chamber| chamber.rule.step);
            format!("Chamber {}: {}", one.chamber, describe_rounded(&one.outcome, step, &options))
        };
        match tallied.is_empty() {
            true => format!("Poll {poll}: there is nothing to tally"),
            false => tallied.iter().map(line).collect::<Vec<_>>().join("\n"),
        }
    })
}
